/** No call of a store on a network takes for ever: it ends in time, with an error that says the store is not available. */

/** The store cannot be reached, or did not answer in time. The request may be tried again: answer 503. */
export class StoreUnavailableError extends Error {
  override readonly name: string = 'StoreUnavailableError'
  readonly code = 'ERR_STORE_UNAVAILABLE'

  constructor(cause: unknown) {
    super(`The store is not available: ${cause instanceof Error ? cause.message || cause.name : String(cause)}`, { cause })
  }
}

/** Longer than this no call takes, in milliseconds, but those that change a schema. */
export const longestMs = 5_000

/** A time after which nothing is waited for any more. */
export interface Deadline {
  /** What comes first: the answer, or a rejection when the time is up. */
  race<T>(work: Promise<T>): Promise<T>
  callOff(): void
}

export const noDeadline: Deadline = { race: (work) => work, callOff: () => {} }

/** A deadline in so many milliseconds. Call it off when the work is done. */
export function deadlineIn(milliseconds: number): Deadline {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(late(milliseconds)), milliseconds)
  promise.catch(() => {}) // it may come when nothing is waited for
  return { race: (work) => Promise.race([work, promise]), callOff: () => clearTimeout(timer) }
}

/** The same answer, or an error when none has come in time. */
export function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late(longestMs)), longestMs)
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      settle()
    }
    work.then(
      (answer) => end(() => resolve(answer)),
      (error: unknown) => end(() => reject(error)),
    )
  })
}

function late(milliseconds: number): StoreUnavailableError {
  return new StoreUnavailableError(`no answer within ${milliseconds} ms`)
}
