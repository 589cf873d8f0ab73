/** Second factors together: who owes one, which of several, what proves a user again, and what an operator resets. */
import assert from 'node:assert/strict'
import { changeEmail, type Feature, loginTracking, magicLink } from '../../src/index.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, fieldError, memberOf, otherPhrase, phrase, registered } from './application.ts'
import {
  alice,
  begin,
  bob,
  confirm,
  enrolled,
  idOf,
  inByCode,
  listed,
  login,
  mails,
  minute,
  named,
  owing,
  type Site,
  site,
} from './factors.ts'
import { enrol } from './phone.ts'
import { onEveryStore } from './stores.ts'

/** One more second factor, which knows when it was used. */
function datedStep(): Feature {
  const used = new Map<string, number>()
  const step = secondStep({ method: 'other' })
  const proofs = (step.proofs ?? []).map((kind): NonNullable<Feature['proofs']>[number] => ({
    ...kind,
    usedAt: (_reads, { user }) => used.get(user.id) ?? null,
    verify: async (ground, record, value) => {
      const verified = (await kind.verify?.(ground, record, value)) ?? null
      if (verified) used.set(record.user.id, ground.now)
      return verified
    },
  }))
  return { ...step, proofs }
}

async function methodsOf(browser: TestBrowser): Promise<unknown> {
  return (await browser.get('/auth/second-factor')).json.methods
}

/** The token that was mailed with a link to a path. */
async function tokenFor(here: Site, path: string): Promise<string> {
  const found = (await mails(here)).map(({ text }) => new RegExp(`${path}\\?token=([\\w-]+)`).exec(text)?.[1])
  return found.find((token) => token !== undefined) ?? ''
}

onEveryStore(
  'AL-FST-N13: of several factors one is chosen, in a page or by JSON, the last used one first, and any of them will do',
  async (store) => {
    const here = site(store, { others: [datedStep()] })
    const { browser, phone, codes } = await enrolled(here)
    assert.equal((await browser.post('/auth/other/setup')).status, 200)
    const first = await login(here.open())
    assert.deepEqual(first.json.methods, ['totp', 'recovery_code', 'other'])
    const held = await owing(here)
    assert.deepEqual(await methodsOf(held), ['totp', 'recovery_code', 'other'])
    here.clock.advance(minute)
    assert.equal((await held.post('/auth/other', { code: '123456' })).json.status, 'authenticated')
    const browsers = [await owing(here), await owing(here)]
    for (const one of browsers) assert.deepEqual(await methodsOf(one), ['other', 'totp', 'recovery_code'])
    const page = here.open()
    assert.equal((await page.submit('/auth/login', { email: alice, password: phrase, next: '/vault' })).location, '/auth/second-factor')
    const links = [...(await page.visit('/auth/second-factor')).text.matchAll(/<li><a href="([^"]*)">/g)].map(([, href]) => href)
    assert.deepEqual(links.slice(-3), ['/auth/other', '/auth/totp/verify', '/auth/recovery-codes/use'])
    assert.equal((await page.submit('/auth/totp/verify', { code: phone.next() })).location, '/vault')
    assert.deepEqual(await methodsOf(await owing(here)), ['totp', 'other', 'recovery_code'])
    assert.equal((await browsers[0]?.post('/auth/recovery-codes/use', { code: codes[0] ?? '' }))?.status, 200)
    assert.equal((await browsers[1]?.post('/auth/other', { code: '123456' }))?.status, 200)
  },
)

onEveryStore(
  'AL-FST-N1 AL-FST-N9: ways to answer a debt, and to rescue an account, are closed to whoever has proven nothing',
  async (store) => {
    const here = site(store, { basePath: '/konto' })
    const browser = here.open()
    await browser.post('/konto/register', { email: alice, password: phrase })
    for (const path of ['/konto/totp/verify', '/konto/recovery-codes/use', '/konto/second-factor']) {
      const stranger = here.open()
      const reply = path.endsWith('factor') ? await stranger.get(path) : await stranger.post(path, { code: '123456' })
      assert.deepEqual([reply.status, codeOf(reply)], [401, 'unauthenticated'], path)
      const page = await stranger.visit(`${path}?next=/members`)
      assert.deepEqual([page.status, page.location], [303, '/konto/login?next=%2Fmembers'])
      stranger.cookies.set(named('ticket'), 'A'.repeat(43))
      assert.equal((await stranger.get(path)).status, 401)
      assert.equal((await browser.get(path)).status, 401) // who is logged in owes nothing
    }
  },
)

