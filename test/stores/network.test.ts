/** What stores over a network do when it fails: they say so in time, leave nothing half done, and serve again without a restart. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createPool } from 'mysql2/promise'
import pg from 'pg'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { mysql } from '../../src/stores/mysql.ts'
import { postgres } from '../../src/stores/postgres.ts'
import { create, hashOf, now, putLink, sessionCalled, ticketCalled } from '../../src/testing/store-contract/samples.ts'
import { together } from '../../src/testing/store-contract/store-case.ts'
import { origin, phrase, registered, secret, serve } from '../flows/application.ts'
import { mysqlDatabase, mysqlUrl, postgresDatabase, postgresUrl, type TestDatabase } from './databases.ts'
import { type NetworkProxy, openProxy } from './proxy.ts'

interface Networked {
  readonly name: string
  database(): Promise<TestDatabase>
  open(url: string, options?: { readonly migrate: boolean }): Store
  /** A store on a pool of one connection, and how to end the pool. */
  onOne(url: string): { readonly store: Store; end(): Promise<void> }
  /** What holds a row of a user until it is ended. */
  readonly holds: readonly string[]
  /** What a process does first that migrates, and last. */
  readonly migration: { readonly begins: string; readonly ends: string }
}

/** Five seconds, and room for a machine that has other things to do. */
const longestMs = 8_000

const unavailable = { code: 'ERR_STORE_UNAVAILABLE' }
const hold = "select 1 from portcullis_users where id = 'ada-id' for update"

const networked: readonly Networked[] = [
  {
    name: 'postgres',
    database: () => postgresDatabase(postgresUrl ?? ''),
    open: postgres,
    onOne(url) {
      const pool = new pg.Pool({ connectionString: url, max: 1 })
      return { store: postgres(pool), end: () => pool.end() }
    },
    holds: ['begin', hold],
    migration: {
      begins: "select pg_advisory_lock(hashtextextended('portcullis_migrations', 0))",
      ends: "select pg_advisory_unlock(hashtextextended('portcullis_migrations', 0))",
    },
  },
  {
    name: 'mariadb',
    database: () => mysqlDatabase(mysqlUrl ?? ''),
    open: mysql,
    onOne(url) {
      const pool = createPool({ uri: url, connectionLimit: 1 })
      return { store: mysql(pool), end: () => pool.end() }
    },
    holds: ['start transaction', hold],
    migration: {
      begins: "select get_lock(concat('portcullis-', md5(database())), 0)",
      ends: "select release_lock(concat('portcullis-', md5(database())))",
    },
  },
]

