/** Holes that comparable systems once had, as far as what exists here could have them: none may ever be here. */
import assert from 'node:assert/strict'
import type { CreateAuthOptions, Feature } from '../../src/index.ts'
import { AuthError, createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, memberOf, origin, otherPhrase, phrase, registered, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'

const account = { email: 'alice@example.com', password: phrase }

function installation(store: Store, options: Partial<CreateAuthOptions> = {}) {
  const features = [session(), password(), registration(), secondStep()]
  const auth = createAuth({ origin, secret, store, features, clock: createClock(), passwords: { dangerouslyCheapHash: true }, ...options })
  return { auth, open: serve(auth, { '/members': {}, '/proven': { secondFactor: true } }) }
}

function sessionOf(browser: TestBrowser): string {
  return browser.cookies.get('portcullis-session-3000') ?? ''
}

onEveryStore('AL-FST-R: a GET logs nobody in, changes nothing and hands out no token, whatever its query says', async (store) => {
  const { open, auth } = installation(store)
  await auth.admin.users.create(account)
  const query = new URLSearchParams({ ...account, newPassword: otherPhrase, code: '123456', others: 'true' }).toString()
  const member = await registered(open, 'bob@example.com')
  for (const { path, methods } of auth.routes) {
    for (const browser of [open(), member.copy()]) {
      const before = sessionOf(browser)
      for (const reply of [await browser.get(`${path}?${query}`), await browser.visit(`${path}?${query}`)]) {
        assert.ok(reply.status < 500 && (methods.includes('GET') || reply.status === 405), `${path} ${reply.status}`)
        assert.equal(sessionOf(browser), before, path)
        if (before !== '') assert.doesNotMatch(reply.text, new RegExp(before), path)
      }
    }
  }
  assert.equal((await member.get('/members')).status, 200)
})

onEveryStore('AL-FST-R: no reply carries a session token, but in its cookie: not registration, not login, not a list', async (store) => {
  const { open } = installation(store)
  const browser = open()
  const replies = [
    await browser.post('/auth/register', account),
    await browser.post('/auth/login', account),
    await browser.post('/auth/verify', { password: phrase }),
    await browser.get('/auth/session'),
    await browser.get('/auth/sessions'),
    await browser.visit('/auth/sessions'),
    await browser.post('/auth/change-password', { password: phrase, newPassword: otherPhrase }),
  ]
  for (const reply of replies) {
    const tokens = reply.headers.getSetCookie().map((line) => /=([^;]*)/.exec(line)?.[1] ?? '')
    for (const token of [...tokens, sessionOf(browser)]) if (token !== '') assert.ok(!reply.text.includes(token))
    assert.equal(memberOf(reply.json, 'token'), undefined)
  }
})

onEveryStore(
  'AL-FST-R: the public id of a session is no token, and nothing that is kept or looks like one opens anything',
  async (store) => {
    const { open, auth } = installation(store)
    const alice = await registered(open)
    const id = String(memberOf((await alice.get('/auth/session')).json.session, 'id'))
    const user = await auth.admin.users.byEmail(account.email)
    assert.ok(user)
    const kept = JSON.stringify(await store.reads.everything(user.id))
    assert.ok(!kept.includes(sessionOf(alice)))
    for (const value of [id, user.id, `${id}${id}`.padEnd(43, 'A').slice(0, 43), sessionOf(alice).toLowerCase(), `${sessionOf(alice)}A`]) {
      const thief = open()
      thief.cookies.set('portcullis-session-3000', value)
      assert.equal((await thief.get('/members')).status, 401, value)
    }
  },
)

onEveryStore('AL-FST-R: a first factor opens nothing while the second is owed: no route and no guard', async (store) => {
  const { open, auth } = installation(store)
  const alice = await registered(open)
  await alice.post('/auth/code/setup')
  const held = open()
  assert.equal((await held.post('/auth/login', account)).json.status, 'second_factor_required')
  assert.equal(sessionOf(held), '')
  for (const { path, access, methods } of auth.routes)
    if (access.includes('session') || access.includes('fresh'))
      for (const method of methods) {
        const json = { accept: 'application/json', 'content-type': 'application/json' }
        assert.equal((await held.send(method, path, json, method === 'GET' ? undefined : '{}')).status, 401, `${method} ${path}`)
      }
  for (const path of ['/members', '/proven', '/auth/session', '/auth/sessions']) assert.equal((await held.get(path)).status, 401, path)
  assert.equal((await held.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })).status, 401)
  assert.equal((await held.post('/auth/code/setup')).status, 401)
})

