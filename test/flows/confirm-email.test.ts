/** Confirming an address: nothing is made before it, the link works once, and in another browser only for whoever knows the password. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Auth,
  type ConfirmEmailOptions,
  type CreateAuthOptions,
  confirmEmail,
  createAuth,
  type Feature,
  html,
  language,
  password,
  registration,
  session,
  text,
  writeMail,
} from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, fieldError, hiddenField, memberOf, origin, otherPhrase, phrase, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

const alice = 'alice@example.com'
const clock = createClock()

interface Site {
  readonly auth: Auth
  readonly mailbox: Mailbox
  readonly open: () => TestBrowser
}

function site(store: Store, confirming: ConfirmEmailOptions = {}, options: Partial<CreateAuthOptions> = {}): Site {
  const mailbox = createMailbox()
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
  return { auth, mailbox, open: serve(auth, { '/members': {} }) }
}

/** Registers in a browser; the token that is mailed, or an empty text when none was. */
async function register({ auth, mailbox }: Site, browser: TestBrowser, email = alice, secretTyped = phrase): Promise<string> {
  await auth.settled()
  mailbox.clear()
  const answer = await browser.post('/auth/register', { email, password: secretTyped })
  assert.deepEqual([answer.status, answer.json], [200, { ok: true, status: 'confirmation_sent' }])
  return mailed({ auth, mailbox })
}

async function mailed({ auth, mailbox }: Pick<Site, 'auth' | 'mailbox'>): Promise<string> {
  await auth.settled()
  return /\/auth\/confirm-email\?token=([\w-]{43})$/m.exec(mailbox.messages.at(-1)?.text ?? '')?.[1] ?? ''
}

const logIn = (browser: TestBrowser, email = alice, typed = phrase) => browser.post('/auth/login', { email, password: typed })

onEveryStore(
  'AL-FS-26 AL-FST-D4: registering makes no account, no session and no token; nobody logs in before confirming, and then by the password',
  async (store) => {
    const here = site(store)
    const { auth, open } = here
    const browser = open()
    const token = await register(here, browser)
    assert.equal(await auth.admin.users.byEmail(alice), null)
    assert.deepEqual([...browser.cookies.keys()], ['portcullis-feature-registration-3000'])
    assert.equal((await browser.get('/members')).status, 401)
    assert.deepEqual([codeOf(await logIn(open())), codeOf(await logIn(browser))], ['invalid_credentials', 'invalid_credentials'])

    const done = await browser.post('/auth/confirm-email', { token })
    assert.deepEqual([done.status, done.json], [200, { ok: true }])
    assert.equal((await browser.get('/members')).status, 401, 'it logs nobody in')
    assert.deepEqual([...browser.cookies.keys()], [])
    assert.equal((await auth.admin.users.byEmail(alice))?.active, true)
    assert.equal((await logIn(open())).status, 200)
  },
)

onEveryStore(
  'AL-FS-27: a link that is none, is mangled, of another purpose, spent or expired is refused, and sends no mail',
  async (store) => {
    const here = site(store)
    const { open, mailbox, auth } = here
    const browser = open()
    const token = await register(here, browser)
    mailbox.clear()
    for (const none of ['x', 'x'.repeat(43), `${token}x`, token.slice(1), token.toLowerCase(), ` ${token}`])
      assert.deepEqual(codeOf(await browser.post('/auth/confirm-email', { token: none })), 'link_invalid', none)
    assert.equal(codeOf(await open().post('/auth/reset-password', { token, newPassword: otherPhrase })), 'link_invalid')
    assert.equal((await browser.post('/auth/confirm-email', { token })).status, 200)
    assert.equal(codeOf(await browser.post('/auth/confirm-email', { token })), 'link_invalid')
    assert.equal(codeOf(await browser.get(`/auth/confirm-email?token=${token}`)), 'link_invalid')

    const late = await register(here, browser, 'bob@example.com')
    mailbox.clear()
    clock.advance(2 * 86_400_000 - 1)
    assert.equal((await browser.get(`/auth/confirm-email?token=${late}`)).status, 200)
    clock.advance(1)
    const page = await browser.visit(`/auth/confirm-email?token=${late}`)
    assert.ok(page.status === 400 && page.text.includes('This link has expired or was used already.'))
    assert.equal(codeOf(await browser.post('/auth/confirm-email', { token: late })), 'link_invalid')
    await auth.settled()
    assert.deepEqual(mailbox.messages, [])
    assert.equal(await auth.admin.users.byEmail('bob@example.com'), null)
  },
)

