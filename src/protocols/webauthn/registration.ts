/** Registration: the steps of WebAuthn Level 3 §7.1, in their order. */
import { hash } from 'node:crypto'
import { toBase64url } from '../../crypto/encoding.ts'
import type { CoseAlgorithm } from './algorithm.ts'
import { type Attestation, checkAttestation, readAttestationObject } from './attestation.ts'
import { type AuthenticatorFlags, checkAuthenticatorData, readAuthenticatorData } from './authenticator-data.ts'
import { checkClientData } from './client-data.ts'
import { readCredentialKey } from './cose.ts'
import { readAttestationReply, type Transport } from './credential-json.ts'
import { judge, type Refused, refuse } from './failure.ts'

/** What both ceremonies are judged by. All of it is what the server kept when it began the ceremony, and nothing what the reply says. */
export interface CeremonyOptions {
  /** The reply, in the JSON form of WebAuthn Level 3; anything at all may stand here. */
  readonly credential: unknown
  /** The challenge that was issued, base64url. It is good once: spend it before. */
  readonly challenge: string
  /** The domain that credentials belong to. */
  readonly rpId: string
  /** Where ceremonies may take place, each as scheme, host and port, compared as texts. */
  readonly origins: readonly string[]
  /** Sites that may embed these origins in a frame; none unless said otherwise, and then a frame of another origin is refused. */
  readonly topOrigins?: readonly string[]
  /** Only `required` is a demand; the others are wishes to the client. */
  readonly userVerification: 'required' | 'preferred' | 'discouraged'
}

/** What a registration is judged by. */
export interface RegistrationOptions extends CeremonyOptions {
  /** The algorithms that were offered. */
  readonly algorithms: readonly CoseAlgorithm[]
  /** How the credential was asked for: a `conditional` one is made without a gesture, so nobody needs to have been there. */
  readonly mediation?: 'conditional'
}

/** A credential, as a relying party keeps it (WebAuthn Level 3 §4, credential record). */
export interface RegisteredCredential extends AuthenticatorFlags {
  /** base64url. Unique in the whole installation: refuse one that somebody has (§7.1 step 26). */
  readonly id: string
  /** The public key, as SubjectPublicKeyInfo in DER: what `verifyAssertion` takes. */
  readonly spki: Uint8Array
  /** The public key as the authenticator sent it. */
  readonly cose: Uint8Array
  readonly alg: CoseAlgorithm
  /** How often the authenticator signed; 0 as long as it does not count. */
  readonly counter: number
  readonly transports: readonly Transport[]
  /** The model of the authenticator, as a UUID; `null` when it does not say. */
  readonly aaguid: string | null
  /** Whether it can be found without its id, as the client says; `null` when it says nothing. */
  readonly discoverable: boolean | null
  readonly attestation: Attestation
}

/** What became of a registration. */
export type RegistrationResult = { readonly ok: true; readonly credential: RegisteredCredential } | Refused

/** Longest credential id, in bytes. */
const mostIdBytes = 1023

/**
 * Judges a reply to `create()` (WebAuthn Level 3 §7.1). It reads neither clock nor store, and no reply makes it throw.
 *
 * What is left to the caller: the challenge is of this session and user and was spent (step 1), the credential id is nobody's (step 26),
 * and whether a credential that may or may not be backed up is wanted (steps 18 and 19).
 */
export function verifyRegistration(options: RegistrationOptions): RegistrationResult {
  return judge(() => ({ ok: true, credential: register(options) }))
}

function register({
  credential,
  challenge,
  rpId,
  origins,
  topOrigins = [],
  userVerification,
  algorithms,
  mediation,
}: RegistrationOptions): RegisteredCredential {
  // Steps 3 and 4: the reply and the results of client extensions
  const reply = readAttestationReply(credential)
  // Steps 5 to 11
  checkClientData(reply.clientDataJSON, { type: 'webauthn.create', challenge, origins, topOrigins })
  // Step 12
  const clientDataHash = hash('sha256', reply.clientDataJSON, 'buffer')
  // Step 13
  const attestationObject = readAttestationObject(reply.attestationObject)
  const { authenticatorData } = attestationObject
  const found = readAuthenticatorData(authenticatorData)
  // Steps 14 to 17; step 15 asks for nobody's presence when mediation was conditional
  checkAuthenticatorData(found, { rpId, mustBePresent: mediation !== 'conditional', mustBeVerified: userVerification === 'required' })
  const attested = found.attested ?? refuse('attested_data_missing')
  // Step 20, and the key is sound
  const { alg, key } = readCredentialKey(attested.key, algorithms)
  // Steps 21 and 22. Steps 23 and 24: no roots are known, so nothing is trusted for its attestation, nor refused for it
  const attestation = checkAttestation(attestationObject, { alg, key }, Buffer.concat([authenticatorData, clientDataHash]))
  // Step 25
  if (attested.id.length === 0 || attested.id.length > mostIdBytes) refuse('credential_id_length')
  const id = toBase64url(attested.id)
  if (id !== reply.id) refuse('credential_id_mismatch')
  // Step 27
  return {
    id,
    spki: key.export({ type: 'spki', format: 'der' }),
    cose: attested.cose,
    alg,
    counter: found.counter,
    userPresent: found.userPresent,
    userVerified: found.userVerified,
    backupEligible: found.backupEligible,
    backupState: found.backupState,
    transports: reply.transports,
    aaguid: uuidOf(attested.aaguid),
    discoverable: reply.discoverable,
    attestation,
  }
}

function uuidOf(aaguid: Uint8Array): string | null {
  const hex = Buffer.from(aaguid).toString('hex')
  if (/^0+$/.test(hex)) return null
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