onEveryStore('AL-FST-R: a held login is spent by what completes it: its cookie completes nothing again', async (store) => {
  const { open } = installation(store)
  await (await registered(open)).post('/auth/code/setup')
  const held = open()
  await held.post('/auth/login', account)
  const copy = held.copy()
  assert.equal((await held.post('/auth/code', { code: '123456' })).json.status, 'authenticated')
  const again = await copy.post('/auth/code', { code: '123456' })
  assert.deepEqual([again.status, sessionOf(copy)], [401, ''])
})

onEveryStore(
  'AL-FST-R: no session outlives its user: deactivated, deleted or reset, every copy of it is worth nothing at once',
  async (store) => {
    const { open, auth } = installation(store)
    const { users } = auth.admin
    for (const end of ['deactivate', 'resetAccess', 'delete'] as const) {
      const email = `${end}@example.com`
      const browser = await registered(open, email)
      const copy = browser.copy()
      const user = await users.byEmail(email)
      await users[end](user?.id ?? '')
      for (const each of [browser, copy])
        for (const path of ['/members', '/auth/session']) assert.equal((await each.get(path)).status, 401, `${end} ${path}`)
      assert.equal((await copy.post('/auth/verify', { password: phrase })).status, 401)
    }
  },
)

onEveryStore('AL-FST-R: proving again is bound to the user of the session: nobody else’s password, name or login does', async (store) => {
  const clock = createClock()
  const { open } = installation(store, { clock })
  const alice = await registered(open)
  const bob = await registered(open, 'bob@example.com', otherPhrase)
  clock.advance(11 * 60_000)
  for (const body of [{ password: otherPhrase }, { password: otherPhrase, email: 'bob@example.com', userId: 'bob' }]) {
    const refused = await alice.post('/auth/verify', body)
    assert.deepEqual([refused.status, codeOf(refused)], [401, 'invalid_credentials'])
  }
  assert.equal((await alice.post('/auth/code/setup')).status, 401) // still not fresh
  assert.equal((await bob.post('/auth/verify', { password: otherPhrase })).status, 200)
  assert.match((await bob.get('/members')).text, /bob@example\.com/)
  assert.equal((await alice.post('/auth/code/setup')).status, 401)
})

const locks: Feature = {
  name: 'locks',
  admit: ({ user }) => {
    if (user.extra.locked === true) throw new AuthError('forbidden', { message: 'This account is locked.' })
  },
}

onEveryStore('AL-FST-R: whom a door-keeper of the application refuses stays out, and only whom it refuses', async (store) => {
  const { open, auth } = installation(store, { features: [session(), password(), registration(), locks] })
  await auth.admin.users.create({ ...account, extra: { locked: true } })
  await auth.admin.users.create({ email: 'bob@example.com', password: phrase, extra: { locked: false } })
  const alice = open()
  assert.equal((await alice.post('/auth/login', account)).status, 403)
  assert.deepEqual([sessionOf(alice), (await alice.get('/members')).status], ['', 401])
  assert.equal((await open().post('/auth/login', { ...account, password: 'wrong' })).status, 401)
  assert.equal((await open().post('/auth/login', { email: 'bob@example.com', password: phrase })).status, 200)
})

onEveryStore('AL-FST-R: values of any JSON type are refused by name where text is asked for, and nothing breaks', async (store) => {
  const { open, auth } = installation(store)
  const alice = await registered(open)
  for (const value of [null, true, 1, 1.5, [], ['a'], {}, { a: 'b' }, [account.password]]) {
    for (const [path, field] of [
      ['/auth/login', 'email'],
      ['/auth/login', 'password'],
      ['/auth/verify', 'password'],
      ['/auth/change-password', 'newPassword'],
      ['/auth/sessions/revoke', 'id'],
    ] as const) {
      const reply = await alice.copy().post(path, { ...account, newPassword: otherPhrase, [field]: value })
      assert.ok(
        reply.status === 400 || (value === null && reply.status < 500),
        `${path} ${field} ${JSON.stringify(value)}: ${reply.status}`,
      )
    }
    const made = await open().post('/auth/register', {
      email: 'x@example.com',
      password: phrase,
      [value === null ? 'email' : 'password']: value,
    })
    assert.equal(made.status, 400)
  }
  assert.equal((await auth.admin.users.list()).length, 1)
})
