/** Changing the address of an account: the new mailbox confirms it, the old one can take it back, and a thief gains nothing by it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Auth,
  type CreateAuthOptions,
  changeEmail,
  createAuth,
  language,
  magicLink,
  password,
  registration,
  session,
} from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { aroundStore } from '../same-work/around-store.ts'
import { codeOf, fieldError, hiddenField, origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

const [alice, ada, eve] = ['alice@example.com', 'ada@example.com', 'eve@example.com']
const clock = createClock()
const hour = 3_600_000

interface Site {
  readonly auth: Auth
  readonly mailbox: Mailbox
  readonly changes: unknown[]
  readonly open: () => TestBrowser
}

function site(store: Store, options: Partial<CreateAuthOptions> = {}): Site {
  const mailbox = createMailbox()
  const changes: unknown[] = []
  const auth = createAuth({
    origin,
    secret,
    store,
    features: [session(), password(), registration(), changeEmail(), language()],
    passwords: { dangerouslyCheapHash: true },
    limits: { mailsPerAddress: 100 },
    mailer: mailbox,
    clock,
    ...options,
  })
  auth.on('email.changed', ({ from, to }) => void changes.push([from, to]))
  auth.on('email.change_undone', ({ from, to }) => void changes.push([from, to]))
  return { auth, mailbox, changes, open: serve(auth, { '/members': {} }) }
}

/** Asks for an address; the token that was mailed to it, or an empty text. */
async function ask({ auth, mailbox }: Site, browser: TestBrowser, email: string): Promise<string> {
  await auth.settled()
  mailbox.clear()
  assert.deepEqual((await browser.post('/auth/change-email', { email })).json, { ok: true })
  await auth.settled()
  return /change-email\/confirm\?token=([\w-]+)/.exec(mailbox.latest(email)?.text ?? '')?.[1] ?? ''
}

/** Changes an address from one to the other; the token that undoes it. */
async function change(here: Site, browser: TestBrowser, from: string, to: string): Promise<string> {
  const token = await ask(here, browser, to)
  assert.equal((await browser.post('/auth/change-email/confirm', { token })).status, 200)
  await here.auth.settled()
  return /change-email\/undo\?token=([\w-]+)/.exec(here.mailbox.latest(from)?.text ?? '')?.[1] ?? ''
}

function logIn({ open }: Site, email: string, typed: string = phrase): Promise<unknown> {
  return open()
    .post('/auth/login', { email, password: typed })
    .then(({ status }) => status)
}

onEveryStore('AL-FST-B1: the new address gets a link, which works once; until then nothing changes', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  assert.deepEqual((await browser.get('/auth/change-email')).json, { ok: true, email: alice })
  const token = await ask(here, browser, ada)
  assert.deepEqual(
    here.mailbox.messages.map(({ mail, to }) => [mail, to]),
    [['email.change', ada]],
  )
  assert.deepEqual([await logIn(here, alice), await logIn(here, ada)], [200, 401])
  assert.deepEqual((await here.open().get(`/auth/change-email/confirm?token=${token}`)).json, { ok: true, email: ada })
  assert.equal((await browser.post('/auth/change-email/confirm', { token })).status, 200)
  assert.deepEqual([await logIn(here, alice), await logIn(here, ada)], [401, 200])
  assert.deepEqual((await browser.get('/auth/change-email')).json, { ok: true, email: ada })
  assert.equal(codeOf(await browser.post('/auth/change-email/confirm', { token })), 'link_invalid')
  await here.auth.settled()
  assert.deepEqual(
    here.mailbox.messages.map(({ mail, to }) => [mail, to]),
    [
      ['email.change', ada],
      ['email.changed', alice],
    ],
  )
  assert.match(here.mailbox.latest(alice)?.text ?? '', /ada@example\.com now/)
  assert.deepEqual(here.changes, [[alice, ada]])
})

