/** Runs sequences on a database behind a network: each answer is waited for, each call ends in time, and each write is apart from all others. */
import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Deadline, deadlineIn, longestMs, noDeadline, StoreUnavailableError } from '../deadline.ts'
import { StoreBusyError } from './busy.ts'
import type { Runner } from './runner.ts'
import type { Answer, Query, Sequence } from './sequence.ts'
import { UnfitValueError } from './unfit.ts'

/**
 * What an error of a driver means for the call that met it.
 *
 * | verdict | meaning | what follows |
 * |---|---|---|
 * | `collided` | another write was in the way, this one is undone | again, until the time is up |
 * | `duplicate` | another write made the same row since this one looked | again, a few times: now it sees the row; else as `unfit` |
 * | `unfit` | a column cannot take a value, as one of the application's own may not | `UnfitValueError` |
 * | `busy` | a lock was waited for in vain | `ERR_STORE_BUSY` |
 * | `lost` | the database is gone, or what it did is not known | `ERR_STORE_UNAVAILABLE` |
 * | `fault` | anything else: a mistake | the driver's error |
 */
export type Verdict = 'collided' | 'duplicate' | 'unfit' | 'busy' | 'lost' | 'fault'

/** How a transaction begins: a short one has limits of its own at the server, where it knows such, so that it holds no lock for long even if we freeze. */
export type Span = 'short' | 'long'

/** A connection, borrowed from a pool. */
export interface Borrowed {
  /** Runs a query; with `locks`, a read locks the rows that it finds. */
  run(query: Query, locks: boolean): Promise<Answer>
  /** Begins a transaction in which each statement sees what was committed before it. */
  begin(span: Span): Promise<void>
  end(how: 'commit' | 'rollback'): Promise<void>
  /** Gives it back, to be used again or to be thrown away. */
  release(reusable: boolean): void
}

/** Where connections come from. */
export interface Source {
  borrow(): Promise<Borrowed>
  /** Ends what `connect` made; leaves alone what the application made. */
  end(): Promise<void>
}

/** What differs between drivers. */
export interface Network {
  connect(): Promise<Source>
  /** Looks at a new connection once. Throws with a sentence when its settings would do harm. */
  check?(connection: Borrowed): Promise<void>
  judge(error: unknown): Verdict
}

/** Longer than this the server waits for no lock and works on no statement of a short transaction. */
export const serverLimitMs = 3_000
const longestPauseMs = 50
const mostDuplicates = 5

/** Makes the runner that a driver carries. */
export function networkRunner(network: Network): Runner {
  let source: Source | null = null

  function connected(): Source {
    if (source === null) throw new Error('This store is not open. Await `store.durable.open()` (or `auth.ready`) before using it.')
    return source
  }

  async function run<T>(work: (connection: Borrowed) => Promise<T>): Promise<T> {
    const deadline = deadlineIn(longestMs)
    try {
      return await untilDone(network, connected(), work, deadline)
    } finally {
      deadline.callOff()
    }
  }

  const write: Runner['write'] = (make, commits = always) =>
    run((connection) => inTransaction(connection, 'short', () => drive(make(), connection, true), commits))

  return {
    async open() {
      source ??= await network.connect()
      await run(async (connection) => network.check?.(connection))
    },
    async close() {
      const ending = source?.end()
      source = null
      if (ending === undefined) return
      // A database that does not say goodbye is not waited for.
      const deadline = deadlineIn(longestMs)
      await deadline.race(ending).finally(deadline.callOff)
    },
    read: (make) => run((connection) => drive(make(), connection, false)),
    write,
    unflushed: write,
    async alter(make) {
      await untilDone(
        network,
        connected(),
        (connection) => inTransaction(connection, 'long', () => drive(make(), connection, false), always),
        noDeadline,
      )
    },
  }
}

/** Works on a connection, again while other writes are in the way. None is held while another is asked for. */
async function untilDone<T>(network: Network, source: Source, work: (connection: Borrowed) => Promise<T>, deadline: Deadline): Promise<T> {
  let duplicates = 0
  for (let tries = 1; ; tries++) {
    try {
      return await once(source, work, deadline)
    } catch (error) {
      if (!(error instanceof DriverError)) throw error
      const verdict = error.isOfBorrowing ? 'lost' : network.judge(error.cause)
      const mayFollow = verdict === 'collided' || (verdict === 'duplicate' && ++duplicates <= mostDuplicates)
      if (!mayFollow) throw told(error.cause, verdict)
    }
    await deadline.race(pause(randomInt(Math.min(2 ** tries, longestPauseMs) + 1)))
  }
}

async function once<T>(source: Source, work: (connection: Borrowed) => Promise<T>, deadline: Deadline): Promise<T> {
  const connection = await borrow(source, deadline)
  let isReusable = false
  try {
    const result = await deadline.race(work(marked(connection)))
    isReusable = true
    return result
  } catch (error) {
    isReusable = error instanceof DriverError && error.isUndone
    throw error
  } finally {
    connection.release(isReusable)
  }
}

/** A connection that comes too late goes back at once. */
async function borrow(source: Source, deadline: Deadline): Promise<Borrowed> {
  const coming = source.borrow()
  try {
    return await deadline.race(coming)
  } catch (error) {
    coming.then(
      (late) => late.release(true),
      () => {},
    )
    throw error instanceof StoreUnavailableError ? error : new DriverError(error, true)
  }
}

/** An error that came from a driver, so that it is told from a mistake in a sequence. */
class DriverError extends Error {
  readonly isOfBorrowing: boolean
  /** Whether the transaction was rolled back, so that the connection is as it was before. */
  isUndone = false

  constructor(cause: unknown, isOfBorrowing: boolean) {
    super(undefined, { cause })
    this.isOfBorrowing = isOfBorrowing
  }
}

function marked(connection: Borrowed): Borrowed {
  async function mark<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw new DriverError(error, false)
    }
  }
  return {
    run: (query, locks) => mark(connection.run(query, locks)),
    begin: (span) => mark(connection.begin(span)),
    end: (how) => mark(connection.end(how)),
    release: (reusable) => connection.release(reusable),
  }
}

async function inTransaction<T>(connection: Borrowed, span: Span, work: () => Promise<T>, commits: (result: T) => boolean): Promise<T> {
  await connection.begin(span)
  let result: T
  try {
    result = await work()
  } catch (error) {
    try {
      await connection.end('rollback')
      // A long one may leave a lock behind that is the connection's and not the transaction's.
      if (error instanceof DriverError) error.isUndone = span === 'short'
    } catch {
      // The connection is lost, and with it the transaction; the first error is the one to tell.
    }
    throw error
  }
  await connection.end(commits(result) ? 'commit' : 'rollback')
  return result
}

async function drive<T>(sequence: Sequence<T>, connection: Borrowed, locks: boolean): Promise<T> {
  let step = sequence.next()
  while (!step.done) step = sequence.next(await connection.run(step.value, locks))
  return step.value
}

function told(error: unknown, verdict: Verdict): unknown {
  if (error instanceof StoreUnavailableError) return error
  if (verdict === 'busy' || verdict === 'collided') return new StoreBusyError(error)
  if (verdict === 'duplicate' || verdict === 'unfit') return new UnfitValueError(error)
  return verdict === 'lost' ? new StoreUnavailableError(error) : error
}

function always(): boolean {
  return true
}