onEveryStore(
  'in another browser the password is asked for, a wrong one leaves the link usable, and the right one makes the account',
  async (store) => {
    const here = site(store)
    const { open } = here
    const token = await register(here, open())
    const other = open()
    assert.deepEqual((await other.get(`/auth/confirm-email?token=${token}`)).json, { ok: true, email: alice, passwordRequired: true })
    const asked = await other.post('/auth/confirm-email', { token })
    assert.deepEqual([asked.status, codeOf(asked)], [422, 'password_required'])
    const wrong = await other.post('/auth/confirm-email', { token, password: otherPhrase })
    assert.deepEqual([wrong.status, codeOf(wrong), fieldError(wrong, 'password')], [401, 'invalid_credentials', 'This is not right.'])
    assert.equal((await other.post('/auth/confirm-email', { token, password: phrase })).status, 200)
    assert.equal((await logIn(open())).status, 200)
  },
)

onEveryStore(
  'guesses at the password of a registration are throttled like those of a login, and the right one is refused too',
  async (store) => {
    const here = site(store)
    const { auth, open } = here
    const failed: unknown[] = []
    auth.on('user.authentication_failed', ({ user, method }) => void failed.push([user, method]))
    const browser = open()
    const token = await register(here, browser)
    for (let tried = 0; tried < 5; tried++)
      assert.equal((await open().post('/auth/confirm-email', { token, password: otherPhrase })).status, 401)
    assert.equal((await open().post('/auth/confirm-email', { token, password: phrase })).status, 429)
    assert.equal((await logIn(open())).status, 429)
    assert.equal((await browser.post('/auth/confirm-email', { token })).status, 200, 'the browser that registered guesses nothing')
    await auth.settled()
    assert.deepEqual(failed, Array(5).fill([null, 'password']))
  },
)

onEveryStore(
  'whoever did not choose the password redeems the link, and registers anew in this browser without another mail, for half an hour',
  async (store) => {
    const here = site(store)
    const { auth, open, mailbox } = here
    const token = await register(here, open(), alice, otherPhrase)
    const owner = open()
    const disowned = await owner.post('/auth/confirm-email', { token, disown: true })
    assert.deepEqual([disowned.status, disowned.json], [200, { ok: true, next: '/auth/register' }])
    assert.equal(codeOf(await open().post('/auth/confirm-email', { token, password: otherPhrase })), 'link_invalid')
    assert.equal(await auth.admin.users.byEmail(alice), null)

    mailbox.clear()
    const elsewhere = await open().post('/auth/register', { email: alice, password: phrase })
    const another = await owner.post('/auth/register', { email: 'bob@example.com', password: phrase })
    const spelling = await owner.copy().post('/auth/register', { email: 'Alice@example.com', password: phrase })
    assert.deepEqual(
      [elsewhere, another, spelling].map(({ json }) => json.status),
      Array(3).fill('confirmation_sent'),
    )
    await auth.settled()
    const [waiting] = mailbox.messages.flatMap(({ to, text: said }) => (to === alice ? [/token=([\w-]+)/.exec(said)?.[1] ?? ''] : []))

    const late = owner.copy()
    const made = await owner.post('/auth/register', { email: alice, password: phrase })
    assert.deepEqual([made.json.status, memberOf(made.json.user, 'email')], ['authenticated', alice])
    assert.equal(codeOf(await open().post('/auth/confirm-email', { token: waiting ?? '', password: phrase })), 'link_invalid')
    assert.deepEqual([(await logIn(open(), alice, otherPhrase)).status, (await logIn(open())).status], [401, 200])

    await auth.admin.users.delete((await auth.admin.users.byEmail(alice))?.id ?? '')
    clock.advance(30 * 60_000)
    assert.equal((await late.post('/auth/register', { email: alice, password: phrase })).json.status, 'confirmation_sent')
  },
)

