/** CONTRACT 4.6: one throttle for every guess. */
import assert from 'node:assert/strict'
import type { Auth, CreateAuthOptions, LimitOptions } from '../../src/index.ts'
import { createAuth, password, registration, session, username } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { codeOf, origin, phrase, registered, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { secondStep } from './second-step.ts'

interface Setting {
  readonly auth: Auth
  readonly clock: MovableClock
  /** Browsers of one address each. */
  readonly at: (address: string) => () => TestBrowser
}

function installation(store: Store, limits: LimitOptions = {}, options: Partial<CreateAuthOptions> = {}): Setting {
  const clock = createClock()
  const features = [session(), password(), registration(), secondStep({ cheap: true })]
  const auth = createAuth({ origin, secret, store, clock, features, limits, passwords: { dangerouslyCheapHash: true }, ...options })
  return { auth, clock, at: (address) => serve(auth, {}, { address }) }
}

const [home, elsewhere, farAway] = ['203.0.113.7', '198.51.100.9', '2001:db8::1']

async function guess(browser: TestBrowser, secretTyped = 'a wrong guess'): Promise<number> {
  return (await browser.post('/auth/login', { email: 'alice@example.com', password: secretTyped })).status
}

async function guesses(browser: () => TestBrowser, count: number): Promise<readonly number[]> {
  const statuses: number[] = []
  for (let tried = 0; tried < count; tried++) statuses.push(await guess(browser()))
  return statuses
}

onEveryStore('after five failures every guess is 429 with the wait, right or wrong, known account or not', async (store) => {
  const { auth, at } = installation(store)
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  assert.deepEqual(await guesses(at(elsewhere), 6), [401, 401, 401, 401, 401, 429])
  const right = await at(elsewhere)().post('/auth/login', { email: 'ALICE@example.com', password: phrase })
  assert.deepEqual([right.status, codeOf(right), right.headers.get('retry-after')], [429, 'too_many_attempts', '30'])
  for (let tried = 0; tried < 5; tried++) await at(elsewhere)().post('/auth/login', { email: 'nobody@example.com', password: 'x' })
  const unknown = await at(elsewhere)().post('/auth/login', { email: 'nobody@example.com', password: 'x' })
  assert.deepEqual([unknown.status, unknown.text, unknown.headers.get('retry-after')], [right.status, right.text, '30'])
  const page = await at(elsewhere)().submit('/auth/login', { email: 'alice@example.com', password: phrase })
  assert.deepEqual([page.status, page.headers.get('retry-after')], [429, '30'])
})

onEveryStore('THR-48: the wait doubles with every further failure up to the longest, and ends', async (store) => {
  const { auth, clock, at } = installation(store)
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  await guesses(at(elsewhere), 5)
  for (const seconds of [30, 60, 120, 240, 480, 900, 900]) {
    clock.advance(seconds * 1000 - 1)
    assert.equal(await guess(at(elsewhere)()), 429, `just before ${seconds} s`)
    clock.advance(1)
    assert.equal(await guess(at(elsewhere)()), 401, `after ${seconds} s`)
  }
  clock.advance(900_000)
  assert.equal(await guess(at(elsewhere)(), phrase), 200)
})

onEveryStore('guesses that hash at the same time never overshoot', async (store) => {
  const { auth, at } = installation(store)
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  const statuses = await Promise.all(Array.from({ length: 40 }, () => guess(at(elsewhere)())))
  assert.equal(statuses.filter((status) => status === 401).length, 5)
  assert.equal(statuses.filter((status) => status === 429).length, 35)
})

onEveryStore('right answers without hashing all pass at the same time; wrong ones are counted one by one', async (store) => {
  const { at } = installation(store)
  const alice = await registered(at(home))
  await alice.post('/auth/code/setup')
  const holders = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const browser = at(home)()
      assert.equal(await guess(browser, phrase), 200)
      return browser
    }),
  )
  const verify = (browser: TestBrowser, code: string) => browser.post('/auth/code', { code })
  const right = await Promise.all(holders.map((browser) => verify(browser, '123456')))
  assert.deepEqual(
    right.map(({ status }) => status),
    [200, 200, 200, 200],
  )

  const thief = at(elsewhere)()
  await guess(thief, phrase)
  const wrong = await Promise.all(Array.from({ length: 30 }, () => verify(thief, '000000')))
  assert.equal(wrong.filter(({ status }) => status === 401).length, 5)
  assert.equal((await verify(thief, '123456')).status, 429)
})

