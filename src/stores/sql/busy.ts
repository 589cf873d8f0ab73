/** Waiting for a database that somebody else is writing to, without blocking the event loop. */
import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Maybe } from '../../model/json.ts'

/** The database could not be had in time. The request may be tried again: answer 503. */
export class StoreBusyError extends Error {
  override readonly name: string = 'StoreBusyError'
  readonly code = 'ERR_STORE_BUSY'

  constructor(cause: unknown) {
    super('The database was busy for too long.', { cause })
  }
}

const longestWaitMs = 5_000
const firstPauseMs = 1
const longestPauseMs = 50

/**
 * Tries at once, and as long as that fails with an error that `isBusy` names, again after growing pauses with jitter.
 *
 * @throws Error with the code `ERR_STORE_BUSY` after 5 seconds.
 */
export function untilFree<T>(attempt: () => T, isBusy: (error: unknown) => boolean): Maybe<T> {
  try {
    return attempt()
  } catch (error) {
    if (!isBusy(error)) throw error
    return retry(attempt, isBusy)
  }
}

async function retry<T>(attempt: () => T, isBusy: (error: unknown) => boolean): Promise<T> {
  let cause: unknown
  const begun = performance.now()
  for (let longest = firstPauseMs; performance.now() - begun < longestWaitMs; longest = Math.min(longest * 2, longestPauseMs)) {
    await pause(randomInt(Math.ceil(longest / 2), longest + 1))
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error)) throw error
      cause = error
    }
  }
  throw new StoreBusyError(cause)
}