onEveryStore(
  'AL-FST-B2: a taken address gets the answer of a free one and no mail; one taken meanwhile is refused; a link expires',
  async (store) => {
    const here = site(store)
    const browser = await registered(here.open)
    await registered(here.open, ada)
    assert.equal(await ask(here, browser, 'ADA@example.com'), '')
    assert.deepEqual(here.mailbox.messages, [])
    const token = await ask(here, browser, eve)
    await registered(here.open, eve)
    const late = await browser.post('/auth/change-email/confirm', { token })
    assert.deepEqual([late.status, codeOf(late)], [409, 'email_taken'])
    const expired = await ask(here, browser, 'new@example.com')
    clock.advance(2 * hour)
    assert.equal(codeOf(await here.open().post('/auth/change-email/confirm', { token: expired })), 'link_invalid')
    assert.equal(await logIn(here, alice), 200)
  },
)

onEveryStore('a change ends every other session, and goes on in the browser that confirms if it is the user’s own', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  const elsewhere = here.open()
  await elsewhere.post('/auth/login', { email: alice, password: phrase })
  const old = browser.copy()
  const token = await ask(here, browser, ada)
  assert.equal((await browser.post('/auth/change-email/confirm', { token })).status, 200)
  assert.equal((await browser.get('/members')).status, 200)
  for (const ended of [elsewhere, old]) assert.equal((await ended.get('/members')).status, 401)
  // By another browser: every session ends, that browser's own account stays logged in.
  const other = await registered(here.open, eve)
  await browser.post('/auth/login', { email: ada, password: phrase })
  const second = await ask(here, browser, 'second@example.com')
  assert.equal((await other.post('/auth/change-email/confirm', { token: second })).status, 200)
  assert.equal((await browser.get('/members')).status, 401)
  assert.match((await other.get('/members')).text, /eve@example\.com/)
})

onEveryStore('THR-76: of two changes at once, a link confirms the address that it was sent to and no other', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  await Promise.all([ada, eve].map((email) => browser.post('/auth/change-email', { email })))
  await here.auth.settled()
  const tokens = [ada, eve].map((email) => /confirm\?token=([\w-]+)/.exec(here.mailbox.latest(email)?.text ?? '')?.[1] ?? '')
  const said = await Promise.all(
    tokens.map(async (token) => (await here.open().get(`/auth/change-email/confirm?token=${token}`)).json.email),
  )
  for (const [at, email] of said.entries()) assert.ok(email === undefined || email === [ada, eve][at], String(email))
  const done = await Promise.all(tokens.map((token) => here.open().post('/auth/change-email/confirm', { token })))
  assert.equal(done.filter(({ status }) => status === 200).length, 1)
  const winner = [ada, eve][done.findIndex(({ status }) => status === 200)]
  assert.deepEqual(
    await Promise.all([alice, ada, eve].map((email) => logIn(here, email))),
    [alice, ada, eve].map((email) => (email === winner ? 200 : 401)),
  )
})

onEveryStore('a link dies when the password changes, and asking needs a fresh session', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  const token = await ask(here, browser, ada)
  await browser.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })
  assert.equal(codeOf(await browser.post('/auth/change-email/confirm', { token })), 'link_invalid')
  clock.advance(hour)
  const stale = await browser.post('/auth/change-email', { email: ada })
  assert.equal(stale.status, 401)
  assert.equal(codeOf(await here.open().post('/auth/change-email', { email: ada })), 'unauthenticated')
})