onEveryStore('all methods share the count of the account: wrong codes stop passwords too', async (store) => {
  const { at } = installation(store)
  await (await registered(at(home))).post('/auth/code/setup')
  const thief = at(elsewhere)()
  assert.equal(await guess(thief, phrase), 200)
  for (const status of [401, 401, 401, 401, 401, 429]) assert.equal((await thief.post('/auth/code', { code: '000000' })).status, status)
  assert.equal(await guess(at(elsewhere)(), phrase), 429)
})

onEveryStore('re-authentication and the change of a password are under the same throttle', async (store) => {
  const { at } = installation(store)
  const alice = await registered(at(home))
  const statuses: number[] = []
  for (let tried = 0; tried < 6; tried++) {
    statuses.push((await alice.post('/auth/verify', { password: 'wrong' })).status)
    statuses.push((await alice.post('/auth/change-password', { password: 'wrong', newPassword: 'a long new password' })).status)
  }
  assert.equal(statuses.filter((status) => status === 401).length, 10) // five as a known device, five as a stranger
  assert.deepEqual(statuses.slice(10), [429, 429])
})

onEveryStore('strangers cannot lock the owner out: a browser that completed a login has a count of its own', async (store) => {
  const { at } = installation(store, { triesPerAccount: 20 })
  const owner = await registered(at(home))
  await owner.post('/auth/logout')
  for (const address of [home, elsewhere, farAway, '192.0.2.1', '192.0.2.2']) await guesses(at(address), 6)
  assert.equal(await guess(at('192.0.2.3')(), phrase), 429) // the account's budget is spent
  assert.equal(await guess(owner, phrase), 200)
})

onEveryStore('a completed login on a known device ends the row of failures from everywhere', async (store) => {
  const { at } = installation(store, { triesPerAccount: 6 })
  const owner = await registered(at(home))
  for (const address of [elsewhere, farAway]) await guesses(at(address), 4)
  assert.equal(await guess(at('192.0.2.3')(), phrase), 429)
  assert.equal(await guess(owner, phrase), 200)
  const bob = await registered(at('192.0.2.4'), 'bob@example.com') // whose device is a stranger to alice
  assert.equal(await guess(bob, phrase), 200)
})

onEveryStore('a known device that is spent counts as a stranger', async (store) => {
  const { at } = installation(store)
  const owner = await registered(at(home))
  await owner.post('/auth/logout')
  const statuses: number[] = []
  for (let tried = 0; tried < 11; tried++) statuses.push(await guess(owner))
  assert.deepEqual(statuses, [...Array<number>(10).fill(401), 429])
})

onEveryStore('only a completed login clears the count: the password alone of an account that owes does not', async (store) => {
  const { at } = installation(store)
  await (await registered(at(home))).post('/auth/code/setup')
  await guesses(at(elsewhere), 4)
  const thief = at(elsewhere)()
  assert.equal(await guess(thief, phrase), 200)
  assert.equal(await guess(at(elsewhere)()), 401)
  assert.equal(await guess(at(elsewhere)()), 429)
})

onEveryStore('a completed login clears the count, also one that a second factor completes', async (store) => {
  const { at, auth } = installation(store)
  await (await registered(at(home))).post('/auth/code/setup')
  await auth.admin.users.create({ email: 'bob@example.com', password: phrase })
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(await guesses(at(elsewhere), 4), [401, 401, 401, 401])
    const alice = at(elsewhere)()
    await guess(alice, phrase)
    assert.equal((await alice.post('/auth/code', { code: '123456' })).json.status, 'authenticated')
    for (const typed of ['1', '2', '3', '4']) await at(elsewhere)().post('/auth/login', { email: 'bob@example.com', password: typed })
    assert.equal((await at(elsewhere)().post('/auth/login', { email: 'bob@example.com', password: phrase })).status, 200)
  }
})

