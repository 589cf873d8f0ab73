/** The store on MySQL and MariaDB through `mysql2`. */
import type { Store } from '../model/store.ts'
import type { User } from '../model/user.ts'
import type { Dialect } from './sql/dialect.ts'
import { type Borrowed, type Network, networkRunner, type Source, serverLimitMs, type Verdict } from './sql/network.ts'
import type { Answer, Query } from './sql/sequence.ts'
import type { Row } from './sql/statement.ts'
import { sqlStore } from './sql/store.ts'
import { type CheckedTables, checkTables, type SqlOptions, type Tables } from './sql/tables.ts'

export type { IdKind, OwnKind, OwnUserTable, SqlOptions, Tables, UserColumn, UserColumnNames, UserColumns } from './sql/tables.ts'

/** How a MySQL store behaves. */
export type MysqlOptions<U extends User = User> = SqlOptions<U>

/** What the store needs of a pool: `Pool` of `mysql2/promise` has it. */
export interface MysqlPool {
  getConnection(): Promise<MysqlConnection>
}

/** What the store needs of a connection of a pool. */
export interface MysqlConnection {
  query(sql: string): Promise<readonly unknown[]>
  execute(query: MysqlQuery, values: (string | null)[]): Promise<readonly unknown[]>
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
  release(): void
  destroy(): void
}

/** A query as the store gives it to a connection: rows are objects whose columns are read in one way, whatever the pool is set to. */
export interface MysqlQuery {
  readonly sql: string
  readonly rowsAsArray: boolean
  readonly nestTables: boolean
  readonly typeCast: (field: MysqlField, next: () => unknown) => unknown
}

/** A column of a row that is being read. */
export interface MysqlField {
  readonly type: string
  string(encoding: string): string | null
}

/**
 * Keeps accounts and sessions in MySQL 8 or MariaDB from 10.6 on, safely for any number of processes.
 *
 * @param database - A URL, or the application's own `Pool` of `mysql2/promise`, which is never closed. A pool of one connection is enough.
 * @returns A store. Recognising a session is one round trip.
 * @throws Error with the code `ERR_STORE_UNAVAILABLE` or `ERR_STORE_BUSY`, from its methods, when the database is gone or does not
 *   answer within 5 seconds.
 */
export function mysql<U extends User = User>(database: string | MysqlPool, options: MysqlOptions<U> = {}): Store<U> {
  const tables = checkTables(options)
  return sqlStore<U>(tables, () => loadDialect(tables), networkRunner(mysqlNetwork(database)), options)
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
  return (await import('./sql/dialect.ts')).mysqlDialect(tables)
}

function mysqlNetwork(database: string | MysqlPool): Network {
  return {
    connect: async () => (typeof database === 'string' ? ownPool(database) : givenPool(database)),
    check: checkSettings,
    judge,
  }
}

async function ownPool(uri: string): Promise<Source> {
  const { createPool } = await import('mysql2/promise')
  const pool = createPool({ uri, connectTimeout: serverLimitMs, enableKeepAlive: true })
  const limited = new WeakSet<object>()
  return {
    async borrow() {
      const connection = await pool.getConnection()
      const { connection: lasting } = connection
      if (!limited.has(lasting)) {
        for (const name of sessionLimits) await connection.query(`set session ${name} = ${serverLimitMs / 1000}`).catch(refuseOthers)
        limited.add(lasting)
      }
      return borrowed(connection)
    },
    end: () => pool.end(),
  }
}

/** Limits in seconds. MySQL has none for a transaction that nobody goes on with. */
const sessionLimits = ['innodb_lock_wait_timeout', 'idle_transaction_timeout']

/** ER_UNKNOWN_SYSTEM_VARIABLE is what MySQL says of a limit that only MariaDB has. */
function refuseOthers(error: unknown): void {
  if (errorNumber(error) !== 1193) throw error
}

function givenPool(pool: MysqlPool): Source {
  return { borrow: async () => borrowed(await pool.getConnection()), end: async () => {} }
}

/** Refuses a session in which text would be cut or changed on its way, or nothing would be committed. */
async function checkSettings(connection: Borrowed): Promise<void> {
  const names = ['sql_mode', 'autocommit', 'character_set_client', 'character_set_connection']
  const sql = `select ${names.map((name) => `@@session.${name} as ${name}`).join(', ')}`
  const { rows } = await connection.run({ statement: { sql, reads: true }, values: [] }, false)
  const [settings = {}] = rows
  if (!/STRICT_(TRANS|ALL)_TABLES/.test(String(settings.sql_mode)))
    throw new Error('The sql_mode of the database must have STRICT_TRANS_TABLES: without it, text that is too long is cut in silence.')
  if (settings.character_set_client !== 'utf8mb4' || settings.character_set_connection !== 'utf8mb4')
    throw new Error("The pool must be made with charset: 'utf8mb4': with another one, some characters are lost.")
  if (Number(settings.autocommit) !== 1)
    throw new Error(
      'The connections of the pool must have autocommit on: without it, reads go on seeing what was there at the first of them.',
    )
}

