/** `portcullis/webauthn`: both ceremonies of WebAuthn Level 3 as functions without clock, store or network. */
export { type CoseAlgorithm, coseAlgorithms } from './algorithm.ts'
export {
  type Assertion,
  type AssertionOptions,
  type AssertionResult,
  type CounterOutcome,
  type StoredCredential,
  verifyAssertion,
} from './assertion.ts'
export type { Attestation, AttestationFormat } from './attestation.ts'
export type { AuthenticatorFlags } from './authenticator-data.ts'
export type { Transport } from './credential-json.ts'
export type { Refused, WebauthnFailure } from './failure.ts'
export {
  type CeremonyOptions,
  type RegisteredCredential,
  type RegistrationOptions,
  type RegistrationResult,
  verifyRegistration,
} from './registration.ts'
