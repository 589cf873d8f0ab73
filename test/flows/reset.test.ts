/** Choosing a new password by a mailed link: for whom a mail goes out, what it leads to, and what it ends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Auth,
  type CreateAuthOptions,
  createAuth,
  html,
  language,
  password,
  registration,
  session,
  writeMail,
} from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { secondStep } from '../contract/second-step.ts'
import { recordStore } from '../same-work/around-store.ts'
import { codeOf, origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

const alice = 'alice@example.com'

interface Site {
  readonly auth: Auth
  readonly mailbox: Mailbox
  readonly open: () => TestBrowser
}

const clock = createClock()

function site(store: Store, options: Partial<CreateAuthOptions> = {}, address?: string): Site {
  const mailbox = createMailbox()
  const auth = createAuth({
    origin,
    secret,
    store,
    features: [session(), password(), registration(), language(), secondStep()],
    passwords: { dangerouslyCheapHash: true },
    limits: { mailsPerAddress: 100 },
    mailer: mailbox,
    clock,
    ...options,
  })
  return { auth, mailbox, open: serve(auth, { '/members': {} }, address === undefined ? {} : { address }) }
}

/** Asks for a link; the token of the mail, or an empty text when none came. */
async function ask({ auth, mailbox, open }: Site, email: string = alice): Promise<string> {
  await auth.settled()
  mailbox.clear()
  assert.deepEqual((await open().post('/auth/forgot-password', { email })).json, { ok: true })
  await auth.settled()
  return /reset-password\?token=([\w-]+)/.exec(mailbox.messages[0]?.text ?? '')?.[1] ?? ''
}

onEveryStore(
  'AL-FS-35 AL-FST-J1 AL-FST-J2: a mailed link sets a new password once, ends every session and logs nobody in',
  async (store) => {
    const here = site(store)
    const { open, mailbox, auth } = here
    const [browser, elsewhere] = [await registered(open), open()]
    await elsewhere.post('/auth/login', { email: alice, password: phrase })
    const token = await ask(here)
    assert.equal(mailbox.messages.length, 1)
    assert.equal(mailbox.messages[0]?.to, alice)
    assert.deepEqual((await open().get(`/auth/reset-password?token=${token}`)).json, { ok: true, email: alice })

    mailbox.clear()
    const done = await open().post('/auth/reset-password', { token, newPassword: otherPhrase })
    assert.deepEqual(
      [done.status, done.json.ok, done.headers.getSetCookie().some((cookie) => cookie.includes('session'))],
      [200, true, false],
    )
    for (const ended of [browser, elsewhere]) assert.equal((await ended.get('/members')).status, 401)
    assert.equal(codeOf(await open().post('/auth/login', { email: alice, password: phrase })), 'invalid_credentials')
    assert.equal((await open().post('/auth/login', { email: alice, password: otherPhrase })).status, 200)
    await auth.settled()
    assert.deepEqual(
      mailbox.messages.map(({ mail, to }) => [mail, to]),
      [['password.changed', alice]],
    )
    assert.equal(codeOf(await open().post('/auth/reset-password', { token, newPassword: phrase })), 'link_invalid')
  },
)

onEveryStore('AL-FST-D1 THR-77: a link ends with its time, with another change of the password, and with a newer reset', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  const reset = async (token: string): Promise<unknown> =>
    codeOf(await here.open().post('/auth/reset-password', { token, newPassword: otherPhrase }))
  const expired = await ask(here)
  clock.advance(30 * 60_000)
  assert.equal(await reset(expired), 'link_invalid')
  assert.equal(codeOf(await here.open().get(`/auth/reset-password?token=${expired}`)), 'link_invalid')
  const overtaken = await ask(here)
  await browser.post('/auth/login', { email: alice, password: phrase })
  await browser.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })
  assert.equal(await reset(overtaken), 'link_invalid')
  const [first, second] = [await ask(here), await ask(here)]
  assert.equal((await here.open().post('/auth/reset-password', { token: first, newPassword: phrase })).status, 200)
  assert.equal(await reset(second), 'link_invalid')
})

onEveryStore('AL-FST-J5: a password that the policy refuses leaves the link usable', async (store) => {
  const here = site(store)
  await registered(here.open)
  const token = await ask(here)
  for (const weak of ['short', alice, 'password password']) {
    const refused = await here.open().post('/auth/reset-password', { token, newPassword: weak })
    assert.deepEqual([refused.status, codeOf(refused)], [400, 'invalid_fields'])
    assert.ok(refused.json.error)
  }
  assert.equal((await here.open().post('/auth/reset-password', { token, newPassword: otherPhrase })).status, 200)
})

