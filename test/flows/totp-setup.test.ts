/** Setting authenticators up: a secret for each attempt, kept only after a right code, by whoever may. */
import assert from 'node:assert/strict'
import type { TotpOptions } from '../../src/index.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { codeOf, fieldError, hiddenField, memberOf, otherPhrase, phrase, registered } from './application.ts'
import {
  type Attempt,
  alice,
  begin,
  bob,
  codesOn,
  confirm,
  enrolled,
  idOf,
  inByCode,
  keyOn,
  listed,
  login,
  minute,
  named,
  site,
  wrongCode,
} from './factors.ts'
import { enrol, phoneOf } from './phone.ts'
import { onEveryStore } from './stores.ts'

onEveryStore('AL-QS-12 AL-FST-N5: a secret is kept only after a right code, sealed, and recovery codes come along once', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  const id = await idOf(here)
  const begun = await browser.post('/auth/totp/setup')
  const { secret, qr } = begun.json
  assert.match(String(secret), /^[A-Z2-7]{32}$/) // 160 bits
  assert.match(String(qr), /^<svg [^>]*>.*<\/svg>$/s)
  const attempt = { setupId: String(begun.json.setupId), phone: phoneOf(String(secret), here.clock) }
  const wrong = await browser.post('/auth/totp/confirm', { setupId: attempt.setupId, code: wrongCode(attempt.phone) })
  assert.deepEqual([wrong.status, codeOf(wrong), fieldError(wrong, 'code') !== ''], [401, 'invalid_credentials', true])
  assert.deepEqual([await store.reads.totp.listOf(id), (await browser.get('/auth/recovery-codes')).json.left], [[], 0])

  const right = await confirm(browser, attempt) // a typing error costs no new picture
  assert.deepEqual([right.status, right.json.status], [200, 'authenticated'], right.text)
  const { recoveryCodes } = right.json
  assert.ok(Array.isArray(recoveryCodes) && new Set(recoveryCodes).size === 10)
  const [kept] = await store.reads.totp.listOf(id)
  assert.ok(kept && !Buffer.from(kept.secret, 'base64url').includes(String(secret)))
  assert.deepEqual([kept.algorithm, kept.digits, kept.period, kept.createdAt], ['SHA-1', 6, 30, here.clock()])
  const { text } = await browser.get('/auth/totp')
  assert.ok(!text.includes(String(secret)) && !text.includes(kept.secret))

  const more = await confirm(browser, await begin(here, browser))
  assert.deepEqual([more.status, 'recoveryCodes' in more.json], [200, false]) // those there are stay
  assert.equal((await listed(browser, 'totp')).length, 2)
})

onEveryStore('AL-QS-12: a browser is shown picture and key, then the codes on a page of their own, and goes on', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  const posted = await browser.submit('/auth/totp/setup')
  assert.deepEqual([posted.status, posted.location], [303, '/auth/totp/setup'])
  const page = await browser.visit('/auth/totp/setup?next=/members')
  const phone = phoneOf(keyOn(page), here.clock)
  assert.match(page.text, /<svg [^>]*class="qr-code" role="img"[^>]*><title>QR code for your authenticator app<\/title>/)
  assert.match(page.text, new RegExp(`<a href="otpauth://totp/Example:alice%40example\\.com\\?secret=${phone.secret}&amp;issuer=Example">`))
  assert.match(page.text, /<form method="post" action="\/auth\/totp\/confirm">/)
  const fields = { setupId: hiddenField(page, 'setupId') ?? '', next: hiddenField(page, 'next') ?? '', name: 'My <b>phone' }

  const wrong = await browser.submit('/auth/totp/confirm', { ...fields, code: wrongCode(phone) })
  assert.deepEqual([wrong.status, hiddenField(wrong, 'setupId'), hiddenField(wrong, 'next')], [401, fields.setupId, '/members'])
  assert.deepEqual([keyOn(wrong), wrong.text.includes('aria-invalid="true"')], [phone.secret, true])
  assert.ok(wrong.text.includes('value="My &lt;b&gt;phone"') && !/name="code"[^>]* value/.test(wrong.text))
  const right = await browser.submit('/auth/totp/confirm', { ...fields, code: phone.code() })
  assert.deepEqual([right.status, right.location], [303, '/auth/recovery-codes?next=%2Fmembers'])
  const codes = await browser.visit(right.location ?? '')
  assert.deepEqual([codesOn(codes).length, codes.text.includes('<a href="/members">')], [10, true])
  const list = await browser.visit('/auth/totp')
  assert.ok(list.text.includes('<b>My &lt;b&gt;phone</b>') && list.text.includes('href="/auth/totp/setup"'))
})

