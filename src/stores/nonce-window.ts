/** Which counts of a nonce were used: a window that every store keeps and moves alike, within its own atomic step. */

/** The highest count that was used, and which of those just below it. */
export interface NonceWindow {
  readonly latest: number
  /** 128 bits in 32 hexadecimal digits; the lowest stands for `latest`, each higher one for the count before. */
  readonly used: string
}

/** How many counts a window holds: so far behind the highest one may a request arrive. */
export const windowWidth = 128
const mask = (1n << BigInt(windowWidth)) - 1n
/** No client counts so far; a database's integer does. */
const mostCount = 0x7fffffff

/**
 * The window with one more count used; `null` when this one was used before, or is too old to tell. What a jump leaves behind is
 * lost: those counts are too old from then on.
 */
export function useCount(stored: NonceWindow | null, count: number): NonceWindow | null {
  if (!isCount(count)) return null
  const latest = Math.max(stored?.latest ?? count, count)
  const behind = latest - count
  if (behind >= windowWidth) return null
  const bits = stored === null ? 0n : (BigInt(`0x${stored.used}`) << BigInt(Math.min(latest - stored.latest, windowWidth))) & mask
  const bit = 1n << BigInt(behind)
  if ((bits & bit) !== 0n) return null
  return { latest, used: (bits | bit).toString(16).padStart(windowWidth / 4, '0') }
}

/** Whether a number can be a count of a nonce. */
export function isCount(count: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= mostCount
}
