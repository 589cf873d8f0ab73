/** The store contract on every store of ours, and that the contract leaves out no kind of change. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import type { ChangeKind } from '../../src/model/change.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { type Coverage, storeContract } from '../../src/testing/store-contract.ts'
import { mysqlDatabase, mysqlUrl, pgliteDatabase, postgresDatabase, postgresUrl, type TestDatabase } from './databases.ts'
import { redisUrl, redisWithPostgres } from './redis-place.ts'

const folder = mkdtempSync(join(tmpdir(), 'portcullis-contract-'))
let files = 0
after(() => rmSync(folder, { recursive: true }))

/** Makes a store, fresh and empty. */
type Make = () => Store | Promise<Store>

/** Stores that come with this process. */
const near: Readonly<Record<string, Make>> = {
  memory: () => memory(),
  'sqlite on the application’s own database': () => sqlite(new DatabaseSync(':memory:')),
  'sqlite on a file': () => sqlite(join(folder, `${files++}.db`)),
}

/** Databases that each describe block below makes and drops. */
const databases: Readonly<Record<string, (() => Promise<TestDatabase>) | null>> = {
  pglite: pgliteDatabase,
  postgres: postgresUrl === undefined ? null : () => postgresDatabase(postgresUrl ?? ''),
  'postgres, THR-125: on one connection': postgresUrl === undefined ? null : () => postgresDatabase(postgresUrl ?? '', 1),
  mariadb: mysqlUrl === undefined ? null : () => mysqlDatabase(mysqlUrl ?? ''),
  'mariadb, THR-125: on one connection': mysqlUrl === undefined ? null : () => mysqlDatabase(mysqlUrl ?? '', 1),
  'redis and postgres': redisUrl === undefined ? null : () => redisWithPostgres(redisUrl ?? '', postgresUrl ?? ''),
}

for (const [name, make] of Object.entries(near)) describe(name, () => prove(make))

for (const [name, open] of Object.entries(databases)) {
  if (open === null) continue
  describe(name, () => {
    let database: TestDatabase | undefined
    before(async () => {
      database = await open()
    })
    after(() => database?.drop())
    prove(() => {
      assert.ok(database)
      return database.make()
    })
  })
}

function prove(make: Make): void {
  for (const { name: property, run } of storeContract) {
    test(property, () =>
      run(async () => {
        const store = await make()
        await store.durable.open()
        await store.fleeting.open()
        return store
      }),
    )
  }
}

/** How each kind can be refused; a kind without preconditions has no case of refusal. */
const kinds: Readonly<Record<ChangeKind, { readonly refusable: boolean }>> = {
  'users.create': { refusable: true },
  'users.update': { refusable: true },
  'users.expect': { refusable: true },
  'users.delete': { refusable: true },
  'roles.put': { refusable: false },
  'roles.drop': { refusable: true },
  'roles.set': { refusable: true },
  'links.put': { refusable: false },
  'links.take': { refusable: true },
  'links.drop': { refusable: false },
  'devices.put': { refusable: true },
  'devices.rotate': { refusable: true },
  'devices.drop': { refusable: false },
  'logins.track': { refusable: false },
  'deletions.put': { refusable: true },
  'deletions.drop': { refusable: false },
  'audit.append': { refusable: false },
  'totp.add': { refusable: true },
  'totp.advance': { refusable: true },
  'totp.drop': { refusable: true },
  'recoveryCodes.replace': { refusable: false },
  'recoveryCodes.use': { refusable: true },
  'outbox.put': { refusable: false },
  'outbox.drop': { refusable: false },
  'outbox.fail': { refusable: true },
  'records.put': { refusable: true },
  'records.drop': { refusable: true },
}

test('the contract shows effect, rollback, concurrency and refusal of every kind of change', () => {
  const covered = new Set(storeContract.flatMap(({ covers = [] }) => covers).map(({ kind, property }) => `${kind}: ${property}`))
  const missing = Object.entries(kinds).flatMap(([kind, { refusable }]) => {
    const properties: readonly Coverage['property'][] = ['effect', 'rollback', 'concurrency', ...(refusable ? (['refusal'] as const) : [])]
    return properties.map((property) => `${kind}: ${property}`).filter((property) => !covered.has(property))
  })
  assert.deepEqual(missing, [])
})

test('AL-FP-19: the contract runs on every store that is published', () => {
  const published: { exports: Readonly<Record<string, unknown>> } = JSON.parse(readFileSync('package.json', 'utf8'))
  const names = Object.keys(published.exports).flatMap((path) => /^\.\/stores\/(.*)$/.exec(path)?.[1] ?? [])
  const proven = [...Object.keys(near), ...Object.keys(databases)].join()
  assert.ok(names.length >= 5)
  for (const name of names) assert.ok(proven.includes(name === 'mysql' ? 'mariadb' : name), name)
})

test('no two cases of the contract have one name', () => {
  const names = storeContract.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
})
