/** A code of an authenticator is good once: what was typed anywhere is of no use to whoever looked over the shoulder. */
import assert from 'node:assert/strict'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { codeOf, phrase, registered } from '../flows/application.ts'
import { enrol, type Phone } from '../flows/phone.ts'
import { onEveryStore } from '../flows/stores.ts'
import { createSite, type Site, slowed } from './site.ts'

const email = 'alice@example.com'
const second = 1000

/** A browser in which the password was typed. */
async function held({ open }: Pick<Site, 'open'>): Promise<TestBrowser> {
  const browser = open()
  assert.equal((await browser.post('/auth/login', { email, password: phrase })).json.status, 'second_factor_required')
  return browser
}

/** Logs in by password and this code. */
async function login(site: Pick<Site, 'open'>, code: string): Promise<TestReply> {
  return (await held(site)).post('/auth/totp/verify', { code })
}

async function refuses(reply: TestReply | Promise<TestReply>, about: string): Promise<void> {
  const { status, json } = await reply
  assert.deepEqual([status, codeOf({ json })], [401, 'invalid_credentials'], about)
}

async function accepts(reply: TestReply | Promise<TestReply>, about: string): Promise<void> {
  assert.equal((await reply).json.status, 'authenticated', about)
}

/** Alice with a phone, and a site whose clock stands in the middle of a step. */
async function setUp(site: Site): Promise<{ readonly alice: TestBrowser; readonly phone: Phone }> {
  site.clock.advance(15 * second)
  const alice = await registered(site.open, email)
  return { alice, phone: (await enrol(alice, site.clock)).phone }
}

onEveryStore('the code that set an authenticator up is spent: it neither logs in nor proves again who it is', async (store) => {
  const site = createSite(store)
  const { alice, phone } = await setUp(site)
  const code = phone.code()
  await refuses(login(site, code), 'a login')
  await refuses(alice.post('/auth/verify', { code }), 'a session')
  site.clock.advance(30 * second) // it is still in the window
  await refuses(login(site, code), 'a login in the next step')
  await accepts(login(site, phone.code()), 'the next code')
})

onEveryStore(
  'a code is good once, wherever it was typed: logging in, proving it again, in this browser and in any other',
  async (store) => {
    const site = createSite(store)
    const { alice, phone } = await setUp(site)
    const used = phone.next()
    const browser = await held(site)
    await accepts(browser.post('/auth/totp/verify', { code: used }), 'the first time')
    for (const each of [browser, alice]) await refuses(each.post('/auth/verify', { code: used }), 'in a session')
    await refuses(login(site, used), 'in another login')
    const again = phone.next()
    await accepts(alice.post('/auth/verify', { code: again }), 'in a session')
    await refuses(login(site, again), 'that was typed in a session')
    const { status } = await login(site, ` ${again.slice(0, 3)} ${again.slice(3)} `)
    assert.equal(status, 401) // however it is spelled
  },
)

onEveryStore('a code of an earlier step is refused after one of a later step, though nobody has used it', async (store) => {
  const site = createSite(store)
  const { alice, phone } = await setUp(site)
  site.clock.advance(90 * second)
  await accepts(login(site, phone.code(1)), 'a phone whose clock is ahead')
  for (const steps of [1, 0, -1]) {
    await refuses(login(site, phone.code(steps)), `a login, ${steps} steps away`)
    await refuses(alice.post('/auth/verify', { code: phone.code(steps) }), `a session, ${steps} steps away`)
  }
  site.clock.advance(30 * second)
  for (const steps of [0, -1]) await refuses(login(site, phone.code(steps)), `a login a step later, ${steps} steps away`)
  await accepts(login(site, phone.code(1)), 'the step after')
})

onEveryStore('the codes of one authenticator spend none of another', async (store) => {
  const site = createSite(store)
  const { alice, phone } = await setUp(site)
  const { phone: other } = await enrol(alice, site.clock)
  site.clock.advance(30 * second)
  await accepts(login(site, phone.code(1)), 'the first one')
  await accepts(login(site, other.code()), 'the other, which is a step behind')
  for (const each of [phone, other]) await refuses(login(site, each.code()), 'either, again')
})

onEveryStore(
  'THR-95: a used step stays used when the clock goes back, and so does every one before it, also after a restart',
  async (store) => {
    const site = createSite(store)
    const { phone } = await setUp(site)
    site.clock.advance(300 * second)
    const used = phone.code()
    await accepts(login(site, used), 'the first time')
    const at = site.clock()
    const restarted = createSite(store, { clock: site.clock })
    for (const back of [10, 30, 60, 120]) {
      site.clock.set(at - back * second)
      for (const one of [site, restarted]) {
        await refuses(login(one, used), `the same code, ${back} seconds before`)
        for (const steps of [-1, 0]) await refuses(login(one, phone.code(steps)), `${steps} steps away, ${back} seconds before`)
      }
    }
    site.clock.set(at + 30 * second)
    await refuses(login(restarted, used), 'in the window still')
    await accepts(login(restarted, phone.code()), 'the next code')
  },
)

onEveryStore('two servers whose clocks differ accept a code once between them', async (store) => {
  const site = createSite(store)
  const { phone } = await setUp(site)
  site.clock.advance(60 * second)
  for (const ahead of [-25, 25]) {
    const other = createSite(store, { clock: createClock(site.clock() + ahead * second) })
    const code = phone.next()
    other.clock.advance(30 * second)
    await accepts(login(other, code), `a server ${ahead} seconds ahead`)
    for (const one of [site, other]) await refuses(login(one, code), 'either server afterwards')
  }
})

onEveryStore(
  'of many who type one code at the same time one gets in, whichever of them it is and whatever they do with it',
  async (store) => {
    const site = createSite(slowed(store))
    const { alice, phone } = await setUp(site)
    const waiting = await Promise.all(Array.from({ length: 5 }, () => held(site)))
    const code = phone.next()
    const replies = await Promise.all([
      ...waiting.map((browser) => browser.post('/auth/totp/verify', { code })),
      alice.post('/auth/verify', { code }),
    ])
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 401, 401, 401, 401, 401])
    for (const reply of replies.filter(({ status }) => status !== 200)) await refuses(reply, 'the others')
    const inside = await Promise.all(waiting.map(async (browser) => (await browser.get('/members')).status))
    assert.deepEqual(
      inside,
      replies.slice(0, waiting.length).map(({ status }) => status),
    )
    for (const browser of waiting.filter((_, number) => replies[number]?.status !== 200))
      await refuses(browser.post('/auth/totp/verify', { code }), 'and it stays spent')
    const [left] = waiting.filter((_, number) => replies[number]?.status !== 200)
    if (left) await accepts(left.post('/auth/totp/verify', { code: phone.next() }), 'what they hold is still good for another code')
    await site.auth.settled() // its mails are sent before its store is closed
  },
)
