/** Strict reading and writing of stored hashes, so that nothing odd in a database reaches a hashing function. */
import { type HashScheme, isPayable } from './password-hash-scheme.ts'

/** A stored hash, taken apart. For bcrypt, which is verified as text, salt and digest are empty. */
export interface StoredHash {
  readonly scheme: HashScheme
  readonly salt: Uint8Array
  readonly digest: Uint8Array
}

const nothing = new Uint8Array(0)
const longest = 300
const number = '([1-9][0-9]{0,9})'
const binary = '([A-Za-z0-9+/]{1,88})'

const argon2id = new RegExp(`^\\$argon2id\\$v=19\\$m=${number},t=${number},p=${number}\\$${binary}\\$${binary}$`)
const scrypt = new RegExp(`^\\$scrypt\\$ln=${number},r=${number},p=${number}\\$${binary}\\$${binary}$`)
/** PHC's `i=…` and passlib's bare number of rounds, whose base64 has `.` for `+`. */
const pbkdf2 = new RegExp(`^\\$(pbkdf2-sha512|pbkdf2-sha256)\\$(?:i=)?${number}\\$([A-Za-z0-9+/.]{1,88})\\$([A-Za-z0-9+/.]{1,88})$`)
/** `2x` marks hashes of a broken implementation and is refused. */
const bcrypt = /^\$2[aby]\$([0-3][0-9])\$[A-Za-z0-9./]{53}$/

/** Takes a stored hash apart; `null` when it is malformed, of an unknown scheme, or would cost more than can be paid. */
export function readHash(text: string): StoredHash | null {
  if (text.length > longest) return null
  const stored = readArgon2id(text) ?? readScrypt(text) ?? readPbkdf2(text) ?? readBcrypt(text)
  return stored && isPayable(stored.scheme) ? stored : null
}

function readArgon2id(text: string): StoredHash | null {
  const [, memoryKiB, passes, parallelism, salt, digest] = argon2id.exec(text) ?? []
  const scheme: HashScheme = { name: 'argon2id', memoryKiB: Number(memoryKiB), passes: Number(passes), parallelism: Number(parallelism) }
  const stored = withBytes(scheme, salt, digest)
  return stored && stored.salt.length >= 8 ? stored : null // RFC 9106, section 3.1
}

function readScrypt(text: string): StoredHash | null {
  const [, logN, r, p, salt, digest] = scrypt.exec(text) ?? []
  return withBytes({ name: 'scrypt', logN: Number(logN), r: Number(r), p: Number(p) }, salt, digest)
}

function readPbkdf2(text: string): StoredHash | null {
  const [, name, iterations, salt, digest] = pbkdf2.exec(text) ?? []
  const scheme: HashScheme = { name: name === 'pbkdf2-sha256' ? 'pbkdf2-sha256' : 'pbkdf2-sha512', iterations: Number(iterations) }
  return withBytes(scheme, salt?.replaceAll('.', '+'), digest?.replaceAll('.', '+'))
}

function readBcrypt(text: string): StoredHash | null {
  const [, cost] = bcrypt.exec(text) ?? []
  return cost === undefined ? null : { scheme: { name: 'bcrypt', cost: Number(cost) }, salt: nothing, digest: nothing }
}

/** A digest under 16 bytes could be met by chance; a salt under 4 is no salt (NIST SP 800-63B-4, section 3.1.1.2). */
function withBytes(scheme: HashScheme, saltText: string | undefined, digestText: string | undefined): StoredHash | null {
  const salt = fromBase64(saltText ?? '')
  const digest = fromBase64(digestText ?? '')
  return salt && digest && salt.length >= 4 && digest.length >= 16 && digest.length <= 64 ? { scheme, salt, digest } : null
}

/** The PHC string of a hash made here by scrypt or PBKDF2. */
export function writeHash(parameters: string, salt: Uint8Array, digest: Uint8Array): string {
  return `$${parameters}$${toBase64(salt)}$${toBase64(digest)}`
}

/** The PHC string format's base64: the usual alphabet without padding. */
function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64').replace(/=+$/, '')
}

function fromBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64')
  return toBase64(bytes) === text ? bytes : null
}
