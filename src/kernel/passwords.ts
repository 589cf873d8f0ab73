/** Everything between a password that was typed and the text that is stored of it: policy, queue, hash, decoy, replacement. */

import { hashPassword, needsRehash, schemeOf, verifyPasswordHash } from '../crypto/password-hash.ts'
import { bcryptMaximumBytes, loadBcrypt } from '../crypto/password-hash-bcrypt.ts'
import {
  cheapSchemes,
  defaultSchemes,
  type HashScheme,
  type HashSchemeName,
  isPayable,
  isSchemeName,
  weakness,
} from '../crypto/password-hash-scheme.ts'
import { randomToken } from '../crypto/random.ts'
import { invalidFields } from '../http/fields.ts'
import { AuthError } from '../model/error.ts'
import type { Phrase } from '../model/locale.ts'
import { createPasswordPolicy, type PasswordPolicyOptions } from './password-policy.ts'
import { createPasswordQueue, type PasswordQueueOptions } from './password-queue.ts'
import type { PasswordContext } from './step.ts'

/** The option `passwords` of `createAuth`. */
export interface PasswordOptions extends PasswordPolicyOptions, PasswordQueueOptions {
  /** How new passwords are hashed: a scheme's name, or a scheme with its cost; argon2id unless said otherwise. */
  readonly scheme?: HashSchemeName | HashScheme
  /** Schemes that stored hashes were made by: they verify anyway, but named here, unknown accounts take as long as theirs. */
  readonly older?: readonly (HashSchemeName | HashScheme)[]
  /** Hashes at next to no cost, so that tests are quick: a scheme's name then means its lowest cost. Refused in production. */
  readonly dangerouslyCheapHash?: true
}

/** What passwords need of the kernel. */
export interface PasswordTools {
  readonly production: boolean
  /** A keyed hash, to choose decoys by. */
  keyed(label: string, text: string): string
}

/** Passwords, as the kernel offers them to features. */
export interface Passwords {
  /** What is in force, for pages and for `meta`: plain values. */
  readonly settings: {
    readonly scheme: HashScheme
    readonly minimum: number
    readonly minimumWithSecondFactor: number
    readonly maximum: number
  }
  /** Makes decoys and loads what they need. @throws Error when a package is missing */
  ready(): Promise<void>
  /**
   * Judges and hashes a new password; what to store of it.
   *
   * @throws AuthError `invalid_fields` under `field` when the policy refuses it, `overloaded`
   */
  hash(password: string, about: PasswordContext, field: string): Promise<string>
  /**
   * Whether a password is the one that was stored. Where nothing usable is stored it does the same work and answers no.
   *
   * @param key the canonical identifier that was typed, so that one identifier always takes the same time
   * @throws AuthError `overloaded`
   */
  verify(stored: string | null, key: string, password: string): Promise<boolean>
  /** Before a guess is counted: waits for a turn and looks whether there is room to hash. @throws AuthError `overloaded` */
  room(): Promise<void>
  /** After a right password: what to store instead, when the stored hash is older or cheaper than configured; else `null`. */
  upgrade(stored: string, password: string): Promise<string | null>
}

/** Marks a hash of the NFKD form, as Flask-Security makes them. Without it a hash is of the NFC form. */
const nfkdMark = 'nfkd:'
const maximumBytes = 4096

/**
 * Makes the password part of the kernel.
 *
 * @throws Error with a sentence that says which option to change
 */
export function createPasswords(options: PasswordOptions, tools: PasswordTools): Passwords {
  const { scheme, inUse } = readSchemes(options, tools.production)
  checkQueue(options)
  const { accept, minimum, minimumWithSecondFactor, maximum } = createPasswordPolicy(options)
  const queue = createPasswordQueue(options)
  const decoys = createDecoys(inUse, tools)

  return {
    settings: { scheme, minimum, minimumWithSecondFactor, maximum },

    ready: decoys.ready,

    async hash(password, about, field) {
      const normal = await accept(password, about, field)
      if (!fits(normal, scheme)) throw invalidFields({ [field]: [tooLongForBcrypt] })
      return queue.run(() => hashPassword(normal, scheme))
    },

    async verify(stored, key, password) {
      const decoy = await decoys.choose(key) // always, so that the first unknown account shows no difference
      const usable = isUsable(password)
      const given = stored === null || !usable ? null : takeApart(stored)
      const normal = usable ? password.normalize(given?.form ?? 'NFC') : ''
      const matches = await queue.run(() => verifyPasswordHash(given?.phc ?? decoy, normal))
      return matches && given !== null
    },

    room: queue.room,

    async upgrade(stored, password) {
      if (!needsRehash(stored, scheme)) return null // one of the NFKD form has its mark before it, and is replaced too
      const normal = password.normalize('NFC')
      return fits(normal, scheme) ? queue.run(() => hashPassword(normal, scheme)).catch(giveUpWhenOverloaded) : null
    },
  }
}