onEveryStore(
  'AL-FS-28 AL-FST-D7: another mail goes out for what this browser registered; strangers, unknown and confirmed addresses get the same answer and none',
  async (store) => {
    const here = site(store)
    const { auth, open, mailbox } = here
    const browser = open()
    const first = await register(here, browser)
    await register(here, open(), 'bob@example.com')
    const again = async (from: TestBrowser, email: string): Promise<string> => {
      mailbox.clear()
      const answer = await from.post('/auth/confirm-email/resend', { email })
      assert.deepEqual([answer.status, answer.json], [200, { ok: true }])
      const page = await from.submit('/auth/confirm-email/resend', { email })
      assert.deepEqual([page.status, page.location], [303, '/auth/confirm-email/resend?sent=again'])
      const token = await mailed(here)
      assert.equal(mailbox.messages.length, token === '' ? 0 : 2)
      return token
    }
    for (const email of [alice, 'bob@example.com', 'nobody@example.com']) assert.equal(await again(open(), email), '', email)
    assert.equal(await again(browser, 'bob@example.com'), '', 'it was another browser that registered this one')
    const second = await again(browser, ` ${alice.toUpperCase()}`)
    assert.ok(second !== '' && second !== first)
    assert.equal(mailbox.messages[0]?.to, alice)
    assert.deepEqual(codeOf(await browser.post('/auth/confirm-email/resend', { email: 'no address' })), 'invalid_fields')

    assert.equal((await browser.copy().post('/auth/confirm-email', { token: second })).status, 200)
    assert.equal(codeOf(await browser.copy().post('/auth/confirm-email', { token: first })), 'link_invalid')
    assert.equal(await again(browser, alice), '')
    assert.deepEqual(await auth.admin.mails.count(), { waiting: 0, due: 0, failed: 0 })
  },
)

onEveryStore('AL-FS-29: a registration whose address got an account in another way, be it deleted since, is invalid', async (store) => {
  const here = site(store)
  const { auth, open } = here
  const browser = open()
  const token = await register(here, browser)
  const { id } = await auth.admin.users.create({ email: alice, password: otherPhrase })
  assert.equal(codeOf(await browser.post('/auth/confirm-email', { token })), 'link_invalid')
  await auth.admin.users.delete(id)
  assert.equal(codeOf(await browser.post('/auth/confirm-email', { token })), 'link_invalid')
  assert.equal(await auth.admin.users.byEmail(alice), null)
})

onEveryStore(
  'AL-FS-30: what was mailed to an address is good for no other, and a taken one is told to whoever has the mailbox',
  async (store) => {
    const here = site(store)
    const { auth, open } = here
    const browser = open()
    const token = await register(here, browser)
    const { id } = await auth.admin.users.create({ email: 'carol@example.com', password: otherPhrase })
    const moved = await store.durable.write([{ kind: 'users.update', id, set: { email: alice, emailKey: alice } }])
    assert.ok(moved.ok)
    const refused = await browser.post('/auth/confirm-email', { token, email: 'dave@example.com' })
    assert.deepEqual([refused.status, codeOf(refused)], [409, 'email_taken'])
    assert.deepEqual(
      (await auth.admin.users.list()).map(({ email }) => email),
      [alice],
    )
    assert.equal((await logIn(open())).status, 401)
  },
)

onEveryStore('AL-FS-32 AL-FST-D5: confirming while somebody else is logged in ends that session and logs nobody in', async (store) => {
  const here = site(store)
  const { auth, open } = here
  await auth.admin.users.create({ email: 'bob@example.com', password: phrase })
  const browser = open()
  for (const disown of [false, true]) {
    const token = await register(here, browser.copy(), disown ? 'carol@example.com' : alice)
    assert.equal((await logIn(browser, 'bob@example.com')).status, 200)
    const thief = browser.copy()
    assert.equal((await browser.post('/auth/confirm-email', { token })).status, 422)
    assert.equal((await browser.get('/members')).status, 200, 'a refused one ends nothing')
    assert.equal((await browser.post('/auth/confirm-email', { token, ...(disown ? { disown } : { password: phrase }) })).status, 200)
    for (const ended of [browser, thief]) assert.equal((await ended.get('/members')).status, 401)
  }
})