onEveryStore(
  'the old address takes a change back within seven days: everybody is out, and a new password is chosen by mail',
  async (store) => {
    const here = site(store)
    const thief = await registered(here.open)
    const undo = await change(here, thief, alice, eve)
    await thief.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })
    const owner = here.open()
    assert.deepEqual((await owner.get(`/auth/change-email/undo?token=${undo}`)).json, { ok: true, email: alice })
    assert.equal((await thief.get('/members')).status, 200)
    clock.advance(6 * 24 * hour)
    assert.equal((await owner.post('/auth/change-email/undo', { token: undo })).status, 200)
    assert.equal((await thief.get('/members')).status, 401)
    for (const email of [alice, eve]) for (const typed of [phrase, otherPhrase]) assert.equal(await logIn(here, email, typed), 401)
    await here.auth.settled()
    assert.match(here.mailbox.latest(eve)?.subject ?? '', /changed back/)
    await owner.post('/auth/forgot-password', { email: alice })
    await here.auth.settled()
    const reset = /reset-password\?token=([\w-]+)/.exec(here.mailbox.latest(alice)?.text ?? '')?.[1] ?? ''
    await owner.post('/auth/reset-password', { token: reset, newPassword: phrase })
    assert.equal(await logIn(here, alice), 200)
    assert.equal(codeOf(await owner.post('/auth/change-email/undo', { token: undo })), 'link_invalid')
    assert.deepEqual(here.changes, [
      [alice, eve],
      [eve, alice],
    ])
  },
)

onEveryStore('a thief who changes the address again and again, and undoes, cannot keep the owner from taking it back', async (store) => {
  const here = site(store)
  const thief = await registered(here.open)
  const owners = await change(here, thief, alice, eve)
  clock.advance(1000)
  const first = await change(here, thief, eve, 'eve2@example.com')
  clock.advance(1000)
  const second = await change(here, thief, 'eve2@example.com', 'eve3@example.com')
  await here.open().post('/auth/forgot-password', { email: 'eve3@example.com' })
  await here.auth.settled()
  const reset = /reset-password\?token=([\w-]+)/.exec(here.mailbox.latest('eve3@example.com')?.text ?? '')?.[1] ?? ''
  assert.equal((await here.open().post('/auth/change-email/undo', { token: second })).status, 200) // to the thief's own
  assert.equal((await here.open().post('/auth/change-email/undo', { token: owners })).status, 200)
  for (const token of [first, second]) assert.equal(codeOf(await here.open().post('/auth/change-email/undo', { token })), 'link_invalid')
  assert.equal(codeOf(await here.open().post('/auth/reset-password', { token: reset, newPassword: otherPhrase })), 'link_invalid')
  assert.notEqual(await here.auth.admin.users.byEmail(alice), null)
})

onEveryStore('an old address that somebody else has by now is not taken back; after seven days nothing is', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  const undo = await change(here, browser, alice, ada)
  await here.auth.admin.users.create({ email: alice, password: phrase })
  assert.equal(codeOf(await here.open().post('/auth/change-email/undo', { token: undo })), 'email_taken')
  const late = await change(here, browser, ada, eve)
  clock.advance(7 * 24 * hour)
  assert.equal(codeOf(await here.open().post('/auth/change-email/undo', { token: late })), 'link_invalid')
})

onEveryStore('a thief cannot register the old address to keep it from its owner; after seven days anybody may', async (store) => {
  const here = site(store)
  const { open } = here
  const thief = await registered(open)
  const token = await ask(here, thief, eve)
  const account = { email: 'Alice@Example.com', password: phrase }
  const [changed, ...taken] = await Promise.all([
    thief.post('/auth/change-email/confirm', { token }),
    ...Array.from({ length: 4 }, () => open().post('/auth/register', account)), // in the very moment that it becomes free
  ])
  taken.push(await open().post('/auth/register', account))
  for (const refused of taken)
    assert.deepEqual([refused.status, codeOf(refused), fieldError(refused, 'email') !== ''], [409, 'email_taken', true])
  assert.equal(changed.status, 200)
  await here.auth.settled()
  const undo = /change-email\/undo\?token=([\w-]+)/.exec(here.mailbox.latest(alice)?.text ?? '')?.[1] ?? ''
  assert.equal((await open().post('/auth/change-email/undo', { token: undo })).status, 200)
  const other = await registered(open, ada)
  await change(here, other, ada, 'ada2@example.com')
  clock.advance(7 * 24 * hour)
  assert.equal((await open().post('/auth/register', { email: ada, password: phrase })).status, 200)
})

