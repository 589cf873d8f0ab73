/** What a new password must be: long, and not among what attackers try first. No rules of composition (NIST SP 800-63B-4). */
import { invalidFields } from '../http/fields.ts'
import type { Maybe } from '../model/json.ts'
import type { Phrase } from '../model/locale.ts'
import type { PasswordContext } from './step.ts'

/** A further rule: what to refuse a password with, or `null`. It is given the NFC form, and must not repeat it. */
export type PasswordCheck = (password: string, about: PasswordContext) => Maybe<Phrase | null>

/** What may be set of the policy. */
export interface PasswordPolicyOptions {
  /** Least length in code points where the password is the only factor; 15 unless said otherwise, never under 8. */
  readonly minimum?: number
  /** The same where a second factor is required; 8 unless said otherwise. */
  readonly minimumWithSecondFactor?: number
  /** Greatest length in code points, from 64 to 1,024; 128 unless said otherwise. */
  readonly maximum?: number
  /** Words an attacker would try here: the names of the application, the company, its products (ASVS 5.0, 6.2.11). */
  readonly words?: readonly string[]
  /** Asked in order, after all other rules. */
  readonly checks?: readonly PasswordCheck[]
}

/** A policy in force; lengths in code points. */
export interface PasswordPolicy {
  readonly minimum: number
  readonly minimumWithSecondFactor: number
  readonly maximum: number
  /**
   * The password in the form that is hashed (NFC), if it will do.
   *
   * @throws AuthError `invalid_fields` with one sentence under `field`
   */
  accept(password: string, about: PasswordContext, field: string): Promise<string>
}

/**
 * Makes a policy (NIST SP 800-63B-4, section 3.1.1.2; OWASP ASVS 5.0, 6.2).
 *
 * @throws Error with a sentence that says which option to change
 */
export function createPasswordPolicy(options: PasswordPolicyOptions = {}): PasswordPolicy {
  const { minimum = 15, minimumWithSecondFactor = Math.min(8, minimum), maximum = 128, words = [], checks = [] } = options
  checkLengths(minimum, minimumWithSecondFactor, maximum)

  async function complain(password: string, about: PasswordContext): Promise<Phrase | null> {
    const complaint = judgeLength(password, about.secondFactor ? minimumWithSecondFactor : minimum, maximum)
    if (complaint !== null) return complaint
    const { commonPasswords } = await import('./common-passwords.ts') // large, and of no use before the first new password
    const likeness = findLikeness(password, contextWords(about, words), commonPasswords())
    if (likeness !== null) return ({ texts }) => texts[`password.${likeness}`]
    for (const check of checks) {
      const refusal = await check(password, about)
      if (refusal !== null) return refusal
    }
    return null
  }

  return {
    minimum,
    minimumWithSecondFactor,
    maximum,
    async accept(password, about, field) {
      const normal = password.normalize('NFC')
      const complaint = await complain(normal, about)
      if (complaint !== null) throw invalidFields({ [field]: [complaint] })
      return normal
    },
  }
}

function checkLengths(minimum: number, minimumWithSecondFactor: number, maximum: number): void {
  for (const [name, value] of Object.entries({ minimum, minimumWithSecondFactor, maximum })) {
    if (!Number.isInteger(value)) throw new Error(`passwords.${name} must be a whole number.`)
  }
  if (minimum < 8) throw new Error('passwords.minimum must be at least 8 (NIST SP 800-63B-4): raise it.')
  if (minimumWithSecondFactor < 8) throw new Error('passwords.minimumWithSecondFactor must be at least 8 (NIST SP 800-63B-4): raise it.')
  if (minimumWithSecondFactor > minimum) {
    throw new Error('passwords.minimumWithSecondFactor is greater than passwords.minimum: lower it, or raise minimum.')
  }
  if (maximum < 64) throw new Error('passwords.maximum must be at least 64, so that long passphrases fit (ASVS 6.2.9): raise it.')
  if (maximum > 1024) throw new Error('passwords.maximum must be at most 1024: lower it.')
  if (minimum > maximum) throw new Error('passwords.minimum is greater than passwords.maximum: lower it, or raise maximum.')
}

