/** Logging in with the code of an authenticator, and what becomes of authenticators. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { html, totp, writeMail } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import { codeOf, fieldError, hiddenField, phrase, registered } from './application.ts'
import {
  type Attempt,
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
  site,
  wrongCode,
} from './factors.ts'
import { enrol } from './phone.ts'
import { onEveryStore } from './stores.ts'

onEveryStore(
  'AL-QS-13: a login stops at the second factor; pages stay closed until the code is right, and a wrong one is told',
  async (store) => {
    const here = site(store)
    const { phone } = await enrolled(here)
    const browser = here.open()
    const first = await browser.submit('/auth/login', { email: alice, password: phrase, next: '/members' })
    assert.deepEqual([first.status, first.location], [303, '/auth/second-factor'])
    const closed = async (): Promise<void> => {
      for (const path of ['/members', '/auth/session', '/auth/totp', '/auth/recovery-codes', '/auth/change-password'])
        assert.equal((await browser.get(path)).status, 401, path)
      assert.equal((await browser.visit('/members')).location, '/auth/login?next=%2Fmembers')
    }
    await closed()
    const form = await browser.visit('/auth/totp/verify')
    assert.match(form.text, /<input id="field-code" name="code" type="text" autocomplete="one-time-code" inputmode="numeric"/)
    assert.match(form.text, /name="trustDevice" type="checkbox"/)
    const wrong = await browser.submit('/auth/totp/verify', { code: wrongCode(phone), csrf: hiddenField(form, 'csrf') ?? '' })
    assert.deepEqual([wrong.status, wrong.text.includes('aria-invalid="true"')], [401, true])
    await closed()
    const right = await browser.submit('/auth/totp/verify', { code: phone.next(), csrf: hiddenField(wrong, 'csrf') ?? '' })
    assert.deepEqual([right.status, right.location], [303, '/members'])
    assert.equal((await browser.visit('/members')).status, 200)
  },
)

onEveryStore(
  'AL-FST-N2 AL-FST-N12: JSON gives what forms give, with the same next, and after the login nothing of it is left',
  async (store) => {
    const here = site(store)
    const { phone } = await enrolled(here)
    const browser = await owing(here, { next: '/vault' })
    const wrong = await browser.post('/auth/totp/verify', { code: wrongCode(phone) })
    assert.deepEqual([wrong.status, codeOf(wrong), fieldError(wrong, 'code') !== ''], [401, 'invalid_credentials', true])
    const code = phone.next()
    const right = await browser.post('/auth/totp/verify', { code: ` ${code.slice(0, 3)} ${code.slice(3)} ` })
    assert.deepEqual([right.status, right.json.status, right.json.next], [200, 'authenticated', '/vault'])
    assert.deepEqual([...browser.cookies.keys()].toSorted(), [named('device'), named('session')])
    assert.equal((await browser.get('/vault')).status, 200)
    for (const path of ['/auth/totp/verify', '/auth/second-factor']) assert.equal((await browser.get(path)).status, 401, path)
  },
)

onEveryStore('AL-QS-19: the code of the step before or after is taken, of the second one before or after it is not', async (store) => {
  const here = site(store)
  const { phone } = await enrolled(here)
  const browser = await owing(here)
  do here.clock.advance(4 * 30_000)
  while ([-2, 2].some((far) => [-1, 0, 1].some((near) => phone.code(far) === phone.code(near)))) // one in 150,000
  for (const far of [-2, 2]) assert.equal((await browser.post('/auth/totp/verify', { code: phone.code(far) })).status, 401)
  assert.equal((await browser.post('/auth/totp/verify', { code: phone.code(-1) })).status, 200)
  assert.equal((await (await owing(here)).post('/auth/totp/verify', { code: phone.code(1) })).status, 200)
})

onEveryStore('QS-W3: a code works once, guesses are counted and stopped, and a held login ends after ten minutes', async (store) => {
  const here = site(store)
  const { phone, codes } = await enrolled(here)
  const spent = phone.next()
  const [browser, other, late] = [await owing(here), await owing(here), await owing(here)]
  assert.equal((await other.post('/auth/totp/verify', { code: spent })).status, 200)
  assert.equal((await browser.post('/auth/totp/verify', { code: spent })).status, 401)
  for (let guess = 2; guess < 5; guess++) await browser.post('/auth/totp/verify', { code: wrongCode(phone) })
  assert.equal((await browser.post('/auth/recovery-codes/use', { code: 'AAAA-AAAA-AAAA-AAAA' })).status, 401)
  for (const [path, code] of [
    ['/auth/totp/verify', phone.code(1)],
    ['/auth/recovery-codes/use', codes[0] ?? ''],
  ] as const) {
    const refused = await browser.post(path, { code })
    assert.deepEqual([refused.status, codeOf(refused)], [429, 'too_many_attempts'], path)
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
  }
  here.clock.advance(minute)
  assert.equal((await browser.post('/auth/totp/verify', { code: phone.code() })).json.status, 'authenticated') // it was not voided
  here.clock.advance(10 * minute)
  assert.equal((await late.post('/auth/totp/verify', { code: phone.code() })).status, 401)
})

for (const algorithm of ['SHA-256', 'SHA-512'] as const) {
  onEveryStore(`${algorithm} and eight digits work from set-up to login, and what was set up before keeps its own`, async (store) => {
    const parameters = { algorithm, digits: 8, period: 60 } as const
    const before = site(store)
    const { phone: old } = await enrolled(before)
    const here = site(store, { authenticators: parameters, clock: before.clock })
    const browser = await inByCode(here, old)
    const attempt = await begin(here, browser, parameters)
    assert.match(attempt.phone.code(), /^\d{8}$/)
    assert.equal((await confirm(browser, attempt)).status, 200)
    await inByCode(here, attempt.phone)
    await inByCode(here, old)
    const cut = await owing(here)
    assert.equal((await cut.post('/auth/totp/verify', { code: attempt.phone.next().slice(2) })).status, 401)
  })
}

onEveryStore('several authenticators have a name each, any of them will do, and there are so many at most', async (store) => {
  const here = site(store, { authenticators: { most: 4 } })
  const browser = await registered(here.open)
  const attempts: Attempt[] = []
  let other: Attempt | null = null
  for (const name of ['Phone', '  Tablet ', '   ', '']) {
    other = await begin(here, browser)
    const attempt = await begin(here, browser)
    assert.equal((await confirm(browser, attempt, name)).status, 200)
    attempts.push(attempt)
  }
  assert.deepEqual((await listed(browser, 'totp')).map(({ name }) => name).toSorted(), [
    'Authenticator',
    'Authenticator 2',
    'Phone',
    'Tablet',
  ])
  assert.ok(other)
  for (const full of [await browser.post('/auth/totp/setup'), await browser.visit('/auth/totp/setup'), await confirm(browser, other)])
    assert.equal(full.status, 409)
  assert.equal(codeOf(await browser.post('/auth/totp/setup')), 'limit_reached')
  for (const { phone } of attempts) await inByCode(here, phone)
  const names = (await listed(browser, 'totp')).map(({ name }) => name)
  assert.deepEqual(names, ['Authenticator 2', 'Authenticator', 'Tablet', 'Phone']) // the latest use first
})

onEveryStore('of attempts that finish at once only so many are kept, and of one attempt that is sent often, one', async (store) => {
  const here = site(store, { authenticators: { most: 2 } })
  const { browser, phone } = await enrolled(here)
  const other = await inByCode(here, phone)
  const [mine, theirs] = [await begin(here, browser), await begin(here, other)]
  const replies = await Promise.all([confirm(browser, mine), confirm(other, theirs)])
  assert.deepEqual(replies.map((reply) => String(codeOf(reply) ?? reply.status)).toSorted(), ['200', 'limit_reached'])

  const owner = await registered(here.open, bob)
  const first = await begin(here, owner)
  const tabs = Array.from({ length: 8 }, () => owner.copy())
  const answers = await Promise.all(tabs.map((tab) => confirm(tab, first)))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  for (const reply of answers.filter(({ status }) => status !== 200))
    assert.ok(['challenge_expired', 'unauthenticated'].includes(String(codeOf(reply))), reply.text)
  assert.equal((await store.reads.totp.listOf(await idOf(here, bob))).length, 1)
})

onEveryStore('one’s own authenticator is removed, and nobody else’s; without one a login asks for nothing', async (store) => {
  const here = site(store)
  const { browser, phone } = await enrolled(here)
  const owner = await enrolled(here, bob)
  const [{ id = '' } = {}] = await listed(browser, 'totp')
  for (const wrong of [id, 'unknown', `${id}x`]) {
    const reply = await owner.browser.post('/auth/totp/remove', { id: wrong })
    assert.deepEqual([reply.status, codeOf(reply)], [404, 'not_found'], wrong)
  }
  const held = await owing(here)
  const answers = await Promise.all(Array.from({ length: 4 }, () => browser.post('/auth/totp/remove', { id })))
  assert.deepEqual(answers.map((reply) => String(codeOf(reply) ?? reply.status)).toSorted(), ['200', 'not_found', 'not_found', 'not_found'])
  assert.deepEqual(await listed(browser, 'totp'), [])
  assert.equal((await held.post('/auth/totp/verify', { code: phone.next() })).status, 401)
  assert.equal((await login(here.open())).json.status, 'authenticated')
  assert.equal((await login(here.open(), { email: bob })).json.status, 'second_factor_required')
})

onEveryStore('as a form it leads back to the list; what may not be removed is told there', async (store) => {
  const here = site(store, { requireSecondFactor: ({ email }) => email === bob })
  const { browser } = await enrolled(here)
  const page = await browser.visit('/auth/totp')
  const removed = await browser.submit('/auth/totp/remove', { id: hiddenField(page, 'id') ?? '', csrf: hiddenField(page, 'csrf') ?? '' })
  assert.deepEqual([removed.status, removed.location], [303, '/auth/totp'])
  assert.match((await browser.visit('/auth/totp')).text, /You have set up none\./)
  const owner = here.open()
  await owner.post('/auth/register', { email: bob, password: phrase })
  await enrol(owner, here.clock)
  const id = hiddenField(await owner.visit('/auth/totp'), 'id') ?? ''
  const refused = await owner.submit('/auth/totp/remove', { id })
  assert.deepEqual([refused.status, hiddenField(refused, 'id')], [409, id])
  assert.match(refused.text, /role="alert"><p>Your account must keep this one\. Add another first\./)
})

onEveryStore('the user is told by mail of an authenticator more, and of one less, with when and from where', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  const { setupId, phone } = await begin(here, browser)
  assert.deepEqual(await mails(here), [])
  const agent = { headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' } }
  await browser.post('/auth/totp/confirm', { setupId, code: phone.code() }, agent)
  const told = await mails(here)
  assert.deepEqual(told.map(({ mail, to }) => `${mail} ${to}`).toSorted(), [`recovery_codes.changed ${alice}`, `totp.changed ${alice}`])
  const added = told.find(({ mail }) => mail === 'totp.changed')?.text ?? ''
  assert.match(added, /An authenticator app was added to your account alice@example\.com/)
  assert.ok(added.includes('Firefox/140.0') && !added.includes(phone.secret))
  const [{ id = '' } = {}] = await listed(browser, 'totp')
  await browser.post('/auth/totp/remove', { id })
  const [removed, ...others] = await mails(here)
  assert.deepEqual([removed?.mail, removed?.to, others], ['totp.changed', alice, []])
  assert.match(removed?.text ?? '', /An authenticator app was removed from your account/)
})

test('the pages and the mail can be the application’s own', async () => {
  const pages = {
    authenticators: ({ authenticators }: { readonly authenticators: readonly object[] }) => html`<p>Mine: ${authenticators.length}</p>`,
    setup: ({ key }: { readonly key: string }) => html`<p>Mine: ${key}</p>`,
    verify: ({ action }: { readonly action: string }) => html`<p>Mine: ${action}</p>`,
  }
  const changed = (view: { readonly siteName: string; readonly data: { readonly [name: string]: unknown } }) =>
    writeMail(view, { subject: 'Mine', parts: [String(view.data.how)] })
  const here = site(memory(), { authenticators: { pages, mails: { changed } } })
  const { browser } = await enrolled(here)
  assert.match((await browser.visit('/auth/totp')).text, /Mine: 1</)
  assert.match((await browser.visit('/auth/totp/setup')).text, /Mine: (?:[A-Z2-7]{4} ){7}/)
  assert.match((await (await owing(here)).visit('/auth/totp/verify')).text, /Mine: \/auth\/totp\/verify</)
  const mail = (await mails(here)).find((one) => one.mail === 'totp.changed')
  assert.deepEqual([mail?.subject, mail?.text.startsWith('added')], ['Mine', true])
})

for (const [given, sentence] of [
  ['{}', /^totp: issuer must be your application's name, without a colon, in at most 64 characters\.$/],
  ...['" "', '"a:b"', `"${'x'.repeat(65)}"`, '7', 'null'].map((issuer) => [`{"issuer":${issuer}}`, /^totp: issuer must be/] as const),
  ...['"MD5"', '"sha-1"', '1', 'null'].map((name) => [`{"issuer":"a","algorithm":${name}}`, /^totp: algorithm must be 'SHA-1', /] as const),
  ...['4', '7', '"6"', 'null'].map((digits) => [`{"issuer":"a","digits":${digits}}`, /^totp: digits must be 6 or 8\.$/] as const),
  ...['0', '14', '121', '30.5', '"30"', 'null'].map(
    (period) => [`{"issuer":"a","period":${period}}`, /^totp: period must be a whole number of seconds from 15 to 120\.$/] as const,
  ),
  ...['0', '-1', '101', '1.5', '"5"'].map(
    (most) => [`{"issuer":"a","most":${most}}`, /^totp: most must be a whole number from 2 to 100\.$/] as const,
  ),
] as const) {
  test(`totp of ${given.slice(0, 40)} stops the start with a sentence`, () => {
    assert.throws(() => totp(JSON.parse(given)), { name: 'Error', message: sentence })
  })
}

test('the longest issuer and address there may be fit into the picture', async () => {
  const here = site(memory(), { authenticators: { issuer: '€'.repeat(64), algorithm: 'SHA-512', digits: 8, period: 60 } })
  const browser = await registered(here.open, `${'é'.repeat(32)}@${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(60)}`)
  assert.match(String((await browser.post('/auth/totp/setup')).json.qr), /^<svg /)
})

onEveryStore('AL-FST-N4: of two last authenticators that are removed at once, who must have one keeps one', async (store) => {
  const here = site(store, { requireSecondFactor: ({ email }) => email === alice })
  const browser = here.open()
  await here.auth.admin.users.create({ email: alice, password: phrase })
  assert.equal((await login(browser)).json.status, 'second_factor_setup_required')
  await confirm(browser, await begin(here, browser), 'phone')
  await confirm(browser, await begin(here, browser), 'tablet')
  const ids = (await listed(browser, 'totp')).map(({ id }) => id)
  assert.equal(ids.length, 2)
  const replies = await Promise.all(ids.map((id) => browser.post('/auth/totp/remove', { id })))
  assert.deepEqual(replies.map((reply) => (reply.status === 200 ? 'removed' : codeOf(reply))).sort(), ['last_factor', 'removed'])
  assert.equal((await listed(browser, 'totp')).length, 1)
})

onEveryStore('a remembered browser that sets an authenticator up stays remembered; every other one is forgotten', async (store) => {
  const here = site(store)
  const browser = here.open()
  await registered(here.open)
  const other = here.open()
  await login(other, { remember: true })
  await login(browser, { remember: true })
  const { phone } = await enrol(browser, here.clock)
  for (const each of [browser, other]) each.cookies.delete(named('session'))
  assert.equal((await other.post('/auth/resume')).status, 401)
  assert.equal((await browser.post('/auth/resume')).json.status, 'second_factor_required')
  assert.equal((await browser.post('/auth/totp/verify', { code: phone.next() })).json.status, 'authenticated')
})
