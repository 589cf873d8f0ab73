/** What is MySQL's own: settings of a pool and of a session that an application may have chosen. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise'
import { mysql } from '../../src/stores/mysql.ts'
import { create, hashOf, now, putRecord, role, sessionCalled } from '../../src/testing/store-contract/samples.ts'
import { mysqlDatabase, mysqlUrl, type TestDatabase } from './databases.ts'

let database: TestDatabase
before(async () => {
  database = await mysqlDatabase(mysqlUrl ?? '')
})
after(() => database.drop())

async function withPool(options: PoolOptions, prove: (pool: Pool) => Promise<void>): Promise<void> {
  await (await database.make()).durable.close()
  const pool = createPool({ uri: database.url, ...options })
  try {
    await prove(pool)
  } finally {
    await pool.end()
  }
}

test('how the application reads its own columns does not reach the rows of the store', () =>
  withPool(
    { supportBigNumbers: true, bigNumberStrings: true, jsonStrings: true, typeCast: () => 'mine', flags: ['-FOUND_ROWS'] },
    async (pool) => {
      const store = mysql(pool)
      await store.durable.open()
      await store.durable.write([
        create('ada'),
        role('admin', 'all'),
        { kind: 'roles.set', userId: 'ada-id', add: ['admin'], remove: [] },
        putRecord('pin'),
      ])
      await store.sessions.open(hashOf('s'), sessionCalled('s'), { now })
      const live = await store.sessions.recognise(hashOf('s'), now, store.reads.users)
      const user = { id: 'ada-id', email: 'ada@example.com', username: null, active: true, roles: ['admin'], createdAt: now, extra: {} }
      assert.deepEqual(live, { session: sessionCalled('s'), user })
      assert.equal((await store.reads.records.get('pins', 'pin', now))?.expiresAt, null)
      // A row that an update meets and leaves as it is counts as met.
      assert.deepEqual(await store.durable.write([role('admin', 'all')]), { ok: true })
      await store.meta.put('name', 'value')
      await store.meta.put('name', 'value')
      assert.equal(await store.meta.get('name'), 'value')
    },
  ))

test('sessions that the application made serializable are not so for the store', () =>
  withPool({ connectionLimit: 5 }, async (pool) => {
    const connections = await Promise.all(Array.from({ length: 5 }, () => pool.getConnection()))
    for (const connection of connections) {
      await connection.query('set session transaction isolation level serializable')
      connection.release()
    }
    const store = mysql(pool)
    await store.durable.open()
    const limit = { max: 7, window: 60_000 }
    const counted = await Promise.all(Array.from({ length: 30 }, () => store.attempts.add([{ group: 'g', key: 'k', limit }], now)))
    assert.equal(counted.filter(({ ok }) => ok).length, 7)
    const [rows] = await pool.query("show variables where variable_name in ('tx_isolation', 'transaction_isolation')")
    assert.match(JSON.stringify(rows), /SERIALIZABLE/)
  }))

for (const [setting, sentence] of [
  ["sql_mode = ''", /STRICT_TRANS_TABLES/],
  ['autocommit = 0', /autocommit/],
  ['character_set_client = latin1', /charset: 'utf8mb4'/],
] as const) {
  test(`a session with ${setting} is refused with a sentence`, () =>
    withPool({ connectionLimit: 1 }, async (pool) => {
      await pool.query(`set session ${setting}`)
      await assert.rejects(async () => mysql(pool).durable.open(), sentence)
    }))
}

test('a key that is longer than its column is refused, not cut', () =>
  withPool({}, async (pool) => {
    const store = mysql(pool)
    await store.durable.open()
    await assert.rejects(async () => store.tickets.spend('x'.repeat(513), now + 1, now), {
      name: 'UnfitValueError',
      message: /Data too long/,
    })
    assert.equal(await store.tickets.spend('x'.repeat(512), now + 1, now), true)
  }))

test('migrations that fail leave no lock behind for others to wait for', () =>
  withPool({ connectionLimit: 1 }, async (pool) => {
    await pool.query('create view odd_links as select 1 as id')
    const tables = { prefix: 'odd_' }
    await assert.rejects(async () => mysql(pool, { tables }).durable.open(), { code: 'ER_WRONG_OBJECT' })
    const [rows] = await pool.query("select is_used_lock(concat('portcullis-', md5(database()))) as owner")
    assert.deepEqual(rows, [{ owner: null }])
  }))
