/** The one place that argon2id comes from: the native binding, which takes a third of the time of `node:crypto`'s; loaded at first use. */
import type { Argon2idScheme } from './password-hash-scheme.ts'
import { systemRandom } from './random.ts'

/** Hashes a password with a new salt of 128 bits; the PHC string. */
export async function hashByArgon2id(password: string, scheme: Argon2idScheme): Promise<string> {
  const { hash } = await import('@node-rs/argon2')
  return hash(password, {
    memoryCost: scheme.memoryKiB,
    timeCost: scheme.passes,
    parallelism: scheme.parallelism,
    outputLen: 32,
    salt: systemRandom(16),
  })
}

/** Whether a password is the one of a PHC string, which was read and found sane before. */
export async function verifyByArgon2id(phc: string, password: string): Promise<boolean> {
  const { verify } = await import('@node-rs/argon2')
  return verify(phc, password)
}
