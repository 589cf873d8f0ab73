/** Every store that flows are proven on, in one list: a new store takes part by one more line. */
import { after, test } from 'node:test'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { IdKind, SqlOptions } from '../../src/stores/sql/tables.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { mysqlDatabase, mysqlUrl, postgresDatabase, postgresUrl, type TestDatabase } from '../stores/databases.ts'
import { empty, hostileTables, openFollowing, type Place, places } from '../stores/own-tables.ts'

/** A store by its name; `make` gives an empty one each time, the one before it is done with. */
interface TestedStore {
  readonly name: string
  make(): Store | Promise<Store>
}

/** Those on a network take part where `scripts/test.mjs` has found a server. */
const stores: readonly TestedStore[] = [
  { name: 'memory', make: () => memory() },
  { name: 'sqlite', make: () => sqlite(':memory:') },
  ...(postgresUrl === undefined ? [] : [{ name: 'postgres', make: onDatabase(() => postgresDatabase(postgresUrl ?? '')) }]),
  ...(mysqlUrl === undefined ? [] : [{ name: 'mariadb', make: onDatabase(() => mysqlDatabase(mysqlUrl ?? '')) }]),
  ...Object.entries(places)
    .filter(([name]) => name !== 'pglite')
    .map(([name, place]) => ({ name: `${name}, users of its own`, make: onOwnTable(place, name === 'postgres' ? 'uuid' : 'integer') })),
]

/** One test of the property for each store. */
export function onEveryStore(property: string, prove: (store: Store) => Promise<void>): void {
  for (const { name, make } of stores) test(`${property} (${name})`, async () => prove(await make()))
}

/** Makes stores on one database whose table of users is the application's own. */
function onOwnTable(open: () => Promise<Place>, id: IdKind): () => Promise<Store> {
  const options: SqlOptions = { tables: { ...hostileTables, users: { name: 'people', ...hostileTables.users, id } } }
  let opening: Promise<Place> | null = null
  after(async () => (await opening)?.drop())
  return async () => {
    opening ??= open()
    const place = await opening
    const store = await openFollowing(place, options)
    await empty(place, options)
    return store
  }
}

/** Makes stores on one database, which is made for the first of them and dropped after the last. */
function onDatabase(open: () => Promise<TestDatabase>): () => Promise<Store> {
  let opening: Promise<TestDatabase> | null = null
  after(async () => (await opening)?.drop())
  return async () => {
    opening ??= open()
    return (await opening).make()
  }
}
