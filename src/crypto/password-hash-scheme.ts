/** The password hashing schemes and what each must at least cost: read before hashing, verifying and replacing a hash. */

/** A scheme with its cost. */
export type HashScheme = Argon2idScheme | BcryptScheme | ScryptScheme | Pbkdf2Scheme

/** The first choice (RFC 9106). */
export interface Argon2idScheme {
  readonly name: 'argon2id'
  /** In KiB. */
  readonly memoryKiB: number
  readonly passes: number
  readonly parallelism: number
}

/** For imported accounts; takes passwords of at most 72 bytes. */
export interface BcryptScheme {
  readonly name: 'bcrypt'
  /** The base-2 logarithm of the number of rounds. */
  readonly cost: number
}

/** RFC 7914. */
export interface ScryptScheme {
  readonly name: 'scrypt'
  /** The base-2 logarithm of N. */
  readonly logN: number
  readonly r: number
  readonly p: number
}

/** RFC 8018, with HMAC. */
export interface Pbkdf2Scheme {
  readonly name: 'pbkdf2-sha512' | 'pbkdf2-sha256'
  readonly iterations: number
}

/** What a scheme is called, here and at the front of its hashes. */
export type HashSchemeName = HashScheme['name']

/** What each scheme costs unless said otherwise. */
export const defaultSchemes: Readonly<Record<HashSchemeName, HashScheme>> = {
  argon2id: { name: 'argon2id', memoryKiB: 19_456, passes: 2, parallelism: 1 },
  bcrypt: { name: 'bcrypt', cost: 12 },
  scrypt: { name: 'scrypt', logN: 17, r: 8, p: 1 },
  'pbkdf2-sha512': { name: 'pbkdf2-sha512', iterations: 210_000 },
  'pbkdf2-sha256': { name: 'pbkdf2-sha256', iterations: 600_000 },
}

/** The least that each scheme can be made to cost: for tests only. */
export const cheapSchemes: Readonly<Record<HashSchemeName, HashScheme>> = {
  argon2id: { name: 'argon2id', memoryKiB: 8, passes: 1, parallelism: 1 },
  bcrypt: { name: 'bcrypt', cost: 4 },
  scrypt: { name: 'scrypt', logN: 1, r: 1, p: 1 },
  'pbkdf2-sha512': { name: 'pbkdf2-sha512', iterations: 1 },
  'pbkdf2-sha256': { name: 'pbkdf2-sha256', iterations: 1 },
}

/** Whether a text names a scheme. */
export function isSchemeName(name: string): name is HashSchemeName {
  return Object.hasOwn(defaultSchemes, name)
}

/**
 * Why a scheme costs an attacker too little, as a sentence that says what to change; `null` when it is strong enough.
 *
 * Source: OWASP ASVS 5.0, Appendix C, "Password storage".
 */
export function weakness(scheme: HashScheme): string | null {
  switch (scheme.name) {
    case 'argon2id': {
      const least = scheme.passes >= 3 ? 12_288 : scheme.passes === 2 ? 19_456 : 47_104
      return scheme.memoryKiB >= least
        ? null
        : `argon2id with passes=${scheme.passes} needs at least ${least} KiB of memory: raise memoryKiB.`
    }
    case 'bcrypt':
      return scheme.cost >= 10 ? null : 'bcrypt needs a cost of at least 10: raise cost.'
    case 'scrypt': {
      const least = scheme.p >= 3 ? 15 : scheme.p === 2 ? 16 : 17
      return scheme.logN >= least && scheme.r >= 8 ? null : `scrypt with p=${scheme.p} needs at least logN=${least} and r=8: raise them.`
    }
    case 'pbkdf2-sha512':
    case 'pbkdf2-sha256': {
      const least = scheme.name === 'pbkdf2-sha512' ? 210_000 : 600_000
      return scheme.iterations >= least ? null : `${scheme.name} needs at least ${least} iterations: raise iterations.`
    }
  }
}

const gibibyte = 1_048_576 // in KiB

/**
 * Whether a cost can be paid: whole numbers that the scheme defines, at most 1 GiB of memory and some seconds of work.
 * Asked before anything is allocated, so that a planted hash cannot take the server down.
 */
export function isPayable(scheme: HashScheme): boolean {
  switch (scheme.name) {
    case 'argon2id': {
      const { memoryKiB, passes, parallelism } = scheme
      // RFC 9106, section 3.1: at least 8 KiB for each lane
      const defined = isWithin(parallelism, 1, 64) && isWithin(passes, 1, 10_000) && isWithin(memoryKiB, 8 * parallelism, gibibyte)
      return defined && memoryKiB * passes <= 8 * gibibyte
    }
    case 'bcrypt':
      return isWithin(scheme.cost, 4, 16)
    case 'scrypt': {
      const defined = isWithin(scheme.logN, 1, 23) && isWithin(scheme.r, 1, 64) && isWithin(scheme.p, 1, 64)
      const memoryKiB = (2 ** scheme.logN * scheme.r) / 8
      // RFC 7914, section 2: N is less than 2^(128 * r / 8)
      return defined && scheme.logN < 16 * scheme.r && memoryKiB <= gibibyte && memoryKiB * scheme.p <= 2 * gibibyte
    }
    case 'pbkdf2-sha512':
    case 'pbkdf2-sha256':
      return isWithin(scheme.iterations, 1, 10_000_000)
  }
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

/** Whether one of the costs of `stored` is lower than that of `wanted`, or it is another scheme altogether. */
export function isWeakerThan(stored: HashScheme, wanted: HashScheme): boolean {
  if (stored.name === 'argon2id' && wanted.name === 'argon2id') return stored.memoryKiB < wanted.memoryKiB || stored.passes < wanted.passes
  if (stored.name === 'bcrypt' && wanted.name === 'bcrypt') return stored.cost < wanted.cost
  if (stored.name === 'scrypt' && wanted.name === 'scrypt') {
    return stored.logN < wanted.logN || stored.r < wanted.r || stored.p < wanted.p
  }
  if ('iterations' in stored && 'iterations' in wanted && stored.name === wanted.name) return stored.iterations < wanted.iterations
  return true
}
