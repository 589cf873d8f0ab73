/** What the Redis half does besides the contract: its arithmetic is that of all stores, and it answers for what a Redis may forget. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { redisServer } from '../../scripts/database-servers.mjs'
import { type OwnServer, startServer } from '../../scripts/services.mjs'
import { createAuth, type Feature, session, text } from '../../src/index.ts'
import type { AttemptKey, FleetingStore, Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import { type RedisOptions, redis } from '../../src/stores/redis.ts'
import { create, hashOf, minute, now, sessionCalled, ticketCalled } from '../../src/testing/store-contract/samples.ts'
import { together } from '../../src/testing/store-contract/store-case.ts'
import { codeOf, origin, secret, serve } from '../flows/application.ts'
import { type NetworkProxy, openProxy } from './proxy.ts'
import { newPrefix, redisUrl, removeKeys } from './redis-place.ts'

const unavailable = { code: 'ERR_STORE_UNAVAILABLE' }
/** Five seconds, and room for a machine that has other things to do. */
const longestMs = 8_000

let client: Redis
const prefixes: string[] = []
before(() => {
  client = new Redis(redisUrl ?? '')
})
after(async () => {
  for (const prefix of prefixes) await removeKeys(client, prefix)
  await client.quit()
})

function newHalf(over: Redis | string = client, options: RedisOptions = {}): FleetingStore<never> & { readonly prefix: string } {
  const prefix = newPrefix()
  prefixes.push(prefix)
  return { ...redis(over, { prefix, ...options }), prefix }
}

/** Over a server of the test's own, that it may stop. */
async function ownServer(): Promise<OwnServer & { readonly half: (options?: RedisOptions) => FleetingStore<never> }> {
  const server = await startServer(redisServer)
  return { ...server, half: (options) => redis(server.url, options) }
}

/** Beside users in memory. */
async function opened(half: FleetingStore<never>): Promise<Store> {
  const store: Store = { ...memory(), ...half }
  await store.fleeting.open()
  await store.durable.write([create('ada')])
  return store
}

const someKey = fc.record({ group: fc.constantFrom('a', 'b'), key: fc.constantFrom('x', 'y', 'ü\ud800') })
const someLimit = fc.record({
  max: fc.integer({ min: 1, max: 4 }),
  window: fc.integer({ min: 1, max: 40 * minute }),
  wait: fc.option(fc.record({ first: fc.integer({ min: 1, max: minute }), most: fc.integer({ min: minute, max: 9 * minute }) }), {
    nil: undefined,
  }),
})
const someSteps = fc.array(
  fc.record({
    how: fc.constantFrom('add', 'add', 'add', 'ask', 'refund'),
    tried: fc.array(someKey, { maxLength: 3 }),
    limit: someLimit,
    after: fc.integer({ min: 0, max: 10 * minute }),
  }),
  { maxLength: 40 },
)

test('attempts are counted, judged and taken back in Redis as in every store', async () => {
  await fc.assert(
    fc.asyncProperty(someSteps, async (steps) => {
      const [here, there] = [memory().attempts, newHalf().attempts]
      let at = now
      for (const {
        how,
        tried,
        limit: { wait, ...limit },
        after: passed,
      } of steps) {
        at += passed
        const attempts = tried.map((key: AttemptKey) => ({ ...key, limit: { ...limit, ...(wait && { wait }) } }))
        if (how === 'refund') await Promise.all([here.refund(tried), there.refund(tried)])
        else assert.deepEqual(await there[how](attempts, at), await here[how](attempts, at))
      }
    }),
    { numRuns: 60 },
  )
})

test('THR-111 THR-113 counts of nonces are used in Redis as in every store', async () => {
  const someCounts = fc.array(fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: -2, max: 0x80000002 })), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(someCounts, async (counts) => {
      const [here, there] = [memory().nonces, newHalf().nonces]
      for (const count of counts) {
        assert.equal(await there.advance('nonce', count, now + 1, now), await here.advance('nonce', count, now + 1, now), String(count))
      }
    }),
    { numRuns: 60 },
  )
})

