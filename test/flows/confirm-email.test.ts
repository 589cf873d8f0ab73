/** Confirming an address: no account before, no mail without being asked, and nobody knows a password of what somebody else confirms. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Auth,
  type ConfirmEmailOptions,
  type CreateAuthOptions,
  confirmEmail,
  createAuth,
  invalidFields,
  language,
  type NewUser,
  password,
  registration,
  session,
  type User,
} from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, hiddenField, memberOf, origin, otherPhrase, phrase, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

const alice = 'alice@example.com'
const clock = createClock()
const day = 86_400_000

interface Site {
  readonly auth: Auth
  readonly mailbox: Mailbox
  readonly seen: string[]
  readonly open: () => TestBrowser
}

function site(store: Store, confirming: ConfirmEmailOptions = {}, options: Partial<CreateAuthOptions> = {}): Site {
  const mailbox = createMailbox()
  const seen: string[] = []
  const auth = createAuth({
    origin,
    secret,
    store,
    features: [session(), password(), registration(), confirmEmail(confirming), language(), secondStep()],
    passwords: { dangerouslyCheapHash: true },
    limits: { mailsPerAddress: 100 },
    mailer: mailbox,
    clock,
    ...options,
  })
  for (const name of ['registration.requested', 'user.registered', 'user.logged_in', 'user.logged_out'] as const)
    auth.on(name, () => void seen.push(name))
  return { auth, mailbox, seen, open: serve(auth, { '/members': {} }) }
}

/** Registers in a browser; the token that was mailed, or an empty text. */
async function register(here: Site, browser: TestBrowser, email: string = alice, typed: string = phrase): Promise<string> {
  await here.auth.settled()
  here.mailbox.clear()
  const asked = await browser.post('/auth/register', { email, password: typed })
  assert.deepEqual([asked.status, asked.json], [200, { ok: true, status: 'confirmation_sent' }])
  return tokenOf(here)
}

async function tokenOf({ auth, mailbox }: Site): Promise<string> {
  await auth.settled()
  return /confirm-email\?token=([\w-]+)/.exec(mailbox.messages[0]?.text ?? '')?.[1] ?? ''
}

async function canLogIn({ open }: Site, typed: string, email: string = alice): Promise<boolean> {
  return (await open().post('/auth/login', { email, password: typed })).status === 200
}

onEveryStore(
  'AL-FS-26 AL-FST-D2 AL-FST-L1: nobody logs in before the link is opened, which works once and logs nobody in',
  async (store) => {
    const here = site(store)
    const browser = here.open()
    const token = await register(here, browser)
    assert.deepEqual(
      here.mailbox.messages.map(({ mail, to }) => [mail, to]),
      [['registration.confirm', alice]],
    )
    assert.match(here.mailbox.messages[0]?.text ?? '', /within 2 days/)
    assert.equal(await here.auth.admin.users.byEmail(alice), null)
    assert.equal(codeOf(await here.open().post('/auth/login', { email: alice, password: phrase })), 'invalid_credentials')
    assert.deepEqual((await browser.get(`/auth/confirm-email?token=${token}`)).json, { ok: true, email: alice, passwordRequired: false })
    const done = await browser.post('/auth/confirm-email', { token })
    assert.deepEqual([done.status, done.json.status], [200, 'confirmed'])
    assert.equal((await browser.get('/members')).status, 401)
    assert.equal(await canLogIn(here, phrase), true)
    assert.equal(codeOf(await browser.post('/auth/confirm-email', { token })), 'link_invalid')
    await here.auth.settled()
    assert.deepEqual(here.seen, ['registration.requested', 'user.registered', 'user.logged_in'])
  },
)

onEveryStore('THR-79: who registers somebody else’s address knows no password of the account that its owner confirms', async (store) => {
  const here = site(store)
  const thief = here.open()
  const planted = await register(here, thief, alice, otherPhrase)
  const owner = here.open()
  // The owner knows nothing of the password, so the link alone makes no account.
  assert.deepEqual((await owner.get(`/auth/confirm-email?token=${planted}`)).json, { ok: true, email: alice, passwordRequired: true })
  const refused = await owner.post('/auth/confirm-email', { token: planted })
  assert.deepEqual([refused.status, codeOf(refused)], [422, 'password_required'])
  assert.equal(codeOf(await owner.post('/auth/confirm-email', { token: planted, password: phrase })), 'invalid_credentials')
  assert.equal(await here.auth.admin.users.byEmail(alice), null)
  // "I did not choose this password": what was typed goes, and this browser may begin anew.
  const dropped = await owner.post('/auth/confirm-email', { token: planted, notMine: true })
  assert.deepEqual([dropped.status, dropped.json.status], [200, 'dropped'])
  assert.equal(codeOf(await thief.post('/auth/confirm-email', { token: planted })), 'link_invalid')
  const made = await owner.post('/auth/register', { email: alice, password: phrase })
  assert.deepEqual([made.status, made.json.status], [200, 'confirmed'])
  assert.deepEqual([await canLogIn(here, phrase), await canLogIn(here, otherPhrase)], [true, false])
})

