/** What a client answers a challenge with: `Authorization: Digest …`, read strictly and written (RFC 7616 section 3.4). */
import { type DigestAlgorithm, isHash, readAlgorithm } from './algorithm.ts'
import { fromBytes, isPrintable, quote } from './field-text.ts'
import { readSchemes } from './parameters.ts'
import { normalUsername, readExtendedValue, writeExtendedValue } from './username.ts'

/** The quality of protection: of the request line, or of the body too (RFC 7616 section 3.3). */
export type DigestQop = 'auth' | 'auth-int'

/** What a response protects beyond the request line; `qop: null` is the form of RFC 2069, which counts nothing. */
export type DigestProtection =
  | { readonly qop: DigestQop; readonly cnonce: string /** Eight hexadecimal digits, from `00000001`. */; readonly nc: string }
  | { readonly qop: null }

/** Credentials as they were sent, well-formed and not yet believed. */
export type DigestCredentials = {
  /** In NFC; with `userhash` the hash of name and realm. */
  readonly username: string
  readonly userhash: boolean
  readonly realm: string
  readonly nonce: string
  /** The request target as the client saw it: printable ASCII. */
  readonly uri: string
  /** In lower-case hexadecimal digits, as long as the algorithm's. */
  readonly response: string
  readonly algorithm: DigestAlgorithm
  readonly opaque: string | null
} & DigestProtection

/** `absent`: there is no header, or one of another scheme. `malformed`: `detail` says why, without a word of what was sent. */
export type ReadCredentials =
  | { readonly ok: true; readonly credentials: DigestCredentials }
  | { readonly ok: false; readonly reason: 'absent' }
  | { readonly ok: false; readonly reason: 'malformed'; readonly detail: string }

/** What else may be read. */
export interface ReadCredentialsOptions {
  /** Reads credentials without `qop` too (RFC 2069): they are not tied to a count, so whoever overhears one sends it again. MD5 only. */
  readonly dangerouslyAllowRfc2069?: boolean
}

/** The longest field that is read, in characters. */
const longestField = 8192
/** The longest `nonce`, `cnonce` and `opaque`. */
const longestValue = 512

/** Reads the value of `Authorization`. Never throws. */
export function readCredentials(field: string | null, options: ReadCredentialsOptions = {}): ReadCredentials {
  if (field === null || !/^[ \t]*digest(?:[ \t]|$)/i.test(field)) return { ok: false, reason: 'absent' }
  if (field.length > longestField) return malformed('The header is too long.')
  const [digest, ...others] = readSchemes(field) ?? []
  if (digest === undefined || others.length > 0) return malformed('The header breaks the grammar, or names a parameter twice.')
  const values = isAscii(field) ? digest.parameters : decodeValues(digest.parameters)
  return values === null ? malformed('A parameter is not text in UTF-8.') : judgeValues(values, options)
}

function decodeValues(parameters: ReadonlyMap<string, string>): ReadonlyMap<string, string> | null {
  const values = new Map<string, string>()
  for (const [name, bytes] of parameters) {
    const value = fromBytes(bytes)
    if (value === null) return null
    values.set(name, value)
  }
  return values
}

function malformed(detail: string): ReadCredentials {
  return { ok: false, reason: 'malformed', detail }
}

function judgeValues(values: ReadonlyMap<string, string>, options: ReadCredentialsOptions): ReadCredentials {
  const algorithm = readAlgorithm(values.get('algorithm'))
  if (algorithm === null) return malformed('The algorithm is unknown.')
  const userhash = readFlag(values.get('userhash'))
  if (userhash === null) return malformed('userhash is neither true nor false.')
  const username = readUsername(values, algorithm, userhash)
  if (username === null) return malformed('There is no username, or not exactly one that can be.')
  const protection = readProtection(values, algorithm, options)
  if (protection === null) return malformed('qop, cnonce or nc is missing or cannot be.')

  const [realm, nonce, uri, response] = [values.get('realm'), values.get('nonce'), values.get('uri'), values.get('response')]
  if (realm === undefined || nonce === undefined || uri === undefined || response === undefined)
    return malformed('realm, nonce, uri or response is missing.')
  const opaque = values.get('opaque') ?? null
  if (nonce === '' || nonce.length > longestValue || (opaque?.length ?? 0) > longestValue)
    return malformed('nonce or opaque has no such length.')
  if (!isVisible(uri)) return malformed('The uri is not in ASCII without spaces.') // RFC 3986 section 2
  if (!isHash(algorithm, response)) return malformed('The response is not a hash of this algorithm.')
  return { ok: true, credentials: { username, userhash, realm, nonce, uri, response, algorithm, opaque, ...protection } }
}