test('recognising a session is one message to Redis', async (t) => {
  const proxy = await openProxy(redisUrl ?? '')
  t.after(() => proxy.close())
  const store = await opened(newHalf(proxy.url))
  t.after(() => store.fleeting.close())
  await store.sessions.open(hashOf('s'), sessionCalled('s'), { now })
  const sent = proxy.sent()
  for (let count = 0; count < 10; count++) assert.ok(await store.sessions.recognise(hashOf('s'), now, store.reads.users))
  assert.equal(proxy.sent() - sent, 10)
})

test('every key is in one slot of a cluster, and all but the epoch expire by themselves', async () => {
  const half = newHalf()
  const store = await opened(half)
  await store.fleeting.epoch()
  await store.sessions.open(hashOf('s'), sessionCalled('s'), { now })
  await store.sessions.touch(hashOf('s'), now + 1, now + minute)
  await store.tickets.put(hashOf('t'), ticketCalled('t'), now)
  await store.tickets.spend('id', now + minute, now)
  await store.attempts.add([{ group: 'g', key: 'k', limit: { max: 1, window: minute } }], now)
  await store.attempts.refund([{ group: 'g', key: 'k' }])
  await store.nonces.advance('nonce', 1, now + minute, now)
  const keys = await client.keys(`*${half.prefix}*`)
  assert.equal(keys.length, 7)
  for (const key of keys) {
    assert.ok(key.startsWith(`{${half.prefix}}:`), key)
    const life = await client.pttl(key)
    assert.ok(key.endsWith(':epoch') ? life === -1 : life > 0 && life <= 24 * 60 * minute + 2 * minute, `${key} ${life}`)
  }
})

test('a user’s set forgets sessions that have ended as others are opened', async () => {
  const half = newHalf()
  const store = await opened(half)
  for (let count = 0; count < 300; count++) {
    await store.sessions.open(hashOf(`s${count}`), sessionCalled(`s${count}`), { now, ends: hashOf(`s${count - 1}`) })
  }
  assert.equal((await store.sessions.listOf('ada-id', 'ada-stamp', now)).length, 1)
  assert.ok((await client.zcard(`{${half.prefix}}:sessions:"ada-id"`)) < 60)
})

test('counts that have lapsed leave a crowded group', async () => {
  const half = newHalf()
  const limit = { max: 1, window: minute }
  for (let count = 0; count < 150; count++) await half.attempts.add([{ group: 'g', key: `k${count}`, limit }], now)
  await half.attempts.add([{ group: 'g', key: 'later', limit }], now + minute)
  assert.equal(await client.hlen(`{${half.prefix}}:attempts:"g"`), 1)
})

test('THR-124: no two names share a key of Redis, whatever they are made of', async () => {
  const half = newHalf()
  const names = ['a', 'a:b', 'a:', ':b', '"a"', 'a"b', '{a}', 'a}', 'a\n', '\ud800', '\ufffd', 'A', '']
  for (const name of names) {
    assert.equal(await half.tickets.spend(name, now + minute, now), true, name)
    assert.equal(await half.nonces.advance(name, 1, now + minute, now), true, name)
    const limit = { max: 1, window: minute }
    for (const key of names) assert.deepEqual(await half.attempts.add([{ group: name, key, limit }], now), { ok: true }, `${name} ${key}`)
  }
})

test('installations with different prefixes share nothing, those with one prefix everything', async () => {
  const [one, other] = [newHalf(), newHalf()]
  assert.equal(await one.tickets.spend('id', now + minute, now), true)
  assert.equal(await other.tickets.spend('id', now + minute, now), true)
  assert.equal(await redis(client, { prefix: one.prefix }).tickets.spend('id', now + minute, now), false)
  assert.notEqual(await one.fleeting.epoch(), await other.fleeting.epoch())
})

