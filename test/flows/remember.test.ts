/** Remembered browsers: what they may do without, how long, and what ends them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Auth,
  type AuthEvent,
  type CreateAuthOptions,
  createAuth,
  password,
  type RememberOptions,
  registration,
  remember,
  session,
} from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox } from '../../src/testing/mailbox.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, memberOf, origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

const cookie = 'portcullis-feature-remember-3000'
const sessionCookie = 'portcullis-session-3000'
const hour = 3_600_000

interface Site {
  readonly auth: Auth
  readonly clock: MovableClock
  readonly open: () => TestBrowser
  readonly told: () => Promise<readonly AuthEvent[]>
}

function site(store: Store, remembering: RememberOptions = {}, more: Partial<CreateAuthOptions> = {}): Site {
  const clock = createClock()
  const auth = createAuth({
    origin,
    secret,
    store,
    features: [session(), password({ reset: false }), registration(), remember(remembering), secondStep()],
    passwords: { dangerouslyCheapHash: true },
    mailer: createMailbox(),
    clock,
    ...more,
  })
  const events: AuthEvent[] = []
  for (const name of ['device.remembered', 'device.forgotten', 'device.token_reused', 'user.logged_in'] as const)
    auth.on(name, (event) => void events.push(event))
  const told = async (): Promise<readonly AuthEvent[]> => {
    await auth.settled()
    return events.splice(0)
  }
  return { auth, clock, open: serve(auth, { '/members': {}, '/fresh': { fresh: '10m' } }), told }
}

function login(browser: TestBrowser, more: Readonly<Record<string, string | boolean>> = {}): Promise<TestReply> {
  return browser.post('/auth/login', { email: 'alice@example.com', password: phrase, ...more })
}

/** A browser of alice's that is remembered, and no longer logged in. */
async function remembered({ open }: Site): Promise<TestBrowser> {
  const browser = open()
  assert.equal((await login(browser, { remember: true })).status, 200)
  assert.ok(browser.cookies.has(cookie))
  browser.cookies.delete(sessionCookie)
  return browser
}

function devicesIn(reply: TestReply): readonly unknown[] {
  return Array.isArray(reply.json.devices) ? reply.json.devices : []
}

onEveryStore('AL-FS-12: a remembered browser opens its next session by itself, as a page and as JSON', async (store) => {
  const { open, clock, ...rest } = site(store)
  await registered(open)
  const browser = await remembered({ open, clock, ...rest })
  clock.advance(29 * 24 * hour)
  const guarded = await browser.visit('/members')
  assert.deepEqual([guarded.status, guarded.location], [303, '/auth/resume?next=%2Fmembers'])
  const resumed = await browser.visit(guarded.location ?? '')
  assert.deepEqual([resumed.status, resumed.location], [303, '/members'])
  assert.equal((await browser.get('/members')).status, 200)

  browser.cookies.delete(sessionCookie)
  const refused = await browser.get('/members')
  assert.deepEqual([refused.status, codeOf(refused), memberOf(refused.json.error, 'resume')], [401, 'unauthenticated', true])
  const reply = await browser.post('/auth/resume', { next: '/members' })
  assert.deepEqual([reply.status, reply.json.status, reply.json.next], [200, 'authenticated', '/members'])
  assert.equal((await browser.get('/members')).status, 200)
})

onEveryStore('only who asks is remembered, and only by a login that is complete', async (store) => {
  const { open, told } = site(store)
  await registered(open)
  await told()
  const plain = open()
  assert.equal((await login(plain)).status, 200)
  assert.equal(plain.cookies.has(cookie), false)
  const wrong = open()
  assert.equal((await wrong.post('/auth/login', { email: 'alice@example.com', password: otherPhrase, remember: true })).status, 401)
  assert.equal(wrong.cookies.has(cookie), false)
  assert.equal((await open().post('/auth/login', { email: 'alice@example.com', password: phrase, remember: 'yes' })).status, 400)
  const asking = open()
  await login(asking, { remember: true })
  const names = (await told()).map(({ name }) => name)
  assert.deepEqual(names.toSorted(), ['device.remembered', 'user.logged_in', 'user.logged_in'])
})

