/** Databases for tests: each process makes its own on the servers that `scripts/services.mjs` found, and drops it. */
import { randomBytes } from 'node:crypto'
import { PGlite } from '@electric-sql/pglite'
import { createPool, type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import type { Store } from '../../src/model/store.ts'
import type { User } from '../../src/model/user.ts'
import { mysql } from '../../src/stores/mysql.ts'
import { type PostgresClient, type PostgresPool, postgres } from '../../src/stores/postgres.ts'
import { migrations } from '../../src/stores/sql/migrations.ts'
import type { SqlOptions } from '../../src/stores/sql/tables.ts'

type Row = Readonly<Record<string, unknown>>

/** A database of this process. Its stores come one after the other, each empty. */
export interface TestDatabase {
  /** Where it is, for another process; empty where none can reach it. */
  readonly url: string
  /** A store over a pool, with nothing in it: what the one before it held is removed. */
  make(): Promise<Store>
  /** A store over the same pool with options, as it is. */
  open<U extends User>(options: SqlOptions<U>): Store<U>
  /** Runs SQL beside the store, several statements too. */
  run(sql: string): Promise<unknown>
  /** The rows of one statement. */
  rows(sql: string): Promise<readonly Row[]>
  drop(): Promise<void>
}

/** The servers, as `scripts/test.mjs` names them; without one of them `undefined`. */
export const postgresUrl: string | undefined = process.env.PORTCULLIS_POSTGRES_URL
export const mysqlUrl: string | undefined = process.env.PORTCULLIS_MYSQL_URL

/** Tables of a user's roles are emptied with the users; what was migrated stays. */
const emptied = migrations
  .flatMap(({ steps }) => steps)
  .flatMap((step) => ('table' in step && step.table !== 'portcullis_user_roles' ? [`delete from ${step.table}`] : []))
  .join('; ')

/** A schema of its own on a PostgreSQL server, and a pool of so many connections. */
export async function postgresDatabase(server: string, connections = 10): Promise<TestDatabase> {
  const name = newName()
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`create schema ${name}; set search_path to ${name}`)
  const url = new URL(server)
  // No test cuts this server's power: a commit need not wait for the disk.
  url.searchParams.set('options', `-c search_path=${name} -c synchronous_commit=off`)
  const pool = new pg.Pool({ connectionString: url.href, max: connections })
  return {
    url: url.href,
    make: preparing(() => postgres(pool), admin),
    open: (options) => postgres(pool, options),
    run: (sql) => admin.query(sql),
    rows: async (sql) => (await admin.query<Row>(sql)).rows,
    async drop() {
      await pool.end()
      await admin.query(`drop schema ${name} cascade`)
      await admin.end()
    },
  }
}

/** A database of its own on a MariaDB or MySQL server, and a pool of so many connections. */
export async function mysqlDatabase(server: string, connections = 10): Promise<TestDatabase> {
  const name = newName()
  const admin = createPool({ uri: server, connectionLimit: 1, multipleStatements: true })
  await admin.query(`create database ${name}; use ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const pool = createPool({ uri: url.href, connectionLimit: connections })
  return {
    url: url.href,
    make: preparing(() => mysql(pool), admin),
    open: (options) => mysql(pool, options),
    run: (sql) => admin.query(sql),
    rows: async (sql) => (await admin.query<(Row & RowDataPacket)[]>(sql))[0],
    async drop() {
      await pool.end()
      await admin.query(`drop database ${name}`)
      await admin.end()
    },
  }
}

/** PostgreSQL within this process. */
export async function pgliteDatabase(): Promise<TestDatabase> {
  const database = await PGlite.create()
  const pool = pgliteAsPool(database)
  return {
    url: '',
    make: preparing(() => postgres(pool), { query: (sql: string) => database.exec(sql) }),
    open: (options) => postgres(pool, options),
    run: (sql) => database.exec(sql),
    rows: async (sql) => (await database.query<Row>(sql)).rows,
    drop: () => database.close(),
  }
}

/** PGlite as the store sees a pool: of one connection, which whoever has borrowed it has alone. */
function pgliteAsPool(database: PGlite): PostgresPool {
  let free = Promise.resolve()

  return {
    async connect() {
      const before = free
      const { promise, resolve } = Promise.withResolvers<void>()
      free = promise
      await before
      return clientOf(database, resolve)
    },
  }
}

function clientOf(database: PGlite, release: () => void): PostgresClient {
  return {
    async query({ text, values, types }) {
      if (values === undefined) {
        await database.exec(text)
        return { rows: [], rowCount: 0 }
      }
      const parsers = Object.fromEntries([20, 21, 23].map((type) => [type, (value: string) => types?.getTypeParser(type)(value)]))
      const { rows, affectedRows = 0 } = await database.query<Record<string, unknown>>(text, [...values], { parsers })
      return { rows, rowCount: affectedRows }
    },
    on: () => {},
    removeListener: () => {},
    release,
  }
}

/** Makes a store after emptying the tables, which the first one makes. */
function preparing(make: () => Store, admin: { query(sql: string): Promise<unknown> }): () => Promise<Store> {
  let isMigrated = false
  return async () => {
    if (isMigrated) await admin.query(emptied)
    const store = make()
    await store.durable.open()
    isMigrated = true
    return store
  }
}

function newName(): string {
  return `portcullis_test_${process.pid}_${randomBytes(4).toString('hex')}`
}