test('a client that puts a prefix of its own before keys, or forgot all scripts, serves too', async (t) => {
  const prefixed = new Redis(redisUrl ?? '', { keyPrefix: 'shop:' })
  t.after(() => prefixed.quit())
  const half = newHalf(prefixed)
  const store = await opened(half)
  await prefixed.script('FLUSH')
  await store.sessions.open(hashOf('s'), sessionCalled('s'), { now })
  await store.sessions.open(hashOf('s2'), sessionCalled('s2'), { now, replaces: hashOf('s') })
  assert.equal((await store.sessions.listOf('ada-id', 'ada-stamp', now)).length, 1)
  assert.equal(await store.sessions.endAll('ada-id', null), 1)
  for (const key of await client.keys(`shop:{${half.prefix}}*`)) await client.del(key)
})

test('a prefix that is empty, or would take the hash tag apart, is refused', () => {
  for (const prefix of ['', '{a}', 'a}b']) assert.throws(() => redis(client, { prefix }), TypeError)
})

test('a half that is not open says so, before and after; the application’s own client stays open', async () => {
  const half = newHalf(redisUrl ?? '')
  await assert.rejects(async () => half.tickets.find(hashOf('t'), now), /not open/)
  await half.fleeting.open()
  await half.fleeting.open()
  assert.equal(await half.tickets.find(hashOf('t'), now), null)
  await half.fleeting.close()
  await assert.rejects(async () => half.tickets.find(hashOf('t'), now), /not open/)
  await newHalf().fleeting.close()
  assert.equal(await client.ping(), 'PONG')
})

test('a Redis that evicts is refused with a sentence, unless that is asked for; so is one that is too old', async (t) => {
  const server = await ownServer()
  t.after(() => server.stop())
  const admin = new Redis(server.url)
  await admin.config('SET', 'maxmemory-policy', 'volatile-lru')
  await admin.quit()
  const [careful, daring] = [server.half(), server.half({ dangerouslyAllowEviction: true })]
  await assert.rejects(async () => careful.fleeting.open(), /maxmemory-policy is volatile-lru\): set it to noeviction/)
  await careful.fleeting.close()
  await daring.fleeting.open()
  await daring.fleeting.close()
  const old = { call: async () => 'redis_version:6.0.16\r\nmaxmemory_policy:noeviction\r\n' }
  await assert.rejects(async () => redis(old).fleeting.open(), /Redis 6\.0\.16 is too old/)
})

/** Seals a number in a browser; finishes once. */
const ceremony: Feature = {
  name: 'ceremony',
  routes: [
    {
      name: 'ceremony.begin',
      path: '/begin',
      access: 'anyone',
      on: { POST: async (ctx) => ctx.json({ id: await ctx.challenge('guess', 42, { seconds: 600 }) }) },
    },
    {
      name: 'ceremony.finish',
      path: '/finish',
      access: 'anyone',
      on: {
        POST: async (ctx) => {
          const { id } = await ctx.fields({ id: text() })
          await (await ctx.challenged('guess', id)).spend()
          return ctx.json({})
        },
      },
    },
  ],
}

