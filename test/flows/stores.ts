/** Every store that flows are proven on, in one list: a new store takes part by one more line. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { IdKind, SqlOptions } from '../../src/stores/sql/tables.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { mysqlDatabase, mysqlUrl, postgresDatabase, postgresUrl, type TestDatabase } from '../stores/databases.ts'
import { empty, hostileTables, openFollowing, type Place, places } from '../stores/own-tables.ts'
import { redisUrl, redisWithPostgres } from '../stores/redis-place.ts'
import { checkStored, watched } from './secrets.ts'

/** A store by its name; `make` gives an empty one each time, the one before it is done with. */
export interface TestedStore {
  readonly name: string
  /** How many server processes can share it, and whether each of its answers crosses a network. */
  readonly reach: 'one process' | 'one machine' | 'network'
  make(): Store | Promise<Store>
  /** An empty one for server processes, which open it by its address (see `test/servers/store-at.ts`). */
  place(): StorePlace | Promise<StorePlace>
}

/** Where a store is. */
export interface StorePlace {
  readonly address: string
  remove(): Promise<void> | void
}

/** Those on a network take part where `scripts/test.mjs` has found a server. */
export const stores: readonly TestedStore[] = [
  { name: 'memory', reach: 'one process', make: () => memory(), place: () => ({ address: 'memory:', remove: () => {} }) },
  { name: 'sqlite', reach: 'one machine', make: () => sqlite(':memory:'), place: newFile },
  ...(postgresUrl === undefined ? [] : [onServer('postgres', () => postgresDatabase(postgresUrl ?? ''))]),
  ...(mysqlUrl === undefined ? [] : [onServer('mariadb', () => mysqlDatabase(mysqlUrl ?? ''))]),
  ...(redisUrl === undefined ? [] : [onServer('redis and postgres', () => redisWithPostgres(redisUrl ?? '', postgresUrl ?? ''))]),
]

/** The same with a table of users that is the application's own. */
const onOwnTables: readonly Pick<TestedStore, 'name' | 'make'>[] = Object.entries(places)
  .filter(([name]) => name !== 'pglite')
  .map(([name, place]) => ({ name: `${name}, users of its own`, make: onOwnTable(place, name === 'postgres' ? 'uuid' : 'integer') }))

/** One test of the property for each store; and that no store was given a secret in clear. */
export function onEveryStore(property: string, prove: (store: Store) => Promise<void>): void {
  for (const { name, make } of [...stores, ...onOwnTables]) {
    test(`${property} (${name})`, async () => {
      await prove(watched(await make()))
      checkStored()
    })
  }
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

/** In memory where the system has a file system there: what processes do to each other needs no disk, and a disk makes every commit wait. */
function newFile(): StorePlace {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'portcullis-place-'))
  return { address: `sqlite:${join(folder, 'shared.db')}`, remove: () => rmSync(folder, { recursive: true }) }
}

/** Makes stores on one database, which is made for the first of them and dropped after the last. */
function onServer(name: string, open: () => Promise<TestDatabase>): TestedStore {
  let opening: Promise<TestDatabase> | null = null
  after(async () => (await opening)?.drop())
  return {
    name,
    reach: 'network',
    async make() {
      opening ??= open()
      return (await opening).make()
    },
    async place() {
      const { url, drop } = await open()
      return { address: url, remove: drop }
    },
  }
}
