/** Counts of tries: all that are asked for are counted, or none is. */
import type { Attempt, AttemptKey, AttemptLimit, Attempts, Counted } from 'portcullis'
import { type Fleeting, pair, removeWhere, type Tries } from './data.ts'

/** The counts. */
export function createTries(fleeting: Fleeting): Attempts {
  return {
    add(attempts, now) {
      const answer = judge(fleeting, attempts, now)
      if (answer.ok) for (const attempt of attempts) fleeting.tries.set(pair(attempt.group, attempt.key), oneMore(fleeting, attempt, now))
      return answer
    },
    ask: (attempts, now) => judge(fleeting, attempts, now),
    refund: (keys) => takeTriesBack(fleeting, keys),
    clearGroup(group) {
      removeWhere(fleeting.tries, (counted) => counted.group === group)
    },
  }
}

/** Forgets counts. */
export function clearTries({ tries }: Fleeting, keys: readonly AttemptKey[]): void {
  for (const { group, key } of keys) tries.delete(pair(group, key))
}

/** Takes the latest try back: its wait begins where it began before. */
export function takeTriesBack({ tries }: Fleeting, keys: readonly AttemptKey[]): void {
  for (const { group, key } of keys) {
    const counted = tries.get(pair(group, key))
    if (counted !== undefined && counted.count > 0)
      tries.set(pair(group, key), { ...counted, count: counted.count - 1, last: counted.before })
  }
}

/** The latest of the times until which some limit refuses. */
function judge(fleeting: Fleeting, attempts: readonly Attempt[], now: number): Counted {
  const ends = attempts.map((attempt) => refusedUntil(current(fleeting, attempt, now), attempt.limit)).filter((end) => end > now)
  return ends.length === 0 ? { ok: true } : { ok: false, retryAt: Math.max(...ends) }
}

/** What has been counted and has not lapsed. */
function current({ tries }: Fleeting, { group, key, limit }: Attempt, now: number): Tries {
  const counted = tries.get(pair(group, key))
  if (counted !== undefined && now < lapse(counted, limit)) return counted
  return { group, count: 0, first: now, last: now, before: now, expiresAt: now }
}

function oneMore(fleeting: Fleeting, attempt: Attempt, now: number): Tries {
  const { last, ...counted } = current(fleeting, attempt, now)
  const next = { ...counted, count: counted.count + 1, before: last, last: now }
  return { ...next, expiresAt: lapse(next, attempt.limit) }
}

/** With a wait, a count lapses a window after the latest try; without one, after the first. */
function lapse({ first, last }: Tries, { window, wait }: AttemptLimit): number {
  return (wait === undefined ? first : last) + window
}

function refusedUntil(counted: Tries, limit: AttemptLimit): number {
  if (counted.count < limit.max) return Number.NEGATIVE_INFINITY
  if (limit.wait === undefined) return lapse(counted, limit)
  return counted.last + Math.min(limit.wait.first * 2 ** (counted.count - limit.max), limit.wait.most)
}