onEveryStore('the owner who registers as well opens the own link, and the planted one is void', async (store) => {
  const here = site(store)
  const planted = await register(here, here.open(), alice, otherPhrase)
  const owner = here.open()
  const own = await register(here, owner)
  assert.equal((await owner.post('/auth/confirm-email', { token: own })).status, 200)
  assert.equal(codeOf(await owner.post('/auth/confirm-email', { token: planted })), 'link_invalid')
  assert.deepEqual([await canLogIn(here, phrase), await canLogIn(here, otherPhrase)], [true, false])
})

onEveryStore('in another browser the password is asked for; a wrong one is a counted guess and leaves the link usable', async (store) => {
  const here = site(store, {}, { limits: { mailsPerAddress: 100, triesPerSource: 3 } })
  const token = await register(here, here.open())
  const phone = here.open()
  for (let tries = 0; tries < 3; tries++) {
    const wrong = await phone.post('/auth/confirm-email', { token, password: otherPhrase })
    assert.deepEqual([wrong.status, codeOf(wrong)], [401, 'invalid_credentials'])
  }
  assert.equal(codeOf(await phone.post('/auth/confirm-email', { token, password: phrase })), 'too_many_attempts')
  clock.advance(31_000)
  assert.equal((await phone.post('/auth/confirm-email', { token, password: phrase })).json.status, 'confirmed')
  assert.equal(await canLogIn(here, phrase), true)
})

onEveryStore('AL-FS-27 AL-FST-D4: a link that is made up, for another purpose or too old is refused, and sends no mail', async (store) => {
  const here = site(store)
  const browser = here.open()
  const token = await register(here, browser)
  here.mailbox.clear()
  for (const bad of ['', 'x', `${token.slice(0, -1)}_`, 'A'.repeat(43)]) {
    const refused = await browser.post('/auth/confirm-email', { token: bad })
    assert.equal(refused.status, 400, bad)
  }
  assert.equal(codeOf(await browser.post('/auth/reset-password', { token, newPassword: otherPhrase })), 'link_invalid')
  clock.advance(2 * day)
  assert.equal(codeOf(await browser.post('/auth/confirm-email', { token })), 'link_invalid')
  const page = await browser.visit(`/auth/confirm-email?token=${token}`)
  assert.equal(page.status, 400)
  assert.match(page.text, /expired or was used already/)
  await here.auth.settled()
  assert.deepEqual(here.mailbox.messages, [])
})

onEveryStore(
  'AL-FS-28 AL-FST-D7: another link comes to the browser that registered, and to no other; every answer is the same',
  async (store) => {
    const here = site(store)
    const browser = here.open()
    const first = await register(here, browser)
    await register(here, here.open(), 'known@example.com').then((token) =>
      here.open().post('/auth/confirm-email', { token, password: phrase }),
    )
    const resend = async (from: TestBrowser, email: string): Promise<string> => {
      await here.auth.settled()
      here.mailbox.clear()
      const answer = await from.post('/auth/confirm-email/resend', { email })
      assert.deepEqual([answer.status, answer.json], [200, { ok: true, status: 'confirmation_sent' }])
      return tokenOf(here)
    }
    for (const email of [alice, 'known@example.com', 'nobody@example.com']) assert.equal(await resend(here.open(), email), '', email)
    assert.equal(await resend(browser, 'known@example.com'), '')
    const second = await resend(browser, 'ALICE@example.com')
    assert.notEqual(second, '')
    assert.equal((await browser.post('/auth/confirm-email', { token: second })).status, 200)
    assert.equal(codeOf(await browser.post('/auth/confirm-email', { token: first })), 'link_invalid')
    assert.equal(await resend(browser, alice), '') // confirmed already
  },
)

onEveryStore('AL-FST-D6 AL-FST-L7: a taken address gets the answer of a free one, and its owner a mail that says so', async (store) => {
  const here = site(store)
  await here.auth.admin.users.create({ email: alice, password: phrase })
  await here.auth.admin.users.create({ email: 'ended@example.com', password: phrase, active: false })
  assert.equal(await register(here, here.open(), 'Alice@Example.COM', otherPhrase), '')
  assert.deepEqual(
    here.mailbox.messages.map(({ mail, to }) => [mail, to]),
    [['registration.taken', alice]],
  )
  assert.match(here.mailbox.messages[0]?.text ?? '', /You have one already/)
  assert.equal(await register(here, here.open(), 'ended@example.com', otherPhrase), '')
  assert.deepEqual(here.mailbox.messages, [])
  assert.deepEqual([await canLogIn(here, phrase), await canLogIn(here, otherPhrase)], [true, false])
  // What the policy refuses is told before anybody looks for the address.
  assert.equal(codeOf(await here.open().post('/auth/register', { email: alice, password: 'short' })), 'invalid_fields')
})

