/** CONTRACT 4.6: which tries count. One without a verdict is none; a right password that lets nobody in is a wrong one. */
import assert from 'node:assert/strict'
import type { Auth, CreateAuthOptions } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { codeOf, origin, otherPhrase, phrase, registered, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { aroundStore, recordStore } from '../same-work/around-store.ts'
import { secondStep } from './second-step.ts'

const [home, elsewhere] = ['203.0.113.7', '198.51.100.9']

function installation(store: Store, options: Partial<CreateAuthOptions> = {}): Auth {
  const features = [session(), password(), registration(), secondStep({ cheap: true })]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, ...options })
}

function login(browser: TestBrowser, typed = 'a wrong guess', email = 'alice@example.com'): Promise<TestReply> {
  return browser.post('/auth/login', { email, password: typed })
}

onEveryStore('a right first step does not begin the wait anew: the second one follows it at once', async (store) => {
  const clock = createClock()
  const auth = installation(store, { clock })
  const open = serve(auth, {}, { address: elsewhere })
  await (await registered(serve(auth, {}, { address: home }))).post('/auth/code/setup')
  for (let tried = 0; tried < 11; tried++) {
    assert.equal((await login(open())).status, 401, `try ${tried}`)
    clock.advance(16 * 60_000)
  }
  const browser = open()
  assert.equal((await login(browser, phrase)).json.status, 'second_factor_required')
  const second = await browser.post('/auth/code', { code: '123456' })
  assert.deepEqual([second.status, second.json.status], [200, 'authenticated'])
  assert.equal((await browser.get('/auth/session')).status, 200)
})

onEveryStore('a right password of a deactivated account is a failure like a wrong one: answer, count, event and work', async (store) => {
  const old = installation(store, { passwords: { dangerouslyCheapHash: true, scheme: 'scrypt' } })
  for (const email of ['alice@example.com', 'bob@example.com']) {
    const { id } = await old.admin.users.create({ email, password: phrase })
    await old.admin.users.deactivate(id)
  }
  const recorded = recordStore(store)
  const auth = installation(recorded.store, { passwords: { dangerouslyCheapHash: true, older: ['scrypt'] } })
  const failed: string[] = []
  auth.on('user.authentication_failed', ({ user }) => void failed.push(user?.email ?? ''))
  await auth.ready
  const open = serve(auth, {}, { address: elsewhere })
  const observe = async (email: string, typed: string) => {
    const seen = []
    for (let tried = 0; tried < 6; tried++) {
      recorded.calls.splice(0)
      const { status, text } = await login(open(), typed, email)
      seen.push({ status, text, calls: [...recorded.calls] })
    }
    return seen
  }
  const [right, wrong] = [await observe('alice@example.com', phrase), await observe('bob@example.com', otherPhrase)]
  assert.deepEqual(right, wrong)
  assert.deepEqual(
    right.map(({ status }) => status),
    [401, 401, 401, 401, 401, 429],
  )
  await auth.settled()
  assert.deepEqual(failed, [...Array<string>(5).fill('alice@example.com'), ...Array<string>(5).fill('bob@example.com')])
})

onEveryStore('a try that nobody judged because the server was busy costs nothing', async (store) => {
  // A hash that takes its time, so that the burst meets a busy queue however slow the store is.
  const auth = installation(store, { passwords: { scheme: 'pbkdf2-sha256', concurrency: 1, waiting: 0 } })
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  const open = serve(auth, {}, { address: elsewhere })
  const burst = await Promise.all(Array.from({ length: 5 }, () => login(open())))
  const judged = burst.filter(({ status }) => status === 401).length
  const busy = burst.filter((reply) => reply.status === 503 && codeOf(reply) === 'overloaded' && reply.headers.get('retry-after') === '1')
  assert.ok(busy.length > 0 && judged + busy.length === 5, `${judged} judged, ${busy.length} busy`)
  for (let tried = judged; tried < 5; tried++) assert.equal((await login(open())).status, 401, `try ${tried}`)
  assert.equal((await login(open())).status, 429)
})

onEveryStore(
  'a login that fails for want of the store asks it nothing more: one wait is enough, and the try stays counted',
  async (store) => {
    let isAway = false
    const calls: string[] = []
    const failing = aroundStore(store, (method, _args, go) => {
      calls.push(method)
      if (isAway && method === 'durable.write') throw Object.assign(new Error('gone'), { code: 'ERR_STORE_UNAVAILABLE' })
      return go()
    })
    const auth = installation(failing, { report: () => {} })
    await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
    const open = serve(auth, {}, { address: elsewhere })
    isAway = true
    for (let tried = 0; tried < 5; tried++) {
      assert.equal((await login(open(), phrase)).status, 503)
      assert.equal(calls.at(-1), 'durable.write')
    }
    isAway = false
    assert.equal((await login(open(), phrase)).status, 429)
  },
)