for (const { name, database: makeDatabase, open, onOne, holds, migration } of networked) {
  describe(name, () => {
    let database: TestDatabase
    let proxy: NetworkProxy
    let store: Store

    before(async () => {
      database = await makeDatabase()
      proxy = await openProxy(database.url)
      store = open(proxy.url)
      await store.durable.open()
      await store.durable.write([create('ada')])
    })

    after(async () => {
      await store.durable.close()
      await proxy.close()
      await database.drop()
    })

    test('a store that is not open says so, before and after', async () => {
      const other = open(database.url)
      await assert.rejects(async () => other.reads.users.byId('ada-id'), /not open/)
      await other.durable.open()
      assert.ok(await other.reads.users.byId('ada-id'))
      await other.durable.close()
      await assert.rejects(async () => other.durable.write([create('bob')]), /not open/)
      await other.durable.open()
      assert.ok(await other.reads.users.byId('ada-id'))
      await other.durable.close()
    })

    test('recognising a session is one message to the database', async () => {
      await store.sessions.open(hashOf('s'), sessionCalled('s'), { now })
      await store.sessions.recognise(hashOf('s'), now, store.reads.users)
      const before = proxy.sent()
      for (let count = 0; count < 10; count++) assert.ok(await store.sessions.recognise(hashOf('s'), now, store.reads.users))
      assert.equal(proxy.sent() - before, 10)
    })

    test('THR-125: a pool of one connection serves many callers at once', async (t) => {
      const { store: narrow, end } = onOne(database.url)
      t.after(end)
      await narrow.durable.open()
      const limit = { max: 7, window: 60_000 }
      const counted = await together(10, async (caller) => {
        await narrow.durable.write([create(`caller-${caller}`), putLink(`caller-${caller}`)])
        return narrow.attempts.add([{ group: 'g', key: 'k', limit }], now)
      })
      assert.equal(counted.filter(({ ok }) => ok).length, 7)
      await narrow.durable.close()
    })

    test('many callers that count on one key, on as many connections, let no more through than the limit', async () => {
      const tried = { group: 'many', key: 'callers', limit: { max: 7, window: 60_000 } }
      const counted = await together(50, () => store.attempts.add([tried], now))
      assert.equal(counted.filter(({ ok }) => ok).length, 7)
    })

    test('a database that cannot be reached ends in ERR_STORE_UNAVAILABLE', async () => {
      const url = new URL(database.url)
      url.port = '1'
      await assert.rejects(async () => open(url.href).durable.open(), unavailable)
    })

    test('a lock that is not given up ends in ERR_STORE_BUSY within 5 seconds, and in nothing done', async () => {
      for (const statement of holds) await database.run(statement)
      const begun = performance.now()
      await assert.rejects(
        async () => store.durable.write([create('bob'), { kind: 'users.update', id: 'ada-id', set: { active: false } }]),
        { code: 'ERR_STORE_BUSY' },
      )
      assert.ok(performance.now() - begun < longestMs)
      await database.run('rollback')
      assert.equal(await store.reads.users.byId('bob-id'), null)
      assert.deepEqual(await store.durable.write([{ kind: 'users.expect', id: 'ada-id', stamp: 'ada-stamp' }]), { ok: true })
    })

    test('a process that freezes within a write holds its locks for three seconds, not until it wakes', async (t) => {
      const other = open(database.url)
      await other.durable.open()
      t.after(() => other.durable.close())
      t.after(() => proxy.thaw())
      await other.durable.write([create('frozen')])
      const deactivate = (id: string) => ({ kind: 'users.update', id, set: { active: false } }) as const
      for (const statement of holds) await database.run(statement)
      const frozen = assert.rejects(async () => store.durable.write([deactivate('frozen-id'), deactivate('ada-id')]), unavailable)
      await pause(200)
      proxy.freeze()
      await database.run('rollback') // now the write could go on
      await pause(1_000)
      assert.deepEqual(await other.durable.write([deactivate('frozen-id')]), { ok: true })
      proxy.thaw()
      await frozen
    })

    test('while another process migrates, a database that has every migration opens at once', async (t) => {
      await database.run(migration.begins)
      t.after(() => database.run(migration.ends))
      const other = open(database.url)
      t.after(() => other.durable.close())
      await Promise.race([other.durable.open(), pause(longestMs).then(() => assert.fail('it waits for the lock'))])
      assert.ok(await other.reads.users.byId('ada-id'))
    })

    test('a database that freezes ends every call within 5 seconds, and serves again when it thaws', async () => {
      proxy.freeze()
      const begun = performance.now()
      await Promise.all([
        assert.rejects(async () => store.reads.users.byId('ada-id'), unavailable),
        assert.rejects(async () => store.durable.write([create('eve')]), unavailable),
        assert.rejects(async () => store.fleeting.purge(now, 10), unavailable),
        // More than the pool has connections for.
        ...Array.from({ length: 20 }, () => assert.rejects(async () => store.tickets.find(hashOf('t'), now), unavailable)),
      ])
      assert.ok(performance.now() - begun < longestMs)
      proxy.thaw()
      assert.ok(await store.reads.users.byId('ada-id'))
    })

    test('connections that are cut while nobody uses them cost no more than one call each', async () => {
      await together(5, () => store.reads.users.byId('ada-id'))
      proxy.cut()
      const calls = []
      for (let count = 0; count < 5; count++) calls.push(...(await Promise.allSettled([store.reads.users.byId('ada-id')])))
      assert.ok(calls.every((call) => call.status === 'fulfilled' || call.reason.code === unavailable.code))
      assert.ok(await store.reads.users.byId('ada-id'))
      assert.deepEqual(await store.durable.write([create('after-cut')]), { ok: true })
    })

    test('a connection that is cut within a write leaves nothing of it', async () => {
      for (const statement of holds) await database.run(statement)
      const writing = assert.rejects(
        async () => store.durable.write([create('half'), { kind: 'users.update', id: 'ada-id', set: { active: false } }]),
        unavailable,
      )
      await pause(200)
      proxy.cut()
      await writing
      await database.run('rollback')
      assert.equal(await store.reads.users.byId('half-id'), null)
      assert.equal((await store.reads.users.byId('ada-id'))?.user.active, true)
    })

    test('a connection that is cut when COMMIT was sent leaves all or nothing, and nothing one-time to use again', async () => {
      await store.tickets.put(hashOf('t'), ticketCalled('t'), now)
      proxy.cutAfter('commit')
      await assert.rejects(async () => store.durable.write([create('committed'), putLink('committed')]), unavailable)
      await pause(100)
      const user = await store.reads.users.byId('committed-id')
      const link = await store.reads.links.byHash(hashOf('committed'), 'reset-password', now)
      assert.equal(user === null, link === null)
      proxy.cutAfter('commit')
      await assert.rejects(async () => store.tickets.take(hashOf('t'), now), unavailable)
      await pause(100)
      const taken = await together(5, () => store.tickets.take(hashOf('t'), now))
      assert.ok(taken.filter((ticket) => ticket !== null).length <= 1)
    })

    test('while the database is away routes answer 503 with Retry-After and guards stay closed; then all is well again', async () => {
      const reported: unknown[] = []
      const auth = createAuth({
        origin,
        secret,
        store,
        features: [session(), password(), registration()],
        passwords: { dangerouslyCheapHash: true },
        report: (error) => reported.push(error),
      })
      const browser = await registered(serve(auth, { '/members': {} }))
      proxy.freeze()
      const [page, members] = await Promise.all([
        browser.post('/auth/login', { email: 'alice@example.com', password: phrase }),
        browser.get('/members'),
      ])
      assert.deepEqual([page.status, members.status], [503, 503])
      assert.equal(page.headers.get('retry-after'), '1')
      proxy.thaw()
      assert.equal((await browser.get('/members')).status, 200)
      assert.ok(reported.length > 0)
      await auth.settled()
    })

    test('without migrations an empty database is refused with a sentence that names every table', async () => {
      const empty = await makeDatabase()
      await assert.rejects(
        async () => open(empty.url, { migrate: false }).durable.open(),
        /no table portcullis_users, .*portcullis_attempts.*migrate: false/s,
      )
      await empty.drop()
    })

    test('a migration that was interrupted is taken up; a missing column and a newer release are refused by name', async (t) => {
      const other = await makeDatabase()
      t.after(() => other.drop()) // also when something below fails: its connections would keep this file from ending
      const opens = async (): Promise<void> => {
        const migrated = open(other.url)
        await migrated.durable.open()
        await migrated.durable.close()
      }
      await opens()
      await other.run('drop table portcullis_tickets')
      await other.run("delete from portcullis_migrations where name = '0002-sessions'")
      await opens()
      await other.run("insert into portcullis_migrations values ('9999-contract-hoverboards')")
      await assert.rejects(opens, /newer release of Portcullis .*\(9999-contract-hoverboards\)/)
      await other.run("delete from portcullis_migrations where name = '9999-contract-hoverboards'")
      await other.run('alter table portcullis_sessions drop column user_agent')
      await assert.rejects(opens, /no column portcullis_sessions\.user_agent/)
    })
  })
}
