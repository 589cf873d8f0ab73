/** Requests that another site could have sent: which need the form token, where it comes from, and how long it is good. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CreateAuthOptions, Feature } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, hiddenField, origin, phrase, registered, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'

const account = { email: 'alice@example.com', password: phrase }

/** A scheme that browsers do not send on their own. */
const badge: Feature = {
  name: 'badge',
  schemes: [
    {
      name: 'badge',
      ambient: false,
      recognise: async (ground) => {
        const typed = ground.head.header('x-badge')
        const record = typed === null ? null : (await ground.identify(typed)).record
        return record ? { userId: record.user.id, proven: { method: 'badge' } } : 'absent'
      },
      challenges: () => [],
    },
  ],
  proofs: [{ method: 'badge', channel: 'badge', as: ['first'], has: () => Promise.resolve(true) }],
}

function installation(store: Store, options: Partial<CreateAuthOptions> = {}) {
  const features = [session(), password(), registration(), badge]
  const auth = createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, ...options })
  return { auth, open: serve(auth, { '/notes': {}, '/api': { with: ['badge'] }, '/both': { with: ['session', 'badge'] } }) }
}

/** A form as an old browser sends it: without a word on where it comes from. */
function silently(
  browser: TestBrowser,
  path: string,
  fields: Readonly<Record<string, string>> = {},
  accept = 'text/html',
): Promise<TestReply> {
  const headers = { accept, 'content-type': 'application/x-www-form-urlencoded' }
  return browser.send('POST', path, headers, new URLSearchParams(fields).toString())
}

onEveryStore(
  'AL-FST-E1: a form without its token is shown again with a fresh one, JSON is told 403; then the token lets it pass',
  async (store) => {
    const { open, auth } = installation(store)
    await auth.admin.users.create(account)
    const visitor = open()
    for (const fields of [account, { ...account, csrf: '' }, { ...account, csrf: 'A'.repeat(43) }]) {
      const page = await silently(visitor, '/auth/login', fields)
      assert.equal(page.status, 403)
      assert.match(page.text, /<form method="post" action="\/auth\/login">/)
      const told = await silently(visitor, '/auth/login', fields, 'application/json')
      assert.deepEqual([told.status, codeOf(told)], [403, 'cross_site_request'])
    }
    const again = await silently(visitor, '/auth/login', account)
    const csrf = hiddenField(again, 'csrf') ?? ''
    assert.equal((await silently(visitor, '/auth/login', { ...account, csrf })).status, 303)
    assert.equal((await visitor.get('/auth/session')).status, 200)
  },
)

onEveryStore(
  'AL-FST-E1: JSON needs no token, since no page of another site can send it unasked; beside a foreign origin no token helps',
  async (store) => {
    const { open, auth } = installation(store)
    await auth.admin.users.create(account)
    assert.equal((await open().post('/auth/login', account)).status, 200)
    const foreign = { origin: 'https://evil.example', accept: 'application/json', 'content-type': 'application/json' }
    const visitor = open()
    const { csrf } = (await visitor.get('/auth/login')).json
    for (const body of [account, { ...account, csrf: String(csrf) }])
      assert.equal((await visitor.send('POST', '/auth/login', foreign, JSON.stringify(body))).status, 403)
  },
)

onEveryStore('AL-FST-E2: a login form that is sent twice goes on to the same place, logged in', async (store) => {
  const { open, auth } = installation(store)
  await auth.admin.users.create(account)
  const visitor = open()
  const page = await visitor.visit('/auth/login?next=/page1')
  const fields = { ...account, csrf: hiddenField(page, 'csrf') ?? '', next: hiddenField(page, 'next') ?? '' }
  for (let time = 0; time < 2; time++) {
    const reply = await visitor.submit('/auth/login', fields)
    assert.deepEqual([reply.status, reply.location], [303, '/page1'])
    assert.equal((await visitor.get('/auth/session')).status, 200)
  }
  const both = open()
  const replies = await Promise.all([both.submit('/auth/login', account), both.submit('/auth/login', account)])
  assert.deepEqual(
    replies.map(({ status }) => status),
    [303, 303],
  )
  assert.equal((await both.get('/auth/session')).status, 200)
})

