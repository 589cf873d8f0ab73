/** Nonces that carry their own date and seal, so that a server keeps nothing for a challenge that nobody answers (RFC 7616 section 3.3). */
import { toBase64url } from '../../crypto/encoding.ts'
import { type Random, systemRandom } from '../../crypto/random.ts'

/** Keyed hashes under the server's secrets: a keyring, or what a feature is given. */
export interface NonceKeys {
  keyed(label: string, text: string): string
  verifyKeyed(label: string, text: string, value: string): boolean
}

/** What a nonce is good for; one that was issued for anything else is not ours. */
export interface NonceScope {
  readonly realm: string
  /** A value that is another one once the counts of nonces were lost: with them every nonce is void. */
  readonly epoch: string
  /** The client's address, or its network; `null` binds to none. */
  readonly address: string | null
}

/**
 * `valid` and `expired` nonces are ours. Whether `expired` may be told as `stale` depends on the response, which must be right (RFC 7616
 * section 3.3). `foreign`: made by somebody else, for another realm or address, or before the counts were lost.
 */
export type NonceState =
  | { readonly state: 'valid' | 'expired' /** In milliseconds since 1970. */; readonly issuedAt: number; readonly expiresAt: number }
  | { readonly state: 'foreign' }

const label = 'digest nonce'
const timeBytes = 6
const randomBytes = 16
/** The characters before the seal, in base64url. */
const headLength = Math.ceil(((timeBytes + randomBytes) * 4) / 3)

/**
 * Issues a nonce: the time, chance so that no two clients share a count, and a keyed hash over both and the scope.
 *
 * @param now milliseconds since 1970
 */
export function issueNonce(keys: NonceKeys, scope: NonceScope, now: number, random: Random = systemRandom): string {
  const bytes = Buffer.alloc(timeBytes + randomBytes)
  bytes.writeUIntBE(now, 0, timeBytes)
  bytes.set(random(randomBytes), timeBytes)
  const head = toBase64url(bytes)
  return head + keys.keyed(label, sealedText(head, scope))
}

/**
 * Says what a nonce is, whoever sent it, in constant time for each secret. Never throws.
 *
 * @param lifetimeSeconds how long a nonce is valid. One dated further ahead, by a clock that was wrong, counts as expired
 */
export function checkNonce(keys: NonceKeys, nonce: string, scope: NonceScope, now: number, lifetimeSeconds: number): NonceState {
  const head = nonce.slice(0, headLength)
  if (!keys.verifyKeyed(label, sealedText(head, scope), nonce.slice(headLength))) return { state: 'foreign' }
  const issuedAt = Buffer.from(head, 'base64url').readUIntBE(0, timeBytes) // what is sealed was written here
  const lifetime = lifetimeSeconds * 1000
  return { state: Math.abs(now - issuedAt) < lifetime ? 'valid' : 'expired', issuedAt, expiresAt: issuedAt + lifetime }
}

/** One text for one meaning: the members cannot run into each other. */
function sealedText(head: string, { realm, epoch, address }: NonceScope): string {
  return JSON.stringify([head, realm, epoch, address])
}
