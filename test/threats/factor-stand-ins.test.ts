/** What is nearly a second factor, or nearly a recent one: a mailbox, a browser, somebody else's code. */
import assert from 'node:assert/strict'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { codeOf, memberOf, otherPhrase, phrase, registered, serve } from '../flows/application.ts'
import { owing, type Site } from '../flows/factors.ts'
import { enrol } from '../flows/phone.ts'
import { onEveryStore } from '../flows/stores.ts'
import { factorMember, factorSite, mailed, typedCode, typedRecoveryCode } from './factor-site.ts'
import { account, isIn, named } from './setting.ts'

const stale = 11 * 60_000

onEveryStore('THR-93: whoever chooses a new password by mail keeps the second factor, and owes it as before', async (store) => {
  const site = factorSite(store)
  const { id, phone, codes } = await factorMember(site)
  const browser = site.open()
  await browser.post('/auth/forgot-password', { email: account.email })
  const { token } = await mailed(site, 'password.reset')
  assert.equal((await browser.post('/auth/reset-password', { token, newPassword: otherPhrase, code: phone.code(1) })).status, 200)
  assert.equal(await isIn(browser), false)
  const fields = { email: account.email, password: otherPhrase }
  const reply = await browser.post('/auth/login', fields)
  assert.deepEqual([reply.json.status, reply.json.methods], ['second_factor_required', ['totp', 'recovery_code']])
  assert.equal((await browser.post('/auth/totp/setup')).status, 401)
  assert.deepEqual([(await store.reads.totp.listOf(id)).length, (await store.reads.recoveryCodes.listOf(id)).length], [1, 10])
  assert.equal(await typedCode(browser, phone.next()), 200)
  const other = site.open()
  await other.post('/auth/login', fields)
  assert.equal(await typedRecoveryCode(other, codes[3] ?? ''), 200)
})

for (const way of ['a login link', 'a reset of the password'] as const) {
  onEveryStore(`THR-93: the first proof of a mailbox, by ${way}, takes no second factor away`, async (store) => {
    const site = factorSite(store)
    const member = await registered(site.open) // who has not shown yet whose the address is
    const { phone } = await enrol(member, site.clock)
    let verified = 0
    site.auth.on('email.verified', () => void verified++)
    const browser = site.open()
    if (way === 'a login link') {
      await browser.post('/auth/magic-link', { email: account.email })
      const reply = await browser.post('/auth/magic-link/redeem', { token: (await mailed(site, 'magic_link.link')).token })
      assert.equal(reply.json.status, 'second_factor_required')
    } else {
      await browser.post('/auth/forgot-password', { email: account.email })
      await browser.post('/auth/reset-password', { token: (await mailed(site, 'password.reset')).token, newPassword: otherPhrase })
      const reply = await browser.post('/auth/login', { email: account.email, password: otherPhrase })
      assert.equal(reply.json.status, 'second_factor_required')
    }
    await site.auth.settled()
    assert.deepEqual([verified, await isIn(browser), await isIn(member)], [1, false, false])
    assert.equal(await typedCode(browser, phone.next()), 200)
  })
}

async function isFresh(browser: TestBrowser): Promise<boolean> {
  return (await browser.get('/fresh')).status === 200
}

onEveryStore('THR-94: nothing of somebody else makes a session fresh, nor what was used, nor a proof in another browser', async (store) => {
  const site = factorSite(store)
  const [alice, bob] = [await factorMember(site), await factorMember(site, 'bob')]
  site.clock.advance(stale)
  const { browser } = alice
  assert.equal(await isFresh(browser), false)
  const used = alice.phone.code()
  assert.equal(await typedCode(await owing(site), used), 200)
  const wrong = [
    { code: bob.phone.code() },
    { recoveryCode: bob.codes[0] ?? '' },
    { code: used },
    { password: otherPhrase },
    { code: alice.codes[0] ?? '' },
    { recoveryCode: alice.phone.code(1) },
  ]
  for (const fields of wrong) {
    const reply = await browser.post('/auth/verify', { ...fields, email: 'bob@example.com', userId: bob.id })
    assert.deepEqual([reply.status, codeOf(reply)], [401, 'invalid_credentials'], JSON.stringify(fields))
  }
  assert.equal((await bob.browser.post('/auth/verify', { code: bob.phone.code() })).status, 200) // which is good for bob
  const elsewhere = site.open()
  await elsewhere.post('/auth/magic-link', { email: account.email })
  await elsewhere.post('/auth/magic-link/redeem', { token: (await mailed(site, 'magic_link.link')).token })
  assert.equal(await typedCode(elsewhere, alice.phone.next()), 200)
  assert.deepEqual([await isFresh(browser), await isFresh(elsewhere), await isFresh(bob.browser)], [false, true, true])
  assert.equal((await browser.post('/auth/verify', { recoveryCode: alice.codes[0] ?? '' })).status, 200)
  assert.equal(await isFresh(browser), true)
})