onEveryStore(
  'AL-FST-J3 AL-FST-J6: every address gets the same answer; the deactivated and unknown get no mail, those without a password do',
  async (store) => {
    const here = site(store)
    const { auth, open } = here
    await registered(open)
    const idle = await auth.admin.users.create({ email: 'idle@example.com', password: phrase })
    await auth.admin.users.deactivate(idle.id)
    await auth.admin.users.create({ email: 'bare@example.com' })
    const pages = new Set<string>()
    for (const [email, isMailed] of [
      [alice, true],
      ['idle@example.com', false],
      ['nobody@example.com', false],
      ['bare@example.com', true],
    ] as const) {
      assert.equal((await ask(here, email)) !== '', isMailed, email)
      const page = await open().submit('/auth/forgot-password', { email })
      assert.deepEqual([page.status, page.location], [303, '/auth/forgot-password?sent=1'])
      pages.add((await open().visit('/auth/forgot-password?sent=1')).text.replace(/csrf" value="[^"]*"/g, ''))
    }
    assert.equal(pages.size, 1)
    const token = await ask(here, 'bare@example.com')
    assert.equal((await open().post('/auth/reset-password', { token, newPassword: phrase })).status, 200)
    assert.equal((await open().post('/auth/login', { email: 'bare@example.com', password: phrase })).status, 200)
    await auth.settled()
    assert.deepEqual(await auth.admin.mails.count(), { waiting: 0, due: 0, failed: 0 })
  },
)

onEveryStore(
  'THR-46 AL-FST-J6: asking does the same work for known, unknown and deactivated addresses, and sends nothing within the request',
  async (real) => {
    const { store, calls } = recordStore(real)
    const here = site(store)
    const { auth, open, mailbox } = here
    await registered(open)
    const idle = await auth.admin.users.create({ email: 'idle@example.com', password: phrase })
    await auth.admin.users.deactivate(idle.id)
    await auth.settled()
    const works: (readonly string[])[] = []
    for (const email of [alice, 'idle@example.com', 'nobody@example.com']) {
      calls.length = 0
      mailbox.clear()
      await open().post('/auth/forgot-password', { email })
      assert.equal(mailbox.messages.length, 0)
      works.push(calls.filter((call) => !call.startsWith('outbox.')).map((call) => call.replace(/\{?user: [^}]*\}/g, '')))
      await auth.settled()
    }
    assert.deepEqual(works[1], works[0])
    assert.deepEqual(works[2], works[0])
  },
)

onEveryStore('AL-FST-J7: a reset takes no second factor along, and none away', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  await browser.post('/auth/code/setup')
  const token = await ask(here)
  await here.open().post('/auth/reset-password', { token, newPassword: otherPhrase })
  const next = await here.open().post('/auth/login', { email: alice, password: otherPhrase })
  assert.equal(next.json.status, 'second_factor_required')
})

onEveryStore('a reset ends the wait of an account that was guessed at', async (store) => {
  const here = site(store)
  await registered(here.open)
  const token = await ask(here)
  for (let tried = 0; tried < 5; tried++) await here.open().post('/auth/login', { email: alice, password: 'wrong and wrong again' })
  assert.equal((await here.open().post('/auth/login', { email: alice, password: phrase })).status, 429)
  await here.open().post('/auth/reset-password', { token, newPassword: otherPhrase })
  assert.equal((await here.open().post('/auth/login', { email: alice, password: otherPhrase })).status, 200)
})

test('mails that anybody may ask for are bounded for an address, a network and in total, for known and unknown addresses alike', async () => {
  const limits = { mailsPerAddress: 2, mailsPerNetwork: 5, mailsInTotal: 8 }
  const store = memory()
  const [near, far] = ['203.0.113.7', '198.51.100.9'].map((address) => site(store, { limits }, address))
  assert.ok(near && far)
  await registered(near.open)
  const status = async ({ open }: Site, email: string) => (await open().post('/auth/forgot-password', { email })).status
  for (const email of [alice, 'nobody@example.com']) {
    assert.deepEqual(
      [await status(near, email), await status(near, ` ${email.toUpperCase()}`), await status(near, email)],
      [200, 200, 429],
      email,
    )
    assert.equal(await status(far, email), 429, email)
  }
  assert.deepEqual([await status(near, 'a@example.com'), await status(near, 'b@example.com')], [200, 429])
  const rest = ['c', 'd', 'e', 'f'].map(async (name) => status(far, `${name}@example.com`))
  assert.deepEqual((await Promise.all(rest)).sort(), [200, 200, 200, 429])
  clock.advance(60 * 60_000)
  assert.equal(await status(near, alice), 200)
})