onEveryStore('AL-FS-33 AL-FST-D5: loginAfter logs in through the door, and a page leads on', async (store) => {
  const here = site(store, { loginAfter: true }, { afterLogin: '/members' })
  const { auth, open } = here
  await auth.admin.users.create({ email: 'bob@example.com', password: phrase })
  const browser = open()
  const token = await register(here, browser)
  await logIn(browser, 'bob@example.com')
  const thief = browser.copy()
  const done = await browser.post('/auth/confirm-email', { token })
  assert.deepEqual([done.json.status, memberOf(done.json.user, 'email'), done.json.next], ['authenticated', alice, '/members'])
  const members = (await browser.get('/members')).json
  assert.deepEqual([memberOf(members.user, 'email'), memberOf([members.proofs].flat()[0], 'method')], [alice, 'confirm-email'])
  assert.equal((await thief.get('/members')).status, 401)
  const visitor = open()
  const page = await visitor.submit('/auth/confirm-email', { token: await register(here, visitor, 'carol@example.com') })
  assert.deepEqual([page.status, page.location], [303, '/members'])
})

onEveryStore(
  'AL-FST-L2: where a second factor is required, a confirmed registration leads to setting it up and opens nothing',
  async (store) => {
    const here = site(store, { loginAfter: true }, { requireSecondFactor: () => true })
    const browser = here.open()
    const done = await browser.post('/auth/confirm-email', { token: await register(here, browser) })
    assert.equal(done.json.status, 'second_factor_setup_required')
    assert.equal((await browser.get('/members')).status, 401)
    assert.equal((await browser.post('/auth/code/setup')).json.status, 'authenticated')
    assert.equal((await browser.get('/members')).status, 200)
  },
)

onEveryStore(
  'AL-FS-34: an address that is not confirmed gets the answer of any other when a new password is asked for, and no mail',
  async (store) => {
    const here = site(store)
    const { auth, open, mailbox } = here
    const token = await register(here, open())
    mailbox.clear()
    assert.deepEqual((await open().post('/auth/forgot-password', { email: alice })).json, { ok: true })
    await auth.settled()
    assert.deepEqual(mailbox.messages, [])
    assert.equal((await open().post('/auth/confirm-email', { token, password: phrase })).status, 200)
  },
)

onEveryStore(
  'AL-FST-L7: a taken address, in any case, gets the answer of success and its owner a mail; the deactivated get none; bad passwords are still told',
  async (store) => {
    const here = site(store)
    const { auth, open, mailbox } = here
    const events: unknown[] = []
    auth.on('email.confirmation_requested', ({ user }) => void events.push(user?.email ?? null))
    await auth.admin.users.create({ email: 'Bob@example.com', password: phrase })
    await auth.admin.users.create({ email: 'idle@example.com', password: phrase, active: false })
    const browser = open()
    assert.equal(await register(here, browser, 'bob@EXAMPLE.com', otherPhrase), '')
    const [told, ...more] = mailbox.messages
    assert.deepEqual([told?.to, told?.mail, more], ['Bob@example.com', 'email.taken', []])
    assert.match(told?.text ?? '', /There is an account with this address already\.\n\n.*Forgotten your password\?/)
    assert.doesNotMatch(`${told?.text}${told?.html}`, /token=|href/)
    assert.equal(await register(here, browser, 'idle@example.com', otherPhrase), '')
    assert.deepEqual(mailbox.messages, [])
    for (const email of ['bob@example.com', 'new@example.com']) {
      const weak = await open().post('/auth/register', { email, password: 'too short' })
      assert.deepEqual([weak.status, fieldError(weak, 'password') !== ''], [400, true])
    }
    assert.equal((await logIn(open(), 'bob@example.com', otherPhrase)).status, 401)
    assert.equal((await logIn(open(), 'bob@example.com')).status, 200)
    assert.equal((await auth.admin.users.list()).length, 2)
    assert.deepEqual(events, ['Bob@example.com', 'idle@example.com'])
    assert.deepEqual(await auth.admin.mails.count(), { waiting: 0, due: 0, failed: 0 })
  },
)

