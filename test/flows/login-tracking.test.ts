/** Login tracking: the last two logins, and the mail about a browser that is new. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Auth,
  account,
  changeEmail,
  createAuth,
  type Feature,
  loginTracking,
  magicLink,
  password,
  registration,
  session,
} from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { codeOf, origin, otherPhrase, phrase, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

interface Site {
  readonly auth: Auth
  readonly store: Store
  readonly clock: MovableClock
  readonly mailbox: Mailbox
  from(address: string, userAgent?: string): { readonly open: () => TestBrowser; readonly headers: Readonly<Record<string, string>> }
}

function site(store: Store, features: readonly Feature[] = [session(), password(), registration(), loginTracking()]): Site {
  const clock = createClock()
  const mailbox = createMailbox()
  const auth = createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, mailer: mailbox, clock })
  return {
    auth,
    store,
    clock,
    mailbox,
    from: (address, userAgent = 'Browser/1.0') => ({
      open: serve(auth, { '/members': {} }, { address }),
      headers: { 'user-agent': userAgent },
    }),
  }
}

async function idOf({ auth }: Site): Promise<string> {
  return (await auth.admin.users.byEmail('alice@example.com'))?.id ?? ''
}

async function register(here: Site, address = '192.0.2.1'): Promise<TestBrowser> {
  const { open, headers } = here.from(address)
  const browser = open()
  await browser.post('/auth/register', { email: 'alice@example.com', password: phrase }, { headers })
  return browser
}

/** Logs in from an address, in a browser that is new unless one is given. */
async function login(
  here: Site,
  address: string,
  browser: TestBrowser = here.from(address).open(),
  userAgent?: string,
): Promise<TestBrowser> {
  const { status } = await browser.post('/auth/login', { email: 'alice@example.com', password: phrase }, here.from(address, userAgent))
  assert.equal(status, 200)
  return browser
}

async function tokenIn(here: Site, name: string): Promise<string> {
  await here.auth.settled()
  const message = here.mailbox.messages.findLast(({ mail }) => mail === name)
  return /token=([\w-]+)/.exec(message?.text ?? '')?.[1] ?? ''
}

onEveryStore('AL-QS-24, AL-FS-43: each login shifts what was current to last and counts; the first one is both', async (store) => {
  const here = site(store)
  const begin = here.clock()
  await register(here)
  const id = await idOf(here)
  const first = { at: begin, ip: '192.0.2.1', userAgent: 'Browser/1.0' }
  const kept = async (): Promise<unknown> => {
    const track = await store.reads.logins.byUser(id)
    return (
      track && [
        track.count,
        { at: track.currentAt, ip: track.currentIp, userAgent: track.currentUserAgent },
        { at: track.lastAt, ip: track.lastIp, userAgent: track.lastUserAgent },
      ]
    )
  }
  assert.deepEqual(await kept(), [1, first, first])
  here.clock.advance(60_000)
  const second = { at: begin + 60_000, ip: '198.51.100.2', userAgent: 'Phone/2.0' }
  const { headers } = here.from(second.ip, second.userAgent)
  await here.from(second.ip).open().post('/auth/login', { email: 'alice@example.com', password: phrase }, { headers })
  assert.deepEqual(await kept(), [2, second, first])
  assert.equal((await here.from(second.ip).open().post('/auth/login', { email: 'alice@example.com', password: otherPhrase })).status, 401)
  here.clock.advance(60_000)
  await here
    .from('192.0.2.1')
    .open()
    .post('/auth/login', { email: 'alice@example.com', password: phrase }, { headers: { 'user-agent': 'Browser/1.0' } })
  assert.deepEqual(await kept(), [3, { ...first, at: begin + 120_000 }, second])
  assert.equal((await here.auth.admin.users.logins(id))?.count, 3)
})

