/** Logging in with a password, as a page and as JSON. */
import assert from 'node:assert/strict'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Auth } from '../../src/kernel/auth.ts'
import type { PasswordOptions } from '../../src/kernel/passwords.ts'
import type { Store } from '../../src/model/store.ts'
import { codeOf, fieldError, hiddenField, origin, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

function installation(store: Store, passwords: PasswordOptions = { dangerouslyCheapHash: true }): Auth {
  return createAuth({
    origin,
    secret,
    store,
    features: [session(), password(), registration()],
    passwords,
    afterLogin: '/welcome',
    limits: { triesPerSource: 50 },
  })
}

onEveryStore('AL-FS-1: the login page shows a form that posts to itself', async (store) => {
  const page = await serve(installation(store))().visit('/auth/login')
  assert.equal(page.status, 200)
  assert.match(page.text, /<form method="post" action="\/auth\/login">/)
  assert.match(page.text, /name="email"[^>]*autocomplete="username"|autocomplete="username"[^>]*name="email"/)
  assert.match(page.text, /autocomplete="current-password"/)
})

onEveryStore('AL-QS-2: the right password leads to the page after login, and then opens protected pages', async (store) => {
  const open = serve(installation(store), { '/members': {} })
  await registered(open)
  const visitor = open()
  const reply = await visitor.submit('/auth/login', { email: 'alice@example.com', password: phrase })
  assert.deepEqual([reply.status, reply.location], [303, '/welcome'])
  assert.equal((await visitor.get('/members')).status, 200)

  const client = open()
  const answer = await client.post('/auth/login', { email: 'alice@example.com', password: phrase })
  assert.deepEqual([answer.status, answer.json.status, answer.json.next], [200, 'authenticated', '/welcome'])
  assert.equal((await client.get('/members')).status, 200)
})

onEveryStore('AL-FS-3: next is followed after the login, from the query and from the form', async (store) => {
  const open = serve(installation(store))
  await registered(open)
  const fields = { email: 'alice@example.com', password: phrase }
  assert.equal((await open().submit('/auth/login?next=/page1', fields)).location, '/page1')
  assert.equal((await open().submit('/auth/login', { ...fields, next: '/page1?a=b#c' })).location, '/page1?a=b#c')
  assert.equal((await open().post('/auth/login', { ...fields, next: '/page1' })).json.next, '/page1')
  assert.equal((await open().submit('/auth/login', { ...fields, next: `${origin}/page1` })).location, '/page1')
})

onEveryStore('AL-FS-4 AL-FST-A2: a next that leaves the site or means nothing is refused, and nobody is logged in', async (store) => {
  const open = serve(installation(store))
  await registered(open)
  for (const next of [
    'https://evil.example/',
    'http:///evil.example',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/\t/evil',
  ]) {
    const client = open()
    const answer = await client.post('/auth/login', { email: 'alice@example.com', password: phrase, next })
    assert.deepEqual([answer.status, codeOf(answer)], [400, 'invalid_next'], next)
    assert.notEqual(fieldError(answer, 'next'), '')
    assert.equal((await client.get('/auth/session')).status, 401)

    const visitor = open()
    const page = await visitor.submit('/auth/login', { email: 'alice@example.com', password: phrase, next })
    assert.deepEqual([page.status, page.location], [400, null], next)
    assert.equal((await visitor.get('/auth/session')).status, 401)
  }
})

onEveryStore('AL-FS-5: an address logs in whatever its case', async (store) => {
  const open = serve(installation(store))
  await registered(open, 'Alice.Smith@Example.com')
  for (const email of ['alice.smith@example.com', 'ALICE.SMITH@EXAMPLE.COM', ' Alice.Smith@example.COM '])
    assert.equal((await open().post('/auth/login', { email, password: phrase })).json.status, 'authenticated', email)
})

onEveryStore('AL-FS-6: a JSON body that lacks fields is told each of them', async (store) => {
  const client = serve(installation(store))()
  const answer = await client.post('/auth/login', {})
  assert.deepEqual([answer.status, codeOf(answer)], [400, 'invalid_fields'])
  assert.equal(fieldError(answer, 'email'), 'This is required.')
  assert.equal(fieldError(answer, 'password'), 'This is required.')
})

onEveryStore('AL-FS-7: a refused form shows the address again and never the password', async (store) => {
  const visitor = serve(installation(store))()
  const page = await visitor.submit('/auth/login', { email: 'nobody"<b>@example.com', password: 'a wrong password' })
  assert.equal(page.status, 401)
  assert.match(page.text, /value="nobody&quot;&lt;b&gt;@example\.com"/)
  assert.doesNotMatch(page.text, /a wrong password/)
  assert.match(page.text, /role="alert"/)
})

onEveryStore('AL-FS-8: a missing field is told apart; whatever is wrong with an account is one answer', async (store) => {
  const auth = installation(store)
  const open = serve(auth)
  await registered(open)
  await registered(open, 'disabled@example.com')
  const disabled = await auth.admin.users.byEmail('disabled@example.com')
  assert.ok(disabled)
  await auth.admin.users.deactivate(disabled.id)
  await auth.admin.users.create({ email: 'no-password@example.com' })

  const client = open()
  assert.equal(fieldError(await client.post('/auth/login', { password: phrase }), 'email'), 'This is required.')
  assert.equal(fieldError(await client.post('/auth/login', { email: 'a@example.com' }), 'password'), 'This is required.')
  const tries = [
    { email: 'unknown@example.com', password: phrase },
    { email: 'not an address', password: phrase },
    { email: 'alice@example.com', password: 'not her password' },
    { email: 'disabled@example.com', password: phrase },
    { email: 'disabled@example.com', password: 'not the password' },
    { email: 'no-password@example.com', password: phrase },
  ]
  const answers = await Promise.all(tries.map((body) => open().post('/auth/login', body)))
  assert.equal(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size, 1)
  assert.equal(codeOf(answers[0] ?? { json: {} }), 'invalid_credentials')
})

onEveryStore('AL-FS-15: % and _ in what is typed stand for themselves', async (store) => {
  const open = serve(installation(store))
  await registered(open, 'al_ce@example.com')
  for (const email of ['al%@example.com', '%', '%@example.com', 'al__e@example.com', '_l_ce@example.com', 'al_ce@example.%'])
    assert.equal(codeOf(await open().post('/auth/login', { email, password: phrase })), 'invalid_credentials', email)
  await registered(open, 'alxce@example.com', 'another phrase of four words')
  assert.equal((await open().post('/auth/login', { email: 'al_ce@example.com', password: phrase })).status, 200)
  assert.equal(codeOf(await open().post('/auth/login', { email: 'alxce@example.com', password: phrase })), 'invalid_credentials')
})

onEveryStore('AL-FS-16 THR-39 THR-41: accounts that are unknown or have no password cost as much as a wrong password', async (store) => {
  const auth = installation(store, {}) // the real cost
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  await auth.admin.users.create({ email: 'no-password@example.com' })
  const open = serve(auth)
  const wrong = await costOf(open, 'alice@example.com')
  assert.ok(wrong > 0.005, `one hash took ${wrong} s of processor time, which is none at all`)
  for (const email of ['unknown@example.com', 'no-password@example.com', 'not an address']) {
    const cost = await costOf(open, email)
    assert.ok(cost > wrong * 0.6 && cost < wrong * 1.7, `${email} took ${cost} s, a wrong password ${wrong} s`)
  }
})

/** Processor time of a refused login in seconds: the least of five, since other work only adds. */
async function costOf(open: ReturnType<typeof serve>, email: string): Promise<number> {
  const costs: number[] = []
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage()
    assert.equal((await open().post('/auth/login', { email, password: 'a wrong password' })).status, 401)
    const { user, system } = process.cpuUsage(before)
    costs.push((user + system) / 1e6)
  }
  return Math.min(...costs)
}