onEveryStore('AL-FS-13, AL-FST-A21: a garbage token opens nothing, harms nothing, and is taken away', async (store) => {
  const { open } = site(store)
  await registered(open)
  const kept = 'A'.repeat(43)
  for (const garbage of [
    '',
    'x',
    '.',
    `${kept}.`,
    `${kept}.${kept}`,
    `${kept}.${kept}.${kept}`,
    '%00',
    '{"a":1}',
    'é'.repeat(50),
    'x'.repeat(3000),
  ]) {
    const browser = open()
    browser.cookies.set(cookie, encodeURIComponent(garbage).slice(0, 3000))
    const reply = await browser.post('/auth/resume')
    assert.deepEqual([reply.status, codeOf(reply)], [401, 'unauthenticated'], garbage)
    browser.cookies.set(cookie, garbage.replaceAll('é', 'e'))
    const page = await browser.visit('/auth/resume?next=/members')
    assert.deepEqual([page.status, page.location, browser.cookies.has(cookie)], [303, '/auth/login?next=%2Fmembers', false], garbage)
  }
  assert.equal((await open().post('/auth/resume')).status, 401)
})

onEveryStore(
  'THR-8: devices have tokens of their own; forgetting one leaves the other; a token used before ends its device',
  async (store) => {
    const here = site(store)
    await registered(here.open)
    const [a, b] = [await remembered(here), await remembered(here)]
    assert.notEqual(a.cookies.get(cookie), b.cookies.get(cookie))
    const stolen = a.copy()
    assert.equal((await a.post('/auth/resume')).status, 200)
    assert.notEqual(a.cookies.get(cookie), stolen.cookies.get(cookie))
    await here.told()
    assert.equal((await stolen.post('/auth/resume')).status, 401)
    assert.equal(stolen.cookies.has(cookie), false)
    assert.deepEqual(
      (await here.told()).map(({ name, user }) => [name, user?.email]),
      [['device.token_reused', 'alice@example.com']],
    )
    assert.equal((await a.get('/members')).status, 401) // what the token opened may be the thief's
    assert.equal((await a.post('/auth/resume')).status, 401)
    assert.equal((await b.post('/auth/resume')).status, 200)
  },
)

onEveryStore('revoking A leaves B: the list names one’s own devices, and ends only those', async (store) => {
  const here = site(store)
  await registered(here.open)
  const [a, b] = [await remembered(here), await remembered(here)]
  await a.post('/auth/resume')
  await b.post('/auth/resume')
  const devices = devicesIn(await b.get('/auth/devices'))
  assert.deepEqual(devices.map((device) => memberOf(device, 'current')).toSorted(), [false, true])
  assert.doesNotMatch(JSON.stringify(devices), new RegExp(String(b.cookies.get(cookie)).split('.').join('|')))
  const other = memberOf(
    devices.find((device) => memberOf(device, 'current') === false),
    'id',
  )
  const mallory = await registered(here.open, 'mallory@example.com')
  assert.equal(codeOf(await mallory.post('/auth/devices/revoke', { id: String(other) })), 'not_found')
  assert.equal(codeOf(await b.post('/auth/devices/revoke', { id: 'unknown' })), 'not_found')
  assert.equal((await b.post('/auth/devices/revoke', { id: String(other) })).status, 200)
  assert.equal((await a.get('/members')).status, 401)
  assert.equal((await a.post('/auth/resume')).status, 401)
  assert.equal((await b.get('/members')).status, 200)
  b.cookies.delete(sessionCookie)
  assert.equal((await b.post('/auth/resume')).status, 200)
})

