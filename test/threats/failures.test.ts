/** When something is missing or broken nobody gets in; and no two things share a key, a connection or a random value. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKeyring } from '../../src/crypto/keyring.ts'
import { createAuth, session } from '../../src/index.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { secondStep } from '../contract/second-step.ts'
import { otherPhrase, phrase, registered, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { account, cookieOf, installation, isIn, watched } from './setting.ts'

onEveryStore('THR-118: whichever call of the store fails, at once or later, nobody gets in who should not', async (store) => {
  const clock = createClock()
  const called = new Set<string>()
  let failing: { readonly name: string; readonly later: boolean } | null = null
  const fragile = watched(store, ({ name }) => {
    called.add(name)
    if (failing?.name !== name) return undefined
    const error = new Error(`${name} is broken`)
    if (failing.later) return Promise.reject(error)
    throw error
  })
  const auth = installation(fragile, { clock, report: () => {} }, secondStep())
  const open = serve(auth, {
    '/members': {},
    '/admin': { roles: ['admin'] },
    '/may': { permissions: ['all'] },
    '/fresh': { fresh: '5m' },
    '/second': { secondFactor: true },
  })
  const alice = await registered(open)
  await (await registered(open, 'careful@example.com')).post('/auth/code/setup')
  const stale = alice.copy()
  await alice.post('/auth/logout')
  await alice.post('/auth/login', account)
  const locked = 'locked@example.com'
  await registered(open, locked)
  const lock = async (): Promise<void> => {
    for (let tried = 0; tried < 5; tried++) await open().post('/auth/login', { email: locked, password: otherPhrase })
  }
  clock.advance(6 * 60_000)
  await lock()

  /** What must be refused whatever breaks. */
  async function statuses(): Promise<readonly number[]> {
    const half = open()
    await half.post('/auth/login', { email: 'careful@example.com', password: phrase })
    const wrong = open()
    const asked: (readonly [TestBrowser, string])[] = [
      [open(), '/members'],
      [stale, '/members'],
      [alice, '/admin'],
      [alice, '/may'],
      [alice, '/fresh'],
      [alice, '/second'],
      [half, '/members'],
      [half, '/auth/session'],
    ]
    const given = [
      (await wrong.post('/auth/login', { ...account, password: otherPhrase })).status,
      (await wrong.post('/auth/login', { email: 'careful-or-not@example.com', password: phrase })).status,
      (await wrong.post('/auth/login', { email: locked, password: phrase })).status, // right, and too late
      (await half.post('/auth/code', { code: '000000' })).status,
      (await alice.post('/auth/verify', { password: otherPhrase })).status,
      (await alice.post('/auth/change-password', { password: otherPhrase, newPassword: otherPhrase })).status,
      (await wrong.post('/auth/register', { email: account.email, password: otherPhrase })).status,
    ]
    for (const [browser, path] of asked) given.push((await browser.get(path)).status)
    assert.equal(cookieOf(wrong, 'session') + cookieOf(half, 'session'), '')
    failing = null
    for (const email of [account.email, 'careful@example.com', locked]) {
      const user = await auth.admin.users.byEmail(email)
      if (user) await auth.admin.users.unlock(user.id)
    }
    await lock()
    return given
  }

  for (const status of await statuses()) assert.ok(status >= 400, `${status} with everything in order`)
  const names = [...called].filter((name) => !name.startsWith('durable.open') && !name.startsWith('meta'))
  assert.ok(names.length >= 10, names.join())
  for (const name of names) {
    for (const later of [false, true]) {
      failing = { name, later }
      for (const status of await statuses()) assert.ok(status >= 400, `${status} while ${name} fails`)
    }
  }
  assert.equal(await isIn(alice), true)
})

test('THR-118: a secret that is short, a store that is missing and weak hashing stop the start in production', () => {
  const start = (options: object) => () =>
    createAuth({ origin: 'https://example.com', secret, features: [session()], production: true, ...options })
  assert.throws(start({}), /needs store/)
  assert.throws(start({ secret: 'short', store: {} }), /at least 32 bytes/)
  assert.throws(start({ secret: '', store: {} }), /at least 32 bytes/)
  assert.throws(start({ origin: 'http://example.com', store: {} }), /https/)
  assert.throws(start({ passwords: { dangerouslyCheapHash: true }, store: {} }), /dangerouslyCheapHash/)
})

