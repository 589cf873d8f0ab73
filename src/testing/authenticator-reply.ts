/** The bytes that an authenticator and its browser send, put together part by part, so that a test can alter each. */
import { hash } from 'node:crypto'
import { encodeCBOR } from '@levischuck/tiny-cbor'
import type { Json } from '../model/json.ts'
import type { AuthenticatorFlags } from '../protocols/webauthn/authenticator-data.ts'

/** What of one reply is not as it should be. Everything that is signed is signed after it was altered. */
export interface Alterations {
  /** Members of the client data in place of the right ones; `undefined` leaves one out. */
  readonly clientData?: { readonly [name: string]: Json | undefined }
  /** All of the client data. */
  readonly clientDataJSON?: Uint8Array
  readonly rpIdHash?: Uint8Array
  /** `attestedData` and `extensionData` say that such data follows, whether it does or not. */
  readonly flags?: Partial<AuthenticatorFlags> & { readonly attestedData?: boolean; readonly extensionData?: boolean }
  readonly counter?: number
  /** 16 bytes. */
  readonly aaguid?: Uint8Array
  readonly credentialId?: Uint8Array
  /** A COSE key, or any other bytes. */
  readonly publicKey?: Uint8Array
  /** What extensions say, in CBOR. */
  readonly extensions?: Uint8Array
  /** Bytes behind the authenticator data, signed along. */
  readonly behindAuthenticatorData?: Uint8Array
  /** The format of the attestation. */
  readonly format?: string
  /** The attestation statement, in CBOR. */
  readonly statement?: Uint8Array
  /** Bytes behind the attestation object. */
  readonly behindAttestationObject?: Uint8Array
  /** Changes the signature of an assertion or of a self attestation. */
  readonly signature?: (signature: Uint8Array) => Uint8Array
  /** The handle in an assertion, base64url; `null` for none. */
  readonly userHandle?: string | null
}

/** What client data is made of. */
export interface ClientDataParts {
  readonly type: 'webauthn.create' | 'webauthn.get'
  readonly challenge: string
  readonly origin: string
}

/** WebAuthn Level 3 §5.8.1. */
export function writeClientData(parts: ClientDataParts, { clientData, clientDataJSON }: Alterations): Uint8Array {
  return clientDataJSON ?? Buffer.from(JSON.stringify({ ...parts, crossOrigin: false, ...clientData }))
}

/** What authenticator data is made of. */
export interface AuthenticatorDataParts extends AuthenticatorFlags {
  readonly rpId: string
  readonly counter: number
  /** The new credential; `null` in an assertion. */
  readonly attested: { readonly aaguid: Uint8Array; readonly id: Uint8Array; readonly cose: Uint8Array } | null
}

/** WebAuthn Level 3 §6.1. */
export function writeAuthenticatorData(parts: AuthenticatorDataParts, alter: Alterations): Uint8Array {
  const { rpIdHash = hash('sha256', parts.rpId, 'buffer'), extensions, behindAuthenticatorData = new Uint8Array() } = alter
  const head = Buffer.alloc(5)
  const flags = { attestedData: parts.attested !== null, extensionData: extensions !== undefined, ...parts, ...alter.flags }
  head.writeUInt8(flagBits(flags), 0)
  head.writeUInt32BE(alter.counter ?? parts.counter, 1)
  const attested = parts.attested === null ? [] : attestedParts(parts.attested, alter)
  return Buffer.concat([rpIdHash, head, ...attested, extensions ?? new Uint8Array(), behindAuthenticatorData])
}

function flagBits(flags: AuthenticatorFlags & { readonly attestedData: boolean; readonly extensionData: boolean }): number {
  const bits = [
    [flags.userPresent, 0x01],
    [flags.userVerified, 0x04],
    [flags.backupEligible, 0x08],
    [flags.backupState, 0x10],
    [flags.attestedData, 0x40],
    [flags.extensionData, 0x80],
  ] as const
  return bits.reduce((sum, [isSet, bit]) => (isSet ? sum + bit : sum), 0)
}

/** WebAuthn Level 3 §6.5.1. */
function attestedParts(made: NonNullable<AuthenticatorDataParts['attested']>, alter: Alterations): readonly Uint8Array[] {
  const id = alter.credentialId ?? made.id
  const length = Buffer.alloc(2)
  length.writeUInt16BE(id.length)
  return [alter.aaguid ?? made.aaguid, length, id, alter.publicKey ?? made.cose]
}

/** WebAuthn Level 3 §6.5.4: a map of three, in the order of CTAP2. */
export function writeAttestationObject(
  {
    format,
    statement,
    authenticatorData,
  }: { readonly format: string; readonly statement: Uint8Array; readonly authenticatorData: Uint8Array },
  alter: Alterations,
): Uint8Array {
  return Buffer.concat([
    Buffer.from([0xa3]),
    encodeCBOR('fmt'),
    encodeCBOR(alter.format ?? format),
    encodeCBOR('attStmt'),
    alter.statement ?? statement,
    encodeCBOR('authData'),
    encodeCBOR(new Uint8Array(authenticatorData)),
    alter.behindAttestationObject ?? new Uint8Array(),
  ])
}
