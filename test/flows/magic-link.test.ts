/** Logging in by a mailed link or code: for whom one goes out, that it works once, and that the door asks for all that is owed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Feature, magicLink, password, registration, session } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, fieldError, hiddenField, otherPhrase, phrase, registered } from './application.ts'
import { alice, ask, bob, clock, type Mailed, members, site } from './mailed-login.ts'
import { onEveryStore } from './stores.ts'

onEveryStore('AL-FS-42 THR-83: a mailed link logs in once, by a POST; opening it changes nothing', async (store) => {
  const here = site(store)
  await members(here)
  const { token } = await ask(here)
  assert.deepEqual(
    here.mailbox.messages.map(({ mail, to }) => [mail, to]),
    [['magic_link.link', alice]],
  )
  const browser = here.open()
  for (const accept of ['text/html', 'application/json', '*/*'])
    assert.equal((await browser.get(`/auth/magic-link/redeem?token=${token}`, { headers: { accept } })).status, 200)
  assert.equal((await browser.get('/members')).status, 401)
  const done = await browser.post('/auth/magic-link/redeem', { token })
  assert.deepEqual([done.status, done.json.status], [200, 'authenticated'])
  assert.equal((await browser.get('/members')).status, 200)
  assert.equal(codeOf(await here.open().post('/auth/magic-link/redeem', { token })), 'link_invalid')
  assert.equal((await here.open().post('/auth/login', { email: alice, password: phrase })).status, 200) // the password stays
})

onEveryStore('the code of the mail logs in too, however it is typed, and is spent with its link', async (store) => {
  const here = site(store)
  await members(here)
  for (const spell of [
    (code: string) => code,
    (code: string) => code.toLowerCase().replace('-', ''),
    (code: string) => ` ${code.slice(0, 4)} ${code.slice(4)} `,
  ]) {
    const { token, code } = await ask(here)
    assert.notEqual(code, '')
    const browser = here.open()
    assert.equal((await browser.post('/auth/magic-link/redeem', { email: 'ALICE@example.com', code: spell(code) })).status, 200)
    assert.equal((await browser.get('/members')).status, 200)
    assert.equal(codeOf(await here.open().post('/auth/magic-link/redeem', { token })), 'link_invalid')
    assert.equal(codeOf(await here.open().post('/auth/magic-link/redeem', { email: alice, code })), 'invalid_credentials')
  }
})

onEveryStore('THR-78: a code is good with its own address only, and a link for its own account', async (store) => {
  const here = site(store)
  await members(here)
  const [hers, his] = [await ask(here, alice), await ask(here, bob)]
  const redeem = (body: Readonly<Record<string, string>>): Promise<unknown> =>
    here.open().post('/auth/magic-link/redeem', body).then(codeOf)
  assert.equal(await redeem({ email: bob, code: hers.code }), 'invalid_credentials')
  assert.equal(await redeem({ email: alice, code: his.code }), 'invalid_credentials')
  assert.equal(await redeem({ email: 'nobody@example.com', code: his.code }), 'invalid_credentials')
  assert.equal(codeOf(await here.open().post('/auth/reset-password', { token: hers.token, newPassword: otherPhrase })), 'link_invalid')
  assert.equal(await redeem({ token: his.token, email: alice }), 'link_invalid')
  const browser = here.open()
  await browser.post('/auth/magic-link/redeem', { token: his.token, email: 'BOB@example.com' })
  assert.match((await browser.get('/members')).text, /bob@example\.com/)
})

onEveryStore('wrong codes are failed logins, counted with those by password, and spend nothing', async (store) => {
  const here = site(store, {}, { limits: { mailsPerAddress: 100, triesPerSource: 3 } })
  await members(here)
  const { code } = await ask(here)
  for (let tries = 0; tries < 3; tries++)
    assert.equal(codeOf(await here.open().post('/auth/magic-link/redeem', { email: alice, code: '2222-2222' })), 'invalid_credentials')
  assert.equal(codeOf(await here.open().post('/auth/magic-link/redeem', { email: alice, code })), 'too_many_attempts')
  assert.equal(codeOf(await here.open().post('/auth/login', { email: alice, password: phrase })), 'too_many_attempts')
  clock.advance(31_000)
  assert.equal((await here.open().post('/auth/magic-link/redeem', { email: alice, code })).status, 200)
})

