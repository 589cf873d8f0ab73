/** A bounded queue for password hashing, so that a burst of logins neither exhausts memory nor stops other routes. */
import { availableParallelism } from 'node:os'
import { AuthError } from '../model/error.ts'
import { createTurns } from './turns.ts'

/** The queue. */
export interface PasswordQueue {
  /** Runs a job when its turn comes. @throws AuthError `overloaded`, at once, when too many wait already */
  run<T>(job: () => Promise<T>): Promise<T>
  /**
   * Resolves in a turn of the event loop of its own, one caller after the other, while there is room: so that what a burst of logins
   * writes before it hashes stops no other request for longer than one write. @throws AuthError `overloaded` when there is none
   */
  room(): Promise<void>
}

/** The bounds of the queue. */
export interface PasswordQueueOptions {
  /** How many hash at once; one processor is left to everything else, and at most 4 are used unless said otherwise. */
  readonly concurrency?: number
  /** How many may wait; 128 unless said otherwise. */
  readonly waiting?: number
}

/** Makes a queue: first come, first served; a job that fails fails alone. */
export function createPasswordQueue(options: PasswordQueueOptions = {}): PasswordQueue {
  const { concurrency = Math.min(4, Math.max(1, availableParallelism() - 1)), waiting = 128 } = options
  const line: (() => void)[] = []
  let running = 0
  const nextTurn = createTurns()

  async function takeTurn(): Promise<void> {
    if (running < concurrency) {
      running += 1
      return
    }
    if (line.length >= waiting) throw new AuthError('overloaded', { retryAfter: 1 })
    await new Promise<void>((resolve) => line.push(resolve)) // whoever ends hands its place over, so `running` stays
  }

  function leave(): void {
    const next = line.shift()
    if (next) next()
    else running -= 1
  }

  return {
    async run(job) {
      await takeTurn()
      try {
        return await job()
      } finally {
        leave()
      }
    },
    async room() {
      await nextTurn()
      if (running >= concurrency && line.length >= waiting) throw new AuthError('overloaded', { retryAfter: 1 })
    },
  }
}
