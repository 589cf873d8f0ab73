/** The store on PostgreSQL through `pg`, or on anything that answers like a pool of `pg`. */
import { hash } from 'node:crypto'
import type { Store } from '../model/store.ts'
import type { User } from '../model/user.ts'
import type { Dialect } from './sql/dialect.ts'
import { type Borrowed, type Network, networkRunner, type Source, serverLimitMs, type Verdict } from './sql/network.ts'
import type { Answer, Query } from './sql/sequence.ts'
import type { Row, Value } from './sql/statement.ts'
import { sqlStore } from './sql/store.ts'
import { type CheckedTables, checkTables, type SqlOptions, type Tables } from './sql/tables.ts'

export type { IdKind, OwnKind, OwnUserTable, SqlOptions, Tables, UserColumn, UserColumnNames, UserColumns } from './sql/tables.ts'

/** How a PostgreSQL store behaves. */
export interface PostgresOptions<U extends User = User> extends SqlOptions<U> {
  /**
   * Whether statements are prepared under a name and planned once for each connection. Set it to `false` behind a pooler that gives
   * each transaction another connection and knows no prepared statements. Default `true`.
   */
  readonly prepare?: boolean
}

/** What the store needs of a pool: `Pool` of `pg` has it. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>
}

/** What the store needs of a client of a pool. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<{ readonly rows: readonly Row[]; readonly rowCount: number | null }>
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
  /** Gives the client back; with `true` its connection is closed. */
  release(destroy?: boolean): void
}

/** A query as the store gives it to a client. Without `values` it may hold several statements. */
export interface PostgresQuery {
  readonly text: string
  readonly name?: string | undefined
  readonly values?: readonly Value[] | undefined
  /** How columns are read, whatever the application set for all of its own. */
  readonly types?: { getTypeParser(type: number): (text: string) => unknown } | undefined
}

/**
 * Keeps accounts and sessions in PostgreSQL, safely for any number of processes.
 *
 * @param database - A URL, or the application's own `Pool` of `pg`, which is never closed. A pool of one connection is enough. The
 *   tables are in the schema that comes first in the search path.
 * @returns A store. Recognising a session is one round trip.
 * @throws Error with the code `ERR_STORE_UNAVAILABLE` or `ERR_STORE_BUSY`, from its methods, when the database is gone or does not
 *   answer within 5 seconds.
 */
export function postgres<U extends User = User>(database: string | PostgresPool, options: PostgresOptions<U> = {}): Store<U> {
  const { prepare = true } = options
  const tables = checkTables(options)
  return sqlStore<U>(tables, () => loadDialect(tables), networkRunner(postgresNetwork(database, prepare)), options)
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
  return (await import('./sql/dialect.ts')).postgresDialect(tables)
}

function postgresNetwork(database: string | PostgresPool, prepare: boolean): Network {
  let naming: Naming = prepare ? nameByText() : () => undefined

  return {
    async connect() {
      if (typeof database !== 'string') return { borrow: async () => borrowed(await database.connect(), naming), end: async () => {} }
      return ownPool(database, () => naming)
    },
    judge(error) {
      const code = sqlState(error)
      // A pooler has mixed up the connections, so a statement is prepared where it was not expected, or is not where it was.
      if (code === '26000' || code === '42P05') naming = () => undefined
      return code === null ? 'lost' : (verdicts[code] ?? classes[code.slice(0, 2)] ?? 'fault')
    },
  }
}

async function ownPool(connectionString: string, naming: () => Naming): Promise<Source> {
  const { Pool } = await import('pg')
  const pool = new Pool({ connectionString, connectionTimeoutMillis: serverLimitMs, keepAlive: true })
  // An idle connection was lost: the pool has dropped it already, and makes another when one is needed.
  pool.on('error', () => {})
  return { borrow: async () => borrowed(await pool.connect(), naming()), end: () => pool.end() }
}

/** Gives a statement its name, or none where it is to be planned each time. */
type Naming = (text: string) => string | undefined

/** By what it says, so that behind a pooler a name means the same statement whoever prepared it. */
function nameByText(): Naming {
  const names = new Map<string, string>()
  return (text) => {
    const name = names.get(text) ?? `portcullis_${hash('sha256', text).slice(0, 32)}`
    names.set(text, name)
    return name
  }
}

/** `read write` too, since an application may have made all of its transactions read-only. */
const begin = 'begin isolation level read committed read write'
const limits = `set local lock_timeout = ${serverLimitMs}; set local statement_timeout = ${serverLimitMs}; set local idle_in_transaction_session_timeout = ${serverLimitMs}`

function borrowed(client: PostgresClient, naming: Naming): Borrowed {
  // A connection that is lost between two queries says so by an event; the next query fails by itself.
  client.on('error', ignore)
  return {
    run: (query, locks) => answer(client, query, naming, locks),
    async begin(span) {
      await client.query({ text: span === 'short' ? `${begin}; ${limits}` : begin })
    },
    async end(how) {
      await client.query({ text: how })
    },
    release(reusable) {
      client.removeListener('error', ignore)
      client.release(!reusable)
    },
  }
}

async function answer(client: PostgresClient, { statement, values }: Query, naming: Naming, locks: boolean): Promise<Answer> {
  const text = locks && statement.reads ? `${statement.sql} for update` : statement.sql
  const { rows, rowCount } = await client.query({ text, name: naming(text), values, types })
  return { rows, changes: rowCount ?? 0 }
}

/** `int8`, `int2` and `int4` by their ids in `pg_type`. All else that the tables hold is text. */
const numbers: readonly number[] = [20, 21, 23]

const types: PostgresQuery['types'] = { getTypeParser: (type) => (numbers.includes(type) ? Number : String) }

/** By condition, see https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const verdicts: Readonly<Record<string, Verdict>> = {
  '40001': 'collided', // serialization_failure
  '40P01': 'collided', // deadlock_detected
  '26000': 'collided', // invalid_sql_statement_name
  '42P05': 'collided', // duplicate_prepared_statement
  '23505': 'duplicate', // unique_violation
  '55P03': 'busy', // lock_not_available
  '57014': 'busy', // query_canceled
  '0A000': 'lost', // feature_not_supported: the plan of a prepared statement no longer fits; a new connection has none
  '25006': 'lost', // read_only_sql_transaction: a standby answers
  '25P03': 'lost', // idle_in_transaction_session_timeout
}

/** By class. */
const classes: Readonly<Record<string, Verdict>> = {
  '08': 'lost', // connection_exception
  '22': 'unfit', // data_exception
  '23': 'unfit', // integrity_constraint_violation
  '53': 'lost', // insufficient_resources
  '57': 'lost', // operator_intervention
  '58': 'lost', // system_error
}

/** The condition that the server names; null for an error of the connection. */
function sqlState(error: unknown): string | null {
  const isOfServer = error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string'
  return isOfServer ? String(error.code) : null
}

function ignore(): void {}