onEveryStore('a device is remembered so long after the login that asked for it, however much it is used', async (store) => {
  const here = site(store, { life: '10d' })
  await registered(here.open)
  const browser = await remembered(here)
  for (let day = 0; day < 9; day++) {
    here.clock.advance(24 * hour)
    assert.equal((await browser.post('/auth/resume')).status, 200)
    browser.cookies.delete(sessionCookie)
  }
  here.clock.advance(24 * hour)
  assert.equal((await browser.post('/auth/resume')).status, 401)
})

onEveryStore('a resumed session is one factor and never fresh, and who owes a second one is asked for it', async (store) => {
  const { open, clock, ...rest } = site(store)
  const alice = await registered(open)
  const browser = await remembered({ open, clock, ...rest })
  await browser.post('/auth/resume')
  const { status, json } = await browser.get('/fresh')
  assert.deepEqual([status, memberOf(json.error, 'code')], [401, 'reauthentication_required'])
  assert.equal((await browser.post('/auth/verify', { password: phrase })).status, 200)
  assert.equal((await browser.get('/fresh')).status, 200)

  assert.equal((await alice.post('/auth/code/setup')).status, 200) // which ends every device, by the stamp
  const second = open()
  assert.equal((await login(second, { remember: true })).json.status, 'second_factor_required')
  assert.equal(second.cookies.has(cookie), false)
  assert.equal((await second.post('/auth/code', { code: '123456' })).json.status, 'authenticated')
  const before = second.cookies.get(cookie)
  assert.ok(before)
  second.cookies.delete(sessionCookie)
  const owed = await second.post('/auth/resume')
  assert.deepEqual([owed.json.status, owed.json.methods], ['second_factor_required', ['code']])
  assert.equal((await second.get('/members')).status, 401)
  assert.notEqual(second.cookies.get(cookie), before)
  assert.equal((await second.post('/auth/code', { code: '123456' })).json.status, 'authenticated')
  second.cookies.delete(sessionCookie)
  assert.equal((await second.post('/auth/resume')).json.status, 'second_factor_required')
})

onEveryStore(
  'logging out forgets the browser, with or without a live session; so does a login that asks for nothing, whoever’s',
  async (store) => {
    const here = site(store)
    await registered(here.open, 'bob@example.com')
    await registered(here.open)
    for (const end of [
      (browser: TestBrowser) => browser.post('/auth/logout'),
      async (browser: TestBrowser) => {
        await browser.post('/auth/resume')
        return browser.post('/auth/logout')
      },
      (browser: TestBrowser) => login(browser),
      (browser: TestBrowser) => browser.post('/auth/login', { email: 'bob@example.com', password: phrase }),
    ]) {
      const browser = await remembered(here)
      const copy = browser.copy()
      assert.equal((await end(browser)).status, 200)
      assert.equal(browser.cookies.has(cookie), false)
      assert.equal((await copy.post('/auth/resume')).status, 401)
    }
    const browser = await remembered(here)
    const copy = browser.copy()
    await browser.post('/auth/login', { email: 'bob@example.com', password: phrase, remember: true })
    assert.equal((await copy.post('/auth/resume')).status, 401)
    browser.cookies.delete(sessionCookie)
    await browser.post('/auth/resume')
    assert.match((await browser.get('/members')).text, /bob@example\.com/)
  },
)

onEveryStore(
  'AL-FST-B4: a change of password ends every other device, and this one goes on, if it was remembered, with another token',
  async (store) => {
    const here = site(store)
    await registered(here.open)
    const [other, browser, plain] = [await remembered(here), await remembered(here), here.open()]
    await browser.post('/auth/resume')
    const before = browser.cookies.get(cookie)
    const thief = browser.copy()
    assert.equal((await browser.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })).status, 200)
    assert.notEqual(browser.cookies.get(cookie), before)
    assert.equal((await other.post('/auth/resume')).status, 401)
    browser.cookies.delete(sessionCookie)
    assert.equal((await browser.post('/auth/resume')).status, 200)
    thief.cookies.delete(sessionCookie)
    assert.equal((await thief.post('/auth/resume')).status, 401)
    await plain.post('/auth/login', { email: 'alice@example.com', password: otherPhrase })
    await plain.post('/auth/change-password', { password: otherPhrase, newPassword: phrase })
    assert.equal(plain.cookies.has(cookie), false)
  },
)