function borrowed(connection: MysqlConnection): Borrowed {
  // A connection that is lost between two queries says so by an event; the next query fails by itself.
  connection.on('error', ignore)
  return {
    run: (query, locks) => answer(connection, query, locks),
    async begin() {
      // For the next transaction only, so that the application's own stay as they are.
      await connection.query('set transaction isolation level read committed')
      await connection.query('start transaction')
    },
    async end(how) {
      await connection.query(how)
    },
    release(reusable) {
      connection.removeListener('error', ignore)
      if (reusable) connection.release()
      else connection.destroy()
    },
  }
}

async function answer(connection: MysqlConnection, { statement, values }: Query, locks: boolean): Promise<Answer> {
  const sql = locks && statement.reads ? `${statement.sql} for update` : statement.sql
  // Numbers go as text: the driver would send them as floating-point ones, which `limit` refuses.
  const bound = values.map((value) => (typeof value === 'number' ? String(value) : value))
  try {
    const [result] = await connection.execute({ sql, rowsAsArray: false, nestTables: false, typeCast }, bound)
    return statement.reads ? { rows: rowsOf(result), changes: 0 } : { rows: [], changes: changesOf(result) }
  } catch (error) {
    if (isThere.includes(errorNumber(error) ?? 0)) return { rows: [], changes: 0 }
    throw error
  }
}

/** The row decoder's first half: what the driver gives for a statement that reads. */
function rowsOf(result: unknown): readonly Row[] {
  return Array.isArray(result) ? result : []
}

/** How many rows a statement met, whether or not it made a difference to them: some pools count only the latter. */
function changesOf(result: unknown): number {
  if (typeof result !== 'object' || result === null) return 0
  const matched = 'info' in result && typeof result.info === 'string' ? /^\D*matched: (\d+)/.exec(result.info)?.[1] : undefined
  return Number(matched ?? ('affectedRows' in result ? result.affectedRows : 0))
}

/** Keys are bytes for the database and text for us; large integers are numbers. */
function typeCast(field: MysqlField, next: () => unknown): unknown {
  if (field.type === 'VAR_STRING') return field.string('utf8')
  const value = next()
  return field.type === 'LONGLONG' && value !== null ? Number(value) : value
}

/** ER_DUP_FIELDNAME, ER_DUP_KEYNAME: what a migration makes is there already. See https://mariadb.com/docs/server/reference/error-codes. */
const isThere: readonly number[] = [1060, 1061]

const verdicts: Readonly<Record<number, Verdict>> = {
  1213: 'collided', // ER_LOCK_DEADLOCK
  1020: 'collided', // ER_CHECKREAD: the row changed since the transaction read it
  1615: 'collided', // ER_NEED_REPREPARE
  1062: 'duplicate', // ER_DUP_ENTRY
  1048: 'unfit', // ER_BAD_NULL_ERROR
  1264: 'unfit', // ER_WARN_DATA_OUT_OF_RANGE
  1265: 'unfit', // WARN_DATA_TRUNCATED: none of the values of an enumeration
  1292: 'unfit', // ER_TRUNCATED_WRONG_VALUE
  1366: 'unfit', // ER_TRUNCATED_WRONG_VALUE_FOR_FIELD
  1406: 'unfit', // ER_DATA_TOO_LONG
  1452: 'unfit', // ER_NO_REFERENCED_ROW_2
  1644: 'unfit', // ER_SIGNAL_EXCEPTION: a trigger
  3819: 'unfit', // ER_CHECK_CONSTRAINT_VIOLATED of MySQL
  4025: 'unfit', // ER_CONSTRAINT_FAILED of MariaDB
  1205: 'busy', // ER_LOCK_WAIT_TIMEOUT
  1317: 'busy', // ER_QUERY_INTERRUPTED
  1969: 'busy', // ER_STATEMENT_TIMEOUT of MariaDB
  3024: 'busy', // ER_QUERY_TIMEOUT of MySQL
  1040: 'lost', // ER_CON_COUNT_ERROR
  1047: 'lost', // ER_UNKNOWN_COM_ERROR: a node that has left its cluster
  1053: 'lost', // ER_SERVER_SHUTDOWN
  1203: 'lost', // ER_TOO_MANY_USER_CONNECTIONS
  1226: 'lost', // ER_USER_LIMIT_REACHED
  1243: 'lost', // ER_UNKNOWN_STMT_HANDLER
  1290: 'lost', // ER_OPTION_PREVENTS_STATEMENT: read only
  1792: 'lost', // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  1836: 'lost', // ER_READ_ONLY_MODE
  1927: 'lost', // ER_CONNECTION_KILLED
  4031: 'lost', // ER_CLIENT_INTERACTION_TIMEOUT
}

function judge(error: unknown): Verdict {
  const number = errorNumber(error)
  const isFatal = error instanceof Error && 'fatal' in error && error.fatal === true
  return number === null || isFatal ? 'lost' : (verdicts[number] ?? 'fault')
}

/** The number that the server gave an error; null for an error of the connection. */
function errorNumber(error: unknown): number | null {
  const isOfServer = error instanceof Error && 'sqlState' in error && 'errno' in error && typeof error.errno === 'number'
  return isOfServer ? Number(error.errno) : null
}

function ignore(): void {}
