/** What a login costs a store, with every feature there is: one durable write and, the throttle aside, one fleeting operation. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import {
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
import { createClock } from '../../src/testing/clock.ts'
import { createMailbox } from '../../src/testing/mailbox.ts'
import { secondStep } from '../contract/second-step.ts'
import { aroundStore } from '../same-work/around-store.ts'
import { origin, phrase, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

/** The operations that change something. */
const changing = [
  'durable.write',
  ...['sessions.open', 'sessions.touch', 'sessions.end', 'sessions.endAll'],
  ...['tickets.put', 'tickets.take', 'tickets.spend'],
  ...['attempts.add', 'attempts.refund', 'attempts.clearGroup'],
  'nonces.advance',
]

onEveryStore(
  'one login is one durable write and one operation of the throttle and of sessions each, with every feature on',
  async (given) => {
    const calls: string[] = []
    const store = aroundStore(given, (method, _, go) => {
      if (changing.includes(method)) calls.push(method)
      return go()
    })
    const clock = createClock()
    const entrances = [session(), password(), registration(), confirmEmail(), magicLink(), username()]
    const features = [...entrances, changeEmail(), language(), remember(), loginTracking(), account(), audit()]
    assert.deepEqual(features.map(({ name }) => name).sort(), readdirSync('src/features').sort())
    const auth = createAuth({
      origin,
      secret,
      store,
      features: [...features, secondStep()],
      passwords: { dangerouslyCheapHash: true },
      mailer: createMailbox(),
      purgeEvery: false,
      clock,
    })
    const open = serve(auth)
    const user = await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
    const login = async (browser = open()): Promise<readonly string[]> => {
      await auth.settled()
      calls.splice(0)
      const reply = await browser.post('/auth/login', { email: 'alice@example.com', password: phrase, remember: true })
      const made = calls.splice(0)
      assert.equal(reply.json.status, 'authenticated')
      return made
    }
    const once = ['attempts.add', 'durable.write', 'sessions.open']
    const browser = open()
    assert.deepEqual(await login(browser), once) // the first of all
    assert.deepEqual(await login(browser), once) // in a browser that is known, logged in and remembered
    assert.deepEqual(await login(), once) // in one that is new, so that a mail is queued
    const kept = await store.reads.everything(user.id)
    assert.deepEqual([kept.logins?.[0]?.count, kept.devices?.length], [3, 2])

    clock.advance(59_000)
    browser.cookies.delete('portcullis-session-3000')
    calls.splice(0)
    await auth.settled()
    calls.splice(0)
    assert.equal((await browser.post('/auth/resume')).status, 200)
    assert.deepEqual(calls.filter((call) => call !== 'sessions.end').toSorted(), ['durable.write', 'durable.write', 'sessions.open'])
  },
)