onEveryStore('sessions that are ended, one or all others, by the user or an operator, do not open themselves again', async (store) => {
  const here = site(store)
  await registered(here.open)
  const user = await here.auth.admin.users.byEmail('alice@example.com')
  const [a, b, c] = [await remembered(here), await remembered(here), await remembered(here)]
  for (const browser of [a, b, c]) await browser.post('/auth/resume')
  const sessions = (await c.get('/auth/sessions')).json.sessions
  const sessionOf = async (browser: TestBrowser): Promise<string> =>
    String(memberOf((await browser.get('/auth/session')).json.session, 'id'))
  assert.ok(Array.isArray(sessions) && sessions.length >= 3)
  assert.equal((await c.post('/auth/sessions/revoke', { id: await sessionOf(a) })).status, 200)
  assert.equal((await a.post('/auth/resume')).status, 401)
  b.cookies.delete(sessionCookie)
  assert.equal((await c.post('/auth/sessions/revoke', { others: true })).status, 200)
  assert.equal((await b.post('/auth/resume')).status, 401)
  const copy = c.copy()
  copy.cookies.delete(sessionCookie)
  await here.auth.admin.users.endSessions(user?.id ?? '')
  assert.equal((await copy.post('/auth/resume')).status, 401)
})

onEveryStore('a proof anew keeps the session’s name and its device', async (store) => {
  const here = site(store)
  await registered(here.open)
  const browser = await remembered(here)
  await browser.post('/auth/resume')
  const before = memberOf((await browser.get('/auth/session')).json.session, 'id')
  await browser.post('/auth/verify', { password: phrase })
  assert.equal(memberOf((await browser.get('/auth/session')).json.session, 'id'), before)
})

onEveryStore('whoever is deactivated, deleted or given a new stamp is not resumed', async (store) => {
  const here = site(store)
  await registered(here.open)
  const id = (await here.auth.admin.users.byEmail('alice@example.com'))?.id ?? ''
  const first = await remembered(here)
  await here.auth.admin.users.deactivate(id)
  assert.equal((await first.post('/auth/resume')).status, 401)
  await here.auth.admin.users.activate(id)
  const [second, third] = [await remembered(here), await remembered(here)]
  await here.auth.admin.users.resetAccess(id)
  assert.equal((await second.post('/auth/resume')).status, 401)
  await here.auth.admin.users.delete(id)
  assert.equal((await third.post('/auth/resume')).status, 401)
})

test('tabs that a browser restores together end nothing: one resumes, the others are led to where it leads on', async () => {
  const here = site(memory())
  await registered(here.open)
  const browser = await remembered(here)
  const tab = browser.copy()
  await here.told()
  assert.equal((await browser.visit('/auth/resume?next=/members')).location, '/members')
  const late = await tab.visit('/auth/resume?next=/members')
  assert.deepEqual([late.status, late.location], [303, '/auth/resume?again=1&next=%2Fmembers'])
  assert.equal((await tab.get('/members')).status, 401)
  assert.equal((await tab.visit(late.location ?? '')).location, '/auth/login?next=%2Fmembers')
  assert.equal((await browser.visit(late.location ?? '')).location, '/members')
  assert.deepEqual(
    (await here.told()).map(({ name }) => name),
    ['user.logged_in'],
  )
  here.clock.advance(10_000)
  assert.equal((await tab.visit('/auth/resume?next=/members')).status, 303)
  assert.deepEqual(
    (await here.told()).map(({ name }) => name),
    ['device.token_reused'],
  )
  assert.equal((await browser.get('/members')).status, 401)
})

