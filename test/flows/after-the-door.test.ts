/** What a browser holds after the door, and after it has left: exactly what is live, and nothing of before. */
import assert from 'node:assert/strict'
import type { Auth, Feature } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { byMail, secondStep } from '../contract/second-step.ts'
import { codeOf, fieldError, memberOf, origin, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

const [sessionCookie, ticketCookie, formCookie] = ['portcullis-session-3000', 'portcullis-ticket-3000', 'portcullis-form-3000']

function installation(store: Store, others: readonly Feature[] = []): Auth {
  const features = [session(), password(), registration(), secondStep(), ...others]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, afterLogout: '/goodbye' })
}

/** A browser of an account with a second step, after its password. */
async function held(open: () => TestBrowser): Promise<TestBrowser> {
  const browser = open()
  const { json } = await browser.post('/auth/login', { email: 'alice@example.com', password: phrase })
  assert.equal(json.status, 'second_factor_required')
  return browser
}

onEveryStore('a login that is held again has a new ticket, and the one before is dead', async (store) => {
  const open = serve(installation(store, [byMail, secondStep({ method: 'mailed', channel: 'mail' })]))
  assert.equal((await (await registered(open)).post('/auth/mailed/setup')).status, 200)
  const browser = open()
  await browser.post('/auth/by-mail')
  const before = browser.copy()
  assert.equal((await before.get('/auth/second-factor')).status, 200)
  assert.equal((await browser.post('/auth/mailed', { code: '123456' })).json.status, 'second_factor_required')
  assert.notEqual(browser.cookies.get(ticketCookie), before.cookies.get(ticketCookie))
  assert.deepEqual([(await before.get('/auth/second-factor')).status, (await browser.get('/auth/second-factor')).status], [401, 200])
})

onEveryStore('a held login is dead once a newer one in the same browser is complete', async (store) => {
  const open = serve(installation(store))
  await (await registered(open)).post('/auth/code/setup')
  await registered(open, 'bob@example.com')
  const browser = await held(open)
  const thief = browser.copy()
  assert.equal((await browser.post('/auth/login', { email: 'bob@example.com', password: phrase })).json.status, 'authenticated')
  assert.equal((await thief.post('/auth/code', { code: '123456' })).status, 401)
})

onEveryStore('a complete login leaves no ticket in the browser that could mask its session', async (store) => {
  const open = serve(installation(store))
  await (await registered(open)).post('/auth/code/setup')
  await registered(open, 'bob@example.com')
  const finished = await held(open)
  await finished.post('/auth/code', { code: '123456' })
  const other = await held(open)
  await other.post('/auth/login', { email: 'bob@example.com', password: phrase })
  for (const [browser, email] of [
    [finished, 'alice@example.com'],
    [other, 'bob@example.com'],
  ] as const) {
    assert.equal(browser.cookies.has(ticketCookie), false)
    assert.equal(memberOf((await browser.get('/auth/session')).json.user, 'email'), email)
  }
})

onEveryStore('the cookie that a form was bound to ends at login, when a login is held, and at logout', async (store) => {
  const open = serve(installation(store))
  await registered(open, 'bob@example.com')
  await (await registered(open)).post('/auth/code/setup')
  const browser = open()
  await browser.visit('/auth/login')
  const form = browser.cookies.get(formCookie) ?? ''
  assert.notEqual(form, '')
  const holding = browser.copy()
  await holding.post('/auth/login', { email: 'alice@example.com', password: phrase })
  assert.equal(holding.cookies.has(formCookie), false)
  await browser.post('/auth/login', { email: 'bob@example.com', password: phrase })
  assert.deepEqual([browser.cookies.has(formCookie), browser.cookies.has(sessionCookie)], [false, true])
  browser.cookies.set(formCookie, form) // one that another tab still had
  await browser.post('/auth/logout')
  assert.deepEqual([browser.cookies.has(formCookie), browser.cookies.has(sessionCookie)], [false, false])
})

onEveryStore('revoking one’s own session is a logout: cookies, event and the way out', async (store) => {
  const auth = installation(store)
  const open = serve(auth)
  const events: string[] = []
  auth.on('user.logged_out', ({ sessionId }) => void events.push(sessionId))
  auth.on('sessions.ended', () => void events.push('ended'))
  const alice = await registered(open)
  const idOf = async () => String(memberOf((await alice.get('/auth/session')).json.session, 'id'))
  const first = await idOf()
  const reply = await alice.post('/auth/sessions/revoke', { id: first })
  assert.deepEqual([reply.status, reply.json.ended, alice.cookies.has(sessionCookie)], [200, 1, false])
  assert.equal((await alice.get('/auth/session')).status, 401)
  await alice.post('/auth/login', { email: 'alice@example.com', password: phrase })
  const second = await idOf()
  assert.equal((await alice.submit('/auth/sessions/revoke', { id: second })).location, '/goodbye')
  await auth.settled()
  assert.deepEqual(events, [first, second])
})

onEveryStore('revoking needs an id or others, and not both; nothing ends otherwise', async (store) => {
  const open = serve(installation(store))
  const alice = await registered(open)
  const elsewhere = open()
  await elsewhere.post('/auth/login', { email: 'alice@example.com', password: phrase })
  const id = String(memberOf((await elsewhere.get('/auth/session')).json.session, 'id'))
  for (const body of [{ id, others: true }, {}, { others: false }, { id: '' }]) {
    const reply = await alice.post('/auth/sessions/revoke', body)
    assert.deepEqual([reply.status, codeOf(reply)], [400, 'invalid_fields'], JSON.stringify(body))
    assert.equal(fieldError(reply, 'id'), 'Give the id of one session, or others.')
  }
  assert.equal((await elsewhere.get('/auth/session')).status, 200)
})

onEveryStore('re-authentication takes exactly one proof: two fields at once, or none, are refused unjudged', async (store) => {
  const open = serve(installation(store))
  const alice = await registered(open)
  await alice.post('/auth/code/setup')
  for (const body of [{ password: phrase, code: '123456' }, { password: phrase, code: '000000' }, {}]) {
    for (let tried = 0; tried < 6; tried++) {
      const reply = await alice.post('/auth/verify', body)
      assert.deepEqual([reply.status, codeOf(reply)], [400, 'invalid_fields'])
      for (const field of ['password', 'code']) assert.equal(fieldError(reply, field), 'Give one of these.')
    }
  }
  assert.equal((await alice.post('/auth/verify', { code: '123456' })).status, 200)
})
