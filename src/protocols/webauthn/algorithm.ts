/** The signature algorithms that credentials may have, by their COSE numbers, and what each demands of a key. */
import { constants, type KeyObject, verify } from 'node:crypto'

/** A COSE algorithm number that is verified here. */
export type CoseAlgorithm = -7 | -8 | -35 | -36 | -37 | -53 | -257

/** The algorithms by name (IANA COSE registry). `EdDSA` is Ed25519 (WebAuthn Level 3 §5.8.5). */
export const coseAlgorithms: Readonly<Record<'ES256' | 'EdDSA' | 'ES384' | 'ES512' | 'PS256' | 'Ed448' | 'RS256', CoseAlgorithm>> = {
  ES256: -7,
  EdDSA: -8,
  ES384: -35,
  ES512: -36,
  PS256: -37,
  Ed448: -53,
  RS256: -257,
}

/** What a key of an algorithm is like: COSE key type (RFC 9053 section 7), curve and the bytes of a coordinate. */
export type Scheme =
  | {
      readonly kty: 1
      readonly crv: 6 | 7
      readonly curve: 'Ed25519' | 'Ed448'
      readonly bytes: number
      readonly keyType: string
      readonly hash: null
    }
  | {
      readonly kty: 2
      readonly crv: 1 | 2 | 3
      readonly curve: string
      readonly bytes: number
      readonly keyType: 'ec'
      readonly hash: string
    }
  | { readonly kty: 3; readonly keyType: 'rsa'; readonly hash: string; readonly isPss: boolean }

const schemes: Readonly<Record<CoseAlgorithm, Scheme>> = {
  '-7': { kty: 2, crv: 1, curve: 'P-256', bytes: 32, keyType: 'ec', hash: 'sha256' },
  '-35': { kty: 2, crv: 2, curve: 'P-384', bytes: 48, keyType: 'ec', hash: 'sha384' },
  '-36': { kty: 2, crv: 3, curve: 'P-521', bytes: 66, keyType: 'ec', hash: 'sha512' },
  '-8': { kty: 1, crv: 6, curve: 'Ed25519', bytes: 32, keyType: 'ed25519', hash: null },
  '-53': { kty: 1, crv: 7, curve: 'Ed448', bytes: 57, keyType: 'ed448', hash: null },
  '-257': { kty: 3, keyType: 'rsa', hash: 'sha256', isPss: false },
  '-37': { kty: 3, keyType: 'rsa', hash: 'sha256', isPss: true },
}

/** What an algorithm demands. */
export function schemeOf(alg: CoseAlgorithm): Scheme {
  return schemes[alg]
}

/** Whether a number is that of an algorithm that is verified here. */
export function isCoseAlgorithm(alg: number): alg is CoseAlgorithm {
  return Object.hasOwn(schemes, alg)
}

/**
 * Whether a signature is right. ECDSA signatures are DER (WebAuthn Level 3 §6.5.5), which OpenSSL reads strictly: another spelling of
 * the numbers, or bytes behind them, are refused.
 */
export function isSigned(alg: CoseAlgorithm, key: KeyObject, content: Uint8Array, signature: Uint8Array): boolean {
  const scheme = schemes[alg]
  if (scheme.kty !== 3 || !scheme.isPss) return verify(scheme.hash, content, key, signature)
  // RFC 8230 section 2: the salt is as long as the hash.
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  return verify(scheme.hash, content, { key, ...padding }, signature)
}
