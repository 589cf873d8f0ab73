/** The one place that bcrypt comes from: an optional package, loaded when a hash first needs it. */
import type { BcryptScheme } from './password-hash-scheme.ts'

/** bcrypt reads no further (Provos and Mazières 1999, section 4), so that a longer password would be cut silently. */
export const bcryptMaximumBytes = 72

type Bcrypt = typeof import('@node-rs/bcrypt')

/** Loads bcrypt. @throws Error that names the package when it is not installed */
export async function loadBcrypt(): Promise<Bcrypt> {
  try {
    return await import('@node-rs/bcrypt')
  } catch (cause) {
    throw new Error('Hashing by bcrypt needs the package @node-rs/bcrypt: run "npm install @node-rs/bcrypt".', { cause })
  }
}

/** Hashes a password with a new salt; bcrypt's own `$2b$` form. @throws RangeError over 72 bytes of UTF-8, or with a NUL */
export async function hashByBcrypt(password: string, scheme: BcryptScheme): Promise<string> {
  if (!isWholeInBcrypt(password)) throw new RangeError('bcrypt takes passwords of at most 72 bytes without NUL.')
  const { hash } = await loadBcrypt()
  return hash(password, { cost: scheme.cost })
}

/** Whether a password is the one of a bcrypt hash. What bcrypt would cut never is; saying so takes as long as any other answer. */
export async function verifyByBcrypt(stored: string, password: string): Promise<boolean> {
  const { verify } = await loadBcrypt()
  const matches = await verify(password, stored)
  return matches && isWholeInBcrypt(password)
}

/** Whether bcrypt would read all of a password. Implementations in C end it at a NUL. */
function isWholeInBcrypt(password: string): boolean {
  return Buffer.byteLength(password) <= bcryptMaximumBytes && !password.includes('\0')
}
