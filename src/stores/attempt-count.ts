/** When a try counts and when it is refused: arithmetic that every store shares, run within its own atomic step. */
import type { AttemptLimit, Counted } from '../model/store.ts'

/** A count as stored. Times in milliseconds since 1970, UTC. */
export interface AttemptCount {
  readonly count: number
  /** When the first of it was counted. */
  readonly first: number
  /** When the latest of it was counted: where a wait begins. */
  readonly last: number
  /** When the one before the latest was counted: taking the latest back leads here. */
  readonly before: number
  /** When it starts from nothing again, so that it may be purged. */
  readonly expiresAt: number
}

/** What one more try comes to: refused until a time, or the count to store. */
export type AttemptOutcome = { readonly ok: false; readonly retryAt: number } | { readonly ok: true; readonly next: AttemptCount }

/** Counts one more try, or says until when it is refused. */
export function countAttempt(stored: AttemptCount | null, limit: AttemptLimit, now: number): AttemptOutcome {
  const current = stored !== null && now < lapseOf(stored, limit) ? stored : { count: 0, first: now, last: now, before: now }
  const retryAt = current.count < limit.max ? now : refusedUntil(current, limit)
  if (now < retryAt) return { ok: false, retryAt }
  const next = { count: current.count + 1, first: current.first, last: now, before: current.last }
  return { ok: true, next: { ...next, expiresAt: lapseOf(next, limit) } }
}

/** The count without its latest try, as if that had never been: its wait too begins where it began before. */
export function takeBack(counted: AttemptCount): AttemptCount {
  return counted.count === 0 ? counted : { ...counted, count: counted.count - 1, last: counted.before }
}

/** What several counts in one step come to: all allow it, or none is counted and the latest refusal tells when to retry. */
export function answerOf(outcomes: readonly AttemptOutcome[]): Counted {
  const refusals = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.retryAt]))
  return refusals.length === 0 ? { ok: true } : { ok: false, retryAt: Math.max(...refusals) }
}

type Times = Pick<AttemptCount, 'count' | 'first' | 'last'>

function lapseOf(counted: Times, limit: AttemptLimit): number {
  return (limit.wait === undefined ? counted.first : counted.last) + limit.window
}

/** With a wait, it doubles with each try beyond `max`; without one, the count must lapse. */
function refusedUntil(counted: Times, limit: AttemptLimit): number {
  if (limit.wait === undefined) return lapseOf(counted, limit)
  return counted.last + Math.min(limit.wait.first * 2 ** (counted.count - limit.max), limit.wait.most)
}
