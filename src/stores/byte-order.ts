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

/** The bounds of a page of keys: `from` is the first that may be in it, `before` the first that may not. */
export interface KeyRange {
  readonly from: string
  readonly before: string
}

/** A noncharacter that begins no key: behind all of them. */
const behindAll = '\u{10ffff}'

/** The keys that begin with `prefix` and lie behind `after`; so that no wildcard of `LIKE` is ever in play. */
export function keyRange(prefix: string, after: string | undefined): KeyRange {
  // No key holds U+0000, so nothing lies between a key and that key with U+0001 behind it.
  const next = after === undefined ? '' : `${after}\u0001`
  return { from: compareBytes(prefix, next) > 0 ? prefix : next, before: successor(prefix) }
}

/** The least text behind all that begin with `prefix`. */
function successor(prefix: string): string {
  const points = [...prefix]
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = last.codePointAt(0) ?? 0
    if (point < 0x10ffff) return points.join('') + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1)
  }
  return behindAll
}

/** Surrogates stand for code points above U+FFFF, so they sort behind U+E000 to U+FFFF. */
function rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800
  return unit >= 0xd800 ? unit + 0x2000 : unit
}
