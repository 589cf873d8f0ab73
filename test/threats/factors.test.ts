/** No way in goes around the second factor, and nothing else stands in for it. */
import assert from 'node:assert/strict'
import { createBrowser, type TestBrowser, type TestReply } from '../../src/testing/browser.ts'
import { codeOf, memberOf, origin, phrase } from '../flows/application.ts'
import { owing, type Site } from '../flows/factors.ts'
import { enrol } from '../flows/phone.ts'
import { onEveryStore } from '../flows/stores.ts'
import { type FactorMember, factorMember, factorSite, mailed, typedCode, typedRecoveryCode } from './factor-site.ts'
import { account, isIn, named } from './setting.ts'

const minute = 60_000

/** How a request is made: by a program or by a form. */
type How = 'post' | 'submit'
type Way = (site: Site, browser: TestBrowser, how: How, member: FactorMember) => Promise<TestReply>

/** Every way to come in to an account that is there; the matrix of `test/factors` notices when another one arrives. */
const ways: Readonly<Record<string, Way>> = {
  'a password': (_site, browser, how) => browser[how]('/auth/login', account),
  'a username': (_site, browser, how) => browser[how]('/auth/login', { username: 'alice', password: phrase }),
  'a mailed link': async (site, browser, how) => {
    await browser.post('/auth/magic-link', { email: account.email })
    return browser[how]('/auth/magic-link/redeem', { token: (await mailed(site, 'magic_link.link')).token })
  },
  'a mailed code': async (site, browser, how) => {
    await browser.post('/auth/magic-link', { email: account.email })
    return browser[how]('/auth/magic-link/redeem', { email: account.email, code: (await mailed(site, 'magic_link.link')).code })
  },
  'a remembered browser': async (_site, browser, how, { phone }) => {
    await browser.post('/auth/login', { ...account, remember: true })
    assert.equal(await typedCode(browser, phone.next()), 200)
    browser.cookies.delete(named('session'))
    return browser[how]('/auth/resume')
  },
  'the application’s own': async ({ auth }, browser, how) => {
    const user = await auth.admin.users.byEmail(account.email)
    assert.ok(user)
    const own = createBrowser((request) => auth.login(request, user, { method: 'own' }), origin, browser.cookies)
    return own[how]('/own')
  },
}

onEveryStore('THR-89: whoever has a second factor owes it on every way in, by form and by JSON, until it is proven', async (store) => {
  const site = factorSite(store)
  const member = await factorMember(site)
  for (const [name, enter] of Object.entries(ways)) {
    for (const how of ['post', 'submit'] as const) {
      const browser = site.open()
      const reply = await enter(site, browser, how, member)
      if (how === 'submit') assert.deepEqual([reply.status, reply.location], [303, '/auth/second-factor'], name)
      else assert.deepEqual([reply.json.status, reply.json.methods], ['second_factor_required', ['totp', 'recovery_code']], name)
      assert.equal(await isIn(browser), false, name)
      assert.equal(await typedCode(browser, member.phone.next()), 200, name)
      assert.deepEqual([await isIn(browser), (await browser.get('/vault')).status], [true, 200], name)
    }
  }
})

onEveryStore('THR-90: mail is one factor, by link, by code, or by both; only what is none of mail makes two', async (store) => {
  const site = factorSite(store)
  const { auth, open, clock } = site
  await auth.admin.users.create({ email: account.email })
  const byMail = async (browser: TestBrowser, by: 'token' | 'code'): Promise<TestReply> => {
    await browser.post('/auth/magic-link', { email: account.email })
    const { token, code } = await mailed(site, 'magic_link.link')
    return browser.post('/auth/magic-link/redeem', by === 'token' ? { token } : { email: account.email, code })
  }
  const alice = open()
  for (const by of ['token', 'code'] as const) {
    assert.equal((await byMail(alice, by)).json.status, 'authenticated')
    const refused = await alice.get('/vault')
    assert.deepEqual([refused.status, codeOf(refused)], [403, 'forbidden']) // there is nothing to prove it by
  }
  const { phone } = await enrol(alice, clock)

  const browser = open()
  for (const by of ['token', 'code', 'token'] as const) {
    const reply = await byMail(browser, by) // also in a browser that holds the same login already
    assert.deepEqual([reply.json.status, reply.json.methods], ['second_factor_required', ['totp', 'recovery_code']])
    assert.equal(await isIn(browser), false)
  }
  await browser.post('/auth/magic-link', { email: account.email })
  const { token, code } = await mailed(site, 'magic_link.link')
  for (const typed of [code, code.replace('-', ''), token.slice(0, 32)]) {
    assert.equal(await typedCode(browser, typed), 401)
    assert.equal(await typedRecoveryCode(browser, typed), 401)
  }
  assert.equal(await typedCode(browser, phone.next()), 200)
  assert.equal((await browser.get('/vault')).status, 200)
  const proofs = memberOf((await browser.get('/auth/session')).json.session, 'proofs')
  assert.ok(Array.isArray(proofs))
  assert.deepEqual(
    proofs.map((proof) => [memberOf(proof, 'method'), memberOf(proof, 'as'), memberOf(proof, 'factors')]),
    [
      ['magic-link', 'first', 1],
      ['totp', 'second', 1],
    ],
  )
})

