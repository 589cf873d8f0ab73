/** How long Redis keeps a row: until it has expired by the clock of every process. */

/** Clocks of processes may differ by this much, in milliseconds. What is kept longer counts no longer: each read asks the time. */
const grace = 60_000

/** Milliseconds from `now` for which a row is kept that expires at `expiresAt`. */
export function lifetime(expiresAt: number, now: number): number {
  return Math.max(0, expiresAt - now) + grace
}