function readSchemes(
  options: PasswordOptions,
  production: boolean,
): { readonly scheme: HashScheme; readonly inUse: readonly HashScheme[] } {
  const { scheme: wanted = 'argon2id', older = [], dangerouslyCheapHash = false } = options
  if (dangerouslyCheapHash && production) throw new Error('passwords.dangerouslyCheapHash is for tests: leave it out in production.')
  const scheme = readScheme(wanted, 'passwords.scheme', dangerouslyCheapHash)
  const sentence = dangerouslyCheapHash ? null : weakness(scheme)
  if (sentence !== null) throw new Error(`passwords.scheme is too cheap to attack. ${sentence}`)
  return { scheme, inUse: [scheme, ...older.map((entry) => readScheme(entry, 'passwords.older', dangerouslyCheapHash))] }
}

function readScheme(given: HashSchemeName | HashScheme, option: string, cheap: boolean): HashScheme {
  const name: string = typeof given === 'string' ? given : given.name
  if (!isSchemeName(name)) {
    throw new Error(`${option} names "${name}", which is no scheme: take one of ${Object.keys(defaultSchemes).join(', ')}.`)
  }
  const scheme = typeof given === 'string' ? (cheap ? cheapSchemes : defaultSchemes)[name] : given
  if (!isPayable(scheme))
    throw new Error(`${option} asks of ${name} what it cannot do, or more than 1 GiB or some seconds: correct its cost.`)
  return scheme
}

function checkQueue({ concurrency = 1, waiting = 0 }: PasswordQueueOptions): void {
  if (!Number.isInteger(concurrency) || concurrency < 1) throw new Error('passwords.concurrency must be a whole number of at least 1.')
  if (!Number.isInteger(waiting) || waiting < 0) throw new Error('passwords.waiting must be a whole number, 0 or more.')
}

/** One hash of nobody's password for each scheme in use, made once. */
function createDecoys(
  schemes: readonly HashScheme[],
  tools: PasswordTools,
): { ready(): Promise<void>; choose(key: string): Promise<string> } {
  let making: Promise<readonly string[]> | undefined

  /** A failure is not kept, so that installing what is missing is enough. */
  function make(): Promise<readonly string[]> {
    making ??= makeDecoys(schemes).catch((cause: unknown) => {
      making = undefined
      throw cause
    })
    return making
  }

  return {
    async ready() {
      await make()
    },
    async choose(key) {
      const made = await make()
      const [only = '', ...others] = made
      return others.length === 0 ? only : (made[pick(tools.keyed('password-decoy', key), made.length)] ?? '')
    },
  }
}

async function makeDecoys(schemes: readonly HashScheme[]): Promise<readonly string[]> {
  if (schemes.some((scheme) => scheme.name === 'bcrypt')) await loadBcrypt()
  const made: string[] = []
  for (const scheme of schemes) made.push(await hashPassword(randomToken(), scheme)) // one at a time: each may take much memory
  return made
}

/** A number under `count` that the same keyed hash (base64url) always gives. */
function pick(keyedHash: string, count: number): number {
  return Buffer.from(keyedHash, 'base64url').readUInt32BE(0) % count
}

/** The PHC string of a stored hash and the normal form it was made of; `null` when nothing could verify it. */
function takeApart(stored: string): { readonly phc: string; readonly form: 'NFC' | 'NFKD' } | null {
  const marked = stored.startsWith(nfkdMark)
  const phc = marked ? stored.slice(nfkdMark.length) : stored
  return schemeOf(phc) === null ? null : { phc, form: marked ? 'NFKD' : 'NFC' }
}

const tooLongForBcrypt: Phrase = ({ texts }) => texts['password.too_many_bytes']({ most: bcryptMaximumBytes })

function fits(password: string, scheme: HashScheme): boolean {
  return scheme.name !== 'bcrypt' || Buffer.byteLength(password) <= bcryptMaximumBytes
}

/** Field readers refuse such a text before; should one get here, it is wrong, and costs no more than others. */
function isUsable(password: string): boolean {
  return password.length <= maximumBytes && password.isWellFormed() && Buffer.byteLength(password) <= maximumBytes
}

/** The login goes on: the hash is replaced at another one. */
function giveUpWhenOverloaded(error: unknown): null {
  if (error instanceof AuthError && error.code === 'overloaded') return null
  throw error
}