onEveryStore('whoever is logged in is led on, and no token is spent', async (store) => {
  const here = site(store)
  await registered(here.open)
  const browser = await remembered(here)
  await browser.post('/auth/resume')
  const before = browser.cookies.get(cookie)
  assert.equal((await browser.visit('/auth/resume?next=/members')).location, '/members')
  assert.equal((await browser.post('/auth/resume')).json.status, 'authenticated')
  assert.equal(browser.cookies.get(cookie), before)
})

onEveryStore('of one device one session lives: the one before ends when the next is opened', async (store) => {
  const here = site(store)
  await registered(here.open)
  const browser = await remembered(here)
  await browser.post('/auth/resume')
  const thief = browser.copy()
  browser.cookies.delete(sessionCookie)
  await browser.post('/auth/resume')
  assert.equal((await thief.get('/members')).status, 401)
  assert.equal((await browser.get('/members')).status, 200)
})

test('the token is in a cookie that lasts as long as the device, and the store has hashes of it only', async () => {
  const store = memory()
  const here = site(store, { life: '7d' })
  await registered(here.open)
  const reply = await login(here.open(), { remember: true })
  const line = reply.headers.getSetCookie().find((one) => one.startsWith(cookie)) ?? ''
  assert.match(line, /; HttpOnly/)
  assert.match(line, /; SameSite=Lax/)
  assert.match(line, /; Max-Age=604800/)
  const [selector = '', verifier = ''] = line.slice(cookie.length + 1, line.indexOf(';')).split('.')
  assert.deepEqual([selector.length, verifier.length], [43, 43])
  const user = await here.auth.admin.users.byEmail('alice@example.com')
  const kept = JSON.stringify([
    await store.reads.everything(user?.id ?? ''),
    await store.reads.devices.listOf(user?.id ?? '', 'remember', '', 0),
  ])
  assert.ok(!kept.includes(selector) && !kept.includes(verifier))
})

test('a life that is no duration stops the start-up', () => {
  // @ts-expect-error: the type asks for a unit, and whoever writes JavaScript is told at the start
  assert.throws(() => remember({ life: '30' }), /remember: life must be a duration/)
})

onEveryStore(
  'a copy is noticed wherever the token comes that was used before: at a login, at a logout, and after a restored tab',
  async (store) => {
    const here = site(store)
    await registered(here.open)
    for (const come of [
      (browser: TestBrowser) => login(browser),
      (browser: TestBrowser) => browser.post('/auth/logout'),
      async (browser: TestBrowser) => {
        await browser.visit('/auth/resume?next=/members')
        return login(browser, { remember: true })
      },
    ]) {
      const owner = await remembered(here)
      const thief = owner.copy()
      assert.equal((await thief.post('/auth/resume')).status, 200)
      await here.told()
      assert.equal((await come(owner)).status, 200)
      assert.ok((await here.told()).some(({ name }) => name === 'device.token_reused'))
      assert.equal((await thief.get('/members')).status, 401)
      assert.equal((await thief.post('/auth/resume')).status, 401)
    }
  },
)

onEveryStore(
  'whoever is logged in by nothing but the token is logged out by forgetting the browser; whoever proved more is not',
  async (store) => {
    const here = site(store)
    await registered(here.open)
    for (const proves of [false, true]) {
      const browser = await remembered(here)
      await browser.post('/auth/resume')
      if (proves) await browser.post('/auth/verify', { password: phrase })
      const current = devicesIn(await browser.get('/auth/devices')).find((device) => memberOf(device, 'current') === true)
      assert.equal((await browser.post('/auth/devices/revoke', { id: String(memberOf(current, 'id')) })).status, 200)
      assert.equal((await browser.get('/members')).status, proves ? 200 : 401)
      assert.equal(browser.cookies.has(cookie), false)
    }
  },
)