test('which change is the later one is told by no clock: not by those of two servers, nor by a request whose rest comes late', async () => {
  const here = site(memory())
  const thief = await registered(here.open)
  // Begun before the first change, and ended after it: it seems to be the older one.
  const held = Promise.withResolvers<string>()
  const body = new ReadableStream({
    async start(stream) {
      stream.enqueue(new TextEncoder().encode(`{"token":"${await held.promise}"}`))
      stream.close()
    },
  })
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  const begun = here.auth.handle(
    new Request(`${origin}/auth/change-email/confirm`, { method: 'POST', headers, body, ...{ duplex: 'half' } }),
  )
  clock.advance(1000)
  const owners = await change(here, thief, alice, eve)
  held.resolve(await ask(here, thief, 'eve2@example.com'))
  assert.equal((await begun)?.status, 200)
  await here.auth.settled()
  const thiefs = /change-email\/undo\?token=([\w-]+)/.exec(here.mailbox.latest(eve)?.text ?? '')?.[1] ?? ''
  assert.equal((await here.open().get(`/auth/change-email/undo?token=${thiefs}`)).status, 200)
  assert.equal((await here.open().post('/auth/change-email/undo', { token: owners })).status, 200)
  assert.equal(codeOf(await here.open().post('/auth/change-email/undo', { token: thiefs })), 'link_invalid')
})

onEveryStore('two changes in a row are each taken back by their own link, whichever comes first', async (store) => {
  for (const isFirstFirst of [true, false]) {
    const here = site(store)
    const [first, second, third] = ['one', 'two', 'three'].map((name) => `${name}${Number(isFirstFirst)}@example.com`)
    assert.ok(first && second && third)
    const browser = await registered(here.open, first)
    const undos = [await change(here, browser, first, second), await change(here, browser, second, third)]
    const undo = async (at: number): Promise<unknown> =>
      codeOf(await here.open().post('/auth/change-email/undo', { token: undos[at] ?? '' })) ?? 'done'
    if (isFirstFirst) assert.deepEqual([await undo(0), await undo(1)], ['done', 'link_invalid'])
    else {
      assert.equal(await undo(1), 'done')
      assert.notEqual(await here.auth.admin.users.byEmail(second), null)
      assert.equal(await undo(0), 'done')
    }
    assert.notEqual(await here.auth.admin.users.byEmail(first), null)
  }
})

onEveryStore('an account that changes while its owner takes the address back leaves the link usable', async (real) => {
  let meanwhile: (() => Promise<unknown>) | null = null
  const store = aroundStore(real, async (method, _args, go) => {
    const act = method === 'reads.links.bySubject' ? meanwhile : null
    if (act) meanwhile = null
    await act?.()
    return go()
  })
  const here = site(store)
  const thief = await registered(here.open)
  const undo = await change(here, thief, alice, eve)
  const again = await ask(here, thief, 'eve2@example.com')
  meanwhile = () => thief.post('/auth/change-email/confirm', { token: again })
  assert.equal(codeOf(await here.open().post('/auth/change-email/undo', { token: undo })), 'conflict')
  assert.equal((await here.open().post('/auth/change-email/undo', { token: undo })).status, 200)
  assert.equal((await thief.get('/members')).status, 401)
})

onEveryStore('AL-FS-30: a link dies when the address changes otherwise, also where no stamp tells', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  const token = await ask(here, browser, ada)
  const { id = '' } = (await here.auth.admin.users.byEmail(alice)) ?? {}
  await store.durable.write([{ kind: 'users.update', id, set: { email: eve, emailKey: eve } }])
  assert.equal(codeOf(await here.open().post('/auth/change-email/confirm', { token })), 'link_invalid')
  assert.notEqual(await here.auth.admin.users.byEmail(eve), null)
})

onEveryStore('what asking does to the link before tells nobody whether the other address is taken', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  await registered(here.open, ada)
  for (const other of [ada, 'nobody@example.com']) {
    const token = await ask(here, browser, eve)
    assert.equal((await here.open().get(`/auth/change-email/confirm?token=${token}`)).status, 200)
    await ask(here, browser, other)
    assert.equal(codeOf(await here.open().get(`/auth/change-email/confirm?token=${token}`)), 'link_invalid', other)
  }
})

