/** What the authenticator says (WebAuthn Level 3 §6.1): flags, counter and, at registration, the new credential. */
import { hash } from 'node:crypto'
import { type CborMap, decodeLeadingMap } from './cbor.ts'
import { refuse } from './failure.ts'

/** What a flag of the authenticator says. */
export interface AuthenticatorFlags {
  /** Somebody was there (UP). */
  readonly userPresent: boolean
  /** By fingerprint, PIN or the like (UV). */
  readonly userVerified: boolean
  /** The credential may be copied to other devices (BE); it stays as it was at registration. */
  readonly backupEligible: boolean
  /** It is copied now (BS). */
  readonly backupState: boolean
}

/** The credential that was made (WebAuthn Level 3 §6.5.1). */
export interface AttestedCredential {
  readonly aaguid: Uint8Array
  readonly id: Uint8Array
  /** The public key as it was sent. */
  readonly cose: Uint8Array
  readonly key: CborMap
}

/** Authenticator data, taken apart. */
export interface AuthenticatorData extends AuthenticatorFlags {
  readonly rpIdHash: Uint8Array
  readonly counter: number
  readonly attested: AttestedCredential | null
}

const [upBit, uvBit, beBit, bsBit, atBit, edBit] = [0x01, 0x04, 0x08, 0x10, 0x40, 0x80]
const [hashBytes, headBytes, aaguidBytes] = [32, 37, 16]

/** Takes it apart to its last byte. The bits that are reserved say nothing. */
export function readAuthenticatorData(bytes: Uint8Array): AuthenticatorData {
  if (bytes.length < headBytes) refuse('authenticator_data_malformed')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const flags = view.getUint8(hashBytes)
  const attested = (flags & atBit) === 0 ? null : readAttested(bytes.subarray(headBytes))
  let rest = bytes.subarray(headBytes + (attested?.length ?? 0))
  // What extensions say is signed along, and must be one map; nothing of it is used.
  if ((flags & edBit) !== 0) rest = rest.subarray(decodeLeadingMap(rest).length)
  if (rest.length > 0) refuse('authenticator_data_bytes_behind')
  return {
    rpIdHash: bytes.subarray(0, hashBytes),
    userPresent: (flags & upBit) !== 0,
    userVerified: (flags & uvBit) !== 0,
    backupEligible: (flags & beBit) !== 0,
    backupState: (flags & bsBit) !== 0,
    counter: view.getUint32(hashBytes + 1),
    attested: attested?.credential ?? null,
  }
}

function readAttested(bytes: Uint8Array): { readonly credential: AttestedCredential; readonly length: number } {
  const idStart = aaguidBytes + 2
  const idEnd = idStart + (bytes[aaguidBytes] ?? 0) * 256 + (bytes[aaguidBytes + 1] ?? 0)
  // What ends early has no key.
  const { map, length } = decodeLeadingMap(bytes.subarray(idEnd))
  const cose = bytes.slice(idEnd, idEnd + length)
  const credential = { aaguid: bytes.subarray(0, aaguidBytes), id: bytes.subarray(idStart, idEnd), cose, key: map }
  return { credential, length: idEnd + length }
}

/** What the server demands of authenticator data. */
export interface ExpectedAuthenticatorData {
  readonly rpId: string
  readonly mustBePresent: boolean
  readonly mustBeVerified: boolean
}

/** Checks it: steps 14 to 17 of WebAuthn Level 3 §7.1, and steps 15 to 18 of §7.2. */
export function checkAuthenticatorData(found: AuthenticatorData, { rpId, mustBePresent, mustBeVerified }: ExpectedAuthenticatorData): void {
  // §7.1 step 14, §7.2 step 15
  if (Buffer.compare(hash('sha256', rpId, 'buffer'), found.rpIdHash) !== 0) refuse('rp_id_mismatch')
  // §7.1 step 15, §7.2 step 16
  if (mustBePresent && !found.userPresent) refuse('user_not_present')
  // §7.1 step 16, §7.2 step 17
  if (mustBeVerified && !found.userVerified) refuse('user_not_verified')
  // §7.1 step 17, §7.2 step 18
  if (!found.backupEligible && found.backupState) refuse('backup_state_invalid')
}