onEveryStore('THR-123: when no randomness comes, nothing is made of what there is: no session, account or token', async (store) => {
  let broken = false
  const random = (size: number): Uint8Array => {
    if (broken) throw new Error('no randomness')
    return crypto.getRandomValues(new Uint8Array(size))
  }
  const open = serve(installation(store, { random, report: () => {} }, secondStep()), { '/members': {} })
  const alice = await registered(open)
  broken = true
  for (const [path, fields] of [
    ['/auth/login', account],
    ['/auth/register', { email: 'new@example.com', password: phrase }],
  ] as const) {
    const browser = open()
    for (const reply of [await browser.post(path, fields), await browser.submit(path, fields)]) {
      assert.equal(reply.status, 500)
      assert.deepEqual(
        reply.headers.getSetCookie().filter((line) => !line.includes('Max-Age=0')),
        [],
      )
    }
    assert.equal(await isIn(browser), false)
  }
  assert.equal((await open().visit('/auth/login')).status, 500) // its form token would be bound to nothing
  assert.equal(await store.reads.users.byEmailKey('new@example.com'), null)
  assert.ok((await alice.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })).status >= 500)
  assert.equal(await isIn(alice), true) // what needs none goes on
  broken = false
  assert.equal((await open().post('/auth/login', account)).status, 200)
})

type Pair = readonly [first: string, second: string]

/** Two pairs each whose parts differ although they read the same when joined. */
const joints: readonly (readonly [Pair, Pair])[] = ['\0', ' ', ':', '/', '|', ',', '"', '","', '\u001f', '%', '_', 'x'].flatMap((mark) => [
  [
    [`a${mark}b`, 'c'],
    ['a', `b${mark}c`],
  ],
  [
    [`a${mark}`, 'b'],
    ['a', `${mark}b`],
  ],
])

onEveryStore('THR-124: counts and records of two owners never share a key, however the parts join', async (store) => {
  await store.durable.open()
  const limit = { max: 1, window: 60_000 }
  const storable = joints.filter((pairs) => !pairs.flat().some((part) => part.includes('\0'))) // fields refuse NUL, so no store is asked to keep one
  for (const [index, [first, second]] of storable.entries()) {
    const [one, other] = [first, second].map(([group, key]) => ({ group: `${index}${group}`, key, limit }))
    assert.ok(one && other)
    assert.deepEqual(await store.attempts.add([one], 1), { ok: true })
    assert.deepEqual(await store.attempts.add([other], 1), { ok: true }, JSON.stringify(second))
    assert.equal((await store.attempts.add([one], 1)).ok, false)
    const row = { userId: null, value: null, secret: null, expiresAt: null, expect: 0, now: 1 }
    for (const [feature, key] of [first, second]) {
      const written = await store.durable.write([{ kind: 'records.put', feature: `${index}${feature}`, key, ...row }])
      assert.deepEqual(written, { ok: true }, JSON.stringify([feature, key]))
    }
  }
})

test('THR-124: a keyed hash or a seal for one use is none for another, however label and text join', () => {
  const keys = createKeyring([Buffer.from(secret)])
  for (const [[label, text], [otherLabel, otherText]] of joints) {
    assert.notEqual(keys.keyed(label, text), keys.keyed(otherLabel, otherText))
    assert.equal(keys.unseal(otherLabel, 'context', keys.seal(label, 'context', text)), null)
    assert.equal(keys.unseal('label', otherLabel, keys.seal('label', label, text)), null)
  }
})

onEveryStore('THR-125: on the one connection there is, many flows at once all come to their end', async (store) => {
  const auth = installation(store, { limits: { registrationsPerNetwork: 10_000 } }, secondStep())
  const open = serve(auth, { '/members': {} })
  const flows = Array.from({ length: 60 }, async (_, index) => {
    const email = `user${index}@example.com`
    const browser = await registered(open, email)
    const others = [
      browser.post('/auth/verify', { password: phrase }),
      open().post('/auth/login', { email, password: otherPhrase }),
      browser.get('/members'),
      auth.admin.users.byEmail(email).then((user) => user && auth.admin.users.sessions(user.id)),
      auth.purge(),
    ]
    await Promise.all(others)
    return (await browser.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })).status
  })
  assert.deepEqual([...new Set(await Promise.all(flows))], [200])
})
