/** Trusted devices: what they may do without, for whom and how long, and what ends them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeEmail, html, type Members, trustedDevice } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { codeOf, hiddenField, memberOf, otherPhrase, phrase, registered } from './application.ts'
import { alice, bob, day, enrolled, idOf, inByCode, listed, login, named, owing, type Site, site } from './factors.ts'
import { enrol, type Phone } from './phone.ts'
import { onEveryStore } from './stores.ts'

const cookie = named('feature-trust')

/** A browser of alice's that is trusted, and logged out. */
async function trusted(here: Site, phone: Phone): Promise<TestBrowser> {
  const browser = await owing(here)
  const reply = await browser.post('/auth/totp/verify', { code: phone.next(), trustDevice: true })
  assert.equal(reply.json.status, 'authenticated', reply.text)
  assert.ok(browser.cookies.has(cookie))
  await browser.post('/auth/logout')
  return browser
}

/** What a login by password leads to in a copy of a browser. */
async function leadsTo(browser: TestBrowser, password: string = phrase): Promise<unknown> {
  const { status, json } = await login(browser.copy(), { password })
  return status === 200 ? json.status : status
}

onEveryStore(
  'AL-FST-N7: a device is trusted only when asked, by a login of two factors; it survives logging out, and ends by its age',
  async (store) => {
    const here = site(store)
    const { browser: first, phone } = await enrolled(here)
    assert.equal(first.cookies.has(cookie), false)
    assert.equal((await inByCode(here, phone)).cookies.has(cookie), false)
    const wrong = await owing(here, { trustDevice: true })
    assert.equal((await wrong.post('/auth/totp/verify', { code: '1', trustDevice: true })).status, 401)
    assert.equal(wrong.cookies.has(cookie), false)
    const browser = await trusted(here, phone)
    assert.equal(await leadsTo(browser), 'authenticated')
    assert.equal(await leadsTo(here.open()), 'second_factor_required')
    here.clock.advance(30 * day - 1)
    assert.equal(await leadsTo(browser), 'authenticated')
    here.clock.advance(1)
    assert.equal(await leadsTo(browser), 'second_factor_required')
  },
)

onEveryStore('AL-FST-N7: the wish survives the second step, from a form or JSON, beside the one to stay logged in', async (store) => {
  const here = site(store, { trusting: { life: '3d' } })
  const { phone, codes } = await enrolled(here)
  const browser = await owing(here, { trustDevice: true, remember: true })
  assert.deepEqual([...browser.cookies.keys()], [named('ticket')]) // nothing is granted before the login is complete
  assert.equal((await browser.post('/auth/totp/verify', { code: phone.next() })).status, 200)
  assert.ok(browser.cookies.has(cookie) && browser.cookies.has(named('feature-remember')))
  browser.cookies.delete(named('session'))
  assert.equal((await browser.post('/auth/resume')).json.status, 'authenticated') // excused here, too
  const form = here.open()
  await form.submit('/auth/login', { email: alice, password: phrase })
  const done = await form.submit('/auth/recovery-codes/use', { code: codes[0] ?? '', trustDevice: 'on' })
  assert.deepEqual([done.status, form.cookies.has(cookie)], [303, true])
  assert.equal(await leadsTo(form), 'authenticated')
  here.clock.advance(3 * day)
  assert.equal(await leadsTo(form), 'second_factor_required')
})

onEveryStore('AL-FST-N7: it is bound to its user, in a browser that others use as well', async (store) => {
  const here = site(store)
  const { phone } = await enrolled(here)
  const other = await enrolled(here, bob)
  const browser = await trusted(here, phone)
  assert.equal((await login(browser, { email: bob })).json.status, 'second_factor_required')
  assert.equal((await browser.post('/auth/totp/verify', { code: other.phone.next() })).status, 200)
  assert.equal(await leadsTo(browser), 'authenticated') // alice's trust is as it was
  assert.equal((await login(browser, { email: bob, trustDevice: true })).json.status, 'second_factor_required')
  await browser.post('/auth/totp/verify', { code: other.phone.next() })
  assert.equal((await login(browser.copy(), { email: bob })).json.status, 'authenticated')
  assert.equal(await leadsTo(browser), 'second_factor_required') // one of them has it
  assert.deepEqual(await here.auth.admin.users.devices(await idOf(here), 'trust'), [])
})