test('THR-83: whoever opens every link of a mail, by GET or HEAD, changes nothing', async () => {
  const here = site(memory())
  await registered(here.open)
  const token = await ask(here)
  const scanner = here.open()
  for (let count = 0; count < 3; count++) {
    const page = await scanner.visit(`/auth/reset-password?token=${token}`)
    assert.deepEqual([page.status, page.text.includes(`name="token" value="${token}"`)], [200, true])
    assert.equal((await scanner.get(`/auth/reset-password?token=${token}`)).status, 200)
  }
  assert.equal((await here.open().post('/auth/reset-password', { token, newPassword: otherPhrase })).status, 200)
})

test('the page of the link works without a script, shows again what is wrong, and leads to the login', async () => {
  const here = site(memory())
  await registered(here.open)
  const token = await ask(here)
  const browser = here.open()
  const page = `/auth/reset-password?token=${token}`
  await browser.visit(page)
  const refused = await browser.submit('/auth/reset-password', { token, newPassword: 'short' })
  assert.ok(refused.status === 400 && refused.text.includes(`value="${token}"`) && refused.text.includes('Use at least 15 characters'))
  const done = await browser.submit('/auth/reset-password', { token, newPassword: otherPhrase })
  assert.deepEqual([done.status, done.location], [303, '/auth/login'])
  const spent = await browser.visit(page)
  assert.ok(spent.status === 400 && spent.text.includes('expired or was used already'))
})

