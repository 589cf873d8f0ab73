/** The attestation object (WebAuthn Level 3 §6.5): `none` and packed self attestation are verified, other statements only named. */
import { isSigned } from './algorithm.ts'
import { type CborMap, decodeMap } from './cbor.ts'
import type { CredentialKey } from './cose.ts'
import { refuse } from './failure.ts'

/** The registered formats (WebAuthn Level 3 §8, IANA). */
export type AttestationFormat = 'none' | 'packed' | 'tpm' | 'android-key' | 'android-safetynet' | 'fido-u2f' | 'apple' | 'compound'

/** How a credential was vouched for. `unverified`: there is a statement that nobody checked. None of the three is a reason for trust. */
export interface Attestation {
  readonly format: AttestationFormat
  readonly type: 'none' | 'self' | 'unverified'
}

/** An attestation object, taken apart. */
export interface AttestationObject {
  readonly format: unknown
  readonly statement: unknown
  readonly authenticatorData: Uint8Array
}

const formats: readonly AttestationFormat[] = ['none', 'packed', 'tpm', 'android-key', 'android-safetynet', 'fido-u2f', 'apple', 'compound']

/** §7.1 step 13. */
export function readAttestationObject(bytes: Uint8Array): AttestationObject {
  const map = decodeMap(bytes)
  const authenticatorData = map.get('authData')
  if (!(authenticatorData instanceof Uint8Array)) return refuse('attestation_object_malformed')
  return { format: map.get('fmt'), statement: map.get('attStmt'), authenticatorData }
}

/** Steps 21 and 22 of §7.1. `signed` is the authenticator data with the hash of the client data behind it. */
export function checkAttestation({ format, statement }: AttestationObject, credential: CredentialKey, signed: Uint8Array): Attestation {
  // §7.1 step 21: by its exact letters
  const known = formats.find((name) => name === format)
  if (known === undefined) return refuse(typeof format === 'string' ? 'attestation_format_unknown' : 'attestation_object_malformed')
  // §7.1 step 22
  if (known === 'compound') return checkCompound(statement)
  if (!(statement instanceof Map)) return refuse('attestation_statement_malformed')
  if (known === 'packed') return checkPacked(statement, credential, signed)
  if (known !== 'none') return { format: known, type: 'unverified' }
  // §8.7: no attestation is an empty map
  if (statement.size > 0) refuse('attestation_statement_malformed')
  return { format: known, type: 'none' }
}

/** §8.9: a list of statements. */
function checkCompound(statement: unknown): Attestation {
  if (!Array.isArray(statement)) return refuse('attestation_statement_malformed')
  return { format: 'compound', type: 'unverified' }
}

/** §8.2: with certificates it is somebody's word whose roots are not known here; without, the credential signs for itself. */
function checkPacked(statement: CborMap, credential: CredentialKey, signed: Uint8Array): Attestation {
  const [alg, signature] = [statement.get('alg'), statement.get('sig')]
  if (typeof alg !== 'number' || !(signature instanceof Uint8Array)) return refuse('attestation_statement_malformed')
  if (statement.has('x5c')) {
    const certificates = statement.get('x5c')
    const isChain = Array.isArray(certificates) && certificates.length > 0 && certificates.every((item) => item instanceof Uint8Array)
    if (!isChain) refuse('attestation_statement_malformed')
    return { format: 'packed', type: 'unverified' }
  }
  if (alg !== credential.alg) refuse('attestation_algorithm_mismatch')
  if (!isSigned(credential.alg, credential.key, signed, signature)) refuse('attestation_signature_invalid')
  return { format: 'packed', type: 'self' }
}