onEveryStore('a wrong field costs no try, and a right login leaves no count on the network', async (store) => {
  const { auth, at } = installation(store, { failuresPerNetwork: 3 })
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  for (let tried = 0; tried < 10; tried++) await at(elsewhere)().post('/auth/login', { email: 'alice@example.com' })
  for (let tried = 0; tried < 5; tried++) assert.equal(await guess(at(elsewhere)(), phrase), 200)
})

onEveryStore('one network may fail so often in an hour, whatever the account; an IPv6 customer is one network', async (store) => {
  const { auth, clock, at } = installation(store, { failuresPerNetwork: 8 })
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  for (let tried = 0; tried < 8; tried++)
    await at(`2001:db8:1:2::${tried}`)().post('/auth/login', { email: `user${tried}@example.com`, password: 'wrong' })
  assert.equal(await guess(at('2001:db8:1:2:ffff::9')(), phrase), 429)
  assert.equal(await guess(at('2001:db8:1:3::9')(), phrase), 200)
  clock.advance(3_600_000)
  assert.equal(await guess(at('2001:db8:1:2:ffff::9')(), phrase), 200)
})

onEveryStore('an address that every client may seem to have locks nobody else out', async (store) => {
  const { auth, at } = installation(store, { failuresPerNetwork: 3 })
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  for (const address of ['127.0.0.1', '10.1.2.3', '::1', 'fd00::7', 'fe80::1', '172.20.0.1', 'nonsense']) {
    for (let tried = 0; tried < 6; tried++)
      await at(address)().post('/auth/login', { email: `user${tried}@example.com`, password: 'wrong' })
    assert.equal(await guess(at(address)(), phrase), 200, address)
  }
})

onEveryStore('an operator’s unlock ends every wait of the account', async (store) => {
  const { auth, at } = installation(store, { triesPerAccount: 6 })
  const { id } = await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  await guesses(at(elsewhere), 5)
  await guesses(at(farAway), 2)
  assert.deepEqual([await guess(at(elsewhere)(), phrase), await guess(at(home)(), phrase)], [429, 429])
  await auth.admin.users.unlock(id)
  assert.deepEqual([await guess(at(elsewhere)(), phrase), await guess(at(home)(), phrase)], [200, 200])
})

onEveryStore('an unlock also finds the tries of an account whose address, made by the application, is none', async (store) => {
  const features = [session(), password(), username()]
  const { auth, at } = installation(store, {}, { features })
  const { id } = await auth.admin.users.create({ email: 'robot@example.com', username: 'robot', password: phrase })
  const none = { email: 'no address', emailKey: 'no address' }
  assert.deepEqual(await store.durable.write([{ kind: 'users.update', id, set: none }]), { ok: true })
  const login = async (typed: string): Promise<number> =>
    (await at(elsewhere)().post('/auth/login', { username: 'robot', password: typed })).status
  for (let tried = 0; tried < 5; tried++) assert.equal(await login('a wrong guess'), 401)
  assert.equal(await login(phrase), 429)
  await auth.admin.users.unlock(id)
  assert.equal(await login(phrase), 200)
})

onEveryStore('failures and refused tries are events, the same for known and unknown accounts but for the user', async (store) => {
  const { auth, at } = installation(store)
  const events: string[] = []
  auth.on('user.authentication_failed', ({ user, method, ip }) => void events.push(`failed ${user?.email ?? null} ${method} ${ip}`))
  auth.on('user.throttled', ({ user, method, ip }) => void events.push(`throttled ${user?.email ?? null} ${method} ${ip}`))
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  await guesses(at(elsewhere), 6)
  await at(farAway)().post('/auth/login', { email: 'nobody@example.com', password: 'wrong' })
  await auth.settled()
  const failed = `failed alice@example.com password ${elsewhere}`
  const throttled = `throttled alice@example.com password ${elsewhere}`
  assert.deepEqual(events, [failed, failed, failed, failed, failed, throttled, `failed null password ${farAway}`])
})