for (const [name, forget] of [
  ['was emptied', async (server: OwnServer) => within(server, (admin) => admin.flushall())],
  [
    'was killed and remembers an earlier moment',
    async (server: OwnServer) => {
      await server.kill()
      await server.launch()
    },
  ],
] as const) {
  test(`nothing that is good once is good again after Redis ${name}`, async (t) => {
    const server = await ownServer()
    t.after(() => server.stop())
    const store = await opened(server.half())
    t.after(() => store.fleeting.close())
    const auth = createAuth({ origin, secret, store, features: [session(), ceremony], report: () => {} })
    const browser = serve(auth)()
    const id = String((await browser.post('/auth/begin')).json.id)
    await store.tickets.put(hashOf('t'), ticketCalled('t'), now)
    const epoch = await store.fleeting.epoch()
    assert.equal(await store.fleeting.epoch(), epoch)
    await within(server, async (admin) => {
      await admin.config('SET', 'appendonly', 'no')
      await admin.save() // the moment that it will remember
    })

    assert.equal((await browser.post('/auth/finish', { id })).status, 200)
    assert.ok(await store.tickets.take(hashOf('t'), now))
    await forget(server)

    assert.notEqual(await store.fleeting.epoch(), epoch)
    assert.equal(codeOf(await browser.post('/auth/finish', { id })), 'challenge_expired')
    assert.equal(await store.tickets.find(hashOf('t'), now), null)
    assert.equal(await store.tickets.take(hashOf('t'), now), null)
    assert.equal(await store.sessions.open(hashOf('s'), sessionCalled('s'), { now, ticket: hashOf('t') }), false)
    const next = String((await browser.post('/auth/begin')).json.id)
    assert.equal((await browser.post('/auth/finish', { id: next })).status, 200)
  })
}

async function within(server: OwnServer, act: (admin: Redis) => Promise<unknown>): Promise<void> {
  const admin = new Redis(server.url)
  await act(admin)
  await admin.quit()
}

test('a Redis that freezes ends every call within 5 seconds, and serves again when it thaws; one that is cut off serves on', async (t) => {
  const proxy: NetworkProxy = await openProxy(redisUrl ?? '')
  t.after(() => proxy.close())
  const half = newHalf(proxy.url)
  t.after(() => half.fleeting.close())
  const store = await opened(half)
  proxy.freeze()
  const begun = performance.now()
  await together(20, () => assert.rejects(async () => store.tickets.find(hashOf('t'), now), unavailable))
  assert.ok(performance.now() - begun < longestMs)
  proxy.thaw()
  assert.equal(await store.tickets.find(hashOf('t'), now), null)
  proxy.cut()
  const calls = await Promise.allSettled(Array.from({ length: 5 }, async () => store.tickets.find(hashOf('t'), now)))
  assert.ok(calls.every((call) => call.status === 'fulfilled' || call.reason.code === unavailable.code))
  assert.equal(await store.tickets.find(hashOf('t'), now), null)
})

test('tries whose callers were told that Redis is away do not count once it is back', async (t) => {
  const proxy: NetworkProxy = await openProxy(redisUrl ?? '')
  t.after(() => proxy.close())
  const half = newHalf(proxy.url)
  t.after(() => half.fleeting.close())
  const store = await opened(half)
  const tries = [{ group: 'g', key: 'k', limit: { max: 3, window: minute } }]
  await store.attempts.add(tries, now)
  proxy.freeze()
  await together(10, () => assert.rejects(async () => store.attempts.add(tries, now), unavailable))
  proxy.thaw()
  for (const expected of [true, true, false]) {
    await pause(300)
    assert.equal((await store.attempts.add(tries, now)).ok, expected)
  }
})

test('a Redis that cannot be reached, is full, or asks for a password ends in ERR_STORE_UNAVAILABLE', async (t) => {
  const nowhere = redis('redis://127.0.0.1:1')
  t.after(() => nowhere.fleeting.close())
  await assert.rejects(async () => nowhere.fleeting.open(), unavailable)
  const server = await ownServer()
  t.after(() => server.stop())
  const half = server.half()
  await half.fleeting.open()
  t.after(() => half.fleeting.close())
  await within(server, (admin) => admin.config('SET', 'maxmemory', '1'))
  await assert.rejects(async () => half.tickets.put(hashOf('t'), ticketCalled('t'), now), unavailable)
  await assert.rejects(async () => half.tickets.spend('id', now + minute, now), unavailable)
  await within(server, async (admin) => {
    await admin.config('SET', 'maxmemory', '0')
    await admin.config('SET', 'requirepass', 'secret')
  })
  const stranger = server.half()
  t.after(() => stranger.fleeting.close())
  await assert.rejects(async () => stranger.fleeting.open(), unavailable)
})
