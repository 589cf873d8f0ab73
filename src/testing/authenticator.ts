/** A software authenticator with its browser: makes passkeys and logs in with them, honestly or with any part altered. */
import { hash } from 'node:crypto'
import { encodeCBOR } from '@levischuck/tiny-cbor'
import { toBase64url } from '../crypto/encoding.ts'
import { systemRandom } from '../crypto/random.ts'
import type { Json } from '../model/json.ts'
import { type CoseAlgorithm, isCoseAlgorithm } from '../protocols/webauthn/algorithm.ts'
import type { AuthenticatorFlags } from '../protocols/webauthn/authenticator-data.ts'
import type { Transport } from '../protocols/webauthn/credential-json.ts'
import { type AuthenticatorKey, createAuthenticatorKey, signWith } from './authenticator-key.ts'
import { type CreationOptions, type RequestOptions, readCreationOptions, readRequestOptions } from './authenticator-options.ts'
import { type Alterations, writeAttestationObject, writeAuthenticatorData, writeClientData } from './authenticator-reply.ts'

/** What an authenticator is like. */
export interface AuthenticatorOptions {
  /** Where its browser is; `http://localhost:3000` unless said otherwise, as with `createBrowser`. */
  readonly origin?: string
  /** Makes credentials of this algorithm; of the first one on offer unless said otherwise. */
  readonly algorithm?: CoseAlgorithm
  /** `none` unless said otherwise; with `packed` a credential signs for itself. */
  readonly attestation?: 'none' | 'packed'
  /** What its flags say: somebody is there and verified, and nothing is backed up, unless said otherwise. */
  readonly flags?: Partial<AuthenticatorFlags>
  /** Counts its signatures, unless said otherwise. */
  readonly counts?: boolean
  /** The model: 16 bytes, zeros unless said otherwise. */
  readonly aaguid?: Uint8Array
  readonly transports?: readonly Transport[]
}

/** The JSON form of a reply to `create()`. */
export type RegistrationJson = {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly authenticatorAttachment: 'platform' | 'cross-platform'
  readonly response: {
    readonly clientDataJSON: string
    readonly attestationObject: string
    readonly authenticatorData: string
    readonly transports: readonly string[]
    readonly publicKey: string
    readonly publicKeyAlgorithm: number
  }
  readonly clientExtensionResults: { readonly credProps: { readonly rk: boolean } }
}

/** The JSON form of a reply to `get()`. */
export type AuthenticationJson = {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly authenticatorAttachment: 'platform' | 'cross-platform'
  readonly response: {
    readonly clientDataJSON: string
    readonly authenticatorData: string
    readonly signature: string
    readonly userHandle?: string
  }
  readonly clientExtensionResults: { readonly [extension: string]: Json }
}

/** What an authenticator keeps of a credential. */
export interface AuthenticatorCredential {
  /** base64url. */
  readonly id: string
  readonly rpId: string
  /** base64url. */
  readonly userHandle: string
  readonly alg: CoseAlgorithm
  /** How often it signed. */
  readonly counter: number
}

/** A software authenticator. */
export interface Authenticator {
  /**
   * Answers `PublicKeyCredentialCreationOptionsJSON`, keeps the credential, and gives what the browser sends.
   *
   * @throws DOMException `InvalidStateError` when it has one of the excluded credentials, `NotSupportedError` when no algorithm is its own
   */
  register(options: Json | undefined, alter?: Alterations): RegistrationJson
  /**
   * Answers `PublicKeyCredentialRequestOptionsJSON` with the newest credential that fits.
   *
   * @throws DOMException `NotAllowedError` when none does
   */
  authenticate(options: Json | undefined, alter?: Alterations): AuthenticationJson
  /** All that it keeps, oldest first. */
  readonly credentials: readonly AuthenticatorCredential[]
  /** Another one with the same keys and counters: a thief's copy, or a backup to roll back to. */
  clone(): Authenticator
}

interface Kept extends AuthenticatorCredential {
  readonly key: AuthenticatorKey
}

/** Makes an authenticator, which has no credentials yet. */
export function createAuthenticator(options: AuthenticatorOptions = {}): Authenticator {
  return withCredentials(options, [])
}

