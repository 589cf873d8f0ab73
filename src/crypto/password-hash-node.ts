/** scrypt and PBKDF2 by `node:crypto`: for accounts that were imported, and for installations that must use them. */
import { pbkdf2, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { type StoredHash, writeHash } from './password-hash-phc.ts'
import type { Pbkdf2Scheme, ScryptScheme } from './password-hash-scheme.ts'
import { systemRandom } from './random.ts'

/** Hashes a password with a new salt of 128 bits; the PHC string. */
export async function hashByNode(password: string, scheme: ScryptScheme | Pbkdf2Scheme): Promise<string> {
  const salt = systemRandom(16)
  const digest = await derive(password, scheme, salt, scheme.name === 'pbkdf2-sha512' ? 64 : 32)
  return writeHash(parameters(scheme), salt, digest)
}

/** Whether a password is the one of a hash, compared in constant time. */
export async function verifyByNode(stored: StoredHash, scheme: ScryptScheme | Pbkdf2Scheme, password: string): Promise<boolean> {
  const digest = await derive(password, scheme, stored.salt, stored.digest.length)
  return timingSafeEqual(digest, stored.digest)
}

function parameters(scheme: ScryptScheme | Pbkdf2Scheme): string {
  return scheme.name === 'scrypt' ? `scrypt$ln=${scheme.logN},r=${scheme.r},p=${scheme.p}` : `${scheme.name}$i=${scheme.iterations}`
}

function derive(password: string, scheme: ScryptScheme | Pbkdf2Scheme, salt: Uint8Array, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, digest: Buffer): void => (error ? reject(error) : resolve(digest))
    if (scheme.name === 'scrypt') scrypt(password, salt, length, scryptOptions(scheme), done)
    else pbkdf2(password, salt, scheme.iterations, length, scheme.name.slice('pbkdf2-'.length), done)
  })
}

function scryptOptions({ logN, r, p }: ScryptScheme): ScryptOptions {
  const N = 2 ** logN
  // OpenSSL counts B, V and its work space; its default limit of 32 MiB is under what OWASP asks for
  return { N, r, p, maxmem: 128 * r * (N + p + 2) + 1024 }
}
