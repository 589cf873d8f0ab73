/** Logging out, and that neither this nor anything else unsafe can be asked for by another site. */
import assert from 'node:assert/strict'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Auth } from '../../src/kernel/auth.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { codeOf, hiddenField, origin, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

function installation(store: Store): Auth {
  const features = [session(), password(), registration()]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, afterLogout: '/goodbye' })
}

/** A form as a browser sends it that tells nothing of where it comes from: only the token is left. */
function oldForm(browser: TestBrowser, path: string, fields: Readonly<Record<string, string>> = {}) {
  const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }
  return browser.send('POST', path, headers, new URLSearchParams(fields).toString())
}

onEveryStore('AL-QS-8 AL-FS-9: logging out ends the session in this browser and in every copy of it', async (store) => {
  const open = serve(installation(store), { '/members': {} })
  const alice = await registered(open)
  const copy = alice.copy()
  const reply = await alice.submit('/auth/logout')
  assert.deepEqual([reply.status, reply.location], [303, '/goodbye'])
  assert.equal((await alice.get('/members')).status, 401)
  assert.equal((await copy.get('/members')).status, 401)
  assert.equal(
    [...alice.cookies.keys()].some((name) => name.includes('session')),
    false,
  )
})

onEveryStore('AL-FS-9 AL-FST-A11: a local next is followed after logging out, a foreign one ignored; JSON is told 200', async (store) => {
  const open = serve(installation(store))
  const leave = async (next: string) => (await (await registered(open, `${Math.abs(hash(next))}@example.com`)).submit(next)).location
  assert.equal(await leave('/auth/logout?next=/bye'), '/bye')
  assert.equal(await leave('/auth/logout?next=https://evil.example/'), '/goodbye')
  assert.equal(await leave('/auth/logout?next=//evil.example/'), '/goodbye')
  const client = await registered(open)
  const answer = await client.post('/auth/logout')
  assert.deepEqual([answer.status, answer.json], [200, { ok: true }])
  assert.equal((await client.post('/auth/logout')).status, 200) // also for nobody
})

/** A different address for each text. */
function hash(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) | 0, 7)
}

onEveryStore('AL-FST-A11: GET logs nobody out, it asks; other methods are told which are allowed', async (store) => {
  const open = serve(installation(store))
  const alice = await registered(open)
  const page = await alice.visit('/auth/logout')
  assert.equal(page.status, 200)
  assert.match(page.text, /<form method="post" action="\/auth\/logout">/)
  await alice.get('/auth/logout')
  assert.equal((await alice.get('/auth/session')).status, 200)
  const refused = await alice.send('DELETE', '/auth/logout', { accept: 'application/json', origin })
  assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'GET, HEAD, POST'])
})

onEveryStore('AL-FST-E8: a logout that another site sends is refused, as a page and as JSON, and the session lives', async (store) => {
  const open = serve(installation(store))
  const alice = await registered(open)
  const forged = await alice.submit('/auth/logout', {}, { headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } })
  assert.equal(forged.status, 403)
  assert.match(forged.text, /<form method="post" action="\/auth\/logout">/) // it may be asked for again from here
  const json = await alice.post('/auth/logout', {}, { headers: { origin: 'https://evil.example' } })
  assert.deepEqual([json.status, codeOf(json)], [403, 'cross_site_request'])
  assert.equal((await oldForm(alice, '/auth/logout')).status, 403)
  assert.equal((await alice.get('/auth/session')).status, 200)

  const token = hiddenField(await alice.visit('/auth/logout'), 'csrf') ?? ''
  assert.equal((await oldForm(alice, '/auth/logout', { csrf: token })).status, 303)
  assert.equal((await alice.get('/auth/session')).status, 401)
})

onEveryStore('AL-FST-E7: the application’s own unsafe paths follow the same rule, and its own forms carry the token', async (store) => {
  const auth = installation(store)
  const open = serve(auth, { '/notes': {} })
  const alice = await registered(open)
  const post = (headers: Readonly<Record<string, string>>, body = '') =>
    alice.send('POST', '/notes', { accept: 'application/json', ...headers }, body)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  assert.equal((await post({ ...form, origin })).status, 200)
  assert.equal((await post({ ...form, origin: 'https://evil.example' })).status, 403)
  assert.equal((await post({ ...form, origin: 'null' })).status, 403)
  assert.equal((await post({ ...form, 'sec-fetch-site': 'same-origin' })).status, 200)
  assert.equal((await post({ ...form, 'sec-fetch-site': 'same-site' })).status, 403)
  assert.equal((await post({ 'content-type': 'application/json' }, '{}')).status, 200)
  assert.equal((await post({ 'content-type': 'text/plain' }, '{}')).status, 403)
  assert.equal((await post(form, 'note=hello')).status, 403)
  assert.equal((await post({})).status, 403) // an empty body is no excuse

  const cookie = [...alice.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const token = await auth.formToken(new Request(`${origin}/notes`, { headers: { cookie } }))
  assert.ok(token)
  assert.equal((await post(form, `note=hello&csrf=${token}`)).status, 200)
  assert.equal((await post(form, `note=hello&csrf=${token.slice(1)}A`)).status, 403)
  assert.equal((await alice.get('/notes')).status, 200) // safe methods are asked nothing
})

onEveryStore('AL-FST-E7: a form token dies with what it was bound to: the visit before a login, and the session', async (store) => {
  const open = serve(installation(store))
  await registered(open)
  const browser = open()
  const fields = { email: 'alice@example.com', password: phrase }
  const before = hiddenField(await browser.visit('/auth/login'), 'csrf') ?? ''
  const stranger = open()
  await stranger.visit('/auth/login')
  assert.equal((await oldForm(stranger, '/auth/login', { ...fields, csrf: before })).status, 403)
  assert.equal((await oldForm(browser, '/auth/login', { ...fields, csrf: before })).status, 303)
  assert.equal(browser.cookies.has('portcullis-form-3000'), false)

  const second = open()
  await second.post('/auth/login', fields)
  const ofSecond = hiddenField(await second.visit('/auth/logout'), 'csrf') ?? ''
  assert.equal((await oldForm(browser, '/auth/logout', { csrf: ofSecond })).status, 403)
  assert.equal((await oldForm(browser, '/auth/logout', { csrf: before })).status, 403)
  const during = hiddenField(await browser.visit('/auth/logout'), 'csrf') ?? ''
  assert.equal((await oldForm(browser, '/auth/logout', { csrf: during })).status, 303)
  await browser.visit('/auth/login')
  assert.equal((await oldForm(browser, '/auth/login', { ...fields, csrf: during })).status, 403)
})

onEveryStore(
  'AL-FST-E8: an application that answers for cross-site requests itself may switch the check off by its greppable name',
  async (store) => {
    const features = [session(), password(), registration()]
    const skipping = { passwords: { dangerouslyCheapHash: true }, dangerouslySkipCsrf: true } as const
    const open = serve(createAuth({ origin, secret, store, features, ...skipping }))
    const alice = await registered(open)
    assert.equal((await alice.post('/auth/logout', {}, { headers: { origin: 'https://evil.example' } })).status, 200)
  },
)