/** RFC 7616 section 3.4: either `username` or `username*`, and the latter only when no hash is sent; both are an error. */
function readUsername(values: ReadonlyMap<string, string>, algorithm: DigestAlgorithm, userhash: boolean): string | null {
  const [plain, extended] = [values.get('username'), values.get('username*')]
  if (userhash) return plain !== undefined && extended === undefined && isHash(algorithm, plain) ? plain : null
  if ((plain === undefined) === (extended === undefined)) return null
  const name = plain ?? readExtendedValue(extended ?? '')
  return name === null ? null : normalUsername(name)
}

function readProtection(
  values: ReadonlyMap<string, string>,
  algorithm: DigestAlgorithm,
  { dangerouslyAllowRfc2069 = false }: ReadCredentialsOptions,
): DigestProtection | null {
  const [qop, cnonce, nc] = [values.get('qop'), values.get('cnonce'), values.get('nc')]
  if (qop === undefined) {
    // RFC 2617 section 3.2.2: without qop neither cnonce nor nc may be sent.
    const isOld = cnonce === undefined && nc === undefined && algorithm === 'MD5'
    return dangerouslyAllowRfc2069 && isOld ? { qop: null } : null
  }
  if (qop !== 'auth' && qop !== 'auth-int') return null
  if (cnonce === undefined || cnonce === '' || cnonce.length > longestValue || !isAscii(cnonce)) return null // ASCII: RFC 7616 section 3.4
  return nc !== undefined && readNonceCount(nc) !== null ? { qop, cnonce, nc } : null
}

/** The number that `nc` means: exactly eight lower-case hexadecimal digits (RFC 2617 section 3.2.2), from 1; `null` for anything else. */
export function readNonceCount(nc: string): number | null {
  return /^(?!0{8})[0-9a-f]{8}$/.test(nc) ? Number.parseInt(nc, 16) : null
}

/** `true` or `false` in any case; absent means false (RFC 7616 sections 3.3 and 3.4). */
export function readFlag(value: string | undefined): boolean | null {
  const flag = value?.toLowerCase() ?? 'false'
  return flag === 'true' || flag === 'false' ? flag === 'true' : null
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

function isVisible(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text)
}

/**
 * Writes the value of `Authorization`. What is quoted and what is not follows RFC 7616 section 3.4.
 *
 * @throws RangeError when a value cannot stand in a header
 */
export function writeCredentials(credentials: DigestCredentials): string {
  const { username, userhash, realm, nonce, uri, response, algorithm, opaque } = credentials
  if (!isPrintable(username) || !isVisible(uri)) throw new RangeError('A name holds no control characters, a uri only visible ASCII.')
  if (credentials.qop !== null && readNonceCount(credentials.nc) === null)
    throw new RangeError('nc is eight hexadecimal digits, from 00000001.')
  const parts = [
    isAscii(username) ? `username=${quote(username)}` : `username*=${writeExtendedValue(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response=${quote(response)}`,
    `algorithm=${algorithm}`,
  ]
  if (credentials.qop !== null) parts.push(`qop=${credentials.qop}`, `nc=${credentials.nc}`, `cnonce=${quote(credentials.cnonce)}`)
  if (opaque !== null) parts.push(`opaque=${quote(opaque)}`)
  if (userhash) parts.push('userhash=true')
  return `Digest ${parts.join(', ')}`
}
