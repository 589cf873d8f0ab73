/** Expired rows go by themselves: one process at a time removes them, whatever becomes of it. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createAuth, password, session } from '../../src/index.ts'
import type { Auth } from '../../src/kernel/auth.ts'
import type { AuthOptions } from '../../src/kernel/options.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { hashOf, putLink, ticketCalled } from '../../src/testing/store-contract/samples.ts'
import { mysqlDatabase, mysqlUrl, postgresDatabase, postgresUrl } from '../stores/databases.ts'
import { origin, secret } from './application.ts'
import type { Keeper } from './keeper.ts'
import { onEveryStore } from './stores.ts'

const minute = 60_000

function installation(store: Store, clock: MovableClock, options: Partial<AuthOptions> = {}): Auth {
  return createAuth({ origin, secret, store, clock, features: [session(), password()], ...options })
}

/** Puts so many rows into each half that expire within a minute. */
async function fill(store: Store, clock: MovableClock, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    await store.tickets.put(hashOf(`t${at}`), ticketCalled(`t${at}`, { expiresAt: clock() + minute }), clock())
    await store.durable.write([putLink(`l${at}`, { expiresAt: clock() + minute }, count)])
  }
}

/** The store, with a word before each batch that is purged. */
function watched(store: Store, before: () => void | Promise<void>): Store {
  const { durable, fleeting } = store
  async function around(purge: () => number | Promise<number>): Promise<number> {
    await before()
    return purge()
  }
  return {
    ...store,
    durable: { ...durable, purge: (now, limit) => around(() => durable.purge(now, limit)) },
    fleeting: { ...fleeting, purge: (now, limit) => around(() => fleeting.purge(now, limit)) },
  }
}

/** What is left to purge: the turn to purge expires too, so one row is nothing. */
async function leftIn(store: Store, clock: MovableClock): Promise<number> {
  return (await store.fleeting.purge(clock(), 99)) + Math.max(0, (await store.durable.purge(clock(), 99)) - 1)
}

/** Lets time pass for clock and timers alike, with time for what they start. */
async function pass(clock: MovableClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += minute) {
    clock.advance(minute)
    mock.timers.tick(minute)
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve))
  }
}

const nearby: Readonly<Record<string, () => Store>> = { memory: () => memory(), sqlite: () => sqlite(':memory:') }

for (const [name, make] of Object.entries(nearby)) {
  /** A test in which timers are moved by hand. */
  function timed(property: string, prove: (store: Store, clock: MovableClock) => Promise<void>): void {
    test(`${property} (${name})`, async () => {
      mock.timers.enable({ apis: ['setTimeout'] })
      try {
        const store = make()
        await store.durable.open()
        await prove(store, createClock())
      } finally {
        mock.timers.reset()
      }
    })
  }

  timed('without a call, expired rows are gone after the interval and a quarter, and others are not', async (store, clock) => {
    const auth = installation(store, clock)
    await auth.ready
    await fill(store, clock, 3)
    await store.tickets.put(hashOf('live'), ticketCalled('live', { expiresAt: clock() + 600 * minute }), clock())
    await pass(clock, 25 * minute)
    assert.equal(await leftIn(store, clock), 0)
    assert.ok(await store.tickets.find(hashOf('live'), clock()))
    await fill(store, clock, 3)
    await pass(clock, 14 * minute)
    assert.equal(await leftIn(store, clock), 0)
    await auth.close()
  })

  timed('rows go a few at a time, then as many as take a moment', async (store, clock) => {
    let pause = 0
    const limits: number[] = []
    function sized(half: Store['fleeting']): Store['fleeting'] {
      return {
        ...half,
        purge(_, limit) {
          limits.push(limit)
          for (const end = performance.now() + pause; performance.now() < end; );
          return limits.length < 8 ? limit : 0
        },
      }
    }
    const auth = installation({ ...store, fleeting: sized(store.fleeting) }, clock)
    await auth.ready
    await auth.purge()
    assert.ok(limits.length === 8 && limits.every((limit, at) => at === 0 || limit >= (limits[at - 1] ?? 0)), limits.join())
    limits.length = 0
    pause = 12
    await auth.purge()
    assert.deepEqual(limits, [100, 50, 25, 25, 25, 25, 25, 25])
    await auth.close()
  })

  timed('of several processes on one store one purges in each interval', async (store, clock) => {
    let batches = 0
    const counted = watched(store, () => void batches++)
    const all = Array.from({ length: 5 }, () => installation(counted, clock))
    await Promise.all(all.map((auth) => auth.ready))
    await pass(clock, 600 * minute)
    const each = batches / 2
    assert.ok(each >= 40 && each <= 60, `${each} times in sixty intervals`)
    await Promise.all(all.map((auth) => auth.close()))
  })

  timed('a failure is told, and the next time makes up for it', async (store, clock) => {
    const told: string[] = []
    let isBroken = true
    const fragile = watched(store, () => {
      if (isBroken) throw new Error('out of order')
    })
    const auth = installation(fragile, clock, { report: (error, about) => told.push(`${about}: ${error}`) })
    await auth.ready
    await fill(store, clock, 3)
    await pass(clock, 10 * minute)
    assert.deepEqual(told, ['expired rows could not be removed: Error: out of order'])
    isBroken = false
    await pass(clock, 13 * minute)
    assert.equal(await leftIn(store, clock), 0)
    await auth.close()
  })

  timed('whoever fails gives the turn back: another process makes up for it', async (store, clock) => {
    let failures = 0
    const broken = watched(store, () => {
      failures++
      throw new Error('out of order')
    })
    const auth = installation(broken, clock, { report: () => {}, purgeEvery: '6h' })
    await auth.ready
    while (failures === 0) await pass(clock, minute)
    const other = installation(store, clock)
    await other.ready
    await fill(store, clock, 3)
    await pass(clock, 25 * minute)
    assert.equal(failures, 1)
    assert.equal(await leftIn(store, clock), 0)
    await auth.close()
    await other.close()
  })

  timed('close ends the purging after the batch that is under way, and gives its turn back', async (store, clock) => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    let batches = 0
    const slow = watched(store, () => (batches++ === 0 ? held : undefined))
    const auth = installation(slow, clock)
    await auth.ready
    await fill(store, clock, 1)
    while (batches === 0) await pass(clock, minute)
    const closing = auth.close()
    let isClosed = false
    closing.then(() => {
      isClosed = true
    })
    await pass(clock, minute)
    assert.deepEqual([isClosed, batches], [false, 1])
    release()
    await closing
    await store.durable.open()
    assert.equal(await store.reads.records.get('portcullis', 'purge', clock()), null)
    await pass(clock, 60 * minute)
    assert.equal(batches, 1)
  })

  timed('with purgeEvery: false nothing happens by itself', async (store, clock) => {
    const auth = installation(store, clock, { purgeEvery: false })
    await auth.ready
    await fill(store, clock, 1)
    await pass(clock, 60 * minute)
    assert.equal(await auth.purge(), 2)
    await auth.close()
  })
}

