/** The JSON forms in which browsers send credentials (WebAuthn Level 3 §5.1), read strictly: one spelling for every byte. */
import { fromBase64url } from '../../crypto/encoding.ts'
import { refuse } from './failure.ts'

/** How a client reaches an authenticator (WebAuthn Level 3 §5.8.4). */
export type Transport = 'usb' | 'nfc' | 'ble' | 'smart-card' | 'hybrid' | 'internal'

/** A reply to `create()`. */
export interface AttestationReply {
  readonly id: string
  readonly clientDataJSON: Uint8Array
  readonly attestationObject: Uint8Array
  readonly transports: readonly Transport[]
  /** What the client says about discoverability (`credProps.rk`); `null` when it says nothing. */
  readonly discoverable: boolean | null
}

/** A reply to `get()`. */
export interface AssertionReply {
  readonly id: string
  readonly clientDataJSON: Uint8Array
  readonly authenticatorData: Uint8Array
  readonly signature: Uint8Array
  readonly userHandle: string | null
}

type Members = Readonly<Record<string, unknown>>

const transports: readonly Transport[] = ['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal']

/** Reads a `RegistrationResponseJSON`. Copies of what stands in the attestation object (`publicKey` and the like) are not looked at. */
export function readAttestationReply(credential: unknown): AttestationReply {
  const { id, response, extensions } = readCredential(credential)
  return {
    id,
    clientDataJSON: readBytes(response.clientDataJSON),
    attestationObject: readBytes(response.attestationObject),
    transports: readTransports(response.transports),
    discoverable: readDiscoverable(extensions),
  }
}

/** Reads an `AuthenticationResponseJSON`. */
export function readAssertionReply(credential: unknown): AssertionReply {
  const { id, response } = readCredential(credential)
  return {
    id,
    clientDataJSON: readBytes(response.clientDataJSON),
    authenticatorData: readBytes(response.authenticatorData),
    signature: readBytes(response.signature),
    userHandle: response.userHandle === undefined || response.userHandle === null ? null : readText(response.userHandle),
  }
}

/** What both forms share: `id` is the text of `rawId`, which is in JSON the same text. */
function readCredential(value: unknown): { readonly id: string; readonly response: Members; readonly extensions: Members } {
  const { id, rawId, type, response, clientExtensionResults = {} } = readMembers(value)
  if (type !== 'public-key') refuse(typeof type === 'string' ? 'credential_type_mismatch' : 'credential_malformed')
  if (readText(id) !== readText(rawId)) refuse('id_mismatch')
  return { id: readText(id), response: readMembers(response), extensions: readMembers(clientExtensionResults) }
}

function readMembers(value: unknown): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('credential_malformed')
  return { ...value }
}

/** A base64url text, as it is. */
function readText(value: unknown): string {
  readBytes(value)
  return String(value)
}

function readBytes(value: unknown): Uint8Array {
  if (typeof value !== 'string') return refuse('credential_malformed')
  return fromBase64url(value) ?? refuse('encoding_invalid')
}

/** Unknown ones are passed over (WebAuthn Level 3 §5.2.1.1); each is kept once, in the order that it came in. */
function readTransports(value: unknown): readonly Transport[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) return refuse('credential_malformed')
  return transports.filter((transport) => value.includes(transport))
}

/** Extension results are the client's word, unsigned. What nobody asked for is passed over (§7.1 step 28). */
function readDiscoverable({ credProps }: Members): boolean | null {
  if (typeof credProps !== 'object' || credProps === null) return null
  return 'rk' in credProps && typeof credProps.rk === 'boolean' ? credProps.rk : null
}
