/** The one place that argon2id comes from: the native binding, which takes a third of the time of `node:crypto`'s; loaded at first use. */
import type { Argon2idScheme } from './password-hash-scheme.ts'
import { systemRandom } from './random.ts'

type Argon2 = typeof import('@node-rs/argon2')

let loaded: Argon2 | undefined

/** Kept, since asking Node for a module again takes as long as all else that a login does before it hashes. */
async function load(): Promise<Argon2> {
  loaded ??= await import('@node-rs/argon2')
  return loaded
}

/** Hashes a password with a new salt of 128 bits; the PHC string. */
export async function hashByArgon2id(password: string, scheme: Argon2idScheme): Promise<string> {
  const { hash } = await load()
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
  const { verify } = await load()
  return verify(phc, password)
}
