/** Counts of nonces: each is used once, in any order, within the 128 that end with the highest. */
import type { Store } from 'portcullis'
import type { Fleeting } from './data.ts'

const width = 128
const mostCount = 0x7fffffff

/** Makes the drawer of nonces. */
export function createNonces({ nonces }: Fleeting): Store['nonces'] {
  return {
    advance(nonce, count, expiresAt, now) {
      if (expiresAt <= now || !Number.isInteger(count) || count < 1 || count > mostCount) return false
      const kept = nonces.get(nonce) ?? { latest: count, used: new Set<number>(), expiresAt }
      if (count <= kept.latest - width || kept.used.has(count)) return false
      kept.latest = Math.max(kept.latest, count)
      kept.used.add(count)
      for (const old of kept.used) if (old <= kept.latest - width) kept.used.delete(old)
      nonces.set(nonce, kept)
      return true
    },
  }
}
