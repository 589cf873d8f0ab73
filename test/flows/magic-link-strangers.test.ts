/** Logging in by mail beside strangers, without passwords, and with a second factor: who gets a mail, and where a link leads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { confirmEmail, createAuth, magicLink, password, registration, session } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import { createMailbox } from '../../src/testing/mailbox.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, hiddenField, origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { alice, ask, bob, clock, members, site } from './mailed-login.ts'
import { onEveryStore } from './stores.ts'

const withoutPasswords = { features: [session(), magicLink(), secondStep()] }

onEveryStore('THR-39: an address that is unknown, deactivated or pending gets the same answer, and no mail', async (store) => {
  const here = site(store, {}, { features: [session(), password(), registration(), confirmEmail(), magicLink()] })
  await members(here)
  const user = await here.auth.admin.users.byEmail(bob)
  assert.ok(user)
  await here.auth.admin.users.deactivate(user.id)
  await here.open().post('/auth/register', { email: 'pending@example.com', password: phrase })
  for (const email of ['nobody@example.com', bob, 'pending@example.com']) {
    await ask(here, email)
    assert.deepEqual(here.mailbox.messages, [])
    assert.equal(codeOf(await here.open().post('/auth/magic-link/redeem', { email, code: 'ABCD-EFGH' })), 'invalid_credentials')
  }
})

onEveryStore('AL-FS-42: no such route without the feature; a link that is made up, spent or expired opens nothing', async (store) => {
  const without = serve(createAuth({ origin, secret, store, features: [session(), password({ reset: false })], mailer: createMailbox() }))
  await assert.rejects(without().post('/auth/magic-link', { email: alice }), /Nothing answers/)
  const here = site(store)
  await members(here)
  const spent = await ask(here)
  await here.open().post('/auth/magic-link/redeem', { token: spent.token })
  const late = await ask(here)
  clock.advance(15 * 60_000)
  for (const token of ['bogus', 'A'.repeat(43), spent.token, late.token]) {
    const browser = here.open()
    assert.equal(codeOf(await browser.post('/auth/magic-link/redeem', { token })), 'link_invalid')
    const page = await browser.visit(`/auth/magic-link/redeem?token=${token}`)
    assert.equal(page.status, 400)
    assert.match(page.text, /<a [^>]*href="\/auth\/magic-link"/) // the way to ask for another one
    assert.equal((await browser.get('/members')).status, 401)
  }
})

onEveryStore('AL-FS-42: who is logged in as somebody else is that no more, and hears of each step as events tell it', async (store) => {
  const heard: string[] = []
  const here = site(store)
  here.auth.on('magic_link.requested', ({ user }) => void heard.push(`asked by ${user?.email}`))
  here.auth.on('user.logged_in', ({ user, method }) => void heard.push(`${user?.email} by ${method}`))
  await members(here)
  const browser = here.open()
  await browser.post('/auth/login', { email: bob, password: phrase })
  const bobs = browser.copy()
  const { token } = await ask(here, alice, browser)
  assert.equal((await browser.post('/auth/magic-link/redeem', { token })).status, 200)
  assert.match((await browser.get('/members')).text, /alice@example\.com/)
  assert.equal((await bobs.get('/members')).status, 401)
  await here.auth.settled()
  assert.deepEqual(heard, [`${bob} by password`, `asked by ${alice}`, `${alice} by magic-link`])
})

onEveryStore('a link and its code are void when the account has another address by now, also under the same stamp', async (store) => {
  const here = site(store)
  await members(here)
  const { token, code } = await ask(here)
  const user = await here.auth.admin.users.byEmail(alice)
  assert.ok(user)
  const set = { email: 'elsewhere@example.com', emailKey: 'elsewhere@example.com' }
  const when = { stamp: (await store.reads.users.byId(user.id))?.stamp ?? '' }
  assert.deepEqual(await store.durable.write([{ kind: 'users.update', id: user.id, set, when }]), { ok: true })
  assert.equal(codeOf(await here.open().post('/auth/magic-link/redeem', { token })), 'link_invalid')
  for (const email of [alice, set.email]) assert.notEqual((await here.open().post('/auth/magic-link/redeem', { email, code })).status, 200)
})

onEveryStore('THR-79: by the code as well, who made the account for somebody else’s address is out', async (store) => {
  const here = site(store)
  const thief = await registered(here.open)
  const { code } = await ask(here)
  const owner = here.open()
  assert.equal((await owner.post('/auth/magic-link/redeem', { email: alice, code })).status, 200)
  assert.equal((await owner.get('/members')).status, 200)
  assert.equal((await thief.get('/members')).status, 401)
  assert.equal(codeOf(await here.open().post('/auth/login', { email: alice, password: phrase })), 'invalid_credentials')
})

onEveryStore('codes have a budget of the whole account, from however many networks they are guessed', async (store) => {
  const here = site(store, {}, { limits: { triesPerAccount: 6, mailsPerAddress: 100 } })
  await members(here)
  const owner = here.open()
  await owner.post('/auth/login', { email: alice, password: phrase })
  const { code } = await ask(here)
  const redeemFrom = async (address: string, typed: string): Promise<unknown> =>
    codeOf(await serve(here.auth, {}, { address })().post('/auth/magic-link/redeem', { email: alice, code: typed }))
  for (let network = 1; network <= 6; network++) assert.equal(await redeemFrom(`203.0.${network}.9`, '2222-2222'), 'invalid_credentials')
  assert.equal(await redeemFrom('198.51.100.7', '2222-2222'), 'too_many_attempts')
  assert.equal(await redeemFrom('198.51.100.7', code), 'too_many_attempts')
  assert.equal((await owner.post('/auth/magic-link/redeem', { email: alice, code })).status, 200) // a known device has tries of its own
})

onEveryStore('strangers who ask use up their own mails: the owner’s known device still gets one, and its link works', async (store) => {
  const here = site(store, {}, { limits: { mailsPerAddress: 5 } })
  await members(here)
  const owner = here.open()
  await owner.post('/auth/login', { email: alice, password: phrase })
  const { token } = await ask(here, alice, owner)
  const stranger = here.open()
  for (let mails = 0; mails < 5; mails++) await ask(here, alice, stranger)
  for (const path of ['/auth/magic-link', '/auth/forgot-password'])
    assert.equal(codeOf(await stranger.post(path, { email: alice })), 'too_many_attempts')
  for (let mails = 1; mails < 5; mails++) assert.equal((await owner.post('/auth/forgot-password', { email: alice })).status, 200)
  assert.equal(codeOf(await owner.post('/auth/forgot-password', { email: alice })), 'too_many_attempts')
  const unknown = here.open() // an unknown address has the same limit
  for (let mails = 0; mails < 5; mails++) await ask(here, 'nobody@example.com', unknown)
  assert.equal(codeOf(await unknown.post('/auth/magic-link', { email: 'nobody@example.com' })), 'too_many_attempts')
  assert.equal((await here.open().post('/auth/magic-link/redeem', { token })).status, 200)
})

onEveryStore('AL-FST-G8: without passwords, logging in by mail is the entrance, and a second factor is still owed', async (store) => {
  const here = site(store, {}, withoutPasswords)
  await here.auth.admin.users.create({ email: alice })
  const browser = here.open()
  const led = await browser.visit('/members?tab=2')
  assert.deepEqual([led.status, led.location], [303, '/auth/magic-link?next=%2Fmembers%3Ftab%3D2'])
  await browser.submit('/auth/magic-link', { email: alice, next: '/members?tab=2' })
  await here.auth.settled()
  const token = /redeem\?token=([\w-]+)/.exec(here.mailbox.latest(alice)?.text ?? '')?.[1] ?? ''
  const through = await here.open().submit('/auth/magic-link/redeem', { token }) // from elsewhere, and without the form's `next`
  assert.deepEqual([through.status, through.location], [303, '/members?tab=2'])

  const { token: second } = await ask(here, alice, browser)
  assert.equal((await browser.post('/auth/magic-link/redeem', { token: second })).json.status, 'authenticated')
  const page = await browser.visit('/auth/verify?next=/members') // nothing to prove it by yet: logging in anew is the way
  assert.match(page.text, /name="next" value="\/auth\/magic-link\?next=%2Fmembers"/) // of the form that logs out first
  assert.equal((await browser.post('/auth/code/setup')).status, 200)
  const { token: third } = await ask(here)
  assert.equal((await here.open().post('/auth/magic-link/redeem', { token: third })).json.status, 'second_factor_required')
})

onEveryStore('AL-FST-E9: the link’s page, the second step and the target are one flow of one browser’s cookies', async (store) => {
  const here = site(store)
  const owner = await registered(here.open)
  await owner.post('/auth/code/setup')
  const browser = here.open()
  const login = await browser.visit('/auth/login?next=/members')
  assert.match(login.text, /href="\/auth\/magic-link\?next=%2Fmembers"/)
  await browser.submit('/auth/magic-link', { email: alice, next: '/members', csrf: hiddenField(login, 'csrf') ?? '' })
  await here.auth.settled()
  const token = /redeem\?token=([\w-]+)/.exec(here.mailbox.latest(alice)?.text ?? '')?.[1] ?? ''
  const page = await browser.visit(`/auth/magic-link/redeem?token=${token}`)
  const csrf = hiddenField(page, 'csrf') ?? ''
  const forged = await browser.submit(
    '/auth/magic-link/redeem',
    { token, csrf: 'x' },
    { headers: { 'sec-fetch-site': 'cross-site', origin: 'http://evil.example' } },
  )
  assert.equal(forged.status, 403)
  const owed = await browser.submit('/auth/magic-link/redeem', { token, csrf })
  assert.deepEqual([owed.status, owed.location], [303, '/auth/code'])
  assert.equal((await browser.get('/members')).status, 401)
  const done = await browser.submit('/auth/code', { code: '123456' })
  assert.deepEqual([done.status, done.location], [303, '/members'])
  assert.equal((await browser.get('/members')).status, 200)
})

test('ASVS V6.3.7: the notice of another password goes out also where passwords are never reset by mail', async () => {
  const mailbox = createMailbox()
  const features = [session(), password({ reset: false }), registration()]
  const auth = createAuth({ origin, secret, store: memory(), features, passwords: { dangerouslyCheapHash: true }, mailer: mailbox })
  const browser = await registered(serve(auth))
  await browser.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })
  await auth.settled()
  assert.deepEqual(
    mailbox.messages.map(({ mail, to }) => [mail, to]),
    [['password.changed', alice]],
  )
})