onEveryStore('a purge that the application asks for takes all that expired, of both halves, and nothing else', async (store) => {
  const clock = createClock()
  const auth = installation(store, clock)
  await auth.ready
  await fill(store, clock, 5)
  assert.equal(await auth.purge(), 0)
  clock.advance(minute)
  const removed = await auth.purge()
  assert.ok(removed === 10 || removed === 5, `${removed}: all, or the durable half where the other expires by itself`)
  assert.equal(await auth.purge(), 0)
})

test('an interval that is none, or longer than timers go, stops the start with a sentence', () => {
  for (const [purgeEvery, said] of [
    ['0m', /purgeEvery must be a duration/],
    ['soon', /purgeEvery must be a duration/],
    ['15d', /purgeEvery must be no longer than '14d'/],
  ] as const) {
    const options = { origin, secret, store: memory(), features: [], purgeEvery: purgeEvery as '1m' }
    assert.throws(() => createAuth(options), said)
  }
})

test('the timer keeps no process running', () => {
  const code = `
    const { createAuth } = await import(${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)})
    const { memory } = await import(${JSON.stringify(new URL('../../src/stores/memory.ts', import.meta.url).href)})
    await createAuth({ features: [], store: memory(), origin: 'http://localhost:3000', secret: '${secret}' }).ready`
  const { status, signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], { timeout: 20_000 })
  assert.deepEqual([status, signal], [0, null])
})

/** Databases that several processes can open. */
const shared: Readonly<Record<Keeper['store'], (() => Promise<{ readonly url: string; drop(): Promise<void> }>) | null>> = {
  sqlite: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-upkeep-'))
    return { url: join(folder, 'shared.db'), drop: async () => rmSync(folder, { recursive: true }) }
  },
  postgres: postgresUrl === undefined ? null : () => postgresDatabase(postgresUrl ?? ''),
  mysql: mysqlUrl === undefined ? null : () => mysqlDatabase(mysqlUrl ?? ''),
}

for (const [store, make] of Object.entries(shared)) {
  if (make === null) continue

  test(`of two processes one purges, and when it is killed in the middle the other takes over (${store})`, async () => {
    const { url, drop } = await make()
    const keepers: ChildProcess[] = []
    /** Starts a process, and tells of each time that it began to purge. */
    function start(holds: boolean): { readonly child: ChildProcess; readonly began: number[] } {
      const child = fork(new URL('./keeper.ts', import.meta.url))
      const began: number[] = []
      child.on('message', () => began.push(performance.now()))
      child.send({ store: store === 'sqlite' || store === 'postgres' ? store : 'mysql', at: url, holds } satisfies Keeper)
      keepers.push(child)
      return { child, began }
    }
    try {
      const first = start(true)
      await once(first.child, 'message')
      const second = start(false)
      while (second.began.length === 0) await pause(5)
      assert.equal(first.began.length, 1, 'the first holds on to its batch and does not begin another')
      const waited = (second.began[0] ?? 0) - (first.began[0] ?? 0)
      assert.ok(waited > 950, `the lease of the first lasts a second; the second began after ${waited} ms`)
      const killed = once(first.child, 'exit')
      first.child.kill('SIGKILL')
      await killed
      const count = second.began.length
      while (second.began.length < count + 3) await pause(5)
    } finally {
      for (const child of keepers) child.kill('SIGKILL')
      await drop()
    }
  })
}
