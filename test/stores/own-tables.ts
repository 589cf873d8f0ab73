/** Databases in which the application has made the table of users itself, by the SQL that the store's sentence gives it. */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { systemRandom } from '../../src/crypto/random.ts'
import type { NewUser } from '../../src/model/change.ts'
import type { OwnUsers, Store } from '../../src/model/store.ts'
import type { User } from '../../src/model/user.ts'
import { migrations } from '../../src/stores/sql/migrations.ts'
import type { Query } from '../../src/stores/sql/sequence.ts'
import { checkTables, type SqlOptions, type Tables } from '../../src/stores/sql/tables.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { userCalled } from '../../src/testing/store-contract/samples.ts'
import { mysqlDatabase, mysqlUrl, pgliteDatabase, postgresDatabase, postgresUrl, type TestDatabase } from './databases.ts'

/** What a test needs of a database. */
export interface Place extends Pick<TestDatabase, 'run' | 'rows' | 'drop'> {
  open<U extends User>(options: SqlOptions<U>): Store<U>
  readonly name: string
  /** A name as its SQL quotes it. */
  quote(name: string): string
}

/** Every SQL database that is there, by name; each call makes a new one. */
export const places: Readonly<Record<string, () => Promise<Place>>> = {
  sqlite: async () => sqlitePlace(),
  pglite: async () => ({ ...(await pgliteDatabase()), name: 'pglite', quote: inQuotes }),
  ...(postgresUrl !== undefined && {
    postgres: async () => ({ ...(await postgresDatabase(postgresUrl ?? '')), name: 'postgres', quote: inQuotes }),
  }),
  ...(mysqlUrl !== undefined && {
    mariadb: async () => ({ ...(await mysqlDatabase(mysqlUrl ?? '')), name: 'mariadb', quote: inBackticks }),
  }),
}

/** Proves something on a new database, and drops it whatever comes of that. */
export async function onNew(make: () => Promise<Place>, prove: (place: Place) => Promise<void>): Promise<void> {
  const place = await make()
  try {
    await prove(place)
  } finally {
    await place.drop()
  }
}

function inQuotes(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function inBackticks(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

function sqlitePlace(): Place {
  const database = new DatabaseSync(':memory:')
  return {
    open: (options) => sqlite(database, options),
    run: async (sql) => database.exec(sql),
    rows: async (sql) => database.prepare(sql).all(),
    drop: async () => database.close(),
    name: 'sqlite',
    quote: inQuotes,
  }
}

/** Names that careless SQL trips over: reserved words, mixed case, quotes, dots, spaces and what is beyond ASCII. */
export const hostileTables: Tables = {
  prefix: `Odd "one" \`two\` it's.`,
  users: {
    name: 'order',
    columns: {
      id: 'select',
      email: 'E-Mail',
      emailKey: 'user',
      username: 'a.b',
      usernameKey: `it's`,
      passwordHash: 'from "x"',
      stamp: 'Gültig',
      active: 'is `on`',
      createdAt: 'group',
      extra: '$1 ? :where',
    },
  },
}

/** Removes all rows of all tables but those of migrations. */
export async function empty({ run, quote }: Place, options: SqlOptions): Promise<void> {
  const { rename } = checkTables(options)
  const tables = migrations.flatMap(({ steps }) => steps).flatMap((step) => ('table' in step ? step.table : []))
  for (const table of tables.toReversed()) await run(`delete from ${quote(rename(table))}`)
}

/** A query as one text, its values in place. */
export function inlined({ statement, values }: Query): string {
  const literals = values.map((value) => (typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)))
  return statement.sql.replace(/\?|\$\d+/g, () => literals.shift() ?? '')
}

/** Opens a store after running the SQL that its sentence gives, where it gives any. */
export async function openFollowing<U extends User>(place: Place, options: SqlOptions<U>): Promise<Store<U>> {
  const sentence = await sentenceOf(place, options)
  if (sentence !== null) await place.run(helpIn(sentence))
  return opened(place, options)
}

/** The SQL that a sentence gives. */
export function helpIn(sentence: string | null): string {
  const [, help] = /itself: run (.*;)$/s.exec(sentence ?? '') ?? []
  assert.ok(help, sentence ?? 'There is no sentence.')
  return help
}

async function opened<U extends User>(place: Place, options: SqlOptions<U>): Promise<Store<U>> {
  const store = place.open(options)
  await store.durable.open()
  return store
}

/** What a store that cannot be opened says; null when it can. */
export async function sentenceOf<U extends User>(place: Place, options: SqlOptions<U>): Promise<string | null> {
  try {
    await (await opened(place, options)).durable.close()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** What a store adds whose users, or some of their fields, are in the application’s hands. */
export function ownOf({ ownUsers }: Store): OwnUsers {
  assert.ok(ownUsers)
  return ownUsers
}

/** A user who is about to be made, with an id of the store's. */
export async function newUser(store: Store, name: string, parts: Partial<NewUser> = {}): Promise<NewUser> {
  return userCalled(name, { id: await ownOf(store).newId(systemRandom), ...parts })
}

/** Makes a user; the id. */
export async function add(store: Store, name: string, parts: Partial<NewUser> = {}): Promise<string> {
  const user = await newUser(store, name, parts)
  assert.deepEqual(await store.durable.write([{ kind: 'users.create', user }]), { ok: true })
  return user.id
}

/** The user with an id that is there. */
export async function userOf(store: Store, id: string): Promise<User> {
  const record = await store.reads.users.byId(id)
  assert.ok(record)
  return record.user
}
