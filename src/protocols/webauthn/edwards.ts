/** Whether the public key of EdDSA is a point of its curve and of large order; Node takes any bytes of the right length. */

/** -x² or x², and d, of a·x² + y² = 1 + d·x²·y² (RFC 8032 sections 5.1 and 5.2). */
interface Curve {
  readonly prime: bigint
  readonly a: bigint
  readonly d: bigint
}

const prime25519 = 2n ** 255n - 19n
const prime448 = 2n ** 448n - 2n ** 224n - 1n

const curves: Readonly<Record<'Ed25519' | 'Ed448', Curve>> = {
  Ed25519: { prime: prime25519, a: -1n, d: -121665n * power(121666n, prime25519 - 2n, prime25519) },
  Ed448: { prime: prime448, a: 1n, d: -39081n },
}

/**
 * Whether bytes are the canonical text of a point (RFC 8032 sections 5.1.3 and 5.2.3) that does not vanish when it is multiplied by the
 * cofactor: by one that does, anybody could sign, as OpenSSL 3.0 has it.
 */
export function isSoundPoint(curve: 'Ed25519' | 'Ed448', bytes: Uint8Array): boolean {
  const { prime, a, d } = curves[curve]
  const y = littleEndian(bytes) & (2n ** BigInt(bytes.length * 8 - 1) - 1n)
  if (y >= prime) return false
  const yy = (y * y) % prime
  // x² = (1 - y²) / (a - d·y²); the product has a root where the quotient has one, and x = 0 is of small order.
  const square = modulo((1n - yy) * (a - d * yy), prime)
  return power(square, (prime - 1n) / 2n, prime) === 1n && !isSmallOrder(yy, { prime, a, d })
}

/** Order 1 or 2: y² = 1. Order 4: y = 0. Order 8, on Ed25519 alone: the double has y = 0, so x² = -y² and d·y⁴ + 2·y² = 1. */
function isSmallOrder(yy: bigint, { prime, a, d }: Curve): boolean {
  if (yy === 0n || yy === 1n) return true
  return a === -1n && modulo(d * yy * yy + 2n * yy - 1n, prime) === 0n
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
}

function power(base: bigint, exponent: bigint, prime: bigint): bigint {
  let [result, square] = [1n, modulo(base, prime)]
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % prime
    square = (square * square) % prime
  }
  return result
}

function modulo(value: bigint, prime: bigint): bigint {
  const rest = value % prime
  return rest < 0n ? rest + prime : rest
}