onEveryStore('THR-94: a login as somebody else makes the browser theirs; the session that was stale in it is over', async (store) => {
  const site = factorSite(store)
  const { browser: alice } = await factorMember(site)
  await registered(site.open, 'bob@example.com')
  site.clock.advance(stale)
  const before = alice.copy()
  assert.equal((await alice.post('/auth/login', { email: 'bob@example.com', password: phrase })).json.status, 'authenticated')
  assert.match((await alice.get('/fresh')).text, /bob@example\.com/)
  assert.equal(await isIn(before), false)
})

onEveryStore('THR-94: a remembered browser is never fresh, and a trusted one has proven no second factor', async (store) => {
  const site = factorSite(store)
  const remembered = await registered(site.open, 'carol@example.com')
  await remembered.post('/auth/login', { email: 'carol@example.com', password: phrase, remember: true })
  remembered.cookies.delete(named('session'))
  assert.equal((await remembered.post('/auth/resume')).json.status, 'authenticated')
  assert.deepEqual([await isIn(remembered), await isFresh(remembered)], [true, false])

  const { phone } = await factorMember(site)
  const trusted = await trusting(site, phone.next())
  assert.equal((await trusted.post('/auth/login', account)).json.status, 'authenticated')
  for (const fields of [{}, { password: phrase }]) {
    assert.equal((await trusted.post('/auth/verify', fields)).status, 400) // the password again would prove nothing more
    for (const reply of [
      await trusted.get('/vault'),
      await trusted.post('/auth/totp/setup'),
      await trusted.post('/auth/totp/remove', { id: 'x' }),
      await trusted.post('/auth/recovery-codes'),
    ]) {
      assert.deepEqual([reply.status, codeOf(reply)], [401, 'reauthentication_required'])
      assert.deepEqual(memberOf(reply.json.error, 'methods'), ['totp', 'recovery_code'])
    }
  }
  assert.equal((await trusted.post('/auth/verify', { code: phone.next() })).status, 200)
  assert.equal((await trusted.get('/vault')).status, 200)
})

onEveryStore('THR-94: where a second factor is wanted that was proven just now, the first one again is not enough', async (store) => {
  const site = factorSite(store)
  const { phone } = await factorMember(site)
  const open = serve(site.auth, { '/fresh': { fresh: '10m' }, '/just-now': { secondFactor: true, fresh: '10m' } })
  const browser = await owing({ open })
  assert.equal(await typedCode(browser, phone.next()), 200)
  assert.equal((await browser.get('/just-now')).status, 200)
  site.clock.advance(stale)
  assert.equal((await browser.post('/auth/verify', { password: phrase })).status, 200)
  const refused = await browser.get('/just-now')
  assert.deepEqual([await isFresh(browser), refused.status, codeOf(refused)], [true, 401, 'reauthentication_required'])
  assert.deepEqual(memberOf(refused.json.error, 'methods'), ['totp', 'recovery_code'])
  assert.equal((await browser.post('/auth/verify', { code: phone.next() })).status, 200)
  assert.equal((await browser.get('/just-now')).status, 200)
})

/** A browser of alice's that is trusted, and logged out. */
async function trusting(site: Site, code: string): Promise<TestBrowser> {
  const browser = await owing(site)
  const reply = await browser.post('/auth/totp/verify', { code, trustDevice: true })
  assert.equal(reply.json.status, 'authenticated')
  assert.equal((await browser.post('/auth/logout')).status, 200)
  assert.equal(await isIn(browser), false)
  return browser
}

onEveryStore(
  'recovery codes that were made before the first second factor are void with it; those that come with it stay',
  async (store) => {
    const site = factorSite(store)
    const alice = await registered(site.open)
    const thief = site.open() // who knows the password, in time
    await thief.post('/auth/login', account)
    const { codes: early } = (await thief.post('/auth/recovery-codes')).json
    assert.ok(Array.isArray(early) && early.length === 10)
    const { codes } = await enrol(alice, site.clock)
    assert.equal(codes.length, 10)
    for (const code of early) assert.equal(await typedRecoveryCode(await owing(site), String(code)), 401)
    assert.deepEqual((await enrol(alice, site.clock)).codes, []) // a second authenticator changes nothing about them
    assert.equal(await typedRecoveryCode(await owing(site), codes[0] ?? ''), 200)
    await site.auth.settled() // mails go out before the store is closed
  },
)
