/** The store on SQLite through `node:sqlite`: one file, or the database that the application has open already. */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Store } from '../model/store.ts'
import type { User } from '../model/user.ts'
import { untilFree } from './sql/busy.ts'
import type { Dialect } from './sql/dialect.ts'
import { type Commits, recallSessions } from './sql/recall.ts'
import type { Runner } from './sql/runner.ts'
import type { Answer, Query, Sequence } from './sql/sequence.ts'
import type { Row } from './sql/statement.ts'
import { sqlStore } from './sql/store.ts'
import { type CheckedTables, checkTables, type SqlOptions, type Tables } from './sql/tables.ts'
import { UnfitValueError } from './sql/unfit.ts'

export type { IdKind, OwnKind, OwnUserTable, SqlOptions, Tables, UserColumn, UserColumnNames, UserColumns } from './sql/tables.ts'

/** How a SQLite store behaves. */
export type SqliteOptions<U extends User = User> = SqlOptions<U>

/**
 * Keeps accounts and sessions in SQLite, safely for several processes on one file.
 *
 * @param database - A path, or the application's own `DatabaseSync`. A path is opened with write-ahead logging and
 *   `synchronous=FULL`, so that power loss revives nothing that was spent; only counts of tries, and that expired rows were removed, may be lost by it. The application's own database keeps its journal mode
 *   and is never closed; while the application has a transaction open on it, writes of the store wait (5 seconds at most).
 * @returns A store; every method but `open`, `epoch` and, of a path, `sessions.recognise` answers without waiting unless the database is busy.
 * @throws Error with the code `ERR_STORE_BUSY`, from its methods, when the database stayed busy for 5 seconds.
 */
export function sqlite<U extends User = User>(database: string | DatabaseSync, options: SqliteOptions<U> = {}): Store<U> {
  const runner = sqliteRunner(database)
  const tables = checkTables(options)
  const store = sqlStore<U>(tables, () => loadDialect(tables), runner, options)
  // Of its own database the application may change what it likes on the same connection, and SQLite would not tell.
  return typeof database === 'string' ? { ...store, sessions: recallSessions(store.sessions, runner.commits) } : store
}

/**
 * The SQL that opening a store runs, for whoever runs it by hand: afterwards a store with `migrate: false` opens.
 *
 * @param after - The last migration that the database has, as `portcullis_migrations` tells; without it, all are written.
 */
export async function migrationsAsSql({ tables, after }: { readonly tables?: Tables; readonly after?: string } = {}): Promise<string> {
  const { migrationsText } = await import('./sql/migrate.ts')
  return migrationsText(await loadDialect(checkTables({ ...(tables && { tables }) })), after)
}

async function loadDialect(tables: CheckedTables): Promise<Dialect> {
  return (await import('./sql/dialect.ts')).sqliteDialect(tables)
}

/** Primary result codes, see https://www.sqlite.org/rescode.html. */
const SQLITE_ERROR = 1
const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6
const SQLITE_TOOBIG = 18
const SQLITE_CONSTRAINT = 19
const SQLITE_MISMATCH = 20

/** Somebody else's transaction is open on this connection: a statement of ours would join it and vanish with its rollback. */
class ForeignTransactionError extends Error {}

function sqliteRunner(given: string | DatabaseSync): Runner & { readonly commits: Commits } {
  let connection: Connection | null = null
  let own = 0

  function connected(): Connection {
    if (connection === null) throw new Error('This store is not open. Await `store.durable.open()` (or `auth.ready`) before using it.')
    return connection
  }

  function write<T>(make: () => Sequence<T>, commits: (result: T) => boolean = always): T | Promise<T> {
    return untilFree(() => {
      own += 1
      return inTransaction(connected(), make, commits)
    }, isBusy)
  }

  /** Not flushed to the disk at once: the next write that is takes it along. See decision 0038. */
  function unflushed<T>(make: () => Sequence<T>): T | Promise<T> {
    return untilFree(() => {
      const { database } = connected()
      own += 1
      database.exec('pragma synchronous = normal')
      try {
        return inTransaction(connected(), make, always)
      } finally {
        database.exec('pragma synchronous = full')
      }
    }, isBusy)
  }

  return {
    open: () =>
      untilFree(() => {
        connection ??= connect(given)
      }, isBusy),
    close: () => {
      if (typeof given === 'string') connection?.database.close()
      connection = null
    },
    read: (make) => untilFree(() => drive(make(), connected()), isBusy),
    write,
    unflushed: typeof given === 'string' ? unflushed : write,
    alter: write,
    commits: { own: () => own, foreign: () => hasChanged(connected()) },
  }
}

function connect(given: string | DatabaseSync): Connection {
  const database = typeof given === 'string' ? openFile(given) : adopt(given)
  return { database, prepared: new Map(), others: prepareRows(database, 'pragma data_version').ready, seen: null }
}