onEveryStore('AL-FST-N3: a stray code of somebody who is logged in is refused, spends nothing and ends nothing', async (store) => {
  const here = site(store)
  const { browser, phone, codes } = await enrolled(here)
  const code = phone.next()
  for (const [path, stray] of [
    ['/auth/totp/verify', code],
    ['/auth/recovery-codes/use', codes[0] ?? ''],
  ] as const) {
    const reply = await browser.post(path, { code: stray })
    assert.deepEqual([reply.status, codeOf(reply)], [401, 'unauthenticated'])
    assert.equal((await browser.get('/members')).status, 200)
    assert.equal((await (await owing(here)).post(path, { code: stray })).status, 200)
  }
})

onEveryStore(
  'AL-FST-N4: a second factor is its user’s choice, unless the policy says otherwise, by role or user; then the last one stays',
  async (store) => {
    const policy = ({ roles, email }: { readonly roles: readonly string[]; readonly email: string }) =>
      roles.includes('staff') || email === 'carol@example.com'
    const here = site(store, { requireSecondFactor: policy, others: [secondStep({ method: 'other' })] })
    await here.auth.admin.roles.put({ name: 'staff' })
    const { browser } = await enrolled(here)
    const removeOne = async (by: TestBrowser) => by.post('/auth/totp/remove', { id: (await listed(by, 'totp'))[0]?.id ?? 'none' })
    assert.equal((await removeOne(browser)).status, 200) // out, and in again
    await enrol(browser, here.clock)
    await here.auth.admin.users.addRole(await idOf(here), 'staff')
    const refused = await removeOne(browser)
    assert.deepEqual([refused.status, codeOf(refused)], [409, 'last_factor'])
    assert.equal((await confirm(browser, await begin(here, browser))).status, 200)
    assert.deepEqual([(await removeOne(browser)).status, codeOf(await removeOne(browser))], [200, 'last_factor'])
    assert.equal((await browser.post('/auth/other/setup')).status, 200)
    assert.equal((await removeOne(browser)).status, 200) // another kind is left
    assert.equal(codeOf(await removeOne(browser)), 'not_found')
    assert.deepEqual((await login(here.open())).json.methods, ['recovery_code', 'other'])

    const carol = await here.open().post('/auth/register', { email: 'carol@example.com', password: phrase })
    assert.equal(carol.json.status, 'second_factor_setup_required')
    assert.equal((await registered(here.open, bob)).cookies.has(named('session')), true)
  },
)

onEveryStore('AL-FST-N8: neither a reset nor a login link gets around the factor, or takes it away', async (store) => {
  const here = site(store, { others: [magicLink()] })
  const { phone, codes } = await enrolled(here)
  await mails(here)
  const mailed = here.open()
  await mailed.post('/auth/magic-link', { email: alice })
  const link = await mailed.post('/auth/magic-link/redeem', { token: await tokenFor(here, 'magic-link/redeem') })
  assert.deepEqual([link.json.status, link.json.methods], ['second_factor_required', ['totp', 'recovery_code']])
  assert.equal((await mailed.get('/members')).status, 401)
  assert.equal((await mailed.post('/auth/totp/verify', { code: phone.next() })).status, 200) // nor does the first proof of the mailbox
  assert.equal((await mailed.get('/auth/recovery-codes')).json.left, codes.length)
})

