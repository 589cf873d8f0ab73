/** A clock that tests move by hand. */

/** Called, it tells the time in milliseconds since 1970, UTC; it stands still unless it is moved. */
export interface MovableClock {
  (): number
  /** Moves it forward by so many milliseconds. */
  advance(ms: number): void
  /** Moves it to a time, in milliseconds since 1970, UTC. */
  set(ms: number): void
}

/** Makes a clock that starts at `startMs`; by default at 2030-01-01T00:00:00Z. */
export function createClock(startMs: number = 1_893_456_000_000): MovableClock {
  let time = startMs
  return Object.assign(() => time, {
    advance(ms: number): void {
      time += ms
    },
    set(ms: number): void {
      time = ms
    },
  })
}