onEveryStore('AL-FS-32 AL-FST-D5: confirming while somebody else is logged in ends that session and logs nobody in', async (store) => {
  const here = site(store)
  await here.auth.admin.users.create({ email: 'bob@example.com', password: phrase })
  const browser = here.open()
  const token = await register(here, browser)
  await browser.post('/auth/login', { email: 'bob@example.com', password: phrase })
  const before = browser.copy()
  assert.equal((await browser.post('/auth/confirm-email', { token })).json.status, 'confirmed')
  for (const ended of [browser, before]) assert.equal((await ended.get('/members')).status, 401)
})

onEveryStore(
  'AL-FST-D5 AL-FST-L2: with `loginAfter` confirming logs in through the door, a required second factor first',
  async (store) => {
    const here = site(store, { loginAfter: true }, { requireSecondFactor: ({ email }) => email.startsWith('strict') })
    const browser = here.open()
    const token = await register(here, browser)
    assert.equal((await browser.post('/auth/confirm-email', { token })).json.status, 'authenticated')
    assert.equal((await browser.get('/members')).status, 200)
    const strict = here.open()
    const held = await register(here, strict, 'strict@example.com')
    const answer = await strict.post('/auth/confirm-email', { token: held })
    assert.equal(answer.json.status, 'second_factor_setup_required')
    assert.equal((await strict.get('/members')).status, 401)
  },
)

onEveryStore(
  'AL-FS-29: an address that gets an account in another way ends what waits for it, also when that account is deleted',
  async (store) => {
    const here = site(store)
    const browser = here.open()
    const token = await register(here, browser)
    const { id } = await here.auth.admin.users.create({ email: alice, password: otherPhrase })
    assert.equal(codeOf(await browser.post('/auth/confirm-email', { token })), 'link_invalid')
    await here.auth.admin.users.delete(id)
    assert.equal(codeOf(await browser.post('/auth/confirm-email', { token })), 'link_invalid')

    const owner = here.open()
    await owner.post('/auth/confirm-email', { token: await register(here, here.open()), notMine: true })
    const planted = await register(here, here.open(), alice, otherPhrase)
    assert.equal((await owner.post('/auth/register', { email: alice, password: phrase })).json.status, 'confirmed')
    assert.equal(codeOf(await here.open().post('/auth/confirm-email', { token: planted, password: otherPhrase })), 'link_invalid')
  },
)

onEveryStore(
  'AL-FS-30: an address that another account was moved to is told when the link is opened, and stays whose it is',
  async (store) => {
    const here = site(store)
    const browser = here.open()
    const token = await register(here, browser)
    const { id } = await here.auth.admin.users.create({ email: 'carol@example.com', password: otherPhrase })
    assert.deepEqual(await store.durable.write([{ kind: 'users.update', id, set: { email: alice, emailKey: alice } }]), { ok: true })
    const late = await browser.post('/auth/confirm-email', { token })
    assert.deepEqual([late.status, codeOf(late)], [409, 'email_taken'])
    assert.equal((await browser.get(`/auth/confirm-email?token=${token}`)).status, 200, 'the link was not spent')
    assert.deepEqual([await canLogIn(here, phrase), await canLogIn(here, otherPhrase)], [false, true])
  },
)

onEveryStore('five registrations of one address wait at most; the oldest gives way', async (store) => {
  const here = site(store)
  const browsers = Array.from({ length: 6 }, () => here.open())
  const tokens: string[] = []
  for (const browser of browsers) {
    tokens.push(await register(here, browser))
    clock.advance(1)
  }
  const usable = await Promise.all(tokens.map(async (token) => (await here.open().get(`/auth/confirm-email?token=${token}`)).status))
  assert.deepEqual(usable, [400, 200, 200, 200, 200, 200])
})

onEveryStore('THR-83: programs that open every link of a mail confirm nothing', async (store) => {
  const here = site(store)
  const browser = here.open()
  const token = await register(here, browser)
  const scanner = here.open()
  for (const accept of ['text/html', 'application/json', '*/*'])
    await scanner.get(`/auth/confirm-email?token=${token}`, { headers: { accept } })
  assert.equal(await here.auth.admin.users.byEmail(alice), null)
  assert.equal((await browser.post('/auth/confirm-email', { token })).status, 200)
})