onEveryStore('whoever has a second factor is asked for it, and the link is spent', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  await browser.post('/auth/code/setup')
  const { token } = await ask(here)
  const elsewhere = here.open()
  const held = await elsewhere.post('/auth/magic-link/redeem', { token })
  assert.deepEqual([held.status, held.json.status], [200, 'second_factor_required'])
  assert.equal((await elsewhere.get('/members')).status, 401)
  assert.equal(codeOf(await here.open().post('/auth/magic-link/redeem', { token })), 'link_invalid')
})

onEveryStore(
  'a link ends with its time, with another password, and with the account; all that were asked for work until then',
  async (store) => {
    const here = site(store)
    await members(here)
    const redeem = async ({ token, code }: Mailed): Promise<readonly unknown[]> => [
      codeOf(await here.open().post('/auth/magic-link/redeem', { token })),
      codeOf(await here.open().post('/auth/magic-link/redeem', { email: alice, code })),
    ]
    const expired = await ask(here)
    clock.advance(15 * 60_000)
    assert.deepEqual(await redeem(expired), ['link_invalid', 'invalid_credentials'])
    const overtaken = await ask(here)
    const user = await here.auth.admin.users.byEmail(alice)
    assert.ok(user)
    await here.auth.admin.users.changePassword(user.id, otherPhrase)
    assert.deepEqual(await redeem(overtaken), ['link_invalid', 'invalid_credentials'])
    const four: Mailed[] = []
    for (let count = 0; count < 4; count++) four.push(await ask(here))
    for (const { code } of four) assert.equal((await here.open().post('/auth/magic-link/redeem', { email: alice, code })).status, 200)
    const last = await ask(here)
    await here.auth.admin.users.deactivate(user.id)
    assert.deepEqual(await redeem(last), ['link_invalid', 'invalid_credentials'])
  },
)

onEveryStore('THR-79: who made an account for somebody else’s address is out when its owner logs in by mail', async (store) => {
  const here = site(store)
  const thief = await registered(here.open)
  assert.equal((await thief.get('/members')).status, 200)
  const { token } = await ask(here)
  const owner = here.open()
  assert.equal((await owner.post('/auth/magic-link/redeem', { token })).status, 200)
  assert.equal((await owner.get('/members')).status, 200)
  assert.equal((await thief.get('/members')).status, 401)
  assert.equal(codeOf(await here.open().post('/auth/login', { email: alice, password: phrase })), 'invalid_credentials')
  await here.auth.settled()
  assert.match(here.mailbox.latest(alice)?.text ?? '', /was removed/)
  // From now on the account is the owner's: what is set stays.
  await owner.post('/auth/change-password', { newPassword: otherPhrase })
  const again = await ask(here)
  assert.equal((await here.open().post('/auth/magic-link/redeem', { token: again.token })).status, 200)
  assert.equal((await here.open().post('/auth/login', { email: alice, password: otherPhrase })).status, 200)
})

onEveryStore('a second factor that a feature drops at `email.verified` is not asked of the owner', async (store) => {
  const dropping: Feature = {
    name: 'second-step',
    record: ({ name, user }) => (name === 'email.verified' && user ? [{ kind: 'records.drop', feature: 'code', key: user.id }] : []),
  }
  const here = site(store, {}, { features: [session(), password(), registration(), magicLink(), secondStep(), dropping] })
  const thief = await registered(here.open)
  await thief.post('/auth/code/setup')
  assert.equal((await here.open().post('/auth/login', { email: alice, password: phrase })).json.status, 'second_factor_required')
  const { token } = await ask(here)
  assert.equal((await here.open().post('/auth/magic-link/redeem', { token })).json.status, 'authenticated')
})

onEveryStore('a reset by mail shows whose the address is as well, so a later link leaves the password', async (store) => {
  const here = site(store)
  await registered(here.open)
  await here.open().post('/auth/forgot-password', { email: alice })
  await here.auth.settled()
  const reset = /reset-password\?token=([\w-]+)/.exec(here.mailbox.latest(alice)?.text ?? '')?.[1] ?? ''
  await here.open().post('/auth/reset-password', { token: reset, newPassword: otherPhrase })
  const { token } = await ask(here)
  assert.equal((await here.open().post('/auth/magic-link/redeem', { token })).status, 200)
  assert.equal((await here.open().post('/auth/login', { email: alice, password: otherPhrase })).status, 200)
})

