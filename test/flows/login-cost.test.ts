/** What a login costs a store, with every feature there is: one durable write and, the throttle aside, one fleeting operation. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import {
  type Auth,
  account,
  audit,
  changeEmail,
  confirmEmail,
  createAuth,
  language,
  loginTracking,
  magicLink,
  password,
  registration,
  remember,
  session,
  username,
} from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox } from '../../src/testing/mailbox.ts'
import { aroundStore } from '../same-work/around-store.ts'
import { memberOf, origin, phrase, secret, serve } from './application.ts'
import { enrol, secondFactors } from './phone.ts'
import { onEveryStore } from './stores.ts'

/** The operations that change something. */
const changing = [
  'durable.write',
  ...['sessions.open', 'sessions.touch', 'sessions.end', 'sessions.endAll'],
  ...['tickets.put', 'tickets.take', 'tickets.spend'],
  ...['attempts.add', 'attempts.refund', 'attempts.clearGroup'],
  'nonces.advance',
]

const email = 'alice@example.com'
const once = ['attempts.add', 'durable.write', 'sessions.open']

interface Site {
  readonly auth: Auth
  readonly clock: MovableClock
  readonly open: () => TestBrowser
  readonly userId: string
  /** The changing operations that a request costs, once all is done that was begun before it. */
  costOf(ask: () => Promise<TestReply>, status: string): Promise<readonly string[]>
}

/** Every feature is on, and there is an account. */
async function site(given: Store): Promise<Site> {
  const calls: string[] = []
  const store = aroundStore(given, (method, args, go) => {
    if (changing.includes(method) && !isSending(args)) calls.push(method)
    return go()
  })
  const clock = createClock()
  const entrances = [session(), password(), registration(), confirmEmail(), magicLink(), username()]
  const features = [...entrances, changeEmail(), language(), remember(), loginTracking(), account(), audit(), ...secondFactors()]
  assert.deepEqual(features.map(({ name }) => name).sort(), readdirSync('src/features').sort())
  const passwords = { dangerouslyCheapHash: true } as const
  const auth = createAuth({ origin, secret, store, features, passwords, mailer: createMailbox(), purgeEvery: false, clock })
  const { id: userId } = await auth.admin.users.create({ email, password: phrase })
  return {
    ...{ auth, clock, userId, open: serve(auth) },
    async costOf(ask, status) {
      await auth.settled()
      calls.splice(0)
      const reply = await ask()
      const made = calls.splice(0)
      assert.equal(reply.json.status, status, reply.text)
      return made
    },
  }
}

/** Whether a write is of a mail that was sent, which happens beside requests. */
function isSending([changes]: readonly unknown[]): boolean {
  return Array.isArray(changes) && changes.some((change) => memberOf(change, 'kind') === 'outbox.drop')
}

onEveryStore(
  'one login is one durable write and one operation of the throttle and of sessions each, with every feature on',
  async (store) => {
    const { open, clock, userId, costOf } = await site(store)
    const login = (browser = open()): Promise<readonly string[]> =>
      costOf(() => browser.post('/auth/login', { email, password: phrase, remember: true }), 'authenticated')
    const browser = open()
    assert.deepEqual(await login(browser), once) // the first of all
    assert.deepEqual(await login(browser), once) // in a browser that is known, logged in and remembered
    assert.deepEqual(await login(), once) // in one that is new, so that a mail is queued
    const kept = await store.reads.everything(userId)
    assert.deepEqual([kept.logins?.[0]?.count, kept.devices?.length], [3, 2])

    clock.advance(59_000)
    browser.cookies.delete('portcullis-session-3000')
    const resumed = await costOf(() => browser.post('/auth/resume'), 'authenticated')
    assert.deepEqual(resumed.filter((call) => call !== 'sessions.end').toSorted(), ['durable.write', 'durable.write', 'sessions.open'])
  },
)

onEveryStore('a second factor costs a login one more step of the same; in a trusted browser it costs nothing', async (store) => {
  const { auth, open, clock, userId, costOf } = await site(store)
  const owner = open()
  await owner.post('/auth/login', { email, password: phrase })
  const { phone, codes } = await enrol(owner, clock)
  const first = (browser: TestBrowser): Promise<readonly string[]> =>
    costOf(() => browser.post('/auth/login', { email, password: phrase, remember: true }), 'second_factor_required')
  const held = ['attempts.add', 'durable.write', 'tickets.put', 'attempts.refund']
  for (const [path, code] of [
    ['/auth/totp/verify', phone.next()],
    ['/auth/recovery-codes/use', codes[0] ?? ''],
  ] as const) {
    const browser = open()
    assert.deepEqual(await first(browser), held, path)
    assert.deepEqual(await costOf(() => browser.post(path, { code, trustDevice: true }), 'authenticated'), once, path)
    assert.deepEqual(await costOf(() => browser.post('/auth/login', { email, password: phrase }), 'authenticated'), once, path)
  }
  const { totp: authenticators, recoveryCodes: left, devices } = await store.reads.everything(userId)
  assert.deepEqual([authenticators?.length, left?.length, devices?.length], [1, 9, 2])
  await auth.settled() // mails go out before the store is closed
})
