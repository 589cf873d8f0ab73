/** What is PostgreSQL's own: prepared statements, settings and collations that an application may have chosen. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import type { Store } from '../../src/model/store.ts'
import { type PostgresPool, type PostgresQuery, postgres } from '../../src/stores/postgres.ts'
import { create, hashOf, now, sessionCalled } from '../../src/testing/store-contract/samples.ts'
import { storeContract } from '../../src/testing/store-contract.ts'
import { postgresDatabase, postgresUrl, type TestDatabase } from './databases.ts'

let database: TestDatabase
before(async () => {
  database = await postgresDatabase(postgresUrl ?? '')
})
after(() => database.drop())

/** A pool that tells what its clients are asked. */
function watched(pool: PostgresPool): { readonly pool: PostgresPool; readonly asked: PostgresQuery[] } {
  const asked: PostgresQuery[] = []
  const watching: PostgresPool = {
    async connect() {
      const client = await pool.connect()
      return {
        query(query) {
          asked.push(query)
          return client.query(query)
        },
        on: (event, listener) => client.on(event, listener),
        removeListener: (event, listener) => client.removeListener(event, listener),
        release: (destroy) => client.release(destroy),
      }
    },
  }
  return { pool: watching, asked }
}

async function recognised(store: Store): Promise<unknown> {
  await store.durable.write([create('ada')])
  await store.sessions.open(hashOf('s'), sessionCalled('s'), { now, ends: hashOf('s') })
  return store.sessions.recognise(hashOf('s'), now, store.reads.users)
}

async function withPool(options: pg.PoolConfig, prove: (pool: pg.Pool) => Promise<void>): Promise<void> {
  await (await database.make()).durable.close()
  const pool = new pg.Pool({ connectionString: database.url, ...options })
  try {
    await prove(pool)
  } finally {
    await pool.end()
  }
}

test('with prepare: false no statement has a name; otherwise each has one, of what it says', () =>
  withPool({}, async (pool) => {
    for (const prepare of [false, true]) {
      const { pool: watching, asked } = watched(pool)
      const store = postgres(watching, { prepare })
      await store.durable.open()
      await recognised(store)
      const statements = asked.filter(({ values }) => values !== undefined)
      assert.ok(statements.length > 5)
      assert.ok(statements.every(({ name }) => (name !== undefined) === prepare))
      assert.equal(new Set(statements.map(({ name }) => name)).size, prepare ? new Set(statements.map(({ text }) => text)).size : 1)
    }
  }))

test('a store whose prepared statements vanish goes on without them', () =>
  withPool({ max: 1 }, async (pool) => {
    const { pool: watching, asked } = watched(pool)
    const store = postgres(watching)
    await store.durable.open()
    assert.ok(await recognised(store))
    await pool.query('deallocate all')
    assert.ok(await store.sessions.recognise(hashOf('s'), now, store.reads.users))
    await pool.query('deallocate all')
    assert.deepEqual(await store.durable.write([create('bob')]), { ok: true })
    assert.equal(asked.at(-2)?.name, undefined)
  }))

test('how the application reads its own columns does not reach the rows of the store', () =>
  withPool({ types: { getTypeParser: () => () => 'mine' } }, async (pool) => {
    const store = postgres(pool)
    await store.durable.open()
    const live = await recognised(store)
    assert.deepEqual(live, {
      session: sessionCalled('s'),
      user: { id: 'ada-id', email: 'ada@example.com', username: null, active: true, roles: [], createdAt: now, extra: {} },
    })
  }))

test('transactions that the application made read-only and serializable by default are neither for the store', () =>
  withPool(
    {
      options: `${new URL(database.url).searchParams.get('options')} -c default_transaction_isolation=serializable -c default_transaction_read_only=on`,
      connectionString: postgresUrl ?? '',
    },
    async (pool) => {
      const store = postgres(pool)
      await store.durable.open()
      const limit = { max: 7, window: 60_000 }
      const counted = await Promise.all(Array.from({ length: 30 }, () => store.attempts.add([{ group: 'g', key: 'k', limit }], now)))
      assert.equal(counted.filter(({ ok }) => ok).length, 7)
    },
  ))

test('a database in another collation compares and orders keys by bytes all the same', async (t) => {
  const name = `portcullis_test_${process.pid}_icu`
  const admin = new pg.Client({ connectionString: postgresUrl })
  await admin.connect()
  await admin.query(`create database ${name} template template0 encoding 'UTF8' locale_provider icu icu_locale 'en-US' locale 'C.UTF-8'`)
  t.after(async () => {
    await admin.query(`drop database ${name} with (force)`)
    await admin.end()
  })
  const url = new URL(postgresUrl ?? '')
  url.pathname = `/${name}`
  const cases = storeContract.filter((shown) => /byte|users\.list narrows/.test(shown.name))
  assert.ok(cases.length >= 3)
  for (const { run } of cases) {
    await run(async () => {
      const store = postgres(url.href)
      await store.durable.open()
      for (const user of await store.reads.users.list({ limit: 100 })) await store.durable.write([{ kind: 'users.delete', id: user.id }])
      for (const role of await store.reads.roles.list()) await store.durable.write([{ kind: 'roles.drop', name: role.name }])
      return store
    })
  }
})

test('recognising a session reads each table by an index', () =>
  withPool({ max: 1 }, async (pool) => {
    const { pool: watching, asked } = watched(pool)
    const store = postgres(watching, { prepare: false })
    await store.durable.open()
    await recognised(store)
    const query = asked.at(-1)
    await pool.query('set enable_seqscan = off; set enable_bitmapscan = off')
    const { rows } = await pool.query(`explain ${query?.text}`, [...(query?.values ?? [])])
    const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n')
    assert.equal([...plan.matchAll(/Index (Only )?Scan using portcullis_\w+_key/g)].length, 3, plan)
  }))