onEveryStore('AL-FST-N8: after a password was chosen by a mailed link, the factor is asked for as before', async (store) => {
  const here = site(store)
  const { phone, codes } = await enrolled(here)
  await mails(here)
  await here.open().post('/auth/forgot-password', { email: alice })
  const reset = await here.open().post('/auth/reset-password', { token: await tokenFor(here, 'reset-password'), newPassword: otherPhrase })
  assert.equal(reset.status, 200)
  const [browser, other] = [await owing(here, { password: otherPhrase }), await owing(here, { password: otherPhrase })]
  assert.equal((await browser.post('/auth/totp/verify', { code: phone.next() })).status, 200)
  assert.equal((await other.post('/auth/recovery-codes/use', { code: codes[0] ?? '' })).status, 200)
})

onEveryStore('a user proves again who it is by password, code or recovery code: one of them, with method and time', async (store) => {
  const here = site(store)
  const { browser, phone, codes } = await enrolled(here)
  const told: string[] = []
  here.auth.on('user.reauthenticated', ({ user, method }) => void told.push(`${user?.email} ${method}`))
  for (const body of [
    {},
    { password: phrase, code: '123456' },
    { code: '123456', recoveryCode: codes[0] ?? '' },
    { code: 123456 },
    { pin: '1' },
  ]) {
    const reply = await browser.post('/auth/verify', body)
    assert.deepEqual([reply.status, codeOf(reply), fieldError(reply, 'code') !== ''], [400, 'invalid_fields', true], JSON.stringify(body))
  }
  const wrong = await browser.post('/auth/verify', { recoveryCode: 'AAAA-AAAA-AAAA-AAAA' })
  assert.deepEqual([wrong.status, fieldError(wrong, 'recoveryCode') !== ''], [401, true])
  for (const [method, proof] of [
    ['password', () => ({ password: phrase })],
    ['totp', () => ({ code: phone.next() })],
    ['recovery_code', () => ({ recoveryCode: codes[1] ?? '' })],
  ] as const) {
    here.clock.advance(10 * minute)
    assert.equal((await browser.get('/fresh')).status, 401)
    const [before, body] = [browser.copy(), proof()]
    assert.equal((await browser.post('/auth/verify', body)).json.status, 'authenticated', method)
    assert.deepEqual([(await browser.get('/fresh')).status, (await before.get('/fresh')).status], [200, 401]) // under a new token
    const proofs = memberOf((await browser.get('/auth/session')).json.session, 'proofs')
    assert.ok(Array.isArray(proofs) && proofs.some((one) => memberOf(one, 'method') === method && memberOf(one, 'at') === here.clock()))
    if (method !== 'password') assert.equal((await browser.post('/auth/verify', body)).status, 401) // spent
  }
  await here.auth.settled()
  assert.deepEqual(
    told,
    ['password', 'totp', 'recovery_code'].map((method) => `${alice} ${method}`),
  )
})

onEveryStore('a session is proven again by its own user only, and a recovery code is no second factor for a guard', async (store) => {
  const here = site(store)
  const other = await enrolled(here, bob)
  const browser = await registered(here.open)
  const codes = (await browser.post('/auth/recovery-codes')).json.codes
  const own = Array.isArray(codes) ? String(codes[0]) : ''
  here.clock.advance(10 * minute)
  for (const body of [{ code: other.phone.next() }, { recoveryCode: other.codes[0] ?? '' }])
    assert.ok([400, 401].includes((await browser.post('/auth/verify', body)).status))
  assert.equal((await browser.get('/fresh')).status, 401)
  assert.equal((await browser.post('/auth/verify', { recoveryCode: own })).status, 200)
  assert.deepEqual([(await browser.get('/fresh')).status, (await browser.get('/vault')).status], [200, 403])
  assert.equal((await store.reads.recoveryCodes.listOf(await idOf(here, bob))).length, 10)
})