function withCredentials(like: AuthenticatorOptions, before: readonly Kept[]): Authenticator {
  let kept = before
  return {
    register(options, alter = {}) {
      const wanted = readCreationOptions(options, originOf(like))
      const key = createAuthenticatorKey(chooseAlgorithm(wanted, like))
      if (kept.some(({ id }) => wanted.excluded.includes(id)))
        throw new DOMException('It has a credential of this user.', 'InvalidStateError')
      const made = {
        id: toBase64url(alter.credentialId ?? systemRandom(32)),
        rpId: wanted.rpId,
        userHandle: wanted.userHandle,
        alg: key.alg,
      }
      const credential = { ...made, key, counter: 0 }
      kept = [...kept, credential]
      return registrationJson(credential, wanted, like, alter)
    },
    authenticate(options, alter = {}) {
      const wanted = readRequestOptions(options, originOf(like))
      const found = kept.findLast(({ id, rpId }) => rpId === wanted.rpId && (wanted.allowed.length === 0 || wanted.allowed.includes(id)))
      if (!found) throw new DOMException('It has no such credential.', 'NotAllowedError')
      const credential = { ...found, counter: found.counter + (like.counts === false ? 0 : 1) }
      kept = kept.map((other) => (other === found ? credential : other))
      return authenticationJson(credential, wanted, like, alter)
    },
    get credentials() {
      return kept.map(({ key: _, ...credential }) => credential)
    },
    clone: () => withCredentials(like, kept),
  }
}

function originOf({ origin = 'http://localhost:3000' }: AuthenticatorOptions): string {
  return origin
}

function chooseAlgorithm({ offered }: CreationOptions, { algorithm }: AuthenticatorOptions): CoseAlgorithm {
  const chosen = algorithm ?? offered.find(isCoseAlgorithm)
  if (chosen === undefined) throw new DOMException('It has none of these algorithms.', 'NotSupportedError')
  return chosen
}

function flagsOf({ flags }: AuthenticatorOptions): AuthenticatorFlags {
  return { userPresent: true, userVerified: true, backupEligible: false, backupState: false, ...flags }
}

function registrationJson(
  { id, rpId, counter, key }: Kept,
  { challenge }: CreationOptions,
  like: AuthenticatorOptions,
  alter: Alterations,
): RegistrationJson {
  const clientData = writeClientData({ type: 'webauthn.create', challenge, origin: originOf(like) }, alter)
  const attested = { aaguid: like.aaguid ?? new Uint8Array(16), id: Buffer.from(id, 'base64url'), cose: key.cose }
  const authenticatorData = writeAuthenticatorData({ rpId, counter, ...flagsOf(like), attested }, alter)
  const { attestation: format = 'none', transports = ['internal'] } = like
  const statement = format === 'none' ? encodeCBOR(new Map()) : selfStatement(key, authenticatorData, clientData, alter)
  return {
    id,
    rawId: id,
    type: 'public-key',
    authenticatorAttachment: transports.includes('internal') ? 'platform' : 'cross-platform',
    response: {
      clientDataJSON: toBase64url(clientData),
      attestationObject: toBase64url(writeAttestationObject({ format, statement, authenticatorData }, alter)),
      authenticatorData: toBase64url(authenticatorData),
      transports,
      publicKey: toBase64url(key.publicKey.export({ type: 'spki', format: 'der' })),
      publicKeyAlgorithm: key.alg,
    },
    clientExtensionResults: { credProps: { rk: true } },
  }
}

/** WebAuthn Level 3 §8.2, self attestation. */
function selfStatement(key: AuthenticatorKey, authenticatorData: Uint8Array, clientData: Uint8Array, alter: Alterations): Uint8Array {
  const signature = signCeremony(key, authenticatorData, clientData, alter)
  return encodeCBOR(
    new Map<string, number | Uint8Array>([
      ['alg', key.alg],
      ['sig', new Uint8Array(signature)],
    ]),
  )
}

function authenticationJson(
  { id, rpId, userHandle, counter, key }: Kept,
  { challenge }: RequestOptions,
  like: AuthenticatorOptions,
  alter: Alterations,
): AuthenticationJson {
  const clientData = writeClientData({ type: 'webauthn.get', challenge, origin: originOf(like) }, alter)
  const authenticatorData = writeAuthenticatorData({ rpId, counter, ...flagsOf(like), attested: null }, alter)
  const handle = alter.userHandle === undefined ? userHandle : alter.userHandle
  return {
    id,
    rawId: id,
    type: 'public-key',
    authenticatorAttachment: 'platform',
    response: {
      clientDataJSON: toBase64url(clientData),
      authenticatorData: toBase64url(authenticatorData),
      signature: toBase64url(signCeremony(key, authenticatorData, clientData, alter)),
      ...(handle !== null && { userHandle: handle }),
    },
    clientExtensionResults: {},
  }
}

/** WebAuthn Level 3 §6.3.3 step 11, §8.2: the authenticator data with the hash of the client data behind it. */
function signCeremony(key: AuthenticatorKey, authenticatorData: Uint8Array, clientData: Uint8Array, alter: Alterations): Uint8Array {
  const signature = signWith(key, Buffer.concat([authenticatorData, hash('sha256', clientData, 'buffer')]))
  return alter.signature?.(signature) ?? signature
}