test('without a reset the password goes where a login by mail is left, and stays where nothing is', async () => {
  for (const [others, where, status] of [
    [[magicLink()], '/auth/magic-link', 401],
    [[], '/auth/login', 200],
  ] as const) {
    const here = site(memory(), { features: [session(), password({ reset: false }), registration(), changeEmail(), ...others] })
    const undo = await change(here, await registered(here.open), alice, eve)
    const undone = await here.open().submit('/auth/change-email/undo', { token: undo })
    assert.deepEqual([undone.status, undone.location, await logIn(here, alice)], [303, where, status])
  }
})

onEveryStore('THR-83: programs that open every link of a mail change nothing', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  const token = await ask(here, browser, ada)
  const scanner = here.open()
  const scan = async (path: string): Promise<void> => {
    for (const accept of ['text/html', 'application/json', '*/*']) await scanner.get(path, { headers: { accept } })
  }
  await scan(`/auth/change-email/confirm?token=${token}`)
  assert.equal(await logIn(here, alice), 200)
  assert.equal((await browser.post('/auth/change-email/confirm', { token })).status, 200)
  await here.auth.settled()
  const undo = /change-email\/undo\?token=([\w-]+)/.exec(here.mailbox.latest(alice)?.text ?? '')?.[1] ?? ''
  await scan(`/auth/change-email/undo?token=${undo}`)
  assert.equal(await logIn(here, ada), 200)
})

onEveryStore('as pages: ask, press the button of the mail, and the button that takes it back', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  assert.match((await browser.visit('/auth/change-email')).text, /Your address is alice@example\.com/)
  const asked = await browser.submit('/auth/change-email', { email: ada })
  assert.deepEqual([asked.status, asked.location], [303, '/auth/change-email?sent=1'])
  assert.match((await browser.visit('/auth/change-email?sent=1')).text, /role="status"/)
  await here.auth.settled()
  const token = /confirm\?token=([\w-]+)/.exec(here.mailbox.latest(ada)?.text ?? '')?.[1] ?? ''
  assert.equal(hiddenField(await browser.visit(`/auth/change-email/confirm?token=${token}`), 'token'), token)
  assert.equal((await browser.submit('/auth/change-email/confirm', { token })).status, 303)
  await here.auth.settled()
  const undo = /undo\?token=([\w-]+)/.exec(here.mailbox.latest(alice)?.text ?? '')?.[1] ?? ''
  const stranger = here.open()
  assert.equal(hiddenField(await stranger.visit(`/auth/change-email/undo?token=${undo}`), 'token'), undo)
  const undone = await stranger.submit('/auth/change-email/undo', { token: undo })
  assert.deepEqual([undone.status, undone.location], [303, '/auth/forgot-password'])
})

test('what is no address, or is the account’s own already, is told at once; another spelling of it is a change', async () => {
  const here = site(memory())
  const browser = await registered(here.open)
  assert.equal(fieldError(await browser.post('/auth/change-email', { email: alice }), 'email'), 'This is your address already.')
  assert.equal(fieldError(await browser.post('/auth/change-email', { email: 'alice' }), 'email'), 'This is not an e-mail address.')
  await ask(here, browser, 'Alice@example.com') // to the spelling that is stored
  const token = /confirm\?token=([\w-]+)/.exec(here.mailbox.latest(alice)?.text ?? '')?.[1] ?? ''
  assert.equal((await browser.post('/auth/change-email/confirm', { token })).status, 200)
  assert.deepEqual((await browser.get('/auth/change-email')).json, { ok: true, email: 'Alice@example.com' })
})

test('the mails that a user can cause are limited for an address', async () => {
  const here = site(memory(), { limits: { mailsPerAddress: 2 } })
  const browser = await registered(here.open)
  await ask(here, browser, ada)
  await ask(here, browser, ada)
  assert.equal(codeOf(await browser.post('/auth/change-email', { email: ada })), 'too_many_attempts')
})
