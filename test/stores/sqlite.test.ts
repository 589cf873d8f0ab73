/** What is SQLite's own: durability, other people's transactions, and a schema that is not ours. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Store } from '../../src/model/store.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { create, hashOf, now, putLink, sessionCalled, ticketCalled } from '../../src/testing/store-contract/samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'portcullis-sqlite-'))
after(() => rmSync(folder, { recursive: true }))

function fileOf(name: string): string {
  return join(folder, `${name}.db`)
}

async function opened(database: string | DatabaseSync, options?: { readonly migrate: boolean }): Promise<Store> {
  const store = sqlite(database, options)
  await store.durable.open()
  return store
}

/** A migrated database of the application's own. */
async function ownDatabase(): Promise<DatabaseSync> {
  const database = new DatabaseSync(':memory:')
  await (await opened(database)).durable.close()
  return database
}

test('a path is opened in write-ahead mode, with every commit flushed and no wait inside SQLite', async (t) => {
  const pragmas: string[] = []
  const { exec } = DatabaseSync.prototype
  t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, text: string) {
    exec.call(this, text)
    if (!text.startsWith('pragma')) return
    pragmas.push(
      ...['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'].map(
        (name) => `${name}=${Object.values(this.prepare(`pragma ${name}`).get() ?? {})}`,
      ),
    )
  })
  await (await opened(fileOf('pragmas'))).durable.close()
  assert.deepEqual(pragmas.slice(-4), ['journal_mode=wal', 'synchronous=2', 'foreign_keys=1', 'busy_timeout=0'])
})

test('every commit is flushed by itself but those of counts, which are flushed with the next', async (t) => {
  const store = await opened(fileOf('flushes'))
  const commits: unknown[] = []
  const { exec } = DatabaseSync.prototype
  t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, text: string) {
    if (text === 'commit') commits.push(...Object.values(this.prepare('pragma synchronous').get() ?? {}))
    exec.call(this, text)
  })
  const tried = { group: 'group', key: 'key' }
  await store.attempts.add([{ ...tried, limit: { max: 1, window: 60_000 } }], now)
  await store.durable.write([create('ada')])
  await store.attempts.refund([tried])
  await store.sessions.open(hashOf('s'), sessionCalled('s'), { now, clears: [tried] })
  // A count that fails leaves nothing behind either.
  assert.throws(() => store.attempts.add([{ ...tried, key: null as never, limit: { max: 1, window: 60_000 } }], now))
  await store.tickets.put(hashOf('t'), ticketCalled('t'), now)
  await store.durable.close()
  assert.deepEqual(commits, [1, 2, 1, 2, 2])
})

test('nothing touches the disk before the store is opened, and a store that is not open says so', async () => {
  const store = sqlite(fileOf('untouched'))
  assert.equal(existsSync(fileOf('untouched')), false)
  assert.throws(() => store.reads.users.byId('ada-id'), /not open/)
  await store.durable.open()
  await store.durable.close()
  assert.throws(() => store.durable.write([create('ada')]), /not open/)
})

test('a closed store can be opened again and finds what it held', async () => {
  const store = await opened(fileOf('again'))
  await store.durable.write([create('ada')])
  const epoch = await store.fleeting.epoch()
  await store.durable.close()
  await store.durable.open()
  assert.ok(await store.reads.users.byId('ada-id'))
  assert.equal(await store.fleeting.epoch(), epoch)
  await store.durable.close()
})

test('the application’s own database is never closed, keeps its journal mode and gets foreign keys', async () => {
  const database = new DatabaseSync(fileOf('own'), { enableForeignKeyConstraints: false })
  const store = await opened(database)
  assert.deepEqual(database.prepare('pragma journal_mode').get()?.journal_mode, 'delete')
  assert.deepEqual(database.prepare('pragma foreign_keys').get()?.foreign_keys, 1)
  await store.durable.close()
  await store.fleeting.close()
  assert.ok(database.prepare('select 1').get())
  database.close()
})

