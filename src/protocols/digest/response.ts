/** The arithmetic of Digest: secrets to store, responses, and the proof that a server sends back (RFC 7616 sections 3.4.1 to 3.5). */
import { equalTexts } from '../../crypto/hash.ts'
import { type DigestAlgorithm, hashHex, hasSession } from './algorithm.ts'
import type { DigestCredentials, DigestProtection } from './credentials.ts'
import { normalUsername } from './username.ts'

/** Whom a secret is for. */
export interface DigestAccount {
  readonly username: string
  readonly realm: string
  readonly algorithm: DigestAlgorithm
}

/** What of credentials their response is computed from. */
export type DigestSigned = Pick<DigestCredentials, 'algorithm' | 'nonce' | 'uri'> & DigestProtection

/** What the two ends know besides. */
export interface DigestProofInput {
  /** The stored hash, from `digestSecret`. */
  readonly secret: string
  /** The method of the request as it was sent. */
  readonly method: string
  /** The body of the message, before any transfer coding; needed with `auth-int` only, which no message escapes by being empty. */
  readonly body: Uint8Array | null
}

/**
 * What is stored instead of a password: H(username:realm:password), NFC and UTF-8 (RFC 7616 sections 3.4.2 and 4), the same with and
 * without session keys. It is as good as the password within its realm, so it is kept as a secret.
 *
 * @throws RangeError when the name is empty, or holds a colon, control characters or an unpaired surrogate
 */
export function digestSecret({ username, realm, algorithm, password }: DigestAccount & { readonly password: string }): string {
  return hashHex(algorithm, `${checkedUsername(username)}:${realm}:${password.normalize('NFC')}`)
}

/**
 * The hash that a client sends for a name, H(username:realm) (RFC 7616 section 3.4.4): what users are found by with `userhash`.
 *
 * @throws RangeError as `digestSecret`
 */
export function hashUsername({ username, realm, algorithm }: DigestAccount): string {
  return hashHex(algorithm, `${checkedUsername(username)}:${realm}`)
}

function checkedUsername(username: string): string {
  const normal = normalUsername(username)
  if (normal === null) throw new RangeError('A username for Digest is not empty, and holds no colon and no control characters.')
  return normal
}

/**
 * The response of a request (RFC 7616 section 3.4.1; section 3.2.2.1 of RFC 2617 without `qop`), in hexadecimal digits.
 *
 * With session keys the session is that of these very nonces: a client keeps one `cnonce` for as long as it keeps a nonce.
 *
 * @throws RangeError with `auth-int` and no body
 */
export function computeResponse(signed: DigestSigned, { secret, method, body }: DigestProofInput): string {
  const { algorithm, nonce, uri } = signed
  const a2 = hashHex(algorithm, signed.qop === 'auth-int' ? `${method}:${uri}:${hashHex(algorithm, wholeOf(body))}` : `${method}:${uri}`)
  if (signed.qop === null) return hashHex(algorithm, `${secret}:${nonce}:${a2}`)
  const key = hasSession(algorithm) ? hashHex(algorithm, `${secret}:${nonce}:${signed.cnonce}`) : secret
  return hashHex(algorithm, `${key}:${nonce}:${signed.nc}:${signed.cnonce}:${signed.qop}:${a2}`)
}

function wholeOf(body: Uint8Array | null): Uint8Array {
  if (body === null) throw new RangeError('auth-int is about the body: give it, also when it is empty.')
  return body
}

/** Whether the response of credentials is the right one, in a time that does not depend on how much of it is. @throws as `computeResponse` */
export function verifyResponse(credentials: DigestCredentials, input: DigestProofInput): boolean {
  return equalTexts(computeResponse(credentials, input), credentials.response)
}

/**
 * What proves to a client that its server knows the secret: a response without a method (RFC 7616 section 3.5), over the body of the
 * reply with `auth-int`.
 *
 * @throws RangeError with `auth-int` and no body
 */
export function computeRspauth(signed: DigestSigned, { secret, body }: Omit<DigestProofInput, 'method'>): string {
  return computeResponse(signed, { secret, method: '', body })
}