onEveryStore(
  'AL-FS-33 AL-FST-D3: as pages: register, read the mail, press the button; in another browser, give the password',
  async (store) => {
    const here = site(store)
    const browser = here.open()
    const asked = await browser.submit('/auth/register', { email: alice, password: phrase })
    assert.deepEqual([asked.status, asked.headers.get('location')], [303, '/auth/confirm-email'])
    assert.match((await browser.visit('/auth/confirm-email')).text, /Open it to finish/)
    const token = await tokenOf(here)
    const elsewhere = await here.open().visit(`/auth/confirm-email?token=${token}`)
    assert.match(elsewhere.text, /name="password"/)
    assert.equal(hiddenField(elsewhere, 'notMine'), 'true')
    const page = await browser.visit(`/auth/confirm-email?token=${token}`)
    assert.doesNotMatch(page.text, /name="password"/)
    assert.equal(hiddenField(page, 'token'), token)
    const done = await browser.submit('/auth/confirm-email', { token })
    assert.deepEqual([done.status, done.headers.get('location')], [303, '/auth/login'])
    assert.equal(await canLogIn(here, phrase), true)
  },
)

test('AL-FS-34: before it is confirmed, an address gets no link to choose a password', async () => {
  const here = site(memory())
  await register(here, here.open())
  here.mailbox.clear()
  assert.equal((await here.open().post('/auth/forgot-password', { email: alice })).status, 200)
  await here.auth.settled()
  assert.deepEqual(here.mailbox.messages, [])
})

test('an address that was shown to be this browser’s can be registered for half an hour, and no other one', async () => {
  const here = site(memory())
  const planted = await register(here, here.open())
  const owner = here.open()
  await owner.post('/auth/confirm-email', { token: planted, notMine: true })
  assert.equal((await owner.post('/auth/register', { email: 'other@example.com', password: phrase })).json.status, 'confirmation_sent')
  clock.advance(31 * 60_000)
  assert.equal((await owner.post('/auth/register', { email: alice, password: phrase })).json.status, 'confirmation_sent')
})

test('the mails that anybody can cause are limited for an address, in both ways to ask', async () => {
  const here = site(memory(), {}, { limits: { mailsPerAddress: 2 } })
  const browser = here.open()
  await register(here, browser)
  assert.equal((await browser.post('/auth/confirm-email/resend', { email: alice })).status, 200)
  assert.equal(codeOf(await browser.post('/auth/confirm-email/resend', { email: alice })), 'too_many_attempts')
  assert.equal(codeOf(await here.open().post('/auth/register', { email: alice, password: phrase })), 'too_many_attempts')
  await here.auth.settled()
  assert.equal(here.mailbox.messages.length, 2)
})

onEveryStore('what somebody has proven is one spelling of an address: another one may be another mailbox', async (store) => {
  const here = site(store)
  const owner = here.open()
  const token = await register(here, here.open(), 'mi\u212ae@example.org')
  assert.equal((await owner.post('/auth/confirm-email', { token, notMine: true })).json.status, 'dropped')
  for (const email of ['mike@example.org', 'MIKE@example.org'])
    assert.equal((await owner.post('/auth/register', { email, password: phrase })).json.status, 'confirmation_sent', email)
  assert.equal((await owner.post('/auth/register', { email: 'mi\u212ae@example.org', password: phrase })).json.status, 'confirmed')
})

onEveryStore('an id that the application has given away while a registration waited does not stop it', async (store) => {
  const here = site(store)
  const browser = here.open()
  const token = await register(here, browser)
  const [waiting] = await store.reads.links.bySubject(alice, 'confirm-email', clock())
  const id = String(memberOf(memberOf(waiting?.data, 'draft'), 'userId'))
  const user = { id, email: 'row@example.com', emailKey: 'row@example.com', username: null, usernameKey: null, passwordHash: null }
  assert.deepEqual(
    await store.durable.write([{ kind: 'users.create', user: { ...user, stamp: 's', active: true, createdAt: clock(), extra: {} } }]),
    { ok: true },
  )
  assert.equal((await browser.post('/auth/confirm-email', { token })).json.status, 'confirmed')
  assert.equal(await canLogIn(here, phrase), true)
})

test('what the store cannot keep is told when somebody registers, and not when they confirm', async () => {
  const store = memory()
  const foresee = ({ extra, ...user }: NewUser): User => {
    throw invalidFields({ nickname: [`${user.email} has ${Object.keys(extra).length} fields too many.`] })
  }
  const here = site({ ...store, ownUsers: { newId: () => '1', foresee } })
  const refused = await here.open().post('/auth/register', { email: alice, password: phrase })
  assert.deepEqual([refused.status, codeOf(refused)], [400, 'invalid_fields'])
  await here.auth.settled()
  assert.deepEqual(here.mailbox.messages, [])
})
