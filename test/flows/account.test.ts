/** One's own account: what is held, its end, and thinking better of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type AccountOptions,
  type Auth,
  type AuthEvent,
  account,
  audit,
  createAuth,
  loginTracking,
  password,
  registration,
  remember,
  session,
} from '../../src/index.ts'
import type { Change } from '../../src/model/change.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { codeOf, memberOf, origin, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

const day = 86_400_000

interface Site {
  readonly auth: Auth
  readonly clock: MovableClock
  readonly mailbox: Mailbox
  readonly events: AuthEvent[]
  readonly open: () => TestBrowser
}

function site(store: Store, own: AccountOptions = {}): Site {
  const clock = createClock()
  const mailbox = createMailbox()
  const features = [session(), password(), registration(), remember(), loginTracking(), audit(), account(own)]
  const options = { passwords: { dangerouslyCheapHash: true }, purgeEvery: false } as const
  const auth = createAuth({ origin, secret, store, features, mailer: mailbox, clock, ...options })
  const events: AuthEvent[] = []
  for (const name of ['user.deletion_requested', 'user.deletion_called_off', 'user.deleted', 'user.deactivated'] as const)
    auth.on(name, (event) => void events.push(event))
  return { auth, clock, mailbox, events, open: serve(auth, { '/members': {} }) }
}

function login(browser: TestBrowser, more: Readonly<Record<string, boolean>> = {}) {
  return browser.post('/auth/login', { email: 'alice@example.com', password: phrase, ...more })
}

async function mailsOf({ auth, mailbox }: Site): Promise<readonly string[]> {
  await auth.settled()
  return mailbox.messages.map(({ mail }) => mail)
}

async function tokenIn(here: Site): Promise<string> {
  await here.auth.settled()
  return /token=([\w-]+)/.exec(here.mailbox.messages.findLast(({ mail }) => mail === 'account.deletion')?.text ?? '')?.[1] ?? ''
}

async function userOf({ auth }: Site) {
  return auth.admin.users.byEmail('alice@example.com')
}

onEveryStore('the export holds everything that is held of the user, a member for each drawer, and no secret', async (store) => {
  const here = site(store)
  await registered(here.open, 'bob@example.com')
  await registered(here.open)
  const browser = here.open()
  await login(browser, { remember: true })
  const reply = await browser.get('/auth/account/export')
  assert.equal(reply.status, 200)
  const drawers = Object.keys(await store.reads.everything('nobody')).map((name) => ({ users: 'user', audit: 'history' })[name] ?? name)
  assert.deepEqual(
    Object.keys(reply.json)
      .filter((name) => name !== 'ok')
      .toSorted(),
    drawers.toSorted(),
  )
  const { user, sessions, devices, logins, history } = reply.json
  assert.deepEqual([memberOf(user, 'email'), memberOf(user, 'active')], ['alice@example.com', true])
  assert.ok(Array.isArray(sessions) && Array.isArray(devices) && Array.isArray(logins) && Array.isArray(history))
  assert.deepEqual([sessions.length, devices.length, memberOf(logins[0], 'count')], [2, 1, 2])
  assert.ok(history.some((event) => memberOf(event, 'event') === 'user.logged_in'))
  const record = await store.reads.users.byId(String(memberOf(user, 'id')))
  for (const hidden of ['bob@', record?.stamp ?? '?', record?.passwordHash ?? '?', ...browser.cookies.values()])
    assert.ok(!reply.text.includes(hidden), hidden)
  const file = await browser.visit('/auth/account/export')
  assert.match(file.headers.get('content-disposition') ?? '', /attachment; filename="account\.json"/)
})

onEveryStore('exporting, deactivating and deleting need a fresh session', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  here.clock.advance(11 * 60_000)
  assert.equal(codeOf(await browser.get('/auth/account/export')), 'reauthentication_required')
  for (const path of ['/auth/account/deactivate', '/auth/account/delete']) {
    assert.equal(codeOf(await browser.post(path)), 'reauthentication_required')
    assert.equal((await here.open().post(path)).status, 401)
  }
  assert.deepEqual(here.events, [])
})

onEveryStore('an account that is put out of use ends all sessions, lets nobody in and stays; an operator brings it back', async (store) => {
  const here = site(store)
  const [browser, other] = [await registered(here.open), here.open()]
  await login(other, { remember: true })
  assert.equal((await browser.post('/auth/account/deactivate')).status, 200)
  assert.equal((await browser.get('/members')).status, 401)
  assert.equal((await other.get('/members')).status, 401)
  assert.equal((await other.post('/auth/resume')).status, 401)
  assert.equal((await login(here.open())).status, 401)
  assert.ok((await mailsOf(here)).includes('account.deactivated'))
  assert.deepEqual(
    here.events.map((event) => [event.name, 'by' in event && event.by]),
    [['user.deactivated', 'user']],
  )
  await here.auth.admin.users.activate((await userOf(here))?.id ?? '')
  assert.equal((await login(here.open())).status, 200)
})

onEveryStore(
  'THR-18: a deletion ends every session at once, in every place, and deletes every drawer when its time has come, not before',
  async (store) => {
    const here = site(store)
    const [browser, other] = [await registered(here.open), here.open()]
    await login(other, { remember: true })
    const id = (await userOf(here))?.id ?? ''
    const asked = await browser.post('/auth/account/delete')
    assert.deepEqual([asked.status, asked.json.deletesAt], [200, here.clock() + 14 * day])
    for (const one of [browser, other]) assert.equal((await one.get('/members')).status, 401)
    assert.equal((await other.post('/auth/resume')).status, 401)
    here.clock.advance(14 * day - 1)
    await here.auth.purge()
    assert.ok(await userOf(here))
    here.clock.advance(1)
    assert.ok((await here.auth.purge()) > 0)
    assert.equal(await userOf(here), null)
    await here.auth.settled()
    for (const [drawer, rows] of Object.entries(await store.reads.everything(id))) assert.deepEqual(rows, [], drawer)
    assert.ok((await mailsOf(here)).includes('account.deleted'))
    const told = here.events.map((event) => [event.name, 'by' in event && event.by])
    assert.deepEqual(told, [
      ['user.deletion_requested', 'user'],
      ['user.deleted', 'user'],
    ])
    assert.equal((await login(here.open())).status, 401)
    await registered(here.open) // the address is free again
  },
)

onEveryStore('until then a login calls it off, and says so', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  await browser.post('/auth/account/delete')
  const token = await tokenIn(here)
  await here.auth.settled()
  here.clock.advance(13 * day)
  const reply = await login(here.open())
  assert.deepEqual([reply.status, reply.json.deletionCalledOff], [200, true])
  assert.equal((await login(here.open())).json.deletionCalledOff, undefined)
  await here.auth.settled()
  here.clock.advance(30 * day)
  await here.auth.purge()
  assert.ok(await userOf(here))
  assert.ok((await mailsOf(here)).includes('account.restored'))
  assert.deepEqual(
    here.events.map(({ name }) => name),
    ['user.deletion_requested', 'user.deletion_called_off'],
  )
  assert.equal(codeOf(await here.open().post('/auth/account/restore', { token })), 'link_invalid')
})

onEveryStore('until then the mailed link calls it off, once, in any browser, and logs nobody in', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  await browser.post('/auth/account/delete')
  const token = await tokenIn(here)
  assert.equal((await here.open().get(`/auth/account/restore?token=${token}`)).json.email, 'alice@example.com')
  assert.match((await here.open().visit(`/auth/account/restore?token=${token}`)).text, /alice@example\.com/)
  const stranger = here.open()
  assert.equal((await stranger.post('/auth/account/restore', { token })).status, 200)
  assert.equal((await stranger.get('/members')).status, 401)
  assert.equal(codeOf(await stranger.post('/auth/account/restore', { token })), 'link_invalid')
  here.clock.advance(30 * day)
  await here.auth.purge()
  assert.equal((await login(here.open())).status, 200)
  const form = await here.open().submit('/auth/account/restore', { token: 'x' })
  assert.equal(form.status, 400)
})

onEveryStore('whose time has come is deleted by one purge, however many there are', async (store) => {
  const here = site(store, { coolingOff: '1h' })
  for (const name of ['ann', 'bea', 'cal']) await (await registered(here.open, `${name}@example.com`)).post('/auth/account/delete')
  await registered(here.open)
  here.clock.advance(3_600_000)
  await here.auth.purge()
  assert.deepEqual(
    (await here.auth.admin.users.list()).map(({ email }) => email),
    ['alice@example.com'],
  )
})

test('an account whose user asks twice, or whom an operator deletes meanwhile, is deleted once', async () => {
  const here = site(memory())
  const browser = await registered(here.open)
  await browser.post('/auth/account/delete')
  assert.equal((await browser.post('/auth/account/delete')).status, 401)
  await here.auth.admin.users.delete((await userOf(here))?.id ?? '')
  here.clock.advance(30 * day)
  await here.auth.purge()
  assert.equal((await mailsOf(here)).includes('account.deleted'), false)
})

test('a time that is no duration stops the start-up', () => {
  // @ts-expect-error: the type asks for a unit, and whoever writes JavaScript is told at the start
  assert.throws(() => account({ coolingOff: '14' }), /account: coolingOff must be a duration/)
})

onEveryStore('whoever takes the account back by mail calls a deletion off that somebody else asked for', async (store) => {
  const here = site(store)
  const thief = await registered(here.open)
  await thief.post('/auth/account/delete')
  await here.open().post('/auth/forgot-password', { email: 'alice@example.com' })
  await here.auth.settled()
  const token = /token=([\w-]+)/.exec(here.mailbox.messages.findLast(({ mail }) => mail === 'password.reset')?.text ?? '')?.[1] ?? ''
  assert.equal((await here.open().post('/auth/reset-password', { token, newPassword: 'seven quiet harbours at dusk' })).status, 200)
  assert.ok((await mailsOf(here)).includes('account.restored'))
  here.clock.advance(30 * day)
  await here.auth.purge()
  assert.ok(await userOf(here))
})

test('an account that cannot be deleted is reported, and keeps neither others nor expired rows', async () => {
  const reports: string[] = []
  const real = memory()
  const id = { stuck: '' }
  const write = (changes: readonly Change[]) => {
    if (changes.some((change) => change.kind === 'users.delete' && change.id === id.stuck)) throw new Error('FOREIGN KEY constraint failed')
    return real.durable.write(changes)
  }
  const clock = createClock()
  const auth = createAuth({
    ...{ origin, secret, clock, purgeEvery: false, mailer: createMailbox(), passwords: { dangerouslyCheapHash: true } },
    store: { ...real, durable: { ...real.durable, write } },
    features: [session(), password(), registration(), account({ coolingOff: '1h' })],
    report: (_error, about) => void reports.push(about),
  })
  const open = serve(auth)
  for (const name of ['ann', 'bea']) await (await registered(open, `${name}@example.com`)).post('/auth/account/delete')
  id.stuck = (await auth.admin.users.byEmail('ann@example.com'))?.id ?? ''
  clock.advance(40 * day)
  assert.ok((await auth.purge()) > 1)
  assert.equal(await auth.admin.users.byEmail('bea@example.com'), null)
  assert.deepEqual(
    reports.filter((about) => about.includes('account')),
    [`the account ${id.stuck} could not be deleted`],
  )
})
