/** What too many wrong guesses lead to, and what ends it: told by what reaches the hash. */
import '../same-work/hash-count.ts'
import assert from 'node:assert/strict'
import { type Auth, createAuth, type LimitOptions, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { codeOf, origin, phrase, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { hashCalls } from '../same-work/hash-count.ts'

const email = 'alice@example.com'
const [here, elsewhere] = ['198.51.100.9', '203.0.113.7']

interface Setting {
  readonly auth: Auth
  readonly clock: MovableClock
  readonly id: string
  /** Guesses from an address: the status and whether anything was hashed. */
  guess(typed: string, address?: string): Promise<readonly [status: number, hashed: number]>
  readonly at: (address: string) => () => TestBrowser
}

async function installation(store: Store, limits: LimitOptions = {}): Promise<Setting> {
  const clock = createClock()
  const features = [session(), password(), registration()]
  const auth = createAuth({ origin, secret, store, clock, features, limits, passwords: { dangerouslyCheapHash: true } })
  const { id } = await auth.admin.users.create({ email, password: phrase })
  const at = (address: string) => serve(auth, {}, { address })
  return {
    auth,
    clock,
    id,
    at,
    guess: async (typed, address = here) => {
      hashCalls.length = 0
      const { status } = await at(address)().post('/auth/login', { email, password: typed })
      return [status, hashCalls.length]
    },
  }
}

onEveryStore('AL-QS-4: after five failures even the right password is refused, unseen, until the wait is over', async (store) => {
  const { guess, clock } = await installation(store)
  for (let tried = 0; tried < 5; tried++) assert.deepEqual(await guess('wrong'), [401, 1])
  for (const seconds of [0, 1, 15, 29]) {
    clock.advance(seconds === 0 ? 0 : 1000)
    assert.deepEqual(await guess(phrase), [429, 0], `after ${seconds} s or less`)
  }
  clock.advance(27_000)
  assert.deepEqual(await guess(phrase), [200, 1])
})

onEveryStore('AL-QS-5: when the wait is over, logging in works and clears count and wait', async (store) => {
  const { guess, clock } = await installation(store)
  for (let tried = 0; tried < 5; tried++) await guess('wrong')
  clock.advance(30_000)
  assert.deepEqual(await guess('wrong'), [401, 1]) // the wait is a minute now
  clock.advance(60_000)
  assert.deepEqual(await guess(phrase), [200, 1])
  for (let tried = 0; tried < 5; tried++) assert.deepEqual(await guess('wrong'), [401, 1])
  assert.deepEqual(await guess(phrase), [429, 0])
  clock.advance(30_000) // and the first wait again
  assert.deepEqual(await guess(phrase), [200, 1])
})

onEveryStore('AL-QS-6: a login that succeeds sets the count of failures back', async (store) => {
  const { guess } = await installation(store, { triesPerAccount: 6 })
  for (let round = 0; round < 5; round++) {
    for (let tried = 0; tried < 4; tried++) assert.deepEqual(await guess('wrong'), [401, 1], `round ${round}`)
    assert.deepEqual(await guess(phrase), [200, 1])
  }
})

onEveryStore('of guesses that run at the same time no more are hashed than there are tries', async (store) => {
  const { guess, at } = await installation(store)
  hashCalls.length = 0
  const statuses = await Promise.all(
    Array.from({ length: 60 }, async () => (await at(here)().post('/auth/login', { email, password: 'wrong' })).status),
  )
  assert.equal(hashCalls.length, 5)
  assert.equal(statuses.filter((status) => status === 401).length, 5)
  assert.deepEqual(await guess(phrase), [429, 0])
})

onEveryStore('the limits are one option: other numbers hold as exactly as the default ones', async (store) => {
  const limits = { triesPerSource: 2, firstWait: '10s', longestWait: '20s', triesPerAccount: 6 } as const
  const { guess, clock } = await installation(store, limits)
  for (let tried = 0; tried < 2; tried++) assert.deepEqual(await guess('wrong'), [401, 1])
  for (const seconds of [10, 20, 20, 20]) {
    clock.advance(seconds * 1000 - 1)
    assert.deepEqual(await guess('wrong'), [429, 0])
    clock.advance(1)
    assert.deepEqual(await guess('wrong'), [401, 1])
  }
  clock.advance(20_000)
  assert.deepEqual(await guess(phrase), [429, 0]) // six in a row for the account
  assert.deepEqual(await guess(phrase, elsewhere), [429, 0])
})

onEveryStore(
  'an account whose tries are spent from everywhere is unlocked by time, after 90 days, and by an operator at once',
  async (store) => {
    const { guess, clock, auth, id } = await installation(store, { triesPerAccount: 4 })
    const spend = async (): Promise<void> => {
      for (let tried = 0; tried < 4; tried++) assert.deepEqual(await guess('wrong'), [401, 1])
      assert.deepEqual(await guess(phrase, elsewhere), [429, 0])
    }
    await spend()
    clock.advance(90 * 86_400_000 - 1)
    assert.deepEqual(await guess(phrase, elsewhere), [429, 0])
    clock.advance(1)
    await spend()
    await auth.admin.users.unlock(id)
    assert.deepEqual(await guess(phrase, elsewhere), [200, 1])
  },
)

onEveryStore('a count outlives the purge of what has expired, as long as it counts', async (store) => {
  const { guess, clock, auth } = await installation(store)
  for (let tried = 0; tried < 5; tried++) await guess('wrong')
  await auth.purge()
  assert.deepEqual(await guess(phrase), [429, 0])
  clock.advance(29_999)
  await auth.purge()
  assert.deepEqual(await guess(phrase), [429, 0])
})

onEveryStore('a wait is told alike to page and program, and is how long it really is', async (store) => {
  const { guess, clock, at } = await installation(store)
  for (let tried = 0; tried < 5; tried++) await guess('wrong')
  clock.advance(12_300)
  const answer = await at(here)().post('/auth/login', { email, password: phrase })
  const page = await at(here)().submit('/auth/login', { email, password: phrase })
  assert.deepEqual([answer.status, codeOf(answer), answer.headers.get('retry-after')], [429, 'too_many_attempts', '18'])
  assert.deepEqual([page.status, page.headers.get('retry-after')], [429, '18'])
  clock.advance(18_000)
  assert.deepEqual(await guess(phrase), [200, 1])
})