onEveryStore(
  'AL-FST-E3: what a browser does not send on its own needs no token; a session always does, and so do visitors',
  async (store) => {
    const { open } = installation(store)
    const alice = await registered(open)
    const form = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }
    const cross = { ...form, origin: 'https://evil.example' }
    const badged = { 'x-badge': account.email }
    for (const headers of [form, cross]) {
      for (const path of ['/api', '/both'])
        assert.equal((await open().send('POST', path, { ...headers, ...badged }, 'a=b')).status, 200, path)
      for (const path of ['/notes', '/both', '/auth/logout', '/auth/change-password'])
        assert.equal((await alice.send('POST', path, { ...headers, ...badged }, 'a=b')).status, 403, path)
      for (const path of ['/auth/login', '/auth/register'])
        assert.equal((await open().send('POST', path, headers, new URLSearchParams(account).toString())).status, 403, path)
    }
    assert.equal((await alice.get('/auth/session')).status, 200)
  },
)

onEveryStore('AL-FST-E3: only the option that says so switches it off, for all routes and guards', async (store) => {
  const { open } = installation(store, { dangerouslySkipCsrf: true })
  const alice = await registered(open)
  const cross = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' }
  assert.equal((await alice.send('POST', '/notes', cross, 'a=b')).status, 200)
  assert.equal((await alice.send('POST', '/auth/logout', cross, '')).status, 200)
})

test('AL-FST-E4: settings that contradict each other stop the start with a sentence', () => {
  const start = (options: Partial<CreateAuthOptions>) => () => installation(memory(), options)
  assert.throws(start({ features: [session(), session()] }), /Two features "session"|Only one feature may set the limits/)
  assert.throws(start({ features: [password()], requireSecondFactor: () => true }), /no feature lets a user set up a second factor/)
  assert.throws(start({ features: [password(), secondStep(), secondStep({ method: 'other' })] }), /there must be a route "second-factor"/)
  assert.throws(start({ limits: { firstWait: '1h', longestWait: '1m' } }), /firstWait must not be longer than limits\.longestWait/)
  assert.throws(start({ production: true }), /dangerouslyCheapHash is for tests/)
  assert.throws(() => installation(memory()).auth.guard({ with: [] }), /with.*not empty|empty list of ways/)
  assert.throws(() => installation(memory()).auth.guard({ with: ['token'] }), /names "token", which no feature offers/)
})

onEveryStore('AL-FST-E5: scripts get the token from GET login; it is bound to what the browser holds and follows it', async (store) => {
  const { open, auth } = installation(store)
  await auth.admin.users.create(account)
  const browser = open()
  const tokenNow = async (): Promise<string> => String((await browser.get('/auth/login')).json.csrf)
  const visiting = await tokenNow()
  assert.equal(await tokenNow(), visiting)
  assert.equal((await silently(browser, '/auth/login', { ...account, csrf: visiting }, 'application/json')).status, 200)
  const member = await tokenNow()
  assert.notEqual(member, visiting)
  const notes = (csrf: string): Promise<TestReply> => silently(browser, '/notes', { csrf }, 'application/json')
  assert.deepEqual([(await notes(visiting)).status, (await notes(member)).status], [403, 200])
  await browser.post('/auth/verify', { password: phrase }) // a new session token, so a new form token
  assert.deepEqual([(await notes(member)).status, (await notes(await tokenNow())).status], [403, 200])
  for (const name of browser.cookies.keys()) assert.match(name, /^portcullis-(session|device)-3000$/) // none that scripts could read
})

onEveryStore(
  'AL-FST-E6: the token changes when somebody logs out, and the old one is worth nothing to whoever comes next',
  async (store) => {
    const { open } = installation(store)
    const browser = await registered(open)
    const old = hiddenField(await browser.visit('/auth/change-password'), 'csrf') ?? ''
    assert.equal((await silently(browser, '/auth/logout', { csrf: old })).status, 303)
    const fresh = hiddenField(await browser.visit('/auth/login'), 'csrf') ?? ''
    assert.notEqual(fresh, old)
    assert.equal((await silently(browser, '/auth/login', { ...account, csrf: old })).status, 403)
    assert.equal((await silently(browser, '/auth/login', { ...account, csrf: fresh })).status, 303)
    assert.equal((await silently(browser, '/auth/change-password', { csrf: old })).status, 403)
    assert.equal((await silently(browser, '/auth/change-password', { csrf: fresh })).status, 403)
  },
)
