/** What a link to choose a new password is worth: once, for the account as it was, and to nobody who made it up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Auth, createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { codeOf, memberOf, origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

const alice = 'alice@example.com'
const clock = createClock()

interface Site {
  readonly auth: Auth
  readonly mailbox: Mailbox
  readonly open: () => TestBrowser
}

function site(store: Store): Site {
  const mailbox = createMailbox()
  const auth = createAuth({
    origin,
    secret,
    store,
    features: [session(), password(), registration()],
    passwords: { dangerouslyCheapHash: true },
    limits: { mailsPerAddress: 100 },
    mailer: mailbox,
    clock,
  })
  return { auth, mailbox, open: serve(auth) }
}

async function ask({ auth, mailbox, open }: Site): Promise<string> {
  await auth.settled()
  mailbox.clear()
  await open().post('/auth/forgot-password', { email: alice })
  await auth.settled()
  return /reset-password\?token=([\w-]+)/.exec(mailbox.latest(alice)?.text ?? '')?.[1] ?? ''
}

onEveryStore('AL-FS-36 AL-FST-J4: no reply tells who the user is; the link tells its own address, and a bad one nothing', async (store) => {
  const here = site(store)
  await registered(here.open)
  const asked = await here.open().post('/auth/forgot-password', { email: alice })
  assert.deepEqual(asked.json, { ok: true })
  const token = await ask(here)
  assert.deepEqual((await here.open().get(`/auth/reset-password?token=${token}`)).json, { ok: true, email: alice })
  for (const bad of ['', 'x', `${token}x`, token.toUpperCase()]) {
    const refused = await here.open().get(`/auth/reset-password?token=${bad}`)
    assert.deepEqual([refused.status, codeOf(refused)], [400, 'link_invalid'])
    assert.doesNotMatch(refused.text, /alice/)
    const page = await here.open().visit(`/auth/reset-password?token=${bad}`)
    assert.deepEqual([page.status, /alice|<form/.test(page.text)], [400, false])
  }
  const done = await here.open().post('/auth/reset-password', { token, newPassword: otherPhrase })
  assert.equal(memberOf(done.json, 'user'), undefined)
})

onEveryStore(
  'AL-FS-37: a made-up, mangled or expired link and that of a deleted account are refused alike, and none brings a new mail',
  async (store) => {
    const here = site(store)
    await registered(here.open)
    const token = await ask(here)
    here.mailbox.clear()
    const reset = async (with_: string): Promise<unknown> =>
      codeOf(await here.open().post('/auth/reset-password', { token: with_, newPassword: otherPhrase }))
    for (const bad of ['bogus', `${token.slice(1)}A`, token.slice(0, -1), `${token}.`]) assert.equal(await reset(bad), 'link_invalid')
    clock.advance(30 * 60_000)
    assert.equal(await reset(token), 'link_invalid')
    await here.auth.settled()
    assert.deepEqual(here.mailbox.messages, [])
    const orphan = await ask(here)
    const user = await here.auth.admin.users.byEmail(alice)
    await here.auth.admin.users.delete(user?.id ?? '')
    assert.equal(await reset(orphan), 'link_invalid')
  },
)

onEveryStore('AL-FS-38: a link is good once, and not any more when the password has changed by another way', async (store) => {
  const here = site(store)
  await registered(here.open)
  const [first, second] = [await ask(here), await ask(here)]
  const reset = async (token: string): Promise<number> =>
    (await here.open().post('/auth/reset-password', { token, newPassword: otherPhrase })).status
  assert.equal(await reset(first), 200)
  for (const spent of [first, second]) assert.equal(await reset(spent), 400)
  const third = await ask(here)
  const user = await here.auth.admin.users.byEmail(alice)
  await here.auth.admin.users.changePassword(user?.id ?? '', phrase)
  assert.equal(await reset(third), 400)
})

onEveryStore('AL-FS-39: an account without a password gets its first by a link', async (store) => {
  const here = site(store)
  await here.auth.admin.users.create({ email: alice })
  const token = await ask(here)
  assert.equal((await here.open().post('/auth/reset-password', { token, newPassword: phrase })).status, 200)
  assert.equal((await here.open().post('/auth/login', { email: alice, password: phrase })).status, 200)
})

test('AL-FS-40: the login page leads to the page for a new password only where there is one', async () => {
  const login = async (features: Parameters<typeof createAuth>[0]['features']): Promise<string> => {
    const auth = createAuth({
      origin,
      secret,
      store: memory(),
      features,
      mailer: createMailbox(),
      passwords: { dangerouslyCheapHash: true },
    })
    return (await serve(auth)().visit('/auth/login')).text
  }
  assert.match(await login([session(), password()]), /href="\/auth\/forgot-password">Forgotten your password\?/)
  assert.doesNotMatch(await login([session(), password({ reset: false })]), /forgot/i)
})
