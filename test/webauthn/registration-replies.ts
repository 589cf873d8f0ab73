/** Registrations of the software authenticator, honest but for what a test alters, and what the ceremony says of them. */

import { type CoseAlgorithm, coseAlgorithms } from '../../src/protocols/webauthn/algorithm.ts'
import type { WebauthnFailure } from '../../src/protocols/webauthn/failure.ts'
import { type RegistrationOptions, type RegistrationResult, verifyRegistration } from '../../src/protocols/webauthn/registration.ts'
import { createAuthenticator, type RegistrationJson } from '../../src/testing/authenticator.ts'
import type { Alterations } from '../../src/testing/authenticator-reply.ts'

export const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values)

export const origin: string = 'https://login.example.com'
export const challenge: string = 'dGhlIGNoYWxsZW5nZSBvZiB0aGlzIGNlcmVtb255IQ'
export const algorithms: readonly CoseAlgorithm[] = Object.values(coseAlgorithms)
const judgedBy = { challenge, rpId: 'example.com', origins: [origin], userVerification: 'required', algorithms } as const

/** A reply of an authenticator, honest but for `alter`. */
export function reply(alter: Alterations = {}, like: Parameters<typeof createAuthenticator>[0] = {}): RegistrationJson {
  const options = {
    challenge,
    rp: { id: 'example.com', name: 'Example' },
    user: { id: 'dXNlcg', name: 'ann', displayName: 'Ann' },
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
  }
  return createAuthenticator({ origin, algorithm: -7, ...like }).register(options, alter)
}

/** What becomes of a credential, judged by all that the site asks for but for `options`. */
export function judge(credential: unknown, options: Partial<RegistrationOptions> = {}): RegistrationResult {
  return verifyRegistration({ ...judgedBy, credential, ...options })
}

/** The code, or `ok`. */
export function verdict(credential: unknown, options: Partial<RegistrationOptions> = {}): WebauthnFailure | 'ok' {
  const result = judge(credential, options)
  return result.ok ? 'ok' : result.code
}

/** An honest reply with other members of its response. */
export function withResponse(members: Readonly<Record<string, unknown>>): unknown {
  const honest = reply()
  return { ...honest, response: { ...honest.response, ...members } }
}
