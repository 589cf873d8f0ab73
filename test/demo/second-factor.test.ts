/** Second factors in the demo: a page that wants one, a role that must have one, and what an administrator sees and resets. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { computeTotp, fromBase32 } from '../../src/protocols/totp.ts'
import type { TestBrowser } from '../../src/testing/index.ts'
import { codeOf, memberOf } from '../flows/application.ts'
import { type Demo, startDemo, temporaryDatabase } from './process.ts'

const email = 'ada@example.com'
const password = 'a long honest passphrase'

async function registered(demo: Demo): Promise<TestBrowser> {
  const browser = demo.browser()
  assert.equal((await browser.post('/auth/register', { email, password })).status, 200)
  return browser
}

/** What the phone with a secret shows next. */
async function nextCode(demo: Demo, secret: string): Promise<string> {
  const { now } = (await demo.browser().post('/dev/clock', { advance: '30s' })).json
  return computeTotp(fromBase32(secret) ?? new Uint8Array(), Date.parse(String(now)))
}

async function enrol(demo: Demo, browser: TestBrowser): Promise<{ readonly secret: string; readonly codes: readonly unknown[] }> {
  const { secret, setupId } = (await browser.post('/auth/totp/setup')).json
  const code = await nextCode(demo, String(secret))
  const reply = await browser.post('/auth/totp/confirm', { setupId: String(setupId), code, name: 'Pocket' })
  assert.equal(reply.status, 200, reply.text)
  const { recoveryCodes: codes } = reply.json
  return { secret: String(secret), codes: Array.isArray(codes) ? codes : [] }
}

test('the vault opens by a second factor that was proven, and leads whoever has none to set one up', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  assert.equal((await demo.browser().get('/vault')).status, 401)
  const member = await registered(demo)
  assert.equal((await member.get('/vault')).status, 403)
  assert.equal((await member.visit('/vault')).location, '/auth/totp/setup?next=%2Fvault')
  const { secret, codes } = await enrol(demo, member)
  assert.equal(codes.length, 10)
  assert.equal((await member.get('/vault')).status, 200)
  assert.match((await member.visit('/vault')).text, /<h1>Vault<\/h1>/)

  const other = demo.browser()
  assert.equal((await other.post('/auth/login', { email, password })).json.status, 'second_factor_required')
  const proven = await other.post('/auth/totp/verify', { code: await nextCode(demo, secret), trustDevice: true })
  assert.equal(proven.json.status, 'authenticated')
  await other.post('/auth/logout')
  assert.equal((await other.post('/auth/login', { email, password })).json.status, 'authenticated')
  const excused = await other.get('/vault')
  assert.partialDeepStrictEqual(excused.json, { error: { code: 'reauthentication_required', methods: ['totp', 'recovery_code'] } })
  assert.deepEqual((await other.get('/auth/verify')).json.methods, ['totp', 'recovery_code'], 'what would do')
  assert.equal((await other.post('/auth/verify', { password })).status, 400)
  assert.equal((await other.get('/vault')).status, 401)
  assert.equal((await other.post('/auth/verify', { code: await nextCode(demo, secret) })).status, 200)
  assert.equal((await other.get('/vault')).status, 200)
  await demo.browser().post('/dev/clock', { advance: '11m' })
  assert.equal(codeOf(await other.get('/vault')), 'reauthentication_required')
})

test('the role staff must set one up; an administrator sees what a user has, and resets it', async (t) => {
  const demo = await startDemo(t, { DEMO_DB: temporaryDatabase(t) })
  const member = await registered(demo)
  const admin = demo.browser()
  await admin.post('/auth/login', { email: 'admin@example.com', password: demo.adminPassword })
  const { users } = (await admin.get('/admin/users.json?search=ada')).json
  const path = `/admin/users/${memberOf(Array.isArray(users) ? users[0] : null, 'id')}`
  assert.equal((await admin.post(`${path}/add-role`, { role: 'staff' })).json.changed, true)

  assert.equal((await member.post('/auth/login', { email, password })).json.status, 'second_factor_setup_required')
  assert.equal((await member.get('/members')).status, 401, 'nothing is half open')
  const { secret } = await enrol(demo, member)
  assert.equal((await member.get('/members')).status, 200)
  const { authenticators } = (await member.get('/auth/totp')).json
  const id = String(memberOf(Array.isArray(authenticators) ? authenticators[0] : null, 'id'))
  assert.equal(codeOf(await member.post('/auth/totp/remove', { id })), 'last_factor')

  const seen = (await admin.get(path)).json.factors
  assert.equal(memberOf(seen, 'recoveryCodes'), 10)
  assert.partialDeepStrictEqual(memberOf(seen, 'authenticators'), [{ id, name: 'Pocket', algorithm: 'SHA-1', digits: 6, period: 30 }])
  assert.doesNotMatch(JSON.stringify(seen), /"secret"|"step"|"userId"/)
  assert.match((await admin.visit(path)).text, /Pocket/)
  assert.equal((await admin.post(`${path}/reset-access`)).status, 200)
  assert.deepEqual((await admin.get(path)).json.factors, { authenticators: [], recoveryCodes: 0 })
  assert.equal((await member.get('/members')).status, 401)
  assert.equal((await member.post('/auth/login', { email, password })).json.status, 'second_factor_setup_required')
  assert.equal((await member.post('/auth/totp/verify', { code: await nextCode(demo, secret) })).status, 401)
})