test('AL-FS-43: addresses count as many proxies back as are trusted, and no further', async () => {
  const store = memory()
  const auth = createAuth({
    origin,
    secret,
    store,
    features: [session(), password(), registration(), loginTracking()],
    passwords: { dangerouslyCheapHash: true },
    mailer: createMailbox(),
    trustProxy: 1,
  })
  const browser = serve(auth, {}, { address: '192.0.2.1' })()
  const headers = { 'x-forwarded-for': '203.0.113.9, 203.0.113.7' }
  await browser.post('/auth/register', { email: 'alice@example.com', password: phrase }, { headers })
  const id = (await auth.admin.users.byEmail('alice@example.com'))?.id ?? ''
  assert.equal((await store.reads.logins.byUser(id))?.currentIp, '203.0.113.7')
})

onEveryStore(
  'a login in a browser that is new is told by mail, but neither the first of all nor one in a browser that was used before',
  async (store) => {
    const here = site(store)
    const browser = await register(here)
    await login(here, '192.0.2.1', browser)
    await here.auth.settled()
    assert.deepEqual(here.mailbox.messages, [])
    const other = await login(here, '198.51.100.2')
    await here.auth.settled()
    assert.deepEqual(
      here.mailbox.messages.map(({ mail, to }) => [mail, to]),
      [['login.new_device', 'alice@example.com']],
    )
    assert.match(here.mailbox.latest('alice@example.com')?.text ?? '', /198\.51\.100\.2/)
    await login(here, '203.0.113.3', other)
    await here.auth.settled()
    assert.equal(here.mailbox.messages.length, 1)
  },
)

onEveryStore(
  'whoever says that it was not them ends all sessions, takes the password away and is sent a link to choose another',
  async (store) => {
    const here = site(store)
    const browser = await register(here)
    const thief = await login(here, '198.51.100.2')
    const token = await tokenIn(here, 'login.new_device')
    const { open } = here.from('192.0.2.9')
    assert.equal((await open().get(`/auth/not-me?token=${token}`)).json.email, 'alice@example.com')
    assert.match((await open().visit(`/auth/not-me?token=${token}`)).text, /alice@example\.com/)
    assert.equal((await thief.get('/members')).status, 200) // looking ends nothing
    assert.equal((await open().post('/auth/not-me', { token })).status, 200)
    for (const one of [thief, browser]) assert.equal((await one.get('/members')).status, 401)
    assert.equal((await open().post('/auth/login', { email: 'alice@example.com', password: phrase })).status, 401)
    const reset = await tokenIn(here, 'login.disowned')
    assert.equal((await open().post('/auth/reset-password', { token: reset, newPassword: otherPhrase })).status, 200)
    assert.equal((await open().post('/auth/login', { email: 'alice@example.com', password: otherPhrase })).status, 200)
    assert.equal(codeOf(await open().post('/auth/not-me', { token })), 'link_invalid')
  },
)

onEveryStore('the link outlives what a thief changes: password and stamp', async (store) => {
  const here = site(store)
  await register(here)
  const thief = await login(here, '198.51.100.2')
  const token = await tokenIn(here, 'login.new_device')
  assert.equal((await thief.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })).status, 200)
  const reply = await here.from('192.0.2.9').open().submit('/auth/not-me', { token })
  assert.deepEqual([reply.status, reply.location], [303, '/auth/not-me?done=1'])
  assert.equal((await thief.get('/members')).status, 401)
  assert.match((await here.from('192.0.2.9').open().visit('/auth/not-me?done=1')).text, /new password/)
})

test('a link works until it expires, and no made-up one works', async () => {
  const here = site(memory(), [session(), password(), registration(), loginTracking({ link: '1h' })])
  await register(here)
  await login(here, '198.51.100.2')
  const token = await tokenIn(here, 'login.new_device')
  const { open } = here.from('192.0.2.9')
  for (const bad of ['', 'x', `${token}x`]) assert.ok([400].includes((await open().post('/auth/not-me', { token: bad })).status), bad)
  here.clock.advance(3_600_000)
  assert.equal(codeOf(await open().post('/auth/not-me', { token })), 'link_invalid')
})

