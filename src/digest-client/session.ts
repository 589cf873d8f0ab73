/** What a client keeps of a challenge that it answers: the key, the nonce, and how often the nonce was used (RFC 7616 section 3.6). */
import { systemRandom } from '../crypto/random.ts'
import { type DigestAlgorithm, hasSession } from '../protocols/digest/algorithm.ts'
import type { DigestChallenge } from '../protocols/digest/challenge.ts'
import type { DigestCredentials, DigestQop } from '../protocols/digest/credentials.ts'
import { computeResponse, digestSecret, hashUsername } from '../protocols/digest/response.ts'

/** Credentials that count, as all of this client's do. */
export type CountedCredentials = DigestCredentials & { readonly qop: DigestQop }

/** What a response is computed for. */
export interface SignedRequest {
  readonly method: string
  readonly uri: string
  readonly body: Uint8Array | null
}

/** One challenge and what follows from it. */
export interface DigestSession {
  /** The hash of name, realm and password. */
  readonly secret: string
  /** Answers for one request; every call has a count of its own, so parallel requests never share one. */
  sign(request: SignedRequest): CountedCredentials
  /** Goes on with the next nonce that the server gave for `used`, unless another reply brought one before. */
  moveOn(nextnonce: string, used: string): void
}

/** Begins a session. */
export function openSession(challenge: DigestChallenge, username: string, password: string): DigestSession {
  const { realm, algorithm, opaque, userhash } = challenge
  const account = { username, realm, algorithm }
  const secret = digestSecret({ ...account, password })
  const name = userhash ? hashUsername(account) : username.normalize('NFC')
  const qop: DigestQop = challenge.qop.includes('auth-int') ? 'auth-int' : 'auth'
  // One for the session: with session keys it is part of the key (RFC 7616 section 3.4.2).
  const cnonce = Buffer.from(systemRandom(16)).toString('base64url')
  let { nonce } = challenge
  let count = 0

  return {
    secret,
    sign: ({ method, uri, body }) => {
      count += 1
      const signed = { algorithm, nonce, uri, qop, cnonce, nc: count.toString(16).padStart(8, '0') }
      const response = computeResponse(signed, { secret, method, body: body ?? new Uint8Array() })
      return { ...signed, username: name, userhash, realm, opaque, response }
    },
    moveOn: (nextnonce, used) => {
      // With session keys the nonce of the challenge stays part of the key; servers without memory could not know it any more.
      if (nonce !== used || hasSession(algorithm)) return
      nonce = nextnonce
      count = 0
    },
  }
}

/** Which challenges a client answers. */
export interface ChallengeChoice {
  readonly realm: string | null
  readonly allowsMd5: boolean
}

/** The strongest challenge that may be answered, of equals the first (RFC 7616 section 3.7); `null` when there is none. */
export function chooseChallenge(challenges: readonly DigestChallenge[], { realm, allowsMd5 }: ChallengeChoice): DigestChallenge | null {
  const usable = challenges.filter(
    (challenge) => (realm === null || challenge.realm === realm) && challenge.qop.length > 0 && (allowsMd5 || !isMd5(challenge.algorithm)),
  )
  return usable.find(({ algorithm }) => !isMd5(algorithm)) ?? usable[0] ?? null
}

function isMd5(algorithm: DigestAlgorithm): boolean {
  return algorithm === 'MD5' || algorithm === 'MD5-sess'
}