onEveryStore('THR-2: a token planted before a login by mail is not the one after it, and opens nothing', async (store) => {
  const here = site(store)
  await members(here)
  const mallory = here.open()
  await mallory.post('/auth/login', { email: bob, password: phrase })
  const [name = '', planted = ''] = [...mallory.cookies].find(([cookie]) => cookie.includes('session')) ?? []
  const { token } = await ask(here)
  const victim = here.open()
  victim.cookies.set(name, planted)
  assert.equal((await victim.post('/auth/magic-link/redeem', { token })).status, 200)
  assert.notEqual(victim.cookies.get(name), planted)
  assert.match((await victim.get('/members')).text, /alice@example\.com/)
  assert.equal((await mallory.get('/members')).status, 401)
})

onEveryStore('with `sameBrowser` only the browser that asked gets in, and another one is told so', async (store) => {
  const here = site(store, { sameBrowser: true })
  await members(here)
  const asking = here.open()
  const { token, code } = await ask(here, alice, asking)
  for (const body of [{ token }, { email: alice, code }]) {
    const refused = await here.open().post('/auth/magic-link/redeem', body)
    assert.deepEqual([refused.status, codeOf(refused)], [403, 'other_browser'])
  }
  const other = here.open()
  await ask(here, bob, other)
  assert.equal(codeOf(await other.post('/auth/magic-link/redeem', { token })), 'other_browser')
  assert.equal((await asking.post('/auth/magic-link/redeem', { token })).status, 200)
})

onEveryStore('AL-FST-L3: an account without a password logs in by mail, and by no password', async (store) => {
  const here = site(store)
  await here.auth.admin.users.create({ email: alice })
  const { token } = await ask(here)
  assert.equal((await here.open().post('/auth/magic-link/redeem', { token })).status, 200)
  for (const typed of [' ', 'null', phrase])
    assert.notEqual((await here.open().post('/auth/login', { email: alice, password: typed })).status, 200)
})

onEveryStore('as pages: ask, press the button or type the code, and go where the login was to lead', async (store) => {
  const here = site(store)
  await members(here)
  const browser = here.open()
  const asked = await browser.submit('/auth/magic-link', { email: alice, next: '/members' })
  assert.deepEqual([asked.status, asked.location], [303, '/auth/magic-link/redeem?next=%2Fmembers'])
  await here.auth.settled()
  const text = here.mailbox.latest(alice)?.text ?? ''
  const page = await browser.visit('/auth/magic-link/redeem?next=%2Fmembers')
  assert.match(page.text, /name="email"[^>]* value="alice@example\.com"/)
  assert.match(page.text, /name="code"[^>]* autocomplete="one-time-code"/)
  const code = /^[2-9A-Z]{4}-[2-9A-Z]{4}$/m.exec(text)?.[0] ?? ''
  const wrong = await browser.submit('/auth/magic-link/redeem', { email: alice, code: '2222-2222', next: '/members' })
  assert.equal(wrong.status, 401)
  assert.doesNotMatch(wrong.text, /2222-2222/)
  const done = await browser.submit('/auth/magic-link/redeem', { email: alice, code, next: '/members' })
  assert.deepEqual([done.status, done.location], [303, '/members'])

  await here.open().submit('/auth/magic-link', { email: bob, next: '/members?tab=2' })
  await here.auth.settled()
  const token = /redeem\?token=([\w-]+)/.exec(here.mailbox.latest(bob)?.text ?? '')?.[1] ?? ''
  const elsewhere = here.open()
  const button = await elsewhere.visit(`/auth/magic-link/redeem?token=${token}`)
  assert.deepEqual([hiddenField(button, 'token'), hiddenField(button, 'next')], [token, '/members?tab=2'])
  const through = await elsewhere.submit('/auth/magic-link/redeem', { token, next: '/members?tab=2' })
  assert.deepEqual([through.status, through.location], [303, '/members?tab=2'])
})

test('THR-74 THR-75: nothing at all, half of it, or something else than text is refused by its fields', async () => {
  const here = site(memory())
  await members(here)
  await ask(here)
  const redeem = (body: Parameters<TestBrowser['post']>[1]): ReturnType<TestBrowser['post']> =>
    here.open().post('/auth/magic-link/redeem', body)
  assert.equal(fieldError(await redeem({}), 'code'), 'This is required.')
  assert.equal(fieldError(await redeem({ email: alice }), 'code'), 'This is required.')
  assert.equal(fieldError(await redeem({ code: 'ABCD-EFGH' }), 'email'), 'This is required.')
  for (const odd of [
    { token: null },
    { token: [''] },
    { token: { $ne: 1 } },
    { token: true },
    { email: alice, code: ['ABCD-EFGH'] },
    { email: alice, code: 12345678 },
  ])
    assert.equal((await redeem(odd)).status, 400)
  assert.equal(codeOf(await redeem({ token: ' ' })), 'link_invalid')
})
