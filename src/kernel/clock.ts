/** The clock, and durations as people write them. */

/** Milliseconds since 1970, UTC. */
export type Clock = () => number

/** The machine's clock: the only place that reads it. */
export const systemClock: Clock = () => Date.now()

/** A whole number with a unit: `'90s'`, `'30m'`, `'12h'`, `'7d'`. */
export type Duration = `${number}s` | `${number}m` | `${number}h` | `${number}d`

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * A duration in milliseconds.
 *
 * @param option its name, for the sentence
 * @throws Error with a sentence when it is none, or not above zero
 */
export function milliseconds(duration: string, option: string): number {
  const [, digits, unit = ''] = /^(\d{1,9})([smhd])$/.exec(duration) ?? []
  const length = Number(digits) * (units[unit] ?? 0)
  if (!(length > 0))
    throw new Error(
      `${option} must be a duration such as '30m', with a whole number above zero and s, m, h or d; it is ${JSON.stringify(duration)}.`,
    )
  return length
}