test('where passwords are not reset by mail, disowning a login leaves the way in that there is', async () => {
  const here = site(memory(), [session(), password({ reset: false }), registration(), magicLink(), loginTracking()])
  await register(here)
  const thief = await login(here, '198.51.100.2')
  const token = await tokenIn(here, 'login.new_device')
  assert.equal((await here.from('192.0.2.9').open().post('/auth/not-me', { token })).status, 200)
  assert.equal((await thief.get('/members')).status, 401)
  await here.auth.settled()
  assert.doesNotMatch(here.mailbox.messages.findLast(({ mail }) => mail === 'login.disowned')?.text ?? 'token=', /token=/)
  await login(here, '192.0.2.9')
})

onEveryStore('the owner has the account again, address and all, whatever the thief made of it first', async (store) => {
  const here = site(store, [session(), password(), registration(), changeEmail(), account(), loginTracking()])
  await register(here)
  const thief = await login(here, '198.51.100.2')
  const token = await tokenIn(here, 'login.new_device')
  await thief.post('/auth/change-email', { email: 'thief@evil.example' })
  await thief.post('/auth/change-email/confirm', { token: await tokenIn(here, 'email.change') })
  await thief.post('/auth/change-email', { email: 'second@evil.example' })
  await thief.post('/auth/change-email/confirm', { token: await tokenIn(here, 'email.change') })
  const back = await tokenIn(here, 'email.changed') // to the thief's first address
  await thief.post('/auth/account/delete')
  const { open } = here.from('192.0.2.9')
  assert.equal((await open().get(`/auth/not-me?token=${token}`)).json.email, 'alice@example.com')
  assert.equal((await open().post('/auth/not-me', { token })).status, 200)
  const reset = await tokenIn(here, 'login.disowned')
  assert.equal(here.mailbox.messages.findLast(({ mail }) => mail === 'login.disowned')?.to, 'alice@example.com')
  assert.equal(codeOf(await open().post('/auth/change-email/undo', { token: back })), 'link_invalid')
  assert.equal((await open().post('/auth/reset-password', { token: reset, newPassword: otherPhrase })).status, 200)
  here.clock.advance(30 * 86_400_000)
  await here.auth.purge()
  assert.equal((await here.auth.admin.users.byEmail('alice@example.com'))?.email, 'alice@example.com')
})

onEveryStore('the link works for an account that the thief has put out of use', async (store) => {
  const here = site(store, [session(), password(), registration(), changeEmail(), account(), loginTracking()])
  await register(here)
  const thief = await login(here, '198.51.100.2')
  const token = await tokenIn(here, 'login.new_device')
  await thief.post('/auth/change-email', { email: 'thief@evil.example' })
  await thief.post('/auth/change-email/confirm', { token: await tokenIn(here, 'email.change') })
  assert.equal((await thief.post('/auth/account/deactivate')).status, 200)
  assert.equal((await here.from('192.0.2.9').open().post('/auth/not-me', { token })).status, 200)
  const user = await here.auth.admin.users.byEmail('alice@example.com')
  assert.equal(user?.active, false) // which an operator alone changes
})

test('a browser whose login was disowned is a new one again', async () => {
  const here = site(memory())
  await register(here)
  const thief = await login(here, '198.51.100.2')
  await here
    .from('192.0.2.9')
    .open()
    .post('/auth/not-me', { token: await tokenIn(here, 'login.new_device') })
  await here
    .from('192.0.2.9')
    .open()
    .post('/auth/reset-password', { token: await tokenIn(here, 'login.disowned'), newPassword: phrase })
  await here.auth.settled()
  const before = here.mailbox.messages.length
  here.clock.advance(60_000)
  await login(here, '198.51.100.2', thief)
  await here.auth.settled()
  assert.deepEqual(
    here.mailbox.messages.slice(before).map(({ mail }) => mail),
    ['login.new_device'],
  )
})