test('the settings of the application’s own database do not reach the rows of the store', async () => {
  const store = await opened(new DatabaseSync(':memory:', { readBigInts: true, returnArrays: true }))
  await store.durable.write([create('ada')])
  await store.sessions.open(hashOf('s'), sessionCalled('s'), { now })
  const live = await store.sessions.recognise(hashOf('s'), now, store.reads.users)
  assert.deepEqual([live?.user.active, live?.user.createdAt, live?.session.usedAt], [true, now, now])
})

test('writes wait for the application’s open transaction and do not vanish with its rollback', async () => {
  const database = await ownDatabase()
  const store = await opened(database)
  await store.durable.write([create('ada')])
  database.exec('create table orders (id integer); begin; insert into orders values (1)')

  const waiting = Promise.all([
    store.durable.write([create('bob')]),
    store.sessions.open(hashOf('s'), sessionCalled('s'), { now }),
    store.tickets.put(hashOf('t'), ticketCalled('t'), now),
    store.tickets.spend('id', now + 1, now),
    store.attempts.add([{ group: 'g', key: 'k', limit: { max: 1, window: 60_000 } }], now),
    store.meta.put('name', 'value'),
  ])
  await pause(30)
  assert.equal(await store.reads.users.byId('bob-id'), null)
  database.exec('rollback')

  assert.deepEqual(await waiting, [{ ok: true }, true, undefined, true, { ok: true }, undefined])
  assert.ok(await store.reads.users.byId('bob-id'))
  assert.ok(await store.sessions.recognise(hashOf('s'), now, store.reads.users))
  assert.ok(await store.tickets.find(hashOf('t'), now))
  assert.equal(await store.tickets.spend('id', now + 1, now), false)
  assert.equal(await store.meta.get('name'), 'value')
  assert.deepEqual(database.prepare('select count(*) as count from orders').get()?.count, 0)
})

test('opening waits for the application’s open transaction', async () => {
  const database = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false })
  database.exec('begin; create table orders (id integer)')
  const store = sqlite(database)
  const opening = store.durable.open()
  await pause(20)
  database.exec('commit')
  await opening
  assert.deepEqual(await store.durable.write([create('ada')]), { ok: true })
  assert.deepEqual(database.prepare('pragma foreign_keys').get()?.foreign_keys, 1)
})

test('a database that stays busy ends in ERR_STORE_BUSY, and serves again when it is free', async () => {
  const database = await ownDatabase()
  const store = await opened(database)
  database.exec('begin')
  await assert.rejects(async () => store.durable.write([create('ada')]), { code: 'ERR_STORE_BUSY' })
  database.exec('commit')
  assert.deepEqual(await store.durable.write([create('ada')]), { ok: true })
})

test('while another process holds the lock, a hundred waiting writes leave the event loop free and end after five seconds', async () => {
  const file = fileOf('held')
  const store = await opened(file)
  const holder = new DatabaseSync(file)
  holder.exec('begin immediate')

  const begun = performance.now()
  let turns = 0
  const ticking = setInterval(() => (turns += 1), 10)
  const outcomes = await Promise.allSettled(Array.from({ length: 100 }, async (_, i) => store.meta.put(`name ${i}`, 'value')))
  clearInterval(ticking)
  const took = performance.now() - begun
  holder.exec('rollback')
  holder.close()

  assert.ok(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason.code === 'ERR_STORE_BUSY'))
  assert.ok(took < 10_000, `ended after ${took} ms`)
  assert.ok(turns > 100, `the event loop turned ${turns} times`)
  await store.meta.put('name', 'value')
  await store.durable.close()
})

test('while the database is free every method but open answers without a promise', async () => {
  const store = await opened(await ownDatabase())
  assert.deepEqual(store.durable.write([create('ada')]), { ok: true })
  assert.equal(store.sessions.open(hashOf('s'), sessionCalled('s'), { now }), true)
  assert.ok(!(store.sessions.recognise(hashOf('s'), now, store.reads.users) instanceof Promise))
  assert.equal(store.durable.purge(now, 10), 0)
})