/** Registers with a username, as an application's own page may. */
const named: Feature = {
  name: 'named',
  routes: [
    {
      name: 'named',
      path: '/named',
      access: 'anonymous',
      on: {
        POST: async (ctx) => {
          const { email, username } = await ctx.fields({ email: text(), username: text() })
          const draft = { userId: await ctx.newUserId(), email, username, usernameKey: username, extra: {}, changes: [] }
          return ctx.register({ ...draft, passwordHash: null }, { method: 'password' })
        },
      },
    },
  ],
}

onEveryStore(
  'AL-FST-D6: what is confirmed is the address, however else its owner is named; a taken username is refused and leaves the link',
  async (store) => {
    const features = [session(), password(), registration(), confirmEmail(), named]
    const here = site(store, {}, { features })
    const { auth, open, mailbox } = here
    const confirmed = async (email: string): Promise<readonly unknown[]> => {
      const browser = open()
      mailbox.clear()
      assert.equal((await browser.post('/auth/named', { email, username: 'ada' })).json.status, 'confirmation_sent')
      const token = await mailed(here)
      const first = await browser.copy().post('/auth/confirm-email', { token })
      return [first.status, codeOf(first), (await browser.get(`/auth/confirm-email?token=${token}`)).status]
    }
    assert.deepEqual(await confirmed(alice), [200, undefined, 400])
    assert.equal((await auth.admin.users.byEmail(alice))?.username, 'ada')
    assert.deepEqual(await confirmed('bob@example.com'), [409, 'username_taken', 200])
  },
)

onEveryStore('at most five registrations wait for one address, the newest; confirming one ends the others', async (store) => {
  const here = site(store)
  const { auth, open } = here
  const tokens: string[] = []
  for (let count = 0; count < 7; count++) {
    clock.advance(1) // which of two is the newer is a question of time
    tokens.push(await register(here, open()))
  }
  const codes: unknown[] = []
  for (const token of tokens) codes.push(codeOf(await open().post('/auth/confirm-email', { token })))
  assert.deepEqual(codes, [...Array(2).fill('link_invalid'), ...Array(5).fill('password_required')])
  assert.equal((await store.reads.links.bySubject(alice, 'confirm-email', clock())).length, 5)
  assert.equal((await open().post('/auth/confirm-email', { token: tokens[4] ?? '', password: phrase })).status, 200)
  for (const token of tokens) assert.equal(codeOf(await open().post('/auth/confirm-email', { token, password: phrase })), 'link_invalid')
  assert.equal((await auth.admin.users.list()).length, 1)
})

onEveryStore(
  'AL-FST-L1 AL-FST-D2 AL-FST-D3: registering by a page leads to one that says to look for a mail; the mail has link and time; events tell',
  async (store) => {
    const here = site(store, { link: '3h' })
    const { auth, open, mailbox } = here
    const events: string[] = []
    for (const name of ['email.confirmation_requested', 'user.registered', 'email.confirmed', 'user.logged_in'] as const)
      auth.on(name, ({ user }) => void events.push(`${name} ${user?.email ?? 'nobody'}`))
    const browser = open()
    const sent = await browser.submit('/auth/register', { email: 'Alice@example.com', password: phrase })
    assert.deepEqual([sent.status, sent.location], [303, '/auth/confirm-email/resend?sent=registered'])
    assert.match((await browser.visit(sent.location ?? '')).text, /<p role="status">Almost done: a mail is on its way/)
    const token = await mailed(here)
    const { to, subject = '', text: said = '', html: marked = '', mail } = mailbox.messages[0] ?? {}
    assert.deepEqual([to, subject, mail], ['Alice@example.com', 'Confirm your address for localhost:3000', 'email.confirm'])
    assert.match(said, /The link works once, within 3 hours\./)
    assert.ok(
      said.includes(`${origin}/auth/confirm-email?token=${token}`) && marked.includes(`href="${origin}/auth/confirm-email?token=${token}"`),
    )

    const page = await browser.visit(`/auth/confirm-email?token=${token}`)
    assert.doesNotMatch(page.text, /type="password"|disown/)
    const form = { csrf: hiddenField(page, 'csrf') ?? '', token: hiddenField(page, 'token') ?? '' }
    const done = await browser.submit('/auth/confirm-email', form)
    assert.deepEqual([done.status, done.location], [303, '/auth/login'])
    await auth.settled()
    assert.deepEqual(events, [
      'email.confirmation_requested nobody',
      'user.registered Alice@example.com',
      'email.confirmed Alice@example.com',
    ])
  },
)

