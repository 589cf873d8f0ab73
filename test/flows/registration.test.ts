/** Making an account. */
import assert from 'node:assert/strict'
import { z } from 'zod'
import type { Auth, CreateAuthOptions } from '../../src/index.ts'
import { createAuth, html, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { codeOf, fieldError, memberOf, origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

function installation(store: Store, options: Partial<CreateAuthOptions> = {}): Auth {
  const features = [session(), password(), registration()]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, afterRegister: '/hello', ...options })
}

onEveryStore('AL-QS-7: registering makes a user with a hashed password, leads on and is logged in', async (store) => {
  const open = serve(installation(store), { '/members': {} })
  const visitor = open()
  const reply = await visitor.submit('/auth/register', { email: 'Alice@Example.com', password: phrase })
  assert.deepEqual([reply.status, reply.location], [303, '/hello'])
  assert.equal((await visitor.get('/members')).status, 200)
  const record = await store.reads.users.byEmailKey('alice@example.com')
  assert.equal(record?.user.email, 'Alice@Example.com')
  assert.match(record?.passwordHash ?? '', /^\$argon2id\$/)
})

onEveryStore('AL-QS-7 AL-FS-25: an address that is taken, in any case, makes no second user and no login', async (store) => {
  const auth = installation(store)
  const open = serve(auth)
  await registered(open)
  const client = open()
  const answer = await client.post('/auth/register', { email: 'ALICE@example.COM', password: otherPhrase })
  assert.deepEqual([answer.status, codeOf(answer)], [409, 'email_taken'])
  assert.notEqual(fieldError(answer, 'email'), '')
  assert.equal((await client.get('/auth/session')).status, 401)
  const page = await open().submit('/auth/register', { email: 'Alice@example.com', password: otherPhrase })
  assert.equal(page.status, 409)
  assert.match(page.text, /value="Alice@example\.com"/)
  assert.equal((await auth.admin.users.list()).length, 1)
  assert.equal((await open().post('/auth/login', { email: 'alice@example.com', password: phrase })).status, 200)
})

onEveryStore('AL-FS-25: registering is an event, follows next, and answers JSON with who is logged in', async (store) => {
  const auth = installation(store)
  const events: string[] = []
  auth.on('user.registered', ({ user, method }) => void events.push(`registered ${user?.email} ${method}`))
  auth.on('user.logged_in', ({ user, factors }) => void events.push(`logged in ${user?.email} ${factors}`))
  const open = serve(auth)
  const answer = await open().post('/auth/register', { email: 'alice@example.com', password: phrase, next: '/page1' })
  assert.deepEqual([answer.status, answer.json.status, answer.json.next], [200, 'authenticated', '/page1'])
  assert.equal(memberOf(answer.json.user, 'email'), 'alice@example.com')
  assert.doesNotMatch(answer.text, /argon2|purple/)
  await auth.settled()
  assert.deepEqual(events, ['registered alice@example.com password', 'logged in alice@example.com 1'])
  const page = await open().submit('/auth/register?next=/page2', { email: 'bob@example.com', password: phrase })
  assert.equal(page.location, '/page2')
})

onEveryStore('AL-FS-25: path, page and fields are the application’s to choose', async (store) => {
  const name = z.object({ name: z.string().min(2, 'Tell us your name.') })
  const auth = installation(store, {
    basePath: '/konto',
    features: [
      session(),
      password(),
      registration({
        extra: { schema: name, fields: [{ name: 'name', label: 'Your name' }] },
        pages: { register: (view) => html`<p class="ours">${view.action} ${view.values.name ?? ''} ${view.errors.name ?? []}</p>` },
      }),
    ],
  })
  const open = serve(auth)
  assert.match((await open().visit('/konto/register')).text, /<p class="ours">\/konto\/register {2}<\/p>/)
  const page = await open().submit('/konto/register', { email: 'alice@example.com', password: phrase, name: 'A' })
  assert.equal(page.status, 400)
  assert.match(page.text, /<p class="ours">\/konto\/register A Tell us your name\.<\/p>/)
  const answer = await open().post('/konto/register', { email: 'alice@example.com', password: phrase, name: 'Alice', admin: true })
  assert.equal(answer.status, 200)
  assert.deepEqual((await auth.admin.users.byEmail('alice@example.com'))?.extra, { name: 'Alice' })
})

onEveryStore('AL-QS-11: a password that is too short is told how long it must be, at its field', async (store) => {
  const open = serve(installation(store))
  const answer = await open().post('/auth/register', { email: 'alice@example.com', password: 'purple otter' })
  assert.deepEqual([answer.status, codeOf(answer)], [400, 'invalid_fields'])
  assert.match(fieldError(answer, 'password'), /at least 15 characters/)
  const page = await open().submit('/auth/register', { email: 'alice@example.com', password: 'purple otter' })
  assert.match(page.text, /Use at least 15 characters/)
  assert.doesNotMatch(page.text, /purple otter/)
  assert.equal(await store.reads.users.byEmailKey('alice@example.com'), null)
})

onEveryStore('the second password is compared when the form has it, and never by JSON that leaves it out', async (store) => {
  const open = serve(installation(store, { features: [session(), password(), registration({ confirmPassword: true })] }))
  const fields = { email: 'alice@example.com', password: phrase }
  assert.equal((await open().submit('/auth/register', fields)).status, 400)
  assert.equal((await open().submit('/auth/register', { ...fields, passwordConfirm: otherPhrase })).status, 400)
  const answer = await open().post('/auth/register', { ...fields, passwordConfirm: otherPhrase })
  assert.notEqual(fieldError(answer, 'passwordConfirm'), '')
  assert.equal((await open().submit('/auth/register', { ...fields, passwordConfirm: phrase })).status, 303)
  assert.equal((await open().post('/auth/register', { email: 'bob@example.com', password: phrase })).status, 200)
})

onEveryStore('whoever is logged in registers nothing: a page leads on, JSON is told', async (store) => {
  const open = serve(installation(store, { afterLogin: '/welcome' }))
  const alice = await registered(open)
  assert.equal((await alice.visit('/auth/register')).location, '/welcome')
  const answer = await alice.post('/auth/register', { email: 'bob@example.com', password: phrase })
  assert.deepEqual([answer.status, codeOf(answer)], [409, 'already_logged_in'])
  assert.equal(await store.reads.users.byEmailKey('bob@example.com'), null)
})

onEveryStore('one network may register so many accounts in an hour and no more', async (store) => {
  const open = serve(installation(store, { limits: { registrationsPerNetwork: 2 } }), {}, { address: '203.0.113.7' })
  await registered(open, 'a@example.com')
  await registered(open, 'b@example.com')
  const answer = await open().post('/auth/register', { email: 'c@example.com', password: phrase })
  assert.deepEqual([answer.status, codeOf(answer)], [429, 'too_many_attempts'])
  assert.ok(Number(answer.headers.get('retry-after')) > 0)
  assert.equal(await store.reads.users.byEmailKey('c@example.com'), null)
})
