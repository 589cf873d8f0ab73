/** The demo does what it says, and keeps what it was given. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import type { TestBrowser } from '../../src/testing/index.ts'
import { memberOf } from '../flows/application.ts'
import { type Demo, freePort, runDemo, startDemo, temporaryDatabase } from './process.ts'

const email = 'ada@example.com'
const password = 'a long honest passphrase'

async function register(demo: Demo): Promise<TestBrowser> {
  const browser = demo.browser()
  assert.equal((await browser.post('/auth/register', { email, password })).status, 200)
  return browser
}

async function loginAdmin(demo: Demo): Promise<TestBrowser> {
  const browser = demo.browser()
  const reply = await browser.post('/auth/login', { email: 'admin@example.com', password: demo.adminPassword })
  assert.equal(reply.status, 200, reply.text)
  return browser
}

test('it prints where it is and an administrator who can log in, and is healthy', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  assert.match(demo.output(), new RegExp(`http://localhost:${demo.port}\\b`))
  assert.equal((await demo.browser().get('/healthz')).status, 200)
  const admin = await loginAdmin(demo)
  const reply = await admin.get('/admin')
  assert.equal(reply.status, 200)
  const { user, with: way } = reply.json
  assert.equal(way, 'session')
  assert.deepEqual(Object.keys(user ?? {}), ['id', 'email', 'roles'])
  assert.partialDeepStrictEqual(user, { email: 'admin@example.com', roles: ['admin'] })
  assert.match((await admin.visit('/admin')).text, /admin@example\.com/)
})

test('home says who is logged in, and what may be seen depends on it', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const visitor = demo.browser()
  assert.match((await visitor.visit('/')).text, /You are not logged in/)
  for (const path of ['/members', '/admin', '/settings']) {
    assert.equal((await visitor.get(path)).status, 401)
    assert.equal((await visitor.visit(path)).location, `/auth/login?next=${encodeURIComponent(path)}`)
  }
  const member = await register(demo)
  assert.match((await member.visit('/')).text, /You are logged in as <b>ada@example\.com<\/b>/)
  for (const path of ['/members', '/settings']) {
    assert.partialDeepStrictEqual((await member.get(path)).json, { user: { email, roles: [] }, with: 'session' })
    assert.match((await member.visit(path)).text, /<form method="post" action="\/auth\/logout">/)
  }
  assert.equal((await member.get('/admin')).status, 403)
  assert.equal((await member.visit('/admin')).status, 403)
})

test('an unknown path is 404, as a page and as JSON', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const page = await demo.browser().visit('/nowhere')
  assert.equal(page.status, 404)
  assert.match(page.text, /<h1>Not found<\/h1>/)
  const json = await demo.browser().get('/nowhere')
  assert.equal(json.status, 404)
  assert.partialDeepStrictEqual(json.json, { ok: false, error: { code: 'not_found' } })
})

test('settings ask for a fresh proof after eleven minutes, which the clock makes pass', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const member = await register(demo)
  assert.equal((await demo.browser().post('/dev/clock', { advance: '11m' })).status, 200)
  const stale = await member.get('/settings')
  assert.equal(stale.status, 401)
  assert.partialDeepStrictEqual(stale.json, { error: { code: 'reauthentication_required', methods: ['password'] } })
  assert.equal((await member.visit('/settings')).location, '/auth/verify?next=%2Fsettings')
  assert.equal((await member.get('/members')).status, 200)
  assert.equal((await member.post('/auth/verify', { password })).status, 200)
  assert.equal((await member.get('/settings')).status, 200)
})

test('the clock refuses what is no duration', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const browser = demo.browser()
  for (const advance of ['', '11', '-1m', '0m', '1.5h', '99999d', 11, null, ['1m'], { m: 1 }]) {
    const reply = await browser.post('/dev/clock', { advance })
    assert.equal(reply.status, 400, JSON.stringify(advance))
    assert.equal(reply.json.ok, false)
  }
  const json = { 'content-type': 'application/json' }
  for (const body of ['', '{', 'null', '[]', '"11m"']) assert.equal((await browser.send('POST', '/dev/clock', json, body)).status, 400)
  assert.equal((await browser.send('POST', '/dev/clock', { 'content-type': 'text/plain' }, '{"advance":"11m"}')).status, 400)
  assert.equal((await browser.send('POST', '/dev/clock', json, JSON.stringify({ advance: 'm'.repeat(5000) }))).status, 413)
})

test('production has no clock to move', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t), NODE_ENV: 'production' })
  assert.equal((await demo.browser().post('/dev/clock', { advance: '11m' })).status, 404)
})

test('notes are kept for whoever wrote them and shown as text', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const member = await register(demo)
  const written = await member.submit('/notes', { text: '<script>alert(1)</script>' })
  assert.equal(written.status, 303)
  assert.equal(written.location, '/members')
  const page = (await member.visit('/members')).text
  assert.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/)
  assert.doesNotMatch(page, /<script>/)
  assert.deepEqual((await member.post('/notes', { text: 'second' })).json, { ok: true, notes: ['second', '<script>alert(1)</script>'] })
  assert.doesNotMatch((await (await loginAdmin(demo)).visit('/members')).text, /second/)
})

test('notes refuse visitors, other sites and what is no note', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  assert.equal((await demo.browser().post('/notes', { text: 'a' })).status, 401)
  const member = await register(demo)
  assert.equal((await member.submit('/notes', { text: 'a' }, { headers: { origin: 'https://evil.example' } })).status, 403)
  for (const text of ['', '   ', 'a'.repeat(501), 1, null]) assert.equal((await member.post('/notes', { text })).status, 400)
  assert.equal((await member.send('POST', '/notes', { 'content-type': 'application/json' }, '{')).status, 400)
  const page = await member.submit('/notes', { text: '' })
  assert.equal(page.status, 400)
  assert.match(page.text, /role="alert"/)
  assert.equal((await member.post('/notes', { text: 'a'.repeat(20_000) })).status, 413)
})

test('the form on the page works for a browser that says nothing of its origin, by its token', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const member = await register(demo)
  const csrf = /action="\/notes">\s*<input type="hidden" name="csrf" value="([^"]+)"/.exec((await member.visit('/members')).text)?.[1]
  assert.ok(csrf)
  const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }
  assert.equal((await member.send('POST', '/notes', headers, 'text=plain')).status, 403)
  assert.equal((await member.send('POST', '/notes', headers, `text=plain&csrf=${csrf}`)).status, 303)
  assert.match((await member.visit('/members')).text, /plain/)
})

test('a restart keeps accounts, sessions, notes and the time', async (t) => {
  const env = { DEMO_DB: temporaryDatabase(t), PORT: String(await freePort()) }
  const first = await startDemo(t, env)
  const member = await register(first)
  const forgotten = member.copy()
  await member.post('/notes', { text: 'keep me' })
  const idle = first.browser()
  assert.equal((await idle.post('/auth/login', { email, password })).status, 200)
  assert.equal((await first.stop()).code, 0)

  const second = await startDemo(t, env)
  assert.equal(second.adminPassword, first.adminPassword)
  assert.equal((await member.get('/members')).status, 200)
  assert.match((await member.visit('/members')).text, /keep me/)
  await second.browser().post('/dev/clock', { advance: '61m' })
  assert.equal((await idle.get('/members')).status, 401)
  await second.stop()

  const third = await startDemo(t, env)
  assert.equal((await forgotten.get('/members')).status, 401, 'a session that ended must not come back')
  assert.equal((await third.browser().post('/auth/login', { email, password })).status, 200)
})

test('SIGTERM and SIGINT end it cleanly within three seconds, also with connections open', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
    await demo.browser().get('/healthz')
    const idle = connect(demo.port, '127.0.0.1').on('error', () => {})
    const unfinished = connect(demo.port, '127.0.0.1').on('error', () => {})
    unfinished.write('POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{')
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { code, took } = await demo.stop(signal)
    idle.destroy()
    unfinished.destroy()
    assert.equal(code, 0, demo.output())
    assert.ok(took < 3000, `it took ${took} ms`)
  }
})

test('two demos that start at once on an empty database agree on everything', async (t) => {
  const shared = { DEMO_DB: temporaryDatabase(t), DEMO_ORIGIN: 'http://localhost:3000' }
  const [one, two] = await Promise.all([startDemo(t, shared), startDemo(t, shared)])
  assert.equal(one.adminPassword, two.adminPassword)
  await loginAdmin(one)
  const admin = await loginAdmin(two)
  const member = await register(one)
  const atTwo = two.browser()
  for (const [name, value] of member.cookies) atTwo.cookies.set(name, value)
  assert.equal((await atTwo.get('/members')).status, 200)
  const csrf = /name="csrf" value="([^"]+)"/.exec((await member.visit('/members')).text)?.[1]
  const form = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }
  assert.equal((await atTwo.send('POST', '/notes', form, `text=shared&csrf=${csrf}`)).status, 303)
  await one.browser().post('/dev/clock', { advance: '11m' })
  assert.equal((await admin.get('/settings')).status, 401)
  assert.equal((await atTwo.post('/auth/logout')).status, 200)
  assert.equal((await member.get('/members')).status, 401)
})

test('the secret of the environment counts, and then none is kept', async (t) => {
  const database = temporaryDatabase(t)
  await startDemo(t, { DEMO_DB: database, AUTH_SECRET: 'a secret that is long enough and known to nobody' })
  assert.equal(existsSync(`${database}.secret`), false)
  const short = await runDemo(t, { DEMO_DB: temporaryDatabase(t), PORT: String(await freePort()), AUTH_SECRET: 'short' })
  assert.equal(short.code, 1)
  assert.match(short.output, /^secret must be at least 32 bytes long[^\n]*\n$/)
})

test('a bad or taken port is one sentence', async (t) => {
  for (const PORT of ['abc', '0', '65536', '-1', '3000.5', '0x10']) {
    const { code, output } = await runDemo(t, { DEMO_DB: temporaryDatabase(t), PORT })
    assert.equal(code, 1)
    assert.equal(output, `PORT must be a number from 1 to 65535; it is "${PORT}".\n`)
  }
  const taken = createServer().listen(0, '127.0.0.1')
  t.after(() => taken.close())
  await new Promise((resolve) => taken.once('listening', resolve))
  const address = taken.address()
  const PORT = String(typeof address === 'object' && address?.port)
  const { code, output } = await runDemo(t, { DEMO_DB: temporaryDatabase(t), PORT })
  assert.equal(code, 1)
  assert.equal(output, `Port ${PORT} is taken: stop what uses it, or choose another with PORT.\n`)
})

test('it listens on both loopback addresses and on no other', async (t) => {
  const { port } = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  for (const { address, internal, scopeid } of addresses.filter(({ address }) => ['127.0.0.1', '::1'].includes(address))) {
    assert.ok(internal && !scopeid)
    assert.ok(await answers(port, address), `${address} does not answer`)
  }
  for (const { address } of addresses.filter(({ internal, scopeid }) => !internal && !scopeid)) assert.ok(!(await answers(port, address)))
})

function answers(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

test('AL-QS-24: an administrator sees users as JSON, with their last two logins, page by page and by prefix', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  await register(demo)
  const admin = await loginAdmin(demo)
  const { users } = (await admin.get('/admin/users.json')).json
  assert.ok(Array.isArray(users))
  const [ada, administrator] = users
  assert.partialDeepStrictEqual(ada, { email, active: true, roles: [], loginCount: 1 })
  assert.partialDeepStrictEqual(administrator, { email: 'admin@example.com', roles: ['admin'], loginCount: 1 })
  for (const name of ['id', 'lastLoginAt', 'currentLoginAt', 'lastLoginIp', 'currentLoginIp'])
    assert.ok(memberOf(ada, name) !== undefined && memberOf(ada, name) !== null, name)
  const found = (await admin.get('/admin/users.json?search=adm')).json.users
  assert.deepEqual(Array.isArray(found) && found.map((user) => memberOf(user, 'email')), ['admin@example.com'])
  const after = (await admin.get(`/admin/users.json?after=${encodeURIComponent(email)}`)).json.users
  assert.deepEqual(Array.isArray(after) && after.map((user) => memberOf(user, 'email')), ['admin@example.com'])
})

test('an administrator does every operator action, as JSON and by forms; nobody else does', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const member = await register(demo)
  const admin = await loginAdmin(demo)
  const { users } = (await admin.get('/admin/users.json?search=ada')).json
  const path = `/admin/users/${memberOf(Array.isArray(users) ? users[0] : null, 'id')}`
  assert.equal((await member.post(`${path}/deactivate`)).status, 403)
  assert.equal((await demo.browser().post(`${path}/deactivate`)).status, 401)
  assert.equal((await member.get(path)).status, 403)

  assert.deepEqual((await admin.post(`${path}/deactivate`)).json, { ok: true, changed: true })
  assert.deepEqual((await admin.post(`${path}/deactivate`)).json, { ok: true, changed: false })
  assert.equal((await member.get('/members')).status, 401)
  assert.equal((await admin.post(`${path}/activate`)).status, 200)
  for (let tries = 0; tries < 6; tries++) await demo.browser().post('/auth/login', { email, password: 'not the right passphrase' })
  assert.equal((await demo.browser().post('/auth/login', { email, password })).status, 429)
  assert.equal((await admin.post(`${path}/unlock`)).status, 200)
  assert.equal((await member.post('/auth/login', { email, password })).status, 200)
  assert.equal((await admin.post(`${path}/reset-access`)).status, 200)
  assert.equal((await member.get('/members')).status, 401)
  await member.post('/auth/login', { email, password })
  assert.deepEqual((await admin.post(`${path}/end-sessions`)).json, { ok: true, ended: 1 })
  assert.equal((await admin.post(`${path}/add-role`, { role: 'admin' })).json.changed, true)
  await member.post('/auth/login', { email, password })
  assert.equal((await member.get('/admin/users.json')).status, 200) // in force at the next request
  assert.equal((await admin.post(`${path}/remove-role`, { role: 'admin' })).json.changed, true)
  assert.equal((await member.get('/admin/users.json')).status, 403)

  const page = await admin.visit(path)
  for (const shown of ['user.deactivated', 'Logins: ', 'Sessions', 'name="csrf"']) assert.ok(page.text.includes(shown), shown)
  const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? ''
  assert.deepEqual((await admin.submit(`${path}/unlock`, { csrf })).location, path)
  const made = await admin.submit('/admin/users', { csrf, email: 'new@example.com', invite: 'true' })
  assert.match(made.location ?? '', /^\/admin\/users\/[\w-]+$/)
  assert.equal((await admin.post('/admin/users', { email: 'invited@example.com', invite: true })).status, 200)
  const mails = (await admin.get('/dev/mailbox.json')).text
  for (const invited of ['new@example.com', 'invited@example.com']) assert.ok(mails.includes(invited), invited)
  assert.match((await admin.submit('/admin/users', { csrf, email: 'nonsense' })).text, /role="alert"/)
  assert.equal((await admin.post('/admin/users', { email })).json.ok, false)
  for (const wrong of [`${path}/nothing`, '/admin/users/nobody/unlock', `${path}/add-role`])
    assert.equal((await admin.post(wrong)).status, 404, wrong)
  assert.equal((await admin.get('/admin/users/nobody')).status, 404)
  const foreign = { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' }
  assert.equal((await admin.send('POST', `${path}/delete`, foreign, `csrf=${csrf}`)).status, 403)
  assert.equal((await admin.post(`${path}/delete`)).status, 200)
  assert.equal((await admin.get(path)).status, 404)
})