function judgeLength(password: string, minimum: number, maximum: number): Phrase | null {
  if (!password.isWellFormed() || password.includes('\0')) return ({ texts }) => texts['password.bad_characters']
  if (/^[\s\p{Cf}]*$/u.test(password)) return ({ texts }) => texts['password.only_spaces']
  const length = Array.from(password).length
  if (length < minimum) return ({ texts }) => texts['password.too_short']({ least: minimum })
  return length > maximum ? ({ texts }) => texts['password.too_long']({ most: maximum }) : null
}

/** What an attacker knows of this account and this place; parts under three characters would match by chance. */
function contextWords(about: PasswordContext, words: readonly string[]): ReadonlySet<string> {
  const email = fold(about.email)
  const at = email.lastIndexOf('@')
  const local = at < 0 ? email : email.slice(0, at)
  const domain = at < 0 ? '' : email.slice(at + 1)
  const parts = [...local.split(/[._+-]/), ...domain.split('.').slice(0, -1)]
  const known = [email, local, domain, ...parts, ...[about.username ?? '', ...words].map(fold)]
  return new Set([...known, ...known.map(withoutSeparators)].filter((word) => word.length >= 3))
}

/** How guessing programs see a password: without case, without compatibility forms such as full-width letters. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

function withoutSeparators(text: string): string {
  return text.replaceAll(/[\s._-]+/g, '')
}

type Likeness = 'pattern' | 'common' | 'context'

/** Whether a password is little more than a pattern, common passwords or context. */
function findLikeness(password: string, context: ReadonlySet<string>, common: ReadonlySet<string>): Likeness | null {
  const text = fold(password).slice(0, longestJudged)
  const period = findPeriod(text)
  if (Array.from(period).length < 8) return 'pattern'
  for (const form of new Set([text, period, withoutSeparators(text)])) {
    const likeness = judgeTiling(form, context, common)
    if (likeness !== null) return likeness
  }
  return null
}

/** The shortest text that this one is a repetition of, twice or more, the last time perhaps in part; else all of it. */
function findPeriod(text: string): string {
  const borders: number[] = [0] // of each prefix, the longest that both begins and ends it (Knuth, Morris, Pratt)
  for (let end = 1; end < text.length; end += 1) {
    let border = borders[end - 1] ?? 0
    while (border > 0 && text[border] !== text[end]) border = borders[border - 1] ?? 0
    borders.push(text[border] === text[end] ? border + 1 : 0)
  }
  const period = text.length - (borders.at(-1) ?? 0)
  return period * 2 <= text.length ? text.slice(0, period) : text
}

const mostPadding = 8
/** In code units: the work on a run grows with its square. What begins like this for so long is refused for its beginning. */
const longestJudged = 256
const shortestWord = 4
const longestCommon = 24

/** The least padding on each way of reaching a place in the text, by how many common passwords it used, and whether context. */
type Reached = Record<'none' | 'one' | 'two' | 'context' | 'contextAndOne', number>

const unreached: Readonly<Reached> = { none: Infinity, one: Infinity, two: Infinity, context: Infinity, contextAndOne: Infinity }
const afterCommon = { none: 'one', one: 'two', two: null, context: 'contextAndOne', contextAndOne: null } as const
const afterContext = { none: 'context', one: 'contextAndOne', two: null, context: 'context', contextAndOne: 'contextAndOne' } as const
const ways = Object.keys(afterCommon) as (keyof Reached)[]

/**
 * Tiles a text with words (repeated for free), runs such as `aaaa`, `4321` or `qwer`, and single characters other than letters, and
 * says what it is if little padding is left. A text with a letter that belongs to no word and no run is never refused.
 */
