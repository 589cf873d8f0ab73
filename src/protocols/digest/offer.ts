/** Whether credentials answer what this server offered: no other realm, and nothing weaker (RFC 7616 sections 3.3 and 5.7). */
import type { DigestAlgorithm } from './algorithm.ts'
import type { DigestCredentials, DigestQop } from './credentials.ts'

/** What a server offers in its challenges. */
export interface DigestOffer {
  readonly realm: string
  /** Accepted algorithms, the preferred one first: a challenge for each. */
  readonly algorithms: readonly DigestAlgorithm[]
  readonly qop: readonly DigestQop[]
  /** What must come back unchanged; `null` when none was sent. */
  readonly opaque: string | null
  /** Whether names may be sent hashed. */
  readonly userhash: boolean
}

/**
 * The name of the first parameter that was not offered; `null` when all were. Credentials without `qop` were read only where they are
 * allowed, and are offered by that.
 */
export function findUnoffered(
  credentials: DigestCredentials,
  offer: DigestOffer,
): 'realm' | 'algorithm' | 'qop' | 'opaque' | 'userhash' | null {
  if (credentials.realm !== offer.realm) return 'realm'
  if (!offer.algorithms.includes(credentials.algorithm)) return 'algorithm'
  if (credentials.qop !== null && !offer.qop.includes(credentials.qop)) return 'qop'
  if (offer.opaque !== null && credentials.opaque !== offer.opaque) return 'opaque'
  return credentials.userhash && !offer.userhash ? 'userhash' : null
}