/** Whether another connection has committed since this was last asked (https://www.sqlite.org/pragma.html#pragma_data_version). */
function hasChanged(connection: Connection): boolean {
  try {
    const row: unknown = connection.others.get() // a list or, on older Nodes, an object
    const [seen] = Object.values(row ?? {})
    if (seen === connection.seen) return false
    connection.seen = seen
    return true
  } catch (error) {
    if (!isBusy(error)) throw error
    return true // the read that follows waits
  }
}

/** An open database with the statements that were prepared on it. */
interface Connection {
  readonly database: DatabaseSync
  readonly prepared: Map<Query['statement'], Prepared>
  /** Tells whether others have committed, and what it said last. */
  readonly others: StatementSync
  seen: unknown
}

/** A statement, and the names of its columns where its rows come as lists of values. */
interface Prepared {
  readonly ready: StatementSync
  readonly columns: readonly string[] | null
}

function openFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  try {
    // SQLite itself waits for no lock: the event loop would stand still meanwhile, once for every write that waits.
    database.exec('pragma busy_timeout = 0; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
    // At most 64 MiB of pages in memory, where SQLite's default is 2: what a thousand users who are there need of a million.
    database.exec('pragma cache_size = -65536')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function adopt(database: DatabaseSync): DatabaseSync {
  database.exec('pragma foreign_keys = on')
  // Within a transaction the pragma does nothing.
  if (prepare(database, 'pragma foreign_keys').get()?.foreign_keys !== 1) throw new ForeignTransactionError()
  return database
}

/** Prepares a statement whose rows are objects with numbers, however the application's own database is set. */
function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql)
  statement.setReadBigInts(false)
  // Younger than the oldest Node we run on, as is the setting that it undoes.
  statement.setReturnArrays?.(false)
  return statement
}

/** Runs a sequence between BEGIN IMMEDIATE and COMMIT without a pause, so that nothing of this process comes between. */
function inTransaction<T>(connection: Connection, make: () => Sequence<T>, commits: (result: T) => boolean): T {
  const { database } = connection
  begin(database)
  try {
    const result = drive(make(), connection)
    database.exec(commits(result) ? 'commit' : 'rollback')
    return result
  } catch (error) {
    rollBack(database)
    throw isUnfit(error) ? new UnfitValueError(error) : error
  }
}

function begin(database: DatabaseSync): void {
  try {
    database.exec('begin immediate')
  } catch (error) {
    // The generic error has one cause here: a transaction is open. (`isTransaction` is younger than the oldest Node we run on.)
    throw resultCode(error) === SQLITE_ERROR ? new ForeignTransactionError(undefined, { cause: error }) : error
  }
}

function rollBack(database: DatabaseSync): void {
  try {
    database.exec('rollback')
  } catch {
    // SQLite rolls back by itself when the disk is full or fails; the first error is the one to tell.
  }
}

function drive<T>(sequence: Sequence<T>, connection: Connection): T {
  let step = sequence.next()
  while (!step.done) step = sequence.next(answer(step.value, connection))
  return step.value
}

function answer({ statement, values }: Query, { database, prepared }: Connection): Answer {
  let kept = prepared.get(statement)
  if (kept === undefined) {
    kept = statement.reads ? prepareRows(database, statement.sql) : prepareChange(database, statement.sql)
    prepared.set(statement, kept)
  }
  const { ready, columns } = kept
  if (!statement.reads) return { rows: [], changes: Number(ready.run(...values).changes) }
  const rows = ready.all(...values)
  return { rows: columns === null ? rows : rows.map((row) => nameValues(columns, row)), changes: 0 }
}

/** Node also tells the number of the row that was inserted last, which may be more than it counts to. */
function prepareChange(database: DatabaseSync, sql: string): Prepared {
  const ready = prepare(database, sql)
  ready.setReadBigInts(true)
  return { ready, columns: null }
}

/** The objects that Node makes of rows are slow to read from: where it can give lists, ours are made of those, for half of the time. */
function prepareRows(database: DatabaseSync, sql: string): Prepared {
  const ready = prepare(database, sql)
  // Both are younger than the oldest Node we run on.
  if (ready.setReturnArrays === undefined || ready.columns === undefined) return { ready, columns: null }
  ready.setReturnArrays(true)
  return { ready, columns: ready.columns().map(({ name }) => name) }
}

function nameValues(columns: readonly string[], values: unknown): Row {
  const row: Record<string, unknown> = {}
  if (Array.isArray(values)) for (let at = 0; at < columns.length; at++) row[columns[at] ?? ''] = values[at]
  return row
}

function isBusy(error: unknown): boolean {
  const code = resultCode(error)
  return code === SQLITE_BUSY || code === SQLITE_LOCKED || error instanceof ForeignTransactionError
}

function isUnfit(error: unknown): boolean {
  const code = resultCode(error)
  return code === SQLITE_CONSTRAINT || code === SQLITE_MISMATCH || code === SQLITE_TOOBIG
}

/** The primary result code of an error of SQLite: the lowest byte of the extended one. */
function resultCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null
}

function always(): boolean {
  return true
}