test('THR-73: links lead to the configured origin, whatever the request says its host is', async () => {
  const here = site(memory(), { origin: [origin, 'https://shop.example'] })
  await registered(here.open)
  for (const headers of [
    { host: 'evil.example' },
    { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
    { forwarded: 'host=evil.example;proto=http' },
  ]) {
    here.mailbox.clear()
    await here.open().post('/auth/forgot-password', { email: alice }, { headers })
    await here.auth.settled()
    const { text = '', html = '' } = here.mailbox.messages[0] ?? {}
    assert.match(text, /^http:\/\/localhost:3000\/auth\/reset-password\?token=[\w-]{43}$/m)
    assert.ok(!`${text}${html}`.includes('evil'))
  }
})

test('THR-67 THR-68 THR-69 THR-70 THR-71: an address that looks alike, holds two, or is a list, brings a mail to nobody else', async () => {
  const here = site(memory())
  for (const email of ['mike@example.org', 'ss@example.org', 'victim@example.com'])
    await here.auth.admin.users.create({ email, password: phrase })
  const odd = [
    'mi\u212ae@example.org',
    'ß@example.org',
    'mıke@example.org',
    'victim＠example.com',
    'victim﹫example.com',
    'evil@evil.example,victim@example.com',
    'evil@evil.example victim@example.com',
    'victim@example.com\r\nBcc: evil@evil.example',
    '<victim@example.com>',
    '"evil@evil.example x"@example.com',
  ]
  for (const email of odd) {
    here.mailbox.clear()
    await here.open().post('/auth/forgot-password', { email })
    await here.auth.settled()
    for (const { to } of here.mailbox.messages) assert.equal(to, 'mike@example.org', email)
  }
  for (const email of [[alice, 'evil@evil.example'], { address: alice }, 7, true, null])
    assert.equal((await here.open().post('/auth/forgot-password', { email })).status, 400)
  assert.deepEqual(await here.auth.admin.mails.count(), { waiting: 0, due: 0, failed: 0 })
})

test('THR-74 THR-75 THR-81: a token that is blank, of another type or huge is refused, and asks for no row', async () => {
  const here = site(memory())
  await registered(here.open)
  await ask(here)
  for (const token of ['', ' ', null, 0, true, [], {}, { $ne: 1 }, 'x'.repeat(43), '9'.repeat(60_000)]) {
    const answer = await here.open().post('/auth/reset-password', { token, newPassword: otherPhrase })
    assert.equal(answer.status, 400, JSON.stringify(token).slice(0, 40))
  }
})

test('THR-72: markup in an address or a browser’s name is text in both forms of a mail', async () => {
  const here = site(memory(), { siteName: '<b>Shop</b>' })
  const email = "o'brien&co@example.com"
  await here.auth.admin.users.create({ email, password: phrase })
  const browser = here.open()
  const headers = { 'user-agent': '<script>alert(1)</script>\nSubject: you won' }
  await browser.post('/auth/login', { email, password: phrase }, { headers: { 'user-agent': '<script>alert(1)</script>' } })
  await browser.post(
    '/auth/change-password',
    { password: phrase, newPassword: otherPhrase },
    { headers: { 'user-agent': headers['user-agent'].split('\n')[0] ?? '' } },
  )
  await here.auth.settled()
  const { html = '', text = '', subject = '' } = here.mailbox.latest(email) ?? {}
  assert.ok(!/<script|<b>Shop/.test(html) && html.includes('&lt;script&gt;') && html.includes('o&#39;brien&amp;co'))
  assert.ok(text.includes('With: <script>alert(1)</script>'))
  assert.equal(subject, 'Your password for <b>Shop</b> was changed')
})

test('a mail is in the language that its reader has chosen, else in that of whoever asked; a template of one’s own takes its place', async () => {
  const mine = password({ mails: { reset: (view) => writeMail(view, { subject: 'Mine', parts: [view.link?.url ?? ''] }) } })
  const own = site(memory(), { features: [session(), mine], mailLayout: ({ body }) => html`<main>${body}</main>` })
  await own.auth.admin.users.create({ email: alice, password: phrase })
  await ask(own)
  assert.equal(own.mailbox.messages[0]?.subject, 'Mine')
  assert.match(own.mailbox.messages[0]?.html ?? '', /^<main><p[^>]*>http:/)
  const here = site(memory(), { locale: { of: ({ extra }) => extra.language ?? null } })
  await here.auth.admin.users.create({ email: alice, password: phrase })
  await here.auth.admin.users.create({ email: 'berta@example.com', password: phrase, extra: { language: 'de' } })
  const subjects: string[] = []
  for (const [email, accepted] of [
    [alice, 'de'],
    [alice, 'en'],
    ['berta@example.com', 'en'],
  ] as const) {
    here.mailbox.clear()
    await here.open().post('/auth/forgot-password', { email }, { headers: { 'accept-language': accepted } })
    await here.auth.settled()
    subjects.push(here.mailbox.messages[0]?.subject ?? '')
  }
  const [german, english] = ['Neues Passwort für localhost:3000 wählen', 'Choose a new password for localhost:3000']
  assert.deepEqual(subjects, [german, english, german])
})

onEveryStore('an operator invites somebody, who chooses a first password by a link that works for seven days', async (store) => {
  const here = site(store)
  const { auth, mailbox, open } = here
  await auth.admin.roles.put({ name: 'editor' })
  const invited = await auth.admin.users.invite({ email: 'new@example.com', roles: ['editor'] })
  assert.deepEqual(invited.roles, ['editor'])
  await auth.settled()
  const [mail] = mailbox.messages
  assert.deepEqual([mail?.mail, mail?.to], ['password.invitation', 'new@example.com'])
  assert.match(mail?.text ?? '', /within 7 days/)
  const token = /token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? ''
  clock.advance(7 * 86_400_000 - 1)
  assert.equal((await open().post('/auth/reset-password', { token, newPassword: phrase })).status, 200)
  assert.equal((await open().post('/auth/login', { email: 'new@example.com', password: phrase })).status, 200)
  await assert.rejects(auth.admin.users.invite({ email: 'new@example.com' }), { code: 'email_taken' })
})

test('without reset by mail there are no such routes, no mails and no invitations', async () => {
  const { auth } = site(memory(), { features: [session(), password({ reset: false })] })
  assert.deepEqual(
    auth.routes
      .map(({ name }) => name)
      .toSorted()
      .filter((name) => name.startsWith('password')),
    ['password.change'],
  )
  await assert.rejects(auth.admin.users.invite({ email: 'new@example.com' }), /no feature brings an invitation/)
  assert.deepEqual(await auth.admin.mails.count(), { waiting: 0, due: 0, failed: 0 })
})