function judgeTiling(text: string, context: ReadonlySet<string>, common: ReadonlySet<string>): Likeness | null {
  const reached = Array.from({ length: text.length + 1 }, () => ({ ...unreached }))
  const longest = Math.max(longestCommon, ...Array.from(context, (word) => word.length))

  function reach(from: Reached, end: number, padding: number, next: Readonly<Record<keyof Reached, keyof Reached | null>> | null): void {
    const to = reached[end]
    if (!to) return
    for (const way of ways) {
      const target = next ? next[way] : way
      if (target !== null) to[target] = Math.min(to[target], from[way] + padding)
    }
  }

  for (const [start, from] of reached.entries()) {
    if (start === 0) from.none = 0
    if (ways.every((way) => from[way] === Infinity)) continue
    if (!isLetter(text, start)) reach(from, start + 1, isLowSurrogate(text, start) ? 0 : 1, null)
    const runEnd = endOfRun(text, start)
    for (let end = start + 3; end <= runEnd; end += 1) reach(from, end, 1, null)
    for (let end = start + 3; end <= Math.min(text.length, start + longest); end += 1) {
      const word = text.slice(start, end)
      if (context.has(word)) reach(from, end, 0, afterContext)
      if (word.length < shortestWord || !common.has(word)) continue
      for (const repeat of repetitions(text, word, end)) reach(from, repeat.end, repeat.padding, afterCommon)
    }
  }
  return concludeTiling(reached.at(-1), Array.from(text).length)
}

function concludeTiling(reached: Reached | undefined, length: number): Likeness | null {
  if (!reached) return null
  if (Math.min(reached.one, reached.two) <= mostPadding) return 'common'
  if (Math.min(reached.context, reached.contextAndOne) <= mostPadding) return 'context'
  return reached.none <= length / 2 ? 'pattern' : null
}

/** Where a word ends, and where its repetitions end, with up to three characters other than letters between two of them. */
function repetitions(text: string, word: string, firstEnd: number): readonly { readonly end: number; readonly padding: number }[] {
  const found = [{ end: firstEnd, padding: 0 }]
  for (let last = found[0]; last; ) {
    const { end, padding } = last
    let gap = 0
    while (gap < 3 && end + gap < text.length && !isLetter(text, end + gap) && !text.startsWith(word, end + gap)) gap += 1
    last = text.startsWith(word, end + gap) ? { end: end + gap + word.length, padding: padding + gap } : undefined
    if (last) found.push(last)
  }
  return found
}

const keyboardRows = ['qwertyuiop', 'qwertzuiop', 'azertyuiop', 'asdfghjkl', 'qsdfghjklm', 'zxcvbnm', 'yxcvbnm', 'wxcvbn', '1234567890']
const neighbours: ReadonlySet<string> = new Set(keyboardRows.flatMap((row) => Array.from(row.slice(1), (key, at) => `${row[at]}${key}`)))

/** The end of the run that starts here: one character again and again, or a walk up or down the alphabet, the digits or the keyboard. */
function endOfRun(text: string, start: number): number {
  const walks = [isSame, isNext, (a: string, b: string) => isNext(b, a)]
  return Math.max(...walks.map((follows) => endOfWalk(text, start, follows)))
}

function endOfWalk(text: string, start: number, follows: (a: string, b: string) => boolean): number {
  let end = start + 1
  while (end < text.length && follows(text[end - 1] ?? '', text[end] ?? '')) end += 1
  return end
}

function isSame(a: string, b: string): boolean {
  return a === b
}

function isNext(a: string, b: string): boolean {
  return neighbours.has(a + b) || (/^[a-z0-9]{2}$/.test(a + b) && b.charCodeAt(0) - a.charCodeAt(0) === 1)
}

function isLetter(text: string, at: number): boolean {
  return /^\p{L}/u.test(String.fromCodePoint(text.codePointAt(at) ?? 0))
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff
}
