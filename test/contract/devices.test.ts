/** CONTRACT 4.6: known devices have tries of their own, within one bound for all devices of an account and that of their network. */
import assert from 'node:assert/strict'
import type { Auth, LimitOptions } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { origin, phrase, registered, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'

interface Setting {
  readonly auth: Auth
  readonly clock: MovableClock
  /** Browsers of one address each. */
  readonly at: (address: string) => () => TestBrowser
}

function installation(store: Store, limits: LimitOptions): Setting {
  const clock = createClock()
  const features = [session(), password(), registration()]
  const auth = createAuth({ origin, secret, store, clock, features, limits, passwords: { dangerouslyCheapHash: true } })
  return { auth, clock, at: (address) => serve(auth, {}, { address }) }
}

const home = '203.0.113.7'
const deviceCookie = 'portcullis-device-3000'

async function guess(browser: TestBrowser, secretTyped = 'a wrong guess', email = 'alice@example.com'): Promise<number> {
  return (await browser.post('/auth/login', { email, password: secretTyped })).status
}

async function guesses(browser: TestBrowser, count: number): Promise<readonly number[]> {
  const statuses: number[] = []
  for (let tried = 0; tried < count; tried++) statuses.push(await guess(browser))
  return statuses
}

/** Strangers fail eight times, from two networks that nobody else is in. */
async function spend({ at }: Setting, net: number): Promise<void> {
  await guesses(at(`192.0.2.${net}`)(), 5)
  await guesses(at(`192.0.2.${net + 1}`)(), 3)
  assert.equal(await guess(at(`192.0.2.${net + 2}`)(), phrase), 429) // the account's bound is reached
}

/** Three known devices of alice, each in a network of its own, logged out. */
async function devices({ auth, at }: Setting): Promise<readonly [TestBrowser, TestBrowser, TestBrowser]> {
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  const known = [at(home)(), at('203.0.113.8')(), at('203.0.113.9')()] as const
  for (const browser of known) {
    assert.equal(await guess(browser, phrase), 200)
    await browser.post('/auth/logout')
  }
  return known
}

onEveryStore('all known devices of an account share one bound', async (store) => {
  const setting = installation(store, { triesPerAccount: 8 })
  const [phone, laptop, tablet] = await devices(setting)
  await spend(setting, 1)
  assert.deepEqual(await guesses(phone, 6), [401, 401, 401, 401, 401, 429])
  assert.deepEqual(await guesses(laptop, 4), [401, 401, 401, 429])
  assert.equal(await guess(tablet, phrase), 429)
})

onEveryStore('a completed login on one known device begins the bound of all of them anew', async (store) => {
  const setting = installation(store, { triesPerAccount: 8 })
  const [phone, laptop, tablet] = await devices(setting)
  assert.deepEqual(await guesses(phone, 4), [401, 401, 401, 401])
  assert.deepEqual(await guesses(laptop, 3), [401, 401, 401])
  assert.equal(await guess(tablet, phrase), 200)
  await spend(setting, 11)
  assert.deepEqual([...(await guesses(phone, 1)), ...(await guesses(laptop, 2))], [401, 401, 401])
  assert.equal(await guess(tablet, phrase), 200)
})

onEveryStore('failures on a known device count for a public network too, and its bound stops the device', async (store) => {
  const setting = installation(store, { failuresPerNetwork: 4 })
  const [phone] = await devices(setting)
  assert.deepEqual(await guesses(phone, 5), [401, 401, 401, 401, 429])
  assert.equal(await guess(setting.at(home)(), 'wrong', 'bob@example.com'), 429)
})

onEveryStore('the slips of an owner do not add up: what strangers spend does not reach a device that always gets in', async (store) => {
  const setting = installation(store, { triesPerAccount: 8 })
  const [phone] = await devices(setting)
  for (let slip = 0; slip < 12; slip++) {
    assert.deepEqual([await guess(phone), await guess(phone, phrase)], [401, 200], `slip ${slip}`)
    await phone.post('/auth/logout')
    setting.clock.advance(20 * 3_600_000) // within the window of every count, so that none lapses on its own
  }
  await spend(setting, 1)
  assert.deepEqual([await guess(phone), await guess(phone, phrase)], [401, 200])
})

onEveryStore('the device cookie stops growing, far below what browsers keep, and knows the newest users', async (store) => {
  const setting = installation(store, { triesPerAccount: 8 })
  const { auth, at } = setting
  const browser = at(home)()
  const lengths: number[] = []
  for (let user = 1; user <= 20; user++) {
    const email = user < 20 ? `user${user}@example.com` : 'alice@example.com'
    await auth.admin.users.create({ email, password: phrase })
    assert.equal(await guess(browser, phrase, email), 200)
    lengths.push(deviceCookie.length + (browser.cookies.get(deviceCookie)?.length ?? Number.NaN))
  }
  assert.ok(lengths.every((length) => length < 4000))
  const grown = (lengths[19] ?? Number.NaN) - (lengths[9] ?? Number.NaN)
  assert.ok(grown < 20, `${grown}: no more than longer ids account for`)
  await browser.post('/auth/logout')
  await spend(setting, 1)
  assert.equal(await guess(browser, phrase), 200)
})

onEveryStore('a browser that has completed no login has no device, and another user’s device is none', async (store) => {
  const setting = installation(store, { triesPerAccount: 8 })
  await devices(setting)
  const bob = await registered(setting.at('203.0.113.20'), 'bob@example.com')
  await spend(setting, 1)
  assert.deepEqual([await guess(bob, phrase), await guess(setting.at(home)(), phrase)], [429, 429])
})