test('in another browser the page asks for the password, says what is wrong, and offers the way of whoever did not choose it', async () => {
  const here = site(memory())
  const token = await register(here, here.open())
  const owner = here.open()
  const page = await owner.visit(`/auth/confirm-email?token=${token}`)
  assert.match(page.text, /name="password" type="password" autocomplete="current-password"/)
  const asked = await owner.submit('/auth/confirm-email', { token })
  assert.ok(asked.status === 422 && asked.text.includes('Please give the password that was chosen at the registration.'))
  const wrong = await owner.submit('/auth/confirm-email', { token, password: otherPhrase })
  assert.ok(wrong.status === 401 && wrong.text.includes('This is not right.') && !wrong.text.includes(otherPhrase))
  const [, form = ''] = /(<form(?:(?!<form).)*name="disown".*?<\/form>)/s.exec(wrong.text) ?? []
  assert.match(form, /I did not choose this password/)
  const fields = Object.fromEntries([...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]))
  const disowned = await owner.submit('/auth/confirm-email', fields)
  assert.deepEqual([disowned.status, disowned.location], [303, '/auth/register'])
  const made = await owner.submit('/auth/register', { email: alice, password: otherPhrase })
  assert.deepEqual([made.status, made.location], [303, '/'])
  assert.equal((await owner.get('/members')).status, 200)
})

test('AL-FST-D2 AL-FST-L1: mails and pages are in the reader’s language, and may be the application’s own', async () => {
  const here = site(memory())
  await here.open().post('/auth/register', { email: alice, password: phrase }, { headers: { 'accept-language': 'de' } })
  await here.auth.settled()
  const german = here.mailbox.latest(alice)
  assert.deepEqual(
    [german?.subject, /innerhalb von 2 Tagen/.test(german?.text ?? ''), /lang="de"/.test(german?.html ?? '')],
    ['Ihre Adresse für localhost:3000 bestätigen', true, true],
  )
  const own = site(memory(), {
    pages: { confirmEmail: ({ email, asksPassword }) => html`<p class="ours">${email} ${String(asksPassword)}</p>` },
    mails: { confirm: (view) => writeMail(view, { subject: 'Ours', parts: [view.link?.url ?? ''] }) },
  })
  const browser = own.open()
  const token = await register(own, browser)
  assert.equal(own.mailbox.latest(alice)?.subject, 'Ours')
  assert.match((await browser.visit(`/auth/confirm-email?token=${token}`)).text, /<p class="ours">alice@example\.com false<\/p>/)
})

test('THR-83: programs that open every link of a mail, by GET or HEAD, change nothing and log nobody out', async () => {
  const store = memory()
  const writes: unknown[] = []
  const write: Store['durable']['write'] = (changes) => {
    writes.push(changes)
    return store.durable.write(changes)
  }
  const here = site({ ...store, durable: { ...store.durable, write } })
  const browser = here.open()
  const token = await register(here, browser)
  writes.length = 0
  for (const scanner of [here.open(), browser.copy()]) {
    for (const method of ['GET', 'HEAD'])
      for (const accept of ['text/html', 'application/json', '*/*']) {
        const path = `/auth/confirm-email?token=${token}&disown=true&password=${encodeURIComponent(phrase)}`
        assert.equal((await scanner.send(method, path, { accept })).status, 200)
      }
  }
  assert.deepEqual(writes, [])
  assert.equal((await browser.post('/auth/confirm-email', { token })).status, 200)
})

test('confirming without anything that registers stops the start with a sentence', () => {
  const build = () => createAuth({ origin, secret, store: memory(), features: [session(), confirmEmail()], mailer: createMailbox() })
  assert.throws(build, /add registration\(\) to the features/)
})

test('without the feature a registration makes the account at once', async () => {
  const auth = createAuth({
    origin,
    secret,
    store: memory(),
    features: [session(), password(), registration()],
    mailer: createMailbox(),
    passwords: { dangerouslyCheapHash: true },
  })
  assert.equal((await serve(auth)().post('/auth/register', { email: alice, password: phrase })).json.status, 'authenticated')
})
