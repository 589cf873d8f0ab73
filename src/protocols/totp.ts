/** One-time codes of authenticator applications: HOTP (RFC 4226), TOTP (RFC 6238), and the URI that hands a secret over. */
import { createHmac } from 'node:crypto'
import { toBase32 } from '../crypto/encoding.ts'
import { equalTexts } from '../crypto/hash.ts'
import { type Random, systemRandom } from '../crypto/random.ts'

export { fromBase32, toBase32 } from '../crypto/encoding.ts'

/** The hash under the HMAC (RFC 6238 section 1.2). Many applications know SHA-1 only, which is sound here. */
export type TotpAlgorithm = 'SHA-1' | 'SHA-256' | 'SHA-512'

/** How codes are made. Both ends must agree; applications are told by the URI. */
export interface TotpParameters {
  /** SHA-1 unless said otherwise. */
  readonly algorithm?: TotpAlgorithm
  /** How many digits a code has; 6 unless said otherwise. */
  readonly digits?: 6 | 8
  /** How long a code is shown, in seconds; 30 unless said otherwise. */
  readonly period?: number
}

/** A code that somebody typed, and what it is judged by. */
export interface TotpGuess extends TotpParameters {
  readonly secret: Uint8Array
  /** As it was typed: spaces between the digits count for nothing. */
  readonly code: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** How many steps to each side are accepted, for clocks that are off and codes on their way; 1 unless said otherwise. */
  readonly window?: number
  /** The latest step that was spent; codes of it and of earlier ones are refused. `null`: none was. */
  readonly spentStep: number | null
}

const hashes: Readonly<Record<TotpAlgorithm, { readonly hash: string; readonly bytes: number }>> = {
  'SHA-1': { hash: 'sha1', bytes: 20 },
  'SHA-256': { hash: 'sha256', bytes: 32 },
  'SHA-512': { hash: 'sha512', bytes: 64 },
}

/** RFC 4226 section 4, R6. */
const leastSecretBytes = 16

/**
 * The code of a counter (RFC 4226 section 5.3), with leading zeros.
 *
 * @throws RangeError when the counter is no whole number from 0, or the secret has under 128 bits
 */
export function computeHotp(secret: Uint8Array, counter: number, { algorithm = 'SHA-1', digits = 6 }: TotpParameters = {}): string {
  if (!Number.isSafeInteger(counter) || counter < 0) throw new RangeError('A counter is a whole number from 0.')
  if (secret.byteLength < leastSecretBytes) throw new RangeError('A secret has at least 128 bits.')
  const text = Buffer.alloc(8)
  text.writeBigUInt64BE(BigInt(counter))
  const mac = createHmac(hashes[algorithm].hash, secret).update(text).digest()
  const offset = (mac.at(-1) ?? 0) & 0xf // dynamic truncation, section 5.3, step 2
  const code = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits
  return String(code).padStart(digits, '0')
}

/**
 * The step that a time belongs to (RFC 6238 section 4.2, with T0 = 0).
 *
 * @param now milliseconds since 1970
 */
export function stepAt(now: number, { period = 30 }: TotpParameters = {}): number {
  return Math.floor(now / 1000 / period)
}

/**
 * The code that an application shows.
 *
 * @param now milliseconds since 1970
 * @throws RangeError before 1970, and as `computeHotp`
 */
export function computeTotp(secret: Uint8Array, now: number, parameters: TotpParameters = {}): string {
  return computeHotp(secret, stepAt(now, parameters), parameters)
}

/**
 * The step whose code was typed, `null` when there is none in the window or it was spent (RFC 6238 section 5.2: a code is good once).
 *
 * Spend the step before you believe it, in one atomic operation that refuses when the stored one is not lower. All codes of the window
 * are computed and compared in constant time; of several equal ones it is the latest, so that none is left over.
 *
 * @throws RangeError when the secret has under 128 bits
 */
export function matchTotp({ secret, code, now, window = 1, spentStep, ...parameters }: TotpGuess): number | null {
  const typed = code.replaceAll(' ', '')
  const current = stepAt(now, parameters)
  let matched: number | null = null
  for (let step = Math.max(0, current - window); step <= current + window; step++) {
    const isEqual = equalTexts(computeHotp(secret, step, parameters), typed)
    if (isEqual && (spentStep === null || step > spentStep)) matched = step
  }
  return matched
}

/** A new secret, as long as the output of the hash (RFC 6238 section 5.1). */
export function createTotpSecret(algorithm: TotpAlgorithm = 'SHA-1', random: Random = systemRandom): Uint8Array {
  return random(hashes[algorithm].bytes)
}

/** A secret as users type it: base32 in groups of four. */
export function groupedSecret(secret: Uint8Array): string {
  return toBase32(secret).replace(/.{4}(?=.)/g, '$& ')
}

/** Whom a URI is for. */
export interface OtpauthAccount extends TotpParameters {
  /** Who gives the account, as the application shows it; without a colon. */
  readonly issuer: string
  /** What the user knows the account by, such as an address. */
  readonly account: string
  readonly secret: Uint8Array
}

/**
 * The URI that authenticator applications read from a QR code (Key URI Format). It holds the secret.
 *
 * Parameters that are the format's defaults are left out, which makes the picture coarser and easier to read.
 *
 * @throws RangeError when the issuer is empty or holds a colon, which would end it in the label
 */
export function otpauthUri({ issuer, account, secret, algorithm = 'SHA-1', digits = 6, period = 30 }: OtpauthAccount): string {
  if (issuer === '' || issuer.includes(':')) throw new RangeError('An issuer is not empty and holds no colon.')
  const parameters = [`secret=${toBase32(secret)}`, `issuer=${encode(issuer)}`]
  if (algorithm !== 'SHA-1') parameters.push(`algorithm=${algorithm.replace('-', '')}`)
  if (digits !== 6) parameters.push(`digits=${digits}`)
  if (period !== 30) parameters.push(`period=${period}`)
  return `otpauth://totp/${encode(issuer)}:${encode(account)}?${parameters.join('&')}`
}

/** Percent-encoding throughout: applications show a plus as a plus. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