onEveryStore('AL-FST-A1: the login page carries next through a failed attempt, also under another base path', async (store) => {
  const auth = createAuth({
    origin,
    secret,
    store,
    features: [session(), password(), registration()],
    passwords: { dangerouslyCheapHash: true },
    basePath: '/app/account',
  })
  const visitor = serve(auth)()
  const page = await visitor.visit('/app/account/login?next=%2Fpage1%3Fa%3Db')
  assert.equal(hiddenField(page, 'next'), '/page1?a=b')
  assert.match(page.text, /action="\/app\/account\/login"/)
  const again = await visitor.submit('/app/account/login', { email: 'a@example.com', password: 'wrong', next: '/page1?a=b' })
  assert.equal(again.status, 401)
  assert.equal(hiddenField(again, 'next'), '/page1?a=b')
})

onEveryStore('AL-FST-A6: the login page of whoever is logged in says who, and leads on without following next', async (store) => {
  const open = serve(installation(store))
  const alice = await registered(open)
  const page = await alice.visit('/auth/login?next=/page1')
  assert.deepEqual([page.status, page.location], [303, '/welcome'])
  const answer = await alice.get('/auth/login?next=/page1')
  assert.equal(answer.status, 200)
  assert.match(JSON.stringify(answer.json.user), /"email":"alice@example.com"/)
  assert.equal((await open().get('/auth/login')).json.user, null)
})

onEveryStore('AL-FST-A6: a login in a live session goes through the door anew and ends the old session', async (store) => {
  const open = serve(installation(store), { '/members': {} })
  await registered(open, 'bob@example.com')
  const browser = await registered(open)
  const old = browser.copy()
  const answer = await browser.post('/auth/login', { email: 'bob@example.com', password: phrase, next: '/page1' })
  assert.deepEqual([answer.json.status, answer.json.next], ['authenticated', '/page1'])
  assert.match((await browser.get('/members')).text, /bob@example.com/)
  assert.equal((await old.get('/members')).status, 401)
})
