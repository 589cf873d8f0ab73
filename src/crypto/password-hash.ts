/** Hashing and verifying of passwords by whichever scheme a stored text names. */
import { hashByArgon2id, verifyByArgon2id } from './password-hash-argon2.ts'
import { hashByBcrypt, verifyByBcrypt } from './password-hash-bcrypt.ts'
import { hashByNode, verifyByNode } from './password-hash-node.ts'
import { readHash } from './password-hash-phc.ts'
import { type HashScheme, type HashSchemeName, isPayable, isWeakerThan } from './password-hash-scheme.ts'

/**
 * Hashes a password, as it is, with a new random salt.
 *
 * @returns a PHC string; for bcrypt its own `$2b$` form
 * @throws RangeError when the scheme's numbers cannot be paid, or bcrypt would cut the password
 */
export async function hashPassword(password: string, scheme: HashScheme): Promise<string> {
  if (!isPayable(scheme)) throw new RangeError(`The cost of ${scheme.name} is out of range.`)
  switch (scheme.name) {
    case 'argon2id':
      return hashByArgon2id(password, scheme)
    case 'bcrypt':
      return hashByBcrypt(password, scheme)
    default:
      return hashByNode(password, scheme)
  }
}

/**
 * Whether a password is the one that was hashed. A stored text that is malformed, of an unknown scheme or absurdly costly is
 * refused at once. Takes passlib's spelling of PBKDF2 too.
 *
 * @throws Error when the hash is bcrypt's and @node-rs/bcrypt is not installed
 */
export async function verifyPasswordHash(phc: string, password: string): Promise<boolean> {
  const stored = readHash(phc)
  if (!stored) return false
  const { scheme } = stored
  switch (scheme.name) {
    case 'argon2id':
      return verifyByArgon2id(phc, password)
    case 'bcrypt':
      return verifyByBcrypt(phc, password)
    default:
      return verifyByNode(stored, scheme, password)
  }
}

/** Whether a stored hash should be replaced: made by another scheme, or at a lower cost in any respect. */
export function needsRehash(phc: string, scheme: HashScheme): boolean {
  const stored = readHash(phc)
  return !stored || isWeakerThan(stored.scheme, scheme)
}

/** Which scheme made a stored hash; `null` when it is none that `verifyPasswordHash` takes. */
export function schemeOf(phc: string): HashSchemeName | null {
  return readHash(phc)?.scheme.name ?? null
}
