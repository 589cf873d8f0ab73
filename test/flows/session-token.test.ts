/** The session token: a new one whenever what it stands on changes, and the old one is dead. */
import assert from 'node:assert/strict'
import type { Auth, SessionOptions } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { memberOf, origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

interface Setting {
  readonly auth: Auth
  readonly clock: MovableClock
  readonly open: () => TestBrowser
}

function installation(store: Store, options: SessionOptions = {}): Setting {
  const clock = createClock()
  const features = [session(options), password(), registration()]
  const auth = createAuth({ origin, secret, store, features, clock, passwords: { dangerouslyCheapHash: true } })
  return { auth, clock, open: serve(auth, { '/members': {} }) }
}

/** Whether a browser is let in by every entry there is. */
async function isIn(browser: TestBrowser): Promise<boolean> {
  const statuses = [(await browser.get('/members')).status, (await browser.get('/auth/session')).status]
  assert.equal(new Set(statuses).size, 1)
  return statuses[0] === 200
}

function tokenOf(browser: TestBrowser): string | undefined {
  return browser.cookies.get('portcullis-session-3000')
}

const changes: Readonly<Record<string, (browser: TestBrowser) => Promise<{ readonly status: number }>>> = {
  'a login': (browser) => browser.post('/auth/login', { email: 'alice@example.com', password: phrase }),
  'a password change': (browser) => browser.post('/auth/change-password', { password: phrase, newPassword: otherPhrase }),
  're-authentication': (browser) => browser.post('/auth/verify', { password: phrase }),
}

for (const [name, change] of Object.entries(changes)) {
  onEveryStore(`the session token changes at ${name}, and the old one is dead`, async (store) => {
    const { open } = installation(store)
    const alice = await registered(open)
    const before = alice.copy()
    assert.equal((await change(alice)).status, 200)
    assert.notEqual(tokenOf(alice), tokenOf(before))
    assert.deepEqual([await isIn(alice), await isIn(before)], [true, false])
  })
}

onEveryStore('a refused login, change or re-authentication leaves the session as it was', async (store) => {
  const { open } = installation(store)
  const alice = await registered(open)
  const token = tokenOf(alice)
  await alice.post('/auth/login', { email: 'alice@example.com', password: 'wrong' })
  await alice.post('/auth/change-password', { password: phrase, newPassword: 'short' })
  await alice.post('/auth/verify', { password: 'wrong' })
  assert.equal(tokenOf(alice), token)
  assert.equal(await isIn(alice), true)
})

onEveryStore('a token that somebody planted before the login opens nothing after it', async (store) => {
  const { open } = installation(store)
  await registered(open)
  const planted = 'A'.repeat(43)
  const victim = open()
  victim.cookies.set('portcullis-session-3000', planted)
  await victim.post('/auth/login', { email: 'alice@example.com', password: phrase })
  assert.notEqual(tokenOf(victim), planted)
  const attacker = open()
  attacker.cookies.set('portcullis-session-3000', planted)
  assert.equal(await isIn(attacker), false)
})

onEveryStore('rotating the stamp ends every session at the next request', async (store) => {
  const { auth, open } = installation(store)
  const alice = await registered(open)
  const elsewhere = open()
  await elsewhere.post('/auth/login', { email: 'alice@example.com', password: phrase })
  const record = await store.reads.users.byEmailKey('alice@example.com')
  assert.ok(record)
  await store.durable.write([{ kind: 'users.update', id: record.user.id, set: { stamp: 'another stamp' } }])
  assert.deepEqual([await isIn(alice), await isIn(elsewhere)], [false, false])
  assert.deepEqual(await auth.admin.users.sessions(record.user.id), [])
})

for (const call of ['resetAccess', 'deactivate', 'changePassword'] as const) {
  onEveryStore(`an operator’s ${call} ends every session of that user and of nobody else`, async (store) => {
    const { auth, open } = installation(store)
    const [alice, bob] = [await registered(open), await registered(open, 'bob@example.com')]
    const user = await auth.admin.users.byEmail('alice@example.com')
    assert.ok(user)
    if (call === 'changePassword') await auth.admin.users.changePassword(user.id, otherPhrase)
    else await auth.admin.users[call](user.id)
    assert.deepEqual([await isIn(alice), await isIn(bob)], [false, true])
  })
}

onEveryStore('a session ends when it is unused, and at its limit however much it is used', async (store) => {
  const { clock, open } = installation(store, { idle: '30m', absolute: '2h' })
  const alice = await registered(open)
  const idle = open()
  await idle.post('/auth/login', { email: 'alice@example.com', password: phrase })
  for (let minutes = 20; minutes <= 100; minutes += 20) {
    clock.advance(20 * 60_000)
    assert.equal(await isIn(alice), true, `after ${minutes} minutes`)
  }
  assert.equal(await isIn(idle), false)
  await alice.post('/auth/verify', { password: phrase }) // a new token, the same limit
  clock.advance(20 * 60_000)
  assert.equal(await isIn(alice), false)
})

onEveryStore('looking at a session writes no cookie', async (store) => {
  const { clock, open } = installation(store)
  const alice = await registered(open)
  clock.advance(10 * 60_000)
  for (const path of ['/members', '/auth/session', '/auth/sessions'])
    assert.deepEqual((await alice.get(path)).headers.getSetCookie(), [], path)
})

onEveryStore(
  'one’s sessions are listed; one or all others end by their public id, and what is not one’s own is not found',
  async (store) => {
    const { open } = installation(store)
    const alice = await registered(open)
    const [phone, tablet] = [open(), open()]
    for (const browser of [phone, tablet]) await browser.post('/auth/login', { email: 'alice@example.com', password: phrase })
    const bob = await registered(open, 'bob@example.com')
    const listed = (await alice.get('/auth/sessions')).json.sessions
    assert.ok(Array.isArray(listed))
    assert.deepEqual(listed.map((entry) => memberOf(entry, 'current')).sort(), [false, false, true])
    assert.doesNotMatch(JSON.stringify(listed), new RegExp(tokenOf(alice) ?? 'absent'))

    const phoneId = String(memberOf((await phone.get('/auth/session')).json.session, 'id'))
    assert.equal((await bob.post('/auth/sessions/revoke', { id: phoneId })).status, 404)
    assert.equal((await alice.post('/auth/sessions/revoke', { id: phoneId })).json.ended, 1)
    assert.deepEqual([await isIn(phone), await isIn(tablet)], [false, true])
    assert.equal((await alice.submit('/auth/sessions/revoke', { others: 'true' })).location, '/auth/sessions')
    assert.deepEqual([await isIn(alice), await isIn(tablet), await isIn(bob)], [true, false, true])
  },
)

onEveryStore('the cookie is the host’s alone, unreadable to scripts, and Secure follows the configured origin', async (store) => {
  const features = [session(), password(), registration()]
  const auth = createAuth({ origin: 'https://example.com', secret, store, features, passwords: { dangerouslyCheapHash: true } })
  const browser = serve(auth, {}, { origin: 'https://example.com' })()
  const reply = await browser.post('/auth/register', { email: 'alice@example.com', password: phrase })
  const line = reply.headers.getSetCookie().find((cookie) => cookie.includes('session'))
  assert.match(line ?? '', /^__Host-portcullis-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
})
