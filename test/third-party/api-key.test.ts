/** Somebody else's scheme: guards recognise single requests by it, under the same rules as everything. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Auth, createAuth, type Guarded, password, type Rule, registration, session } from 'portcullis'
import { memory } from 'portcullis/stores/memory'
import { createBrowser, type TestBrowser } from 'portcullis/testing'
import { apiKey, apiKeyHeader } from './api-key.ts'
import { pin } from './pin.ts'

const origin = 'http://localhost:3000'
const account = { email: 'alice@example.com', password: 'purple otter juggles lamps' }

function installation(store = memory()): Auth {
  const features = [session(), password(), registration(), pin(), apiKey()]
  return createAuth({ origin, secret: 'w3zXb6mTqE9kLr2VnYc5HsPdJf8GtUaQ', store, features, passwords: { dangerouslyCheapHash: true } })
}

/** A browser that registered, and a key that it made. */
async function withKey(auth: Auth): Promise<{ readonly browser: TestBrowser; readonly key: string }> {
  const browser = createBrowser((request) => auth.handle(request), origin)
  await browser.post('/auth/register', account)
  return { browser, key: String((await browser.post('/auth/api-keys')).json.key) }
}

function ask(auth: Auth, headers: Readonly<Record<string, string>>, rule: Rule = { with: ['api-key'] }, method = 'GET'): Promise<Guarded> {
  const all = new Headers(headers)
  const head = { method, target: '/api', remoteAddress: null, header: (name: string) => all.get(name) }
  return auth.guard(rule)({ ...head, body: async () => new Uint8Array() })
}

function refusalOf(guarded: Guarded): Response {
  assert.ok(!guarded.ok)
  return guarded.response
}

function cookieOf({ cookies }: TestBrowser): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}

test('a key lets its user in, opens no session, and needs no origin since browsers do not send it on their own', async () => {
  const auth = installation()
  const { key } = await withKey(auth)
  for (const method of ['GET', 'POST']) {
    const guarded = await ask(auth, { [apiKeyHeader]: key }, { with: ['api-key'] }, method)
    assert.ok(guarded.ok)
    const { user, with: way, session: opened, proofs } = guarded.identity
    assert.deepEqual([user.email, way, opened, proofs[0]?.method], [account.email, 'api-key', null, 'api-key'])
  }
})

test('without a key, with a wrong one, or with a session alone the answer is 401 with the challenge of the scheme', async () => {
  const auth = installation()
  const { browser } = await withKey(auth)
  for (const [headers, challenge] of [
    [{}, 'ApiKey realm="api"'],
    [{ cookie: cookieOf(browser) }, 'ApiKey realm="api"'],
    [{ [apiKeyHeader]: 'wrong' }, 'ApiKey realm="api", error="invalid_key"'],
  ] as const) {
    const refused = refusalOf(await ask(auth, headers))
    assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [401, challenge])
  }
})

test('a path may take either: the first way that recognises counts', async () => {
  const auth = installation()
  const { browser, key } = await withKey(auth)
  const rule = { with: ['session', 'api-key'] }
  const bySession = await ask(auth, { cookie: cookieOf(browser) }, rule)
  const byKey = await ask(auth, { [apiKeyHeader]: key }, rule)
  assert.deepEqual([bySession.ok && bySession.identity.with, byKey.ok && byKey.identity.with], ['session', 'api-key'])
  assert.equal(refusalOf(await ask(auth, {}, rule)).headers.get('www-authenticate'), 'ApiKey realm="api"')
})

test('AL-FST-A9: a deactivated or deleted user is refused at the next request, with the challenge', async () => {
  const auth = installation()
  const { key } = await withKey(auth)
  const user = await auth.admin.users.byEmail(account.email)
  assert.ok(user)
  await auth.admin.users.deactivate(user.id)
  const refused = refusalOf(await ask(auth, { [apiKeyHeader]: key }))
  assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [401, 'ApiKey realm="api", error="invalid_key"'])
  await auth.admin.users.activate(user.id)
  assert.equal((await ask(auth, { [apiKeyHeader]: key })).ok, true)
  await auth.admin.users.delete(user.id)
  assert.equal(refusalOf(await ask(auth, { [apiKeyHeader]: key })).status, 401)
})

test('an account that owes a second factor does not get in by one proof', async () => {
  const auth = installation()
  const { browser, key } = await withKey(auth)
  await browser.post('/auth/pin/setup', { pin: '271828' })
  assert.equal(refusalOf(await ask(auth, { [apiKeyHeader]: key })).status, 401)
})

test('admit is asked at every request of a scheme and at every login, and may say why', async () => {
  const store = memory()
  const auth = installation(store)
  const { key } = await withKey(auth)
  const user = await auth.admin.users.byEmail(account.email)
  assert.ok(user)
  await store.durable.write([{ kind: 'users.update', id: user.id, set: { extra: { closed: true } } }])
  const refused = refusalOf(await ask(auth, { [apiKeyHeader]: key }))
  assert.deepEqual([refused.status, (await refused.text()).includes('closed this account to api-key')], [403, true])
  const browser = createBrowser((request) => auth.handle(request), origin)
  const login = await browser.post('/auth/login', account)
  assert.deepEqual([login.status, login.text.includes('closed this account to password')], [403, true])
})

test('the identifier finds its user at login, and shares the throttle with the address', async () => {
  const store = memory()
  const auth = installation(store)
  await withKey(auth)
  const user = await auth.admin.users.byEmail(account.email)
  assert.ok(user)
  const row = { feature: 'api-key', key: 'staff 7', userId: user.id, value: null, secret: null, expiresAt: null, expect: 0, now: 0 }
  await store.durable.write([{ kind: 'records.put', ...row }])
  const login = async (email: string, typed: string) => {
    const browser = createBrowser((request) => auth.handle(request), origin)
    return (await browser.post('/auth/login', { email, password: typed })).status
  }
  assert.deepEqual([await login('staff:007', account.password), await login('staff:8', account.password)], [200, 401])
  for (let tried = 0; tried < 5; tried++) await login('Staff:7', 'wrong')
  assert.equal(await login(account.email, account.password), 429)
})