async function refuses(browser: TestBrowser, attempt: Attempt): Promise<void> {
  const reply = await confirm(browser, attempt)
  assert.deepEqual([reply.status, codeOf(reply)], [400, 'challenge_expired'])
}

onEveryStore('AL-FST-N5: an attempt is of its browser, and good once; two tabs have one each, and nothing is left over', async (store) => {
  const here = site(store)
  const { browser, phone } = await enrolled(here)
  const elsewhere = await inByCode(here, phone)
  const [one, other] = [await begin(here, browser), await begin(here, browser)]
  assert.ok(one.phone.secret !== other.phone.secret && one.setupId !== other.setupId)
  assert.equal(codeOf(await confirm(browser, { setupId: one.setupId, phone: other.phone })), 'invalid_credentials')
  await refuses(elsewhere, one)
  await refuses(browser, { ...one, setupId: 'unknown' })
  const copy = browser.copy()
  for (const attempt of [one, other]) {
    assert.equal((await confirm(browser, attempt)).status, 200)
    await refuses(browser, attempt)
  }
  assert.equal(browser.cookies.has(named('challenge')), false)
  copy.cookies.set(named('session'), browser.cookies.get(named('session')) ?? '')
  await refuses(copy, one) // who kept the cookie of before has nothing of it
  assert.equal((await listed(browser, 'totp')).length, 3)
})

onEveryStore('AL-FST-N5: an attempt lasts ten minutes, and ends with the login of its user and with the stamp', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  const late = await begin(here, browser)
  here.clock.advance(10 * minute)
  assert.equal((await browser.post('/auth/verify', { password: phrase })).status, 200)
  await refuses(browser, late)
  const before = await begin(here, browser)
  assert.equal((await browser.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })).status, 200)
  await refuses(browser, before)
  const tampered = await begin(here, browser)
  const sealed = browser.cookies.get(named('challenge')) ?? ''
  browser.cookies.set(named('challenge'), `${sealed.slice(0, 60)}${sealed[60] === 'A' ? 'B' : 'A'}${sealed.slice(61)}`)
  await refuses(browser, tampered)
  const ofAlice = await begin(here, browser)
  assert.equal((await browser.post('/auth/logout')).status, 200)
  assert.equal((await browser.post('/auth/register', { email: bob, password: phrase })).status, 200)
  await refuses(browser, ofAlice)
})

onEveryStore(
  'an attempt that took too long is told on its page, which shows another one; a stale session is led back there',
  async (store) => {
    const here = site(store)
    const browser = await registered(here.open)
    const { setupId, phone } = await begin(here, browser)
    here.clock.advance(10 * minute)
    const stale = await browser.submit('/auth/totp/confirm', { setupId, code: phone.code() })
    assert.deepEqual([stale.status, stale.location], [303, '/auth/verify?next=%2Fauth%2Ftotp%2Fconfirm'])
    const verified = await browser.submit('/auth/verify', { password: phrase, next: '/auth/totp/confirm' })
    assert.equal((await browser.visit(verified.location ?? '')).status, 200)
    const page = await browser.submit('/auth/totp/confirm', { setupId, code: phone.code() })
    assert.equal(page.status, 400)
    assert.match(page.text, /This took too long\. Please start again\./)
    const again = { setupId: hiddenField(page, 'setupId') ?? '', phone: phoneOf(keyOn(page), here.clock) }
    assert.ok(again.setupId !== setupId && again.phone.secret !== phone.secret)
    assert.equal((await browser.submit('/auth/totp/confirm', { setupId: again.setupId, code: again.phone.code() })).status, 303)
  },
)