onEveryStore(
  'AL-FST-N7: it ends with the stamp: by a change of password and a reset of access; and with an authenticator',
  async (store) => {
    const here = site(store)
    const { browser, phone } = await enrolled(here)
    const changed = await trusted(here, phone)
    await browser.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })
    assert.equal(await leadsTo(changed, otherPhrase), 'second_factor_required')
    await browser.post('/auth/change-password', { password: otherPhrase, newPassword: phrase })
    await enrol(browser, here.clock)
    const removed = await trusted(here, phone)
    assert.equal(await leadsTo(removed), 'authenticated')
    const [, { id = '' } = {}] = await listed(browser, 'totp')
    assert.equal((await browser.post('/auth/totp/remove', { id })).status, 200)
    assert.equal(await leadsTo(removed), 'second_factor_required')
    const reset = await trusted(here, phone)
    await here.auth.admin.users.resetAccess(await idOf(here))
    const again = here.open()
    assert.equal((await login(again)).json.status, 'authenticated')
    await enrol(again, here.clock)
    assert.equal(await leadsTo(reset), 'second_factor_required')
  },
)

onEveryStore(
  'it proves nothing: where a second factor is wanted it is asked for, and the code then given trusts for no longer',
  async (store) => {
    const here = site(store)
    const { phone } = await enrolled(here)
    const browser = await trusted(here, phone)
    here.clock.advance(20 * day)
    assert.equal((await login(browser, { trustDevice: true })).json.status, 'authenticated')
    assert.equal((await browser.get('/fresh')).status, 200)
    const refused = await browser.get('/vault')
    assert.deepEqual([refused.status, codeOf(refused)], [401, 'reauthentication_required'])
    assert.deepEqual(memberOf(refused.json.error, 'methods'), ['totp', 'recovery_code'])
    assert.equal((await browser.visit('/vault')).location, '/auth/verify?next=%2Fvault')
    await browser.post('/auth/verify', { password: phrase })
    assert.equal((await browser.get('/vault')).status, 401)
    assert.equal((await browser.post('/auth/verify', { code: phone.next(), trustDevice: true })).status, 200)
    assert.equal((await browser.get('/vault')).status, 200)
    here.clock.advance(10 * day)
    assert.equal(await leadsTo(browser), 'second_factor_required')
  },
)

onEveryStore(
  'in a trusted browser nothing that guards the account is changed before the second factor is proven, however new the password',
  async (store) => {
    const here = site(store, { others: [changeEmail()] })
    const { phone, codes, browser: owner } = await enrolled(here)
    const [{ id = '' } = {}] = await listed(owner, 'totp')
    const browser = await trusted(here, phone)
    for (const second of [{ code: phone.next() }, { recoveryCode: codes[0] ?? '' }]) {
      assert.equal((await login(browser)).json.status, 'authenticated')
      const guarding: readonly (readonly [path: string, body: Members])[] = [
        ['/auth/totp/setup', {}],
        ['/auth/totp/confirm', { setupId: 'x', code: '123456' }],
        ['/auth/totp/remove', { id }],
        ['/auth/recovery-codes', {}],
        ['/auth/change-email', { email: 'other@example.com' }],
      ]
      for (const [path, body] of guarding) {
        const refused = await browser.post(path, body)
        assert.deepEqual([refused.status, codeOf(refused)], [401, 'reauthentication_required'], path)
        assert.deepEqual(memberOf(refused.json.error, 'methods'), ['totp', 'recovery_code'], path)
        assert.equal((await browser.submit(path, {})).location?.startsWith('/auth/verify'), true, path)
      }
      assert.equal(codeOf(await browser.post('/auth/verify', { password: phrase })), 'invalid_fields')
      assert.doesNotMatch((await browser.visit('/auth/verify')).text, /name="password"/)
      assert.equal((await listed(browser, 'totp')).length, 1)
      assert.equal((await browser.post('/auth/verify', second)).status, 200)
      assert.equal((await browser.post('/auth/totp/setup')).status, 200)
    }
  },
)

onEveryStore('it excuses from no set-up, and makes no browser trusted where nothing was owed', async (store) => {
  const here = site(store, { requireSecondFactor: ({ email }) => email === bob })
  const plain = await registered(here.open)
  assert.equal((await login(plain, { trustDevice: true })).json.status, 'authenticated')
  assert.equal(plain.cookies.has(cookie), false)
  const browser = here.open()
  await browser.post('/auth/register', { email: bob, password: phrase, trustDevice: true })
  await enrol(browser, here.clock)
  assert.equal((await login(browser, { email: bob })).json.status, 'authenticated')
  await here.auth.admin.users.resetAccess(await idOf(here, bob))
  assert.equal((await login(browser, { email: bob })).json.status, 'second_factor_setup_required')
})

