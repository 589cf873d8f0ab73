/** Key pairs of a software authenticator: made, written in COSE, and signed with, for every algorithm. */
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { encodeCBOR } from '@levischuck/tiny-cbor'
import { type CoseAlgorithm, schemeOf } from '../protocols/webauthn/algorithm.ts'

/** One key pair of an authenticator. */
export interface AuthenticatorKey {
  readonly alg: CoseAlgorithm
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** The public key in COSE. */
  readonly cose: Uint8Array
}

/** Makes a key pair; RSA with 2048 bits. */
export function createAuthenticatorKey(alg: CoseAlgorithm): AuthenticatorKey {
  const { privateKey, publicKey } = generate(alg)
  return { alg, privateKey, publicKey, cose: encodeCBOR(coseMap(alg, publicKey)) }
}

function generate(alg: CoseAlgorithm): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  const scheme = schemeOf(alg)
  if (scheme.kty === 3) return generateKeyPairSync('rsa', { modulusLength: 2048 })
  if (scheme.kty === 2) return generateKeyPairSync('ec', { namedCurve: scheme.curve })
  return scheme.curve === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ed448')
}

/** RFC 9053 section 7, RFC 8230 section 4. */
function coseMap(alg: CoseAlgorithm, publicKey: KeyObject): Map<number, number | Uint8Array> {
  const scheme = schemeOf(alg)
  const { x, y, n, e } = publicKey.export({ format: 'jwk' })
  const head: readonly (readonly [number, number])[] = [
    [1, scheme.kty],
    [3, alg],
  ]
  if (scheme.kty === 3) return new Map<number, number | Uint8Array>([...head, [-1, bytesOf(n)], [-2, bytesOf(e)]])
  const map = new Map<number, number | Uint8Array>([...head, [-1, scheme.crv], [-2, bytesOf(x)]])
  return scheme.kty === 2 ? map.set(-3, bytesOf(y)) : map
}

function bytesOf(text: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(String(text), 'base64url'))
}

/** Signs as authenticators do: ECDSA in DER, PSS with a salt as long as the hash. */
export function signWith({ alg, privateKey }: AuthenticatorKey, content: Uint8Array): Uint8Array {
  const scheme = schemeOf(alg)
  if (scheme.kty !== 3 || !scheme.isPss) return sign(scheme.hash, content, privateKey)
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  return sign(scheme.hash, content, { key: privateKey, ...padding })
}
