/** From the COSE key of a credential (RFC 9052 section 7, RFC 8230) to a sound public key of the algorithm that it names. */
import { createPublicKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto'
import { toBase64url } from '../../crypto/encoding.ts'
import { type CoseAlgorithm, schemeOf } from './algorithm.ts'
import type { CborMap } from './cbor.ts'
import { isSoundPoint } from './edwards.ts'
import { refuse } from './failure.ts'

/** A public key and what it signs with. */
export interface CredentialKey {
  readonly alg: CoseAlgorithm
  readonly key: KeyObject
}

const [ktyLabel, algLabel, crvLabel, xLabel, yLabel, nLabel, eLabel] = [1, 3, -1, -2, -3, -1, -2]

/** Bits of an RSA modulus: fewer are weak, and verification with more takes time. */
const [leastModulus, mostModulus] = [2048, 8192]

/** The key of a map. WebAuthn Level 3 §7.1 step 20: its algorithm is one that was offered. */
export function readCredentialKey(map: CborMap, offered: readonly CoseAlgorithm[]): CredentialKey {
  const named = map.get(algLabel)
  if (typeof named !== 'number') return refuse('key_malformed')
  const alg = offered.find((number) => number === named) ?? refuse('algorithm_not_offered')
  const scheme = schemeOf(alg)
  if (map.get(ktyLabel) !== scheme.kty) return refuse('key_malformed')
  if (scheme.kty === 3) return { alg, key: importKey(readRsa(map), 'key_malformed') }
  // WebAuthn Level 3 §5.8.5: one curve for each algorithm, and no compressed points.
  if (map.get(crvLabel) !== scheme.crv) return refuse('key_malformed')
  const x = readCoordinate(map.get(xLabel), scheme.bytes)
  if (scheme.kty === 1) {
    if (!isSoundPoint(scheme.curve, x)) refuse('key_not_on_curve')
    return { alg, key: importKey({ kty: 'OKP', crv: scheme.curve, x: toBase64url(x) }, 'key_not_on_curve') }
  }
  const y = readCoordinate(map.get(yLabel), scheme.bytes)
  return { alg, key: importKey({ kty: 'EC', crv: scheme.curve, x: toBase64url(x), y: toBase64url(y) }, 'key_not_on_curve') }
}

function readCoordinate(value: unknown, length: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== length) return refuse('key_malformed')
  return value
}

/** RFC 8230 section 4: both numbers in as few bytes as they need. The exponent is odd, from 3 to what fits in four bytes. */
function readRsa(map: CborMap): JsonWebKeyInput['key'] {
  const n = readNumber(map.get(nLabel))
  const e = readNumber(map.get(eLabel))
  const bits = n.length * 8 - Math.clz32(n[0] ?? 0) + 24
  if (bits < leastModulus || bits > mostModulus || !isOdd(n)) refuse('key_weak')
  if (e.length > 4 || !isOdd(e) || (e.length === 1 && e[0] === 1)) refuse('key_weak')
  return { kty: 'RSA', n: toBase64url(n), e: toBase64url(e) }
}

function readNumber(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length === 0 || value[0] === 0) return refuse('key_malformed')
  return value
}

function isOdd(number: Uint8Array): boolean {
  return ((number.at(-1) ?? 0) & 1) === 1
}

/** Node refuses a point that is not on its curve. */
function importKey(key: JsonWebKeyInput['key'], code: 'key_malformed' | 'key_not_on_curve'): KeyObject {
  try {
    return createPublicKey({ key, format: 'jwk' })
  } catch {
    return refuse(code)
  }
}
