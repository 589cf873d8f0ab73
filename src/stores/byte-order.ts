/** One order of texts for every store: by UTF-8 bytes, as databases compare binary, where JavaScript compares UTF-16 units. */

/**
 * Compares by UTF-8 bytes, which is by code points.
 *
 * @returns Negative when `a` comes first, positive when `b` does, 0 when they are equal.
 */
export function compareBytes(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let index = 0; index < shorter; index++) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index))
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Each once, in byte order. */
export function sortedNames(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareBytes)
}

/** The first key that may begin with `prefix` and lie behind `after`. The keys with that prefix follow it without a gap. */
export function firstKey(prefix: string, after: string | undefined): string {
  // No key holds U+0000, so nothing lies between a key and that key with U+0001 behind it.
  const next = after === undefined ? '' : `${after}\u0001`
  return compareBytes(prefix, next) > 0 ? prefix : next
}

/** Surrogates stand for code points above U+FFFF, so they sort behind U+E000 to U+FFFF. */
function rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800
  return unit >= 0xd800 ? unit + 0x2000 : unit
}
