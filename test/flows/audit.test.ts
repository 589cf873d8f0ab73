/** The audit: what is kept of what happened, for whom, and for how long. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type AuditOptions,
  type Auth,
  type AuthEvent,
  audit,
  type CreateAuthOptions,
  createAuth,
  password,
  registration,
  session,
} from '../../src/index.ts'
import type { AuditRow } from '../../src/model/audit.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox } from '../../src/testing/mailbox.ts'
import { codeOf, memberOf, origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

interface Site {
  readonly auth: Auth
  readonly store: Store
  readonly clock: MovableClock
  readonly open: () => TestBrowser
  readonly rows: () => Promise<readonly AuditRow[]>
}

function site(store: Store, own: AuditOptions = {}, more: Partial<CreateAuthOptions> = {}): Site {
  const clock = createClock()
  const features = [session(), password(), registration(), audit(own)]
  const options = { passwords: { dangerouslyCheapHash: true }, purgeEvery: false } as const
  const auth = createAuth({ origin, secret, store, features, mailer: createMailbox(), clock, ...options, ...more })
  return {
    auth,
    store,
    clock,
    open: serve(auth, { '/members': {}, '/admin': { roles: ['admin'] } }, { address: '192.0.2.1' }),
    rows: async () => store.reads.audit.list({ limit: 1000 }),
  }
}

function eventsIn(reply: { readonly json: Readonly<Record<string, unknown>> }): readonly unknown[] {
  return Array.isArray(reply.json.events) ? reply.json.events : []
}

onEveryStore('every event is kept: who, what, how, when, from where, and by which request', async (store) => {
  const here = site(store, {}, { requestId: (head) => head.header('x-request-id') })
  const headers = { 'user-agent': 'Browser/1.0', 'x-request-id': 'request-1' }
  const browser = here.open()
  await browser.post('/auth/register', { email: 'alice@example.com', password: phrase }, { headers })
  const id = (await here.auth.admin.users.byEmail('alice@example.com'))?.id ?? ''
  const common = { userId: id, at: here.clock(), ip: '192.0.2.1', userAgent: 'Browser/1.0', requestId: 'request-1' }
  const kept = (await here.rows()).map(({ id: _, expiresAt: __, ...row }) => row)
  const sessionId = memberOf((await browser.get('/auth/session')).json.session, 'id')
  assert.deepEqual(kept, [
    { event: 'user.logged_in', ...common, details: { method: 'password', methods: ['password'], sessionId, factors: 1 } },
    { event: 'user.registered', ...common, details: { method: 'password' } },
  ])
})

onEveryStore('what listeners are told is what is kept, but tries that are refused unseen', async (store) => {
  const here = site(store)
  const told: AuthEvent[] = []
  const names = ['user.registered', 'user.logged_in', 'user.logged_out', 'user.authentication_failed', 'user.throttled'] as const
  const others = ['password.changed', 'authorization.denied', 'roles.changed', 'user.deactivated', 'sessions.ended', 'mail.sent'] as const
  for (const name of [...names, ...others]) here.auth.on(name, (event) => void told.push(event))
  const browser = await registered(here.open)
  const id = (await here.auth.admin.users.byEmail('alice@example.com'))?.id ?? ''
  await browser.get('/admin')
  await browser.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })
  for (let tries = 0; tries < 7; tries++) await here.open().post('/auth/login', { email: 'alice@example.com', password: phrase })
  await here.auth.admin.roles.put({ name: 'admin' })
  await here.auth.admin.users.addRole(id, 'admin')
  await browser.post('/auth/logout')
  await here.auth.admin.users.deactivate(id)
  await here.auth.settled()
  const kept = (await here.rows()).map(({ event }) => event).toSorted()
  assert.ok(told.some(({ name }) => name === 'user.throttled'))
  assert.deepEqual(
    kept,
    told
      .map(({ name }) => name)
      .filter((name) => name !== 'user.throttled')
      .toSorted(),
  )
})

onEveryStore('a failure is one row, the same for an account and for none', async (store) => {
  const here = site(store)
  await registered(here.open)
  const count = async (email: string): Promise<readonly unknown[]> => {
    const before = (await here.rows()).length
    here.clock.advance(1)
    await here.open().post('/auth/login', { email, password: otherPhrase })
    const rows = await here.rows()
    return [rows.length - before, rows[0]?.event, Object.keys(rows[0]?.details ?? {})]
  }
  const known = await count('alice@example.com')
  assert.deepEqual(known, [1, 'user.authentication_failed', ['method']])
  assert.deepEqual(await count('nobody@example.com'), known)
})

onEveryStore('users see what concerns their account, newest first, page by page, and nobody else’s', async (store) => {
  const here = site(store)
  await registered(here.open, 'bob@example.com')
  const browser = await registered(here.open)
  const id = (await here.auth.admin.users.byEmail('alice@example.com'))?.id ?? ''
  for (let index = 0; index < 60; index++) {
    here.clock.advance(1)
    await here.auth.admin.users.unlock(id)
  }
  const first = await browser.get('/auth/history')
  assert.equal(eventsIn(first).length, 50)
  const second = await browser.get(`/auth/history?before=${first.json.older}`)
  assert.deepEqual([eventsIn(second).length, second.json.older], [12, null])
  const names = [...eventsIn(first), ...eventsIn(second)].map((event) => memberOf(event, 'event'))
  assert.deepEqual(names, [...Array.from({ length: 60 }, () => 'user.unlocked'), 'user.logged_in', 'user.registered'])
  const page = await browser.visit('/auth/history')
  assert.match(page.text, /Failed tries forgotten/)
  assert.match(page.text, /href="\/auth\/history\?before=/)
  for (const bad of ['x', '1', '1.', "1.'", '99999999999999999999.a', 'a'.repeat(5000)])
    assert.equal(codeOf(await browser.get(`/auth/history?before=${encodeURIComponent(bad)}`)), 'invalid_fields', bad)
  assert.equal((await here.open().get('/auth/history')).status, 401)
  assert.deepEqual(
    (await here.auth.admin.users.history(id, { limit: 2 })).map(({ event }) => event),
    ['user.unlocked', 'user.unlocked'],
  )
})

onEveryStore('events are kept so long, then purged', async (store) => {
  const here = site(store, { retention: '10d' })
  await registered(here.open)
  here.clock.advance(10 * 86_400_000 - 1)
  await here.auth.purge()
  assert.equal((await here.rows()).length, 2)
  here.clock.advance(1)
  await here.auth.purge()
  assert.equal((await here.rows()).length, 0)
})

onEveryStore(
  'hostile text is kept harmless: no line break, no control, no mark that turns text around, no more than so much',
  async (store) => {
    const here = site(store)
    const text = 'a\tb\u0085c\u202ed\u2028e'
    await here
      .open()
      .send(
        'POST',
        '/auth/login',
        { 'content-type': 'application/json', 'user-agent': 'x\u0085y\u00adz'.repeat(200) },
        JSON.stringify({ email: 'a@b.example', password: text }),
      )
    const [failed] = await here.rows()
    assert.equal(failed?.event, 'user.authentication_failed')
    assert.doesNotMatch(JSON.stringify(failed), /[\p{C}\p{Zl}\p{Zp}]/u)
    assert.ok((failed?.userAgent?.length ?? 0) <= 500)
  },
)

test('addresses can be kept as pseudonyms: the same for the same address, and no address', async () => {
  const here = site(memory(), { addresses: 'pseudonymous' })
  await registered(here.open)
  const [first, second] = (await here.rows()).map(({ ip }) => ip)
  assert.match(first ?? '', /^[\w-]{22}$/)
  assert.equal(first, second)
  const elsewhere = site(memory(), { addresses: 'pseudonymous' }, { secret: 'another-secret-of-32-bytes-at-least' })
  await registered(elsewhere.open)
  assert.notEqual((await elsewhere.rows())[0]?.ip, first)
})

test('who is deleted leaves a row that names nobody', async () => {
  const here = site(memory())
  await registered(here.open)
  const id = (await here.auth.admin.users.byEmail('alice@example.com'))?.id ?? ''
  await here.auth.admin.users.delete(id)
  const rows = await here.rows()
  assert.deepEqual(
    rows.map(({ event, userId, ip, details }) => [event, userId, ip, details]),
    [['user.deleted', null, null, { by: 'operator', userId: id }]],
  )
})

test('an option that cannot be meant stops the start-up', () => {
  // @ts-expect-error: the type asks for a unit, and whoever writes JavaScript is told at the start
  assert.throws(() => audit({ retention: '1' }), /audit: retention must be a duration/)
  // @ts-expect-error: the type lists both words, and whoever writes JavaScript is told at the start
  assert.throws(() => audit({ addresses: 'hashed' }), /addresses must be 'plain' or 'pseudonymous'/)
})

test('forged requests of nobody are told and not kept; those of somebody are kept', async () => {
  const here = site(memory())
  const told: string[] = []
  here.auth.on('request.refused', ({ user }) => void told.push(user?.email ?? 'nobody'))
  const browser = await registered(here.open)
  const foreign = { headers: { origin: 'https://evil.example' } }
  for (const one of [here.open(), here.open(), browser]) assert.equal((await one.post('/auth/logout', {}, foreign)).status, 403)
  await here.auth.settled()
  assert.deepEqual(told, ['nobody', 'nobody', 'alice@example.com'])
  assert.equal((await here.rows()).filter(({ event }) => event === 'request.refused').length, 1)
})