onEveryStore('one’s own trusted devices are listed and ended one by one, in pages and JSON, and nobody else’s', async (store) => {
  const here = site(store)
  const { browser, phone } = await enrolled(here)
  const [one, other] = [await trusted(here, phone), await trusted(here, phone)]
  await login(one)
  const devices = await listed(one, 'trusted-devices')
  assert.deepEqual(devices.map(({ current }) => current).toSorted(), [false, true])
  const { text, json } = await one.get('/auth/trusted-devices')
  assert.ok(!text.includes(one.cookies.get(cookie) ?? '?') && Array.isArray(json.devices))
  assert.deepEqual(Object.keys(json.devices[0] ?? {}), ['id', 'current', 'createdAt', 'expiresAt', 'ip', 'userAgent'])
  const id = devices.find(({ current }) => !current)?.id ?? ''
  const { browser: stranger } = await enrolled(here, bob)
  for (const [by, wrong] of [
    [stranger, id],
    [one, 'unknown'],
  ] as const) {
    const reply = await by.post('/auth/trusted-devices/revoke', { id: wrong })
    assert.deepEqual([reply.status, codeOf(reply)], [404, 'not_found'])
  }
  assert.deepEqual(await listed(stranger, 'trusted-devices'), [])
  const answers = await Promise.all([0, 1, 2].map(() => browser.post('/auth/trusted-devices/revoke', { id })))
  assert.ok(answers.some(({ status }) => status === 200) && answers.every(({ status }) => status === 200 || status === 404))
  assert.deepEqual([await leadsTo(other), await leadsTo(one)], ['second_factor_required', 'authenticated'])

  await login(one) // the copies that logged in just now ended its session
  const page = await one.visit('/auth/trusted-devices')
  assert.match(page.text, /On these devices the second factor is not asked for\./)
  const fields = { id: hiddenField(page, 'id') ?? '', csrf: hiddenField(page, 'csrf') ?? '' }
  const ended = await one.submit('/auth/trusted-devices/revoke', fields)
  assert.deepEqual([ended.status, ended.location], [303, '/auth/trusted-devices'])
  assert.match((await one.visit('/auth/trusted-devices')).text, /The second factor is asked for on every device\./)
  assert.equal(await leadsTo(one), 'second_factor_required')
  assert.equal((await here.open().get('/auth/trusted-devices')).status, 401)
})

onEveryStore('a cookie that was tampered with, cut or made up excuses nobody, and harms nothing', async (store) => {
  const here = site(store)
  const { phone } = await enrolled(here)
  const browser = await trusted(here, phone)
  const token = browser.cookies.get(cookie) ?? ''
  const [device] = await here.auth.admin.users.devices(await idOf(here), 'trust')
  assert.ok(device)
  for (const wrong of [
    '',
    'A'.repeat(43),
    token.slice(0, 42),
    `${token}A`,
    `${token.slice(0, -1)}%00`,
    device.selector,
    device.verifier,
    device.id,
  ]) {
    const other = here.open()
    other.cookies.set(cookie, wrong)
    assert.equal(await leadsTo(other), 'second_factor_required', wrong)
  }
  assert.equal(await leadsTo(browser), 'authenticated')
})

onEveryStore('an event tells of a device that is trusted, and of its end', async (store) => {
  const here = site(store)
  const told: string[] = []
  for (const name of ['device.trusted', 'device.forgotten'] as const)
    here.auth.on(name, ({ user }) => void told.push(`${name} ${user?.email}`))
  const { browser, phone } = await enrolled(here)
  await trusted(here, phone)
  const [{ id = '' } = {}] = await listed(browser, 'trusted-devices')
  await browser.post('/auth/trusted-devices/revoke', { id })
  await here.auth.settled()
  assert.deepEqual(told, [`device.trusted ${alice}`, `device.forgotten ${alice}`])
})

for (const life of ['', '30', '0d', '-1d', '1.5d', '1w', 30, null] as const) {
  test(`trustedDevice with a life of ${JSON.stringify(life)} stops the start with a sentence`, () => {
    const message = /^trustedDevice: life must be a duration such as '30m', with a whole number above zero and s, m, h or d; it is /
    assert.throws(() => trustedDevice(JSON.parse(JSON.stringify({ life }))), { name: 'Error', message })
  })
}

test('the page can be the application’s own', async () => {
  const here = site(memory(), { trusting: { pages: { devices: ({ devices }) => html`<p>Mine: ${devices.length}</p>` } } })
  const { browser } = await enrolled(here)
  assert.match((await browser.visit('/auth/trusted-devices')).text, /Mine: 0</)
})