onEveryStore('THR-91: no field of the first step skips the second, and without it nothing that is protected answers', async (store) => {
  const site = factorSite(store)
  const { phone, codes } = await factorMember(site)
  const claims = [
    { factors: 2 },
    { status: 'authenticated' },
    { secondFactor: true, second_factor: true, mfa: true, verified: true },
    { method: 'totp', methods: [] },
    { trustDevice: true, remember: true },
    { code: phone.code(1), recoveryCode: codes[0] ?? '', totp: phone.code(1) },
    { user: { id: 'x', factors: 2 }, proofs: [{ method: 'totp', as: 'second', channel: 'totp' }] },
  ]
  for (const claim of claims) {
    const browser = site.open()
    const reply = await browser.post('/auth/login', { ...account, ...claim })
    assert.equal(reply.json.status, 'second_factor_required', JSON.stringify(claim))
    assert.deepEqual([await isIn(browser), (await browser.get('/vault')).status], [false, 401], JSON.stringify(claim))
  }
  const half = await owing(site)
  const closed = site.auth.routes.filter(({ access }) => !access.some((kind) => ['anyone', 'anonymous', 'owed'].includes(kind)))
  assert.ok(
    ['totp.setup', 'totp.confirm', 'totp.remove', 'recovery-codes', 'verify'].every((name) => closed.some((route) => route.name === name)),
  )
  const body = { code: phone.code(1), password: phrase, setupId: 'x', id: 'x' }
  for (const { path, methods } of closed)
    for (const method of methods) {
      const copy = half.copy()
      const reply = method === 'GET' ? await copy.get(path) : await copy.post(path, body)
      assert.deepEqual([reply.status, codeOf(reply)], [401, 'unauthenticated'], `${method} ${path}`)
    }
  assert.equal(await typedCode(half, phone.code(1)), 200) // none of that has used it up
})

onEveryStore('THR-91: the second step alone is nothing, nor the first one again, nor one of somebody else', async (store) => {
  const site = factorSite(store)
  const [alice, bob] = [await factorMember(site), await factorMember(site, 'bob')]
  for (const browser of [site.open(), alice.browser.copy()]) {
    assert.deepEqual([await typedCode(browser, alice.phone.code(1)), await typedRecoveryCode(browser, alice.codes[0] ?? '')], [401, 401])
  }
  const browser = await owing(site)
  assert.equal(await typedCode(browser, bob.phone.code(1)), 401)
  assert.equal(await typedRecoveryCode(browser, bob.codes[0] ?? ''), 401)
  const first = browser.copy()
  const reply = await browser.post('/auth/totp/verify', { code: alice.phone.next(), email: 'bob@example.com', userId: bob.id })
  assert.equal(memberOf(reply.json.user, 'email'), account.email)
  assert.equal(await isIn(first), false) // what the first step gave is worth nothing any more
  assert.equal(await typedCode(first, alice.phone.next()), 401)
  assert.equal((await site.open().get(`/auth/totp/verify?code=${alice.phone.code()}`)).status, 401)
})

onEveryStore('THR-92: a held login ends after ten minutes, to the millisecond, whatever is typed', async (store) => {
  const site = factorSite(store)
  const { phone, codes } = await factorMember(site)
  const [inTime, late] = [await owing(site), await owing(site)]
  site.clock.advance(10 * minute - 1)
  assert.equal(await typedCode(inTime, phone.code()), 200)
  site.clock.advance(1)
  assert.equal(await typedCode(late, phone.code(1)), 401)
  assert.equal(await typedRecoveryCode(late, codes[0] ?? ''), 401)
  assert.equal((await late.get('/auth/second-factor')).status, 401)
  const again = await owing(site) // neither code was used up
  assert.equal(await typedRecoveryCode(again, codes[0] ?? ''), 200)
})

onEveryStore('THR-92: of many that finish one held login at once, by either code, one gets a session', async (store) => {
  const site = factorSite(store)
  const { id, phone, codes } = await factorMember(site)
  const before = (await site.auth.admin.users.sessions(id)).length
  const browser = await owing(site)
  site.clock.advance(minute)
  const copies = Array.from({ length: 24 }, () => browser.copy())
  const statuses = await Promise.all(
    copies.map((copy, index) =>
      index % 2 === 0 ? typedCode(copy, phone.code()) : typedRecoveryCode(copy, codes[index] ?? codes[0] ?? ''),
    ),
  )
  assert.equal(statuses.filter((status) => status === 200).length, 1)
  assert.equal((await site.auth.admin.users.sessions(id)).length, before + 1)
  assert.equal((await Promise.all(copies.map(isIn))).filter(Boolean).length, 1)
})