onEveryStore('QS-W5: setting up, removing, and making recovery codes all want a proof that is fresh', async (store) => {
  const here = site(store)
  const { browser } = await enrolled(here)
  const [{ id = '' } = {}] = await listed(browser, 'totp')
  here.clock.advance(10 * minute)
  for (const [path, body] of [
    ['/auth/totp/setup', {}],
    ['/auth/totp/remove', { id }],
    ['/auth/recovery-codes', {}],
  ] as const) {
    assert.equal(codeOf(await browser.post(path, body)), 'reauthentication_required', path)
  }
  assert.deepEqual([(await listed(browser, 'totp')).length, (await browser.get('/auth/recovery-codes')).json.left], [1, 10])
})

onEveryStore(
  'AL-FST-K4: a reset of access ends factors, codes, sessions, trusted devices and held logins, and its user is told',
  async (store) => {
    const here = site(store)
    const { browser, phone, codes } = await enrolled(here)
    const other = await enrolled(here, bob)
    const trusting = await inByCode(here, phone, { trustDevice: true, remember: true })
    const [held, rescued] = [await owing(here), await owing(here)]
    await mails(here)
    await here.auth.admin.users.resetAccess(await idOf(here))
    const [told, ...others] = await mails(here)
    assert.deepEqual([told?.mail, told?.to, others], ['totp.changed', alice, []])
    assert.match(told?.text ?? '', /The access to your account alice@example\.com at .* was reset/)
    for (const one of [browser, trusting]) assert.equal((await one.get('/members')).status, 401)
    trusting.cookies.delete(named('session'))
    assert.equal((await trusting.post('/auth/resume')).status, 401)
    assert.equal((await held.post('/auth/totp/verify', { code: phone.next() })).status, 401)
    assert.equal((await rescued.post('/auth/recovery-codes/use', { code: codes[0] ?? '' })).status, 401)
    const id = await idOf(here)
    assert.deepEqual([await store.reads.totp.listOf(id), await store.reads.recoveryCodes.listOf(id)], [[], []])
    const again = here.open()
    assert.equal((await login(again)).json.status, 'authenticated')
    assert.equal((await enrol(again, here.clock)).codes.length, 10)
    assert.equal((await login(trusting)).json.status, 'second_factor_required')
    assert.equal((await other.browser.get('/vault')).status, 200) // and nobody else
  },
)

onEveryStore('who says that a login was a stranger’s keeps the authenticators of before; later ones and all codes go', async (store) => {
  const here = site(store, { others: [loginTracking()] })
  const { phone } = await enrolled(here)
  await mails(here)
  const thief = await inByCode(here, phone)
  const token = await tokenFor(here, 'not-me')
  assert.equal((await confirm(thief, await begin(here, thief), 'stranger')).status, 200)
  assert.equal((await store.reads.totp.listOf(await idOf(here))).length, 2)
  assert.equal((await here.open().post('/auth/not-me', { token })).status, 200)
  assert.deepEqual(
    (await store.reads.totp.listOf(await idOf(here))).map(({ name }) => name),
    ['Authenticator'],
  )
  assert.deepEqual(await store.reads.recoveryCodes.listOf(await idOf(here)), [])
  assert.equal((await thief.get('/members')).status, 401)
})

onEveryStore('who takes an address back keeps the authenticators of before; later ones and all codes go', async (store) => {
  const here = site(store, { others: [changeEmail(), magicLink()] })
  const { browser, phone } = await enrolled(here)
  const ada = 'ada@example.com'
  await mails(here)
  here.clock.advance(minute)
  assert.equal((await browser.post('/auth/change-email', { email: ada })).status, 200)
  const token = await tokenFor(here, 'change-email/confirm')
  assert.equal((await browser.post('/auth/change-email/confirm', { token })).status, 200)
  const undo = await tokenFor(here, 'change-email/undo')
  const later = await inByCode(here, phone, { email: ada })
  assert.equal((await confirm(later, await begin(here, later), 'stranger')).status, 200)
  assert.equal((await here.open().post('/auth/change-email/undo', { token: undo })).status, 200)
  assert.deepEqual(
    (await store.reads.totp.listOf(await idOf(here))).map(({ name }) => name),
    ['Authenticator'],
  )
  assert.deepEqual(await store.reads.recoveryCodes.listOf(await idOf(here)), [])
})
