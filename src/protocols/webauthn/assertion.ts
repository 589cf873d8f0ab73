/** Assertion: the steps of WebAuthn Level 3 §7.2, in their order; the signature is verified before the counter is judged. */
import { createPublicKey, hash, type KeyObject } from 'node:crypto'
import { type CoseAlgorithm, isCoseAlgorithm, isSigned, schemeOf } from './algorithm.ts'
import { type AuthenticatorFlags, checkAuthenticatorData, readAuthenticatorData } from './authenticator-data.ts'
import { checkClientData } from './client-data.ts'
import { readAssertionReply } from './credential-json.ts'
import { judge, type Refused, refuse } from './failure.ts'
import type { CeremonyOptions, RegisteredCredential } from './registration.ts'

/** What of a stored credential an assertion is judged by. */
export type StoredCredential = Pick<RegisteredCredential, 'id' | 'spki' | 'counter' | 'backupEligible'> & { readonly alg: number }

/** What an assertion is judged by. */
export interface AssertionOptions extends CeremonyOptions {
  /** The credential with the id of the reply, of the user who is to be logged in. */
  readonly stored: StoredCredential
  /** The ids that were offered; none unless said otherwise, which leaves the choice to the user. */
  readonly allowCredentials?: readonly string[]
  /** The handle of the user who has the credential, base64url. */
  readonly userHandle: string
  /** Whether the user was known before the ceremony, by a name or a session. If not, the reply must say who it is by the handle. */
  readonly isUserKnown: boolean
}

/**
 * What the counter says. `advanced`: it rose. `not_advanced`: it did not, so there may be a copy of the credential. `never_counted`: it is
 * and was 0, as with credentials that are synchronised.
 */
export type CounterOutcome = 'advanced' | 'not_advanced' | 'never_counted'

/** What a right assertion tells. */
export interface Assertion extends AuthenticatorFlags {
  readonly credentialId: string
  /** The counter of the reply: store it by compare-and-set, and never a lower one. */
  readonly counter: number
  readonly counterOutcome: CounterOutcome
}

/** What became of an assertion. A counter that did not advance is no refusal: the caller judges it by its policy. */
export type AssertionResult = { readonly ok: true; readonly assertion: Assertion } | Refused

/**
 * Judges a reply to `get()` (WebAuthn Level 3 §7.2). It reads neither clock nor store, and no reply makes it throw.
 *
 * What is left to the caller: the challenge is of this browser and ceremony and was spent (step 1), what to do about a counter that did not
 * advance (step 22), and storing the counter and the backup state (step 24).
 */
export function verifyAssertion(options: AssertionOptions): AssertionResult {
  return judge(() => ({ ok: true, assertion: authenticate(options) }))
}

function authenticate({ credential, challenge, rpId, origins, topOrigins = [], userVerification, ...known }: AssertionOptions): Assertion {
  const { stored, allowCredentials = [], userHandle, isUserKnown } = known
  // Steps 3 and 4
  const reply = readAssertionReply(credential)
  // Step 5
  if (allowCredentials.length > 0 && !allowCredentials.includes(reply.id)) refuse('credential_not_allowed')
  // Step 6
  if (reply.id !== stored.id) refuse('credential_unknown')
  if (reply.userHandle === null && !isUserKnown) refuse('user_handle_missing')
  if (reply.userHandle !== null && reply.userHandle !== userHandle) refuse('user_handle_mismatch')
  // Steps 7 to 14
  checkClientData(reply.clientDataJSON, { type: 'webauthn.get', challenge, origins, topOrigins })
  const found = readAuthenticatorData(reply.authenticatorData)
  // §6.1: there is no credential data in an assertion
  if (found.attested !== null) refuse('attested_data_unexpected')
  // Steps 15 to 18
  checkAuthenticatorData(found, { rpId, mustBePresent: true, mustBeVerified: userVerification === 'required' })
  // Step 19
  if (found.backupEligible !== stored.backupEligible) refuse('backup_eligibility_changed')
  // Steps 20 and 21
  const { alg, key } = readStoredKey(stored)
  const signed = Buffer.concat([reply.authenticatorData, hash('sha256', reply.clientDataJSON, 'buffer')])
  if (!isSigned(alg, key, signed, reply.signature)) refuse('signature_invalid')
  // Step 22; step 23: extensions say nothing that is used; step 24 is the caller's
  return {
    credentialId: reply.id,
    counter: found.counter,
    counterOutcome: judgeCounter(stored.counter, found.counter),
    userPresent: found.userPresent,
    userVerified: found.userVerified,
    backupEligible: found.backupEligible,
    backupState: found.backupState,
  }
}

function readStoredKey({ alg, spki }: StoredCredential): { readonly alg: CoseAlgorithm; readonly key: KeyObject } {
  if (!isCoseAlgorithm(alg)) return refuse('stored_key_invalid')
  const key = importSpki(spki)
  // A key never signs by another algorithm than the one that it was registered with.
  if (key.asymmetricKeyType !== schemeOf(alg).keyType) refuse('stored_key_invalid')
  return { alg, key }
}

function importSpki(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki.buffer, spki.byteOffset, spki.byteLength), format: 'der', type: 'spki' })
  } catch {
    return refuse('stored_key_invalid')
  }
}

function judgeCounter(stored: number, presented: number): CounterOutcome {
  if (stored === 0 && presented === 0) return 'never_counted'
  return presented > stored ? 'advanced' : 'not_advanced'
}