test('an error in the middle of a write undoes what came before it and leaves no transaction open', async () => {
  const database = await ownDatabase()
  const store = await opened(database)
  database.exec(`create trigger broken before insert on portcullis_links begin select raise(abort, 'out of order'); end`)
  assert.throws(() => store.durable.write([create('ada'), putLink('mailed')]), /out of order/)
  assert.equal(await store.reads.users.byId('ada-id'), null)
  database.exec('drop trigger broken; begin; rollback')
  assert.deepEqual(await store.durable.write([create('ada'), putLink('mailed')]), { ok: true })
})

test('without migrations an empty database is refused with a sentence that names every table', async () => {
  const database = new DatabaseSync(':memory:')
  const store = sqlite(database, { migrate: false })
  await assert.rejects(async () => store.durable.open(), /no table portcullis_users, .*no table portcullis_attempts.*migrate: false/s)
  assert.deepEqual(database.prepare('select count(*) as count from sqlite_master').get()?.count, 0)
})

test('a missing column is refused by name, with and without migrations', async () => {
  const database = await ownDatabase()
  database.exec('alter table portcullis_sessions drop column user_agent')
  for (const migrate of [true, false]) {
    await assert.rejects(async () => sqlite(database, { migrate }).durable.open(), /no column portcullis_sessions\.user_agent/)
  }
})

test('a database from which a newer release took something away is refused by name, with and without migrations', async () => {
  const database = await ownDatabase()
  database.exec(`insert into portcullis_migrations values ('9999-contract-hoverboards')`)
  database.exec(`drop table portcullis_tickets; delete from portcullis_migrations where name = '0002-sessions'`)
  for (const migrate of [true, false]) {
    await assert.rejects(
      async () => sqlite(database, { migrate }).durable.open(),
      /newer release of Portcullis .*\(9999-contract-hoverboards\)/,
    )
  }
  assert.equal(database.prepare(`select 1 from sqlite_master where name = 'portcullis_tickets'`).get(), undefined, 'nothing was migrated')
})

test('a database to which a newer release only added serves on, with and without migrations', async () => {
  const database = await ownDatabase()
  database.exec(`insert into portcullis_migrations values ('9999-hoverboards'); alter table portcullis_users add column hoverboard text`)
  for (const migrate of [true, false]) {
    const store = await opened(database, { migrate })
    assert.deepEqual(await store.durable.write([create(`user-${migrate}`)]), { ok: true })
  }
})

test('a migration that was interrupted is taken up where it stopped', async () => {
  const database = await ownDatabase()
  database.exec(`drop table portcullis_tickets; delete from portcullis_migrations where name = '0002-sessions'`)
  const store = await opened(database)
  await store.tickets.put(hashOf('t'), ticketCalled('t'), now)
  assert.ok(await store.tickets.find(hashOf('t'), now))
})

test('a migrated database opens without migrations', async () => {
  const store = await opened(await ownDatabase(), { migrate: false })
  assert.deepEqual(await store.durable.write([create('ada')]), { ok: true })
})

test('everything of a store on one database tells sessions and tickets too', async () => {
  const store = await opened(await ownDatabase())
  await store.durable.write([create('ada')])
  await store.sessions.open(hashOf('s'), sessionCalled('s'), { now })
  await store.tickets.put(hashOf('t'), ticketCalled('t'), now)
  const { sessions = [], tickets = [] } = await store.reads.everything('ada-id')
  assert.deepEqual([sessions.length, sessions[0]?.id, tickets.length], [1, 's-session', 1])
})

test('recognising a session is one search by key in each table, whatever is in them', async () => {
  const database = await ownDatabase()
  const statements: string[] = []
  const { prepare } = database
  database.prepare = (text) => {
    statements.push(text)
    return prepare.call(database, text)
  }
  const store = await opened(database)
  statements.length = 0
  await store.sessions.recognise(hashOf('s'), now, store.reads.users)
  assert.equal(statements.length, 1)
  const plan = prepare.call(database, `explain query plan ${statements[0]}`).all('hash', now)
  const steps = plan.map(({ detail }) => String(detail))
  assert.equal(steps.filter((step) => step.startsWith('SEARCH') && /PRIMARY KEY|autoindex/.test(step)).length, 3, steps.join('; '))
  assert.ok(!steps.some((step) => step.startsWith('SCAN')), steps.join('; '))
})
