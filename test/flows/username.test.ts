/** Usernames: what one may be, who has it, and how it is changed and found again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Auth,
  type CreateAuthOptions,
  confirmEmail,
  createAuth,
  password,
  registration,
  session,
  type UsernameOptions,
  username,
} from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { codeOf, fieldError, origin, otherPhrase, phrase, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

const clock = createClock()

interface Site {
  readonly auth: Auth
  readonly mailbox: Mailbox
  readonly open: () => TestBrowser
}

function site(store: Store, named: UsernameOptions = {}, options: Partial<CreateAuthOptions> = {}): Site {
  const mailbox = createMailbox()
  const auth = createAuth({
    origin,
    secret,
    store,
    features: [session(), password(), registration(), username(named)],
    passwords: { dangerouslyCheapHash: true },
    limits: { mailsPerAddress: 100 },
    mailer: mailbox,
    clock,
    ...options,
  })
  return { auth, mailbox, open: serve(auth, { '/members': {} }) }
}

function register(browser: TestBrowser, name: string, more: Readonly<Record<string, string>> = {}): Promise<TestReply> {
  return browser.post('/auth/register', { email: `${name}@example.com`, password: phrase, ...more })
}

async function mailsOf({ auth, mailbox }: Site): Promise<readonly (readonly unknown[])[]> {
  await auth.settled()
  return mailbox.messages.map(({ mail, to }) => [mail, to])
}

onEveryStore('nobody is called by what nobody sees, and a name is taken away only by an empty one', async (store) => {
  const { open } = site(store)
  const browser = open()
  await register(browser, 'alice', { username: 'alice' })
  for (const username of ['\u3164\u3164\u3164', 'alice\ufe0f', 'ali\u034fce', '\u115fabc', `a${'\u0301'.repeat(28)}b`])
    assert.equal((await browser.post('/auth/username', { username })).status, 400, JSON.stringify(username))
  for (const body of [{}, { name: 'bob' }, { username: null }])
    assert.match(fieldError(await browser.post('/auth/username', body), 'username'), /required/)
  assert.equal((await browser.get('/auth/username')).json.username, 'alice')
  assert.equal((await browser.post('/auth/username', { username: '' })).json.username, null)
})

onEveryStore('AL-FST-A7, AL-FS-14: an account is entered by its address or by its username, in any spelling of either', async (store) => {
  const { open } = site(store)
  assert.equal((await register(open(), 'alice', { username: 'Zoë.W' })).status, 200)
  for (const named of [
    { email: 'alice@example.com' },
    { email: 'ALICE@Example.COM' },
    { email: 'zoë.w' },
    { username: 'ZOË.W' },
    { username: ' zoe\u0308.w ' },
    { email: '', username: 'Zoë.W' },
  ]) {
    const browser = open()
    assert.equal((await browser.post('/auth/login', { ...named, password: phrase })).status, 200, JSON.stringify(named))
    assert.match((await browser.get('/members')).text, /alice@example\.com/)
  }
  assert.equal(codeOf(await open().post('/auth/login', { username: 'zoe.w', password: phrase })), 'invalid_credentials')
  assert.equal(fieldError(await open().post('/auth/login', { password: phrase }), 'email'), 'This is required.')
})

onEveryStore('AL-FST-L5 AL-FST-A7: accounts without a username may be many, and no name of none enters any', async (store) => {
  const { open } = site(store)
  for (const name of ['alice', 'bob']) assert.equal((await register(open(), name)).status, 200)
  for (const typed of ['null', 'undefined', ' ', '.', 'NaN'])
    assert.notEqual((await open().post('/auth/login', { username: typed, password: phrase })).status, 200, typed)
})

onEveryStore('AL-FST-L5: a username is taken in every spelling, at registration and later, and in one race by one', async (store) => {
  const here = site(store)
  const alice = here.open()
  await register(alice, 'alice', { username: 'Straße' })
  for (const spelling of ['Straße', 'STRASSE', 'strasse', 'straſſe'])
    assert.equal(codeOf(await register(here.open(), `other${spelling.length}`, { username: spelling })), 'username_taken', spelling)
  const bob = here.open()
  await register(bob, 'bob')
  assert.equal(codeOf(await bob.post('/auth/username', { username: 'strasse' })), 'username_taken')
  const racers = await Promise.all(
    Array.from({ length: 8 }, (_, at) => register(here.open(), `racer${at}`, { username: at % 2 ? 'Wanted' : 'wanted' })),
  )
  assert.equal(racers.filter(({ status }) => status === 200).length, 1)
  assert.ok(racers.every((reply) => reply.status === 200 || codeOf(reply) === 'username_taken'))
})

onEveryStore('AL-FST-B3: the username is changed at once by a fresh session, told by mail, and may be taken away', async (store) => {
  const here = site(store)
  const alice = here.open()
  await register(alice, 'alice', { username: 'first' })
  assert.deepEqual((await alice.get('/auth/username')).json, { ok: true, username: 'first' })
  assert.equal(fieldError(await alice.post('/auth/username', { username: 'first' }), 'username'), 'This is your username already.')
  assert.deepEqual((await alice.post('/auth/username', { username: 'Second' })).json, { ok: true, username: 'Second' })
  assert.deepEqual((await alice.post('/auth/username', { username: 'SECOND' })).json, { ok: true, username: 'SECOND' })
  assert.equal((await here.open().post('/auth/login', { username: 'second', password: phrase })).status, 200)
  assert.equal(codeOf(await here.open().post('/auth/login', { username: 'first', password: phrase })), 'invalid_credentials')
  assert.deepEqual((await alice.post('/auth/username', { username: '' })).json, { ok: true, username: null })
  assert.equal(codeOf(await here.open().post('/auth/login', { username: 'second', password: phrase })), 'invalid_credentials')
  assert.deepEqual(await mailsOf(here), Array(3).fill(['username.changed', 'alice@example.com']))
  assert.match(
    here.mailbox.messages.map(({ text }) => text).join(),
    /the username Second now[\s\S]*the username SECOND now|SECOND[\s\S]*Second/,
  )
  clock.advance(11 * 60_000)
  assert.equal(codeOf(await alice.post('/auth/username', { username: 'third' })), 'reauthentication_required')
  assert.equal(codeOf(await here.open().post('/auth/username', { username: 'third' })), 'unauthenticated')
})

onEveryStore('AL-FST-J8: a forgotten username comes by mail, to active accounts only, with one answer for every address', async (store) => {
  const here = site(store)
  await register(here.open(), 'alice', { username: 'wonder' })
  await register(here.open(), 'bob')
  const gone = await here.auth.admin.users.create({ email: 'gone@example.com', username: 'gone', password: phrase })
  await here.auth.admin.users.deactivate(gone.id)
  for (const name of ['alice', 'bob', 'gone', 'nobody'])
    assert.deepEqual((await here.open().post('/auth/recover-username', { email: `${name}@example.com` })).json, { ok: true })
  assert.deepEqual((await mailsOf(here)).map(String).sort(), ['username.recovery,alice@example.com', 'username.recovery,bob@example.com'])
  assert.match(here.mailbox.latest('alice@example.com')?.text ?? '', /the username wonder\./)
  assert.match(here.mailbox.latest('bob@example.com')?.text ?? '', /has no username/)
})

onEveryStore('AL-FST-D6: a registration that waits keeps its username for whoever confirms first; the other is told', async (store) => {
  const here = site(store, {}, { features: [session(), password(), registration(), username(), confirmEmail()] })
  const [alice, bob] = [here.open(), here.open()]
  for (const [browser, name] of [
    [alice, 'alice'],
    [bob, 'bob'],
  ] as const)
    assert.equal((await register(browser, name, { username: 'wanted' })).json.status, 'confirmation_sent')
  await here.auth.settled()
  const tokenOf = (name: string): string => /token=([\w-]+)/.exec(here.mailbox.latest(`${name}@example.com`)?.text ?? '')?.[1] ?? ''
  assert.equal((await bob.post('/auth/confirm-email', { token: tokenOf('bob') })).status, 200)
  assert.equal(codeOf(await alice.post('/auth/confirm-email', { token: tokenOf('alice') })), 'username_taken')
  assert.equal((await here.open().post('/auth/login', { username: 'wanted', password: phrase })).status, 200)
  assert.equal((await register(alice, 'alice', { username: 'another' })).json.status, 'confirmation_sent')
})

onEveryStore('guesses by username and by address share one budget', async (store) => {
  const { open } = site(store, {}, { limits: { triesPerSource: 4 } })
  await register(open(), 'alice', { username: 'wonder' })
  for (const named of [{ username: 'wonder' }, { email: 'alice@example.com' }, { email: 'WONDER' }, { username: 'Wonder' }])
    assert.equal(codeOf(await open().post('/auth/login', { ...named, password: otherPhrase })), 'invalid_credentials')
  for (const named of [{ username: 'wonder' }, { email: 'alice@example.com' }])
    assert.equal(codeOf(await open().post('/auth/login', { ...named, password: phrase })), 'too_many_attempts')
})

onEveryStore('with `required`, every account has one; operators give one as well', async (store) => {
  const here = site(store, { required: true, minimum: 5 })
  assert.equal(fieldError(await register(here.open(), 'alice'), 'username'), 'This is required.')
  const alice = here.open()
  assert.equal((await register(alice, 'alice', { username: 'alice5' })).status, 200)
  assert.equal(fieldError(await alice.post('/auth/username', { username: ' ' }), 'username'), 'This is required.')
  assert.equal(fieldError(await alice.post('/auth/username', { username: 'abcd' }), 'username'), 'Use 5 to 32 characters.')
  const made = await here.auth.admin.users.create({ email: 'bob@example.com', username: 'Bobby', password: phrase })
  assert.equal(made.username, 'Bobby')
  assert.equal((await here.open().post('/auth/login', { username: 'bobby', password: phrase })).status, 200)
  await assert.rejects(here.auth.admin.users.create({ email: 'eve@example.com', username: 'BOBBY' }), { code: 'username_taken' })
  await assert.rejects(here.auth.admin.users.create({ email: 'eve@example.com', username: '<b>bobby</b>' }), { code: 'invalid_fields' })
})

onEveryStore('as pages: the field at login and registration, the change, and the forgotten one', async (store) => {
  const here = site(store)
  const browser = here.open()
  assert.match((await browser.visit('/auth/login')).text, /E-mail address or Username/)
  assert.match((await browser.visit('/auth/register')).text, /name="username"[^>]* autocomplete="username"/)
  const refused = await browser.submit('/auth/register', { email: 'alice@example.com', username: 'no way', password: phrase })
  assert.equal(refused.status, 400)
  assert.match(refused.text, /name="username"[^>]* value="no way"/)
  await browser.submit('/auth/register', { email: 'alice@example.com', username: 'wonder', password: phrase })
  assert.match((await browser.visit('/auth/username')).text, /log in as wonder/)
  const done = await browser.submit('/auth/username', { username: 'wander' })
  assert.equal(done.status, 303)
  assert.match((await browser.visit('/auth/username')).text, /log in as wander/)
  const sent = await here.open().submit('/auth/recover-username', { email: 'alice@example.com' })
  assert.deepEqual([sent.status, sent.location], [303, '/auth/recover-username?sent=1'])
  assert.match((await here.open().visit('/auth/recover-username?sent=1')).text, /a mail is on its way/)
})

test('AL-FST-L5 AL-FST-L6: what is no username is refused by its field: markup, spaces, addresses, invisible and odd characters, other types', async () => {
  const { open } = site(memory())
  const browser = open()
  await register(browser, 'alice')
  for (const typed of [
    '<b>x</b>',
    'a b c',
    'a@b.c',
    'ab',
    'a'.repeat(33),
    '.abc',
    'abc.',
    'a..b',
    'a\u200bbc',
    'abc\u202e',
    'a\u0000bc',
    '😀😀😀',
    'abc\ud800',
    '__proto__',
    'a/b',
    "a'--",
  ])
    assert.equal((await browser.post('/auth/username', { username: typed })).status, 400, JSON.stringify(typed))
  for (const odd of [1, null, true, ['abc'], { a: 'abc' }])
    assert.equal((await browser.post('/auth/username', { username: odd })).status, 400)
  for (const typed of ['constructor', 'a.b-c_d', '漢字かな', 'Ünïcödé', '123', 'नमस्ते'])
    assert.equal((await browser.post('/auth/username', { username: typed })).status, 200, typed)
})

test('AL-FST-L8: a password that is mainly the username is refused', async () => {
  const { open } = site(memory())
  const reply = await open().post('/auth/register', {
    email: 'alice@example.com',
    username: 'quibbletonshire',
    password: 'quibbletonshire',
  })
  assert.match(fieldError(reply, 'password'), /too close to your e-mail address, your username/)
})

test('bounds that cannot be meant stop the start; a username without the feature is a mistake', async () => {
  for (const bounds of [{ minimum: 0 }, { maximum: 65 }, { minimum: 9, maximum: 8 }, { minimum: 2.5 }])
    assert.throws(() => username(bounds), /whole numbers from 1 to 64/)
  const plain = createAuth({ origin, secret, store: memory(), features: [session(), password()], mailer: createMailbox() })
  await assert.rejects(plain.admin.users.create({ email: 'a@example.com', username: 'abc' }), /needs username\(\)/)
})