onEveryStore('AL-FST-N6: who must have a factor and has none sets it up by what the login earned, without a session', async (store) => {
  const here = site(store, { requireSecondFactor: ({ email }) => email === alice })
  const browser = here.open()
  const reply = await browser.post('/auth/register', { email: alice, password: phrase, next: '/members' })
  assert.deepEqual([reply.status, reply.json.status], [200, 'second_factor_setup_required'])
  assert.deepEqual([...browser.cookies.keys()], [named('ticket')])
  for (const path of ['/members', '/auth/session', '/auth/totp', '/auth/recovery-codes', '/auth/second-factor', '/auth/verify'])
    assert.equal((await browser.get(path)).status, 401, path)
  const forged = here.open()
  for (const ticket of ['', 'A'.repeat(43), `${browser.cookies.get(named('ticket'))?.slice(0, -1)}`]) {
    forged.cookies.set(named('ticket'), ticket)
    assert.equal(codeOf(await forged.post('/auth/totp/setup')), 'unauthenticated', ticket)
  }
  const attempt = await begin(here, browser)
  const asNumber = await browser.post('/auth/totp/confirm', { setupId: attempt.setupId, code: Number(attempt.phone.code()) })
  assert.deepEqual([asNumber.status, codeOf(asNumber), fieldError(asNumber, 'code') !== ''], [400, 'invalid_fields', true])
  here.clock.advance(10 * minute - 1)
  const done = await confirm(browser, attempt)
  assert.deepEqual([done.json.status, done.json.next, 'recoveryCodes' in done.json], ['authenticated', '/members', true])
  assert.deepEqual([(await browser.get('/vault')).status, browser.cookies.has(named('ticket'))], [200, false])
})

onEveryStore('AL-FST-N6: as pages too: the login leads to set-up, that to the codes, and these to where it all began', async (store) => {
  const here = site(store, { requireSecondFactor: () => true })
  await here.auth.admin.users.create({ email: alice, password: phrase })
  const browser = here.open()
  const first = await browser.submit('/auth/login', { email: alice, password: phrase, next: '/members' })
  assert.deepEqual([first.status, first.location], [303, '/auth/totp/setup'])
  const page = await browser.visit('/auth/totp/setup')
  assert.ok(!page.text.includes('href="/auth/sessions"')) // no menu of an account: there is no session
  const fields = { setupId: hiddenField(page, 'setupId') ?? '', code: phoneOf(keyOn(page), here.clock).code() }
  const done = await browser.submit('/auth/totp/confirm', fields)
  assert.deepEqual([done.status, done.location], [303, '/auth/recovery-codes?next=%2Fmembers'])
  assert.equal(codesOn(await browser.visit(done.location ?? '')).length, 10)
  assert.equal((await browser.visit('/members')).status, 200)
})

onEveryStore(
  'AL-FST-N6: what the login earned ends after ten minutes, with the first factor set up elsewhere, and with the stamp',
  async (store) => {
    const here = site(store, { requireSecondFactor: () => true })
    await here.auth.admin.users.create({ email: alice, password: phrase })
    const [late, slow, quick, voided] = [here.open(), here.open(), here.open(), here.open()]
    await login(late)
    here.clock.advance(10 * minute)
    assert.equal((await late.post('/auth/totp/setup')).status, 401)
    for (const browser of [slow, quick]) assert.equal((await login(browser)).json.status, 'second_factor_setup_required')
    const attempt = await begin(here, slow)
    await enrol(quick, here.clock)
    assert.equal(codeOf(await confirm(slow, attempt)), 'unauthenticated')
    assert.equal((await store.reads.totp.listOf(await idOf(here))).length, 1)
    assert.equal((await login(slow)).json.status, 'second_factor_required')
    assert.equal((await slow.post('/auth/totp/setup')).status, 401) // who owes one sets none up
    await here.auth.admin.users.resetAccess(await idOf(here))
    await login(voided)
    await here.auth.admin.users.resetAccess(await idOf(here))
    assert.equal((await voided.post('/auth/totp/setup')).status, 401)
  },
)

