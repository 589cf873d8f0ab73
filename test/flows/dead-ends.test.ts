/** Nobody is led in circles: who has nothing to prove here is told what to do, and a failing page or database is answered all the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Auth, CreateAuthOptions } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import { createBrowser, type TestBrowser } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { aroundStore } from '../same-work/around-store.ts'
import { codeOf, fieldError, hiddenField, memberOf, origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

function installation(store: Store, options: Partial<CreateAuthOptions> = {}): Auth {
  const features = [session(), password(), registration()]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, ...options })
}

onEveryStore('whoever has no password and nothing to prove here is led to log in again, and told so', async (store) => {
  const clock = createClock()
  const auth = installation(store, { clock })
  const user = await auth.admin.users.create({ email: 'alice@example.com' })
  const callback = (request: Request) =>
    new URL(request.url).pathname === '/callback' ? auth.login(request, user, { method: 'google' }) : auth.handle(request)
  const alice: TestBrowser = createBrowser(callback, origin)
  await alice.get('/callback')
  assert.equal((await alice.visit('/auth/change-password')).status, 200)
  clock.advance(11 * 60_000)
  const stale = await alice.visit('/auth/change-password')
  assert.deepEqual([stale.status, stale.location], [303, '/auth/verify?next=%2Fauth%2Fchange-password'])
  const page = await alice.visit(stale.location ?? '')
  assert.match(page.text, /<form method="post" action="\/auth\/logout">/)
  assert.match(page.text, /<button[^>]*>Log in again<\/button>/)
  assert.doesNotMatch(page.text, /type="password"/)
  assert.equal(hiddenField(page, 'next'), '/auth/login?next=%2Fauth%2Fchange-password')
  assert.deepEqual((await alice.get('/auth/verify')).json.methods, [])
  for (const body of [{}, { password: phrase }]) {
    const reply = await alice.post('/auth/verify', body)
    assert.deepEqual([reply.status, codeOf(reply)], [401, 'reauthentication_required'])
    assert.deepEqual(memberOf(reply.json.error, 'methods'), [])
  }
  const set = await alice.post('/auth/change-password', { newPassword: phrase })
  assert.deepEqual([set.status, codeOf(set)], [401, 'reauthentication_required'])
  const fields = { csrf: hiddenField(page, 'csrf') ?? '', next: hiddenField(page, 'next') ?? '' }
  assert.equal((await alice.submit('/auth/logout', fields)).location, '/auth/login?next=%2Fauth%2Fchange-password')
  await alice.get('/callback')
  assert.equal((await alice.post('/auth/change-password', { newPassword: phrase })).status, 200)
})

onEveryStore('a layout that throws is reported, and refusals keep their status as JSON', async (store) => {
  const reports: string[] = []
  const layout = (): never => {
    throw new Error('The template is broken.')
  }
  const auth = installation(store, { layout, report: (error, about) => void reports.push(`${about}: ${String(error)}`) })
  const open = serve(auth, { '/admin': { roles: ['admin'] }, '/members': {} })
  const alice = await registered(open)
  const refused = await alice.visit('/admin')
  assert.deepEqual([refused.status, codeOf(refused)], [403, 'forbidden'])
  assert.deepEqual(reports.splice(0), ['the layout failed: Error: The template is broken.'])
  assert.equal((await alice.visit('/members')).status, 200)
  assert.equal((await open().visit('/members')).location, '/auth/login?next=%2Fmembers')
  const wrongMethod = await alice.visit('/auth/logout').then(() => alice.send('PATCH', '/auth/login', { accept: 'text/html', origin }))
  assert.deepEqual([wrongMethod.status, codeOf(wrongMethod)], [405, 'method_not_allowed'])
  assert.equal(wrongMethod.headers.get('allow'), 'GET, HEAD, POST')
  const page = await open().visit('/auth/login')
  assert.deepEqual([page.status, codeOf(page)], [500, 'internal_error'])
  assert.doesNotMatch(page.text, /template/)
  const wrong = await open().submit('/auth/login', { email: 'alice@example.com', password: 'not the right one' })
  assert.deepEqual([wrong.status, codeOf(wrong)], [401, 'invalid_credentials'])
  assert.ok(reports.length >= 2 && reports.every((report) => report.endsWith('Error: The template is broken.')), reports.join('\n'))
  assert.equal((await open().post('/auth/login', { email: 'alice@example.com', password: phrase })).status, 200)
})

for (const code of ['ERR_SQLITE_ERROR', 'ERR_STORE_BUSY']) {
  onEveryStore(`a database that fails by ${code} is 503 with Retry-After, at routes and guards, and is reported`, async (store) => {
    let broken = false
    const reports: unknown[] = []
    const failure = Object.assign(new Error('database is locked'), { code })
    const failing = aroundStore(store, (_method, _args, go) => {
      if (broken) throw failure
      return go()
    })
    const auth = installation(failing, { report: (error) => void reports.push(error) })
    const alice = await registered(serve(auth, { '/members': {} }))
    broken = true
    const replies = [
      await alice.get('/members'),
      await alice.get('/auth/session'),
      await alice.post('/auth/login', { email: 'a@example.com', password: 'x' }),
      await alice.visit('/members'),
    ]
    for (const reply of replies) {
      assert.deepEqual([reply.status, reply.headers.get('retry-after')], [503, '1'])
      assert.doesNotMatch(reply.text, /locked/)
    }
    assert.equal(codeOf(replies[0] ?? { json: {} }), 'unavailable')
    assert.equal(reports.length, replies.length)
    assert.ok(reports.every((reported) => reported === failure))
  })
}

onEveryStore('any other failure of the database is 500 and says nothing of it', async (store) => {
  let broken = false
  const failing = aroundStore(store, (_method, _args, go) => {
    if (broken) throw Object.assign(new Error('a mistake in a query'), { code: 'ERR_OTHER' })
    return go()
  })
  const alice = await registered(serve(installation(failing, { report: () => {} }), { '/members': {} }))
  broken = true
  const reply = await alice.get('/members')
  assert.deepEqual([reply.status, codeOf(reply), reply.headers.get('retry-after')], [500, 'internal_error', null])
})

onEveryStore('HEAD is answered as GET without its body, and every answer keeps other windows away', async (store) => {
  const alice = await registered(serve(installation(store)))
  for (const [path, accept] of [
    ['/auth/session', 'application/json'],
    ['/auth/change-password', 'text/html'],
    ['/auth/login', 'text/html'],
  ] as const) {
    const [get, head] = [await alice.send('GET', path, { accept }), await alice.send('HEAD', path, { accept })]
    assert.deepEqual([head.status, head.text], [get.status, ''])
    assert.deepEqual([...head.headers], [...get.headers])
    for (const { headers } of [get, head]) assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', path)
  }
  const page = await alice.send('HEAD', '/auth/change-password', { accept: 'text/html' })
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
})

onEveryStore('a wrong current password is said at its field, as JSON and on the page, and no secret is shown again', async (store) => {
  const alice = await registered(serve(installation(store)))
  const fields = { password: 'a wrong one', newPassword: otherPhrase }
  const reply = await alice.post('/auth/change-password', fields)
  assert.deepEqual([reply.status, codeOf(reply), fieldError(reply, 'password')], [401, 'invalid_credentials', 'This is not right.'])
  const page = await alice.submit('/auth/change-password', fields)
  assert.equal(page.status, 401)
  assert.match(page.text, /<input[^>]*name="password"[^>]*aria-invalid="true"/)
  assert.doesNotMatch(page.text, /<input[^>]*name="newPassword"[^>]*aria-invalid/)
  assert.doesNotMatch(page.text, new RegExp(`a wrong one|${otherPhrase}`))
})

test('while the store takes minutes to open, requests are 503 with Retry-After after five seconds, and served once it is open', async () => {
  const opened = Promise.withResolvers<Store>()
  const auth = installation(memory(), { store: () => opened.promise })
  const browser = serve(auth, { '/members': {} })()
  const [page, members] = await Promise.all([browser.get('/auth/login'), browser.get('/members')])
  assert.deepEqual([page.status, members.status], [503, 503])
  assert.equal(page.headers.get('retry-after'), '5')
  await assert.rejects(auth.identify(new Request(`${origin}/members`)), { code: 'unavailable' })
  opened.resolve(memory())
  await auth.ready
  assert.deepEqual([(await browser.get('/auth/login')).status, (await browser.get('/members')).status], [200, 401])
  await auth.close()
})