onEveryStore(
  'the first authenticator ends whatever was opened without it, but the session that set it up; a further one ends nothing',
  async (store) => {
    const here = site(store)
    const browser = await registered(here.open)
    const before = here.open()
    await login(before, { remember: true })
    const { phone } = await enrol(browser, here.clock)
    assert.deepEqual([(await before.get('/members')).status, (await browser.get('/vault')).status], [401, 200])
    before.cookies.delete(named('session'))
    assert.equal((await before.post('/auth/resume')).status, 401)
    const after = await inByCode(here, phone)
    assert.equal((await confirm(browser, await begin(here, browser))).status, 200)
    assert.deepEqual([(await after.get('/members')).status, (await browser.get('/vault')).status], [200, 200])
  },
)

onEveryStore('AL-FST-N12: setting up and removing want a fresh session, and lead back to where they were asked for', async (store) => {
  const here = site(store)
  const { browser } = await enrolled(here)
  const [{ id = '' } = {}] = await listed(browser, 'totp')
  const { setupId, phone } = await begin(here, browser)
  here.clock.advance(10 * minute)
  for (const [path, body] of [
    ['/auth/totp/setup', {}],
    ['/auth/totp/confirm', { setupId, code: phone.code() }],
    ['/auth/totp/remove', { id }],
  ] as const) {
    const reply = await browser.post(path, body)
    assert.deepEqual([reply.status, codeOf(reply)], [401, 'reauthentication_required'], path)
    assert.deepEqual(memberOf(reply.json.error, 'methods'), ['totp', 'recovery_code', 'password'])
    assert.equal(codeOf(await here.open().post(path, body)), 'unauthenticated')
    const form = await browser.submit(path, { ...body })
    assert.deepEqual([form.status, form.location], [303, `/auth/verify?next=${encodeURIComponent(path)}`])
  }
  const page = await browser.visit('/auth/totp/setup?next=/members')
  assert.equal(page.location, '/auth/verify?next=%2Fauth%2Ftotp%2Fsetup%3Fnext%3D%2Fmembers')
  assert.equal((await listed(browser, 'totp')).length, 1)
  await browser.submit('/auth/verify', { password: phrase })
  assert.match((await browser.visit('/auth/totp/remove')).text, /<button[^>]*>Remove/)
  assert.equal((await browser.post('/auth/totp/remove', { id })).status, 200)
})

onEveryStore('AL-FST-N10 AL-QS-19: the application is told issuer and address, and what differs from the defaults', async (store) => {
  const uriOf = async (authenticators: Partial<TotpOptions>, email: string): Promise<URL> => {
    const browser = await registered(site(store, { authenticators }).open, email)
    return new URL(String((await browser.post('/auth/totp/setup')).json.uri))
  }
  const plain = await uriOf({ issuer: 'Bücher & Söhne' }, "o'neil+1@example.com")
  assert.equal(decodeURIComponent(plain.pathname), "/Bücher & Söhne:o'neil+1@example.com")
  assert.deepEqual([...plain.searchParams.keys()], ['secret', 'issuer'])
  assert.equal(plain.searchParams.get('issuer'), 'Bücher & Söhne')
  const other = await uriOf({ algorithm: 'SHA-512', digits: 8, period: 60 }, alice)
  const told = ['algorithm', 'digits', 'period'].map((name) => other.searchParams.get(name))
  assert.deepEqual([...told, other.searchParams.get('secret')?.length], ['SHA512', '8', '60', 103]) // 512 bits
})
