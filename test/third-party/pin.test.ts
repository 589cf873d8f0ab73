/** Somebody else's second factor goes through the same door as ours, and uses nothing that is not exported. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type Auth, type CreateAuthOptions, createAuth, password, registration, session } from 'portcullis'
import { memory } from 'portcullis/stores/memory'
import { createBrowser, createClock, type MovableClock, type TestBrowser, type TestReply } from 'portcullis/testing'
import { pin } from './pin.ts'

const origin = 'http://localhost:3000'
const account = { email: 'alice@example.com', password: 'purple otter juggles lamps' }

interface Setting {
  readonly auth: Auth
  readonly clock: MovableClock
  readonly open: () => TestBrowser
}

function installation(options: Partial<CreateAuthOptions> = {}): Setting {
  const clock = createClock()
  const auth = createAuth({
    origin,
    secret: 'w3zXb6mTqE9kLr2VnYc5HsPdJf8GtUaQ',
    store: memory(),
    features: [session(), password(), registration(), pin()],
    passwords: { dangerouslyCheapHash: true },
    clock,
    ...options,
  })
  return { auth, clock, open: () => createBrowser((request) => auth.handle(request), origin) }
}

/** An account that has the PIN 271828, and the browser that set it up. */
async function withPin(open: () => TestBrowser): Promise<TestBrowser> {
  const browser = open()
  assert.equal((await browser.post('/auth/register', account)).status, 200)
  assert.equal((await browser.post('/auth/pin/setup', { pin: '271828' })).json.status, 'authenticated')
  return browser
}

async function passGuard(auth: Auth, browser: TestBrowser): Promise<number> {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const head = { method: 'GET', target: '/vault', remoteAddress: null, header: (name: string) => (name === 'cookie' ? cookie : null) }
  const guarded = await auth.guard({ secondFactor: true })({ ...head, body: async () => new Uint8Array() })
  return guarded.ok ? 200 : guarded.response.status
}

function codeOf({ text }: TestReply): string | undefined {
  return /"code":"(\w+)"/.exec(text)?.[1]
}

test('the sketches import nothing but public names of portcullis', () => {
  for (const file of ['pin.ts', 'api-key.ts']) {
    const source = readFileSync(new URL(file, import.meta.url), 'utf8')
    const specifiers = [...source.matchAll(/ from '([^']+)'$/gm)].map(([, specifier]) => specifier)
    assert.deepEqual(specifiers, ['portcullis'], file)
  }
})

test('its pages, labels and refusals are in the language of the reader', async () => {
  const { open } = installation()
  const browser = await withPin(open)
  const headers = { 'accept-language': 'de' }
  const setup = await browser.visit('/auth/pin/setup', { headers })
  for (const text of ['<h1>Einen PIN-Code wählen</h1>', '>PIN-Code</label>', '>Speichern<', '>PIN-Code</a>'])
    assert.ok(setup.text.includes(text), text)
  assert.match((await browser.post('/auth/pin/setup', { pin: 'x' }, { headers })).text, /"pin":\["Wählen Sie 6 Ziffern\."\]/)
  assert.match((await browser.visit('/auth/pin/setup')).text, /<h1>Choose a PIN<\/h1>/)
})

test('a login stops at the PIN: no session, the method is named, and a wrong PIN does not void what is held', async () => {
  const { auth, open } = installation()
  await withPin(open)
  const browser = open()
  const held = await browser.post('/auth/login', { ...account, next: '/vault' })
  assert.deepEqual([held.json.status, held.json.methods], ['second_factor_required', ['pin']])
  assert.equal((await browser.get('/auth/session')).status, 401)
  for (const wrong of ['000000', '27182', '']) assert.notEqual((await browser.post('/auth/pin', { pin: wrong })).status, 200)
  const done = await browser.post('/auth/pin', { pin: '271828' })
  assert.deepEqual([done.json.status, done.json.next], ['authenticated', '/vault'])
  const { text } = await browser.get('/auth/session')
  assert.match(text, /"method":"password","as":"first","factors":1.*"method":"pin","as":"second","factors":1/)
  assert.equal(await passGuard(auth, browser), 200)
})

test('the pages do the same: the password leads to the PIN, a wrong one asks again, the right one leads on', async () => {
  const { open } = installation()
  await withPin(open)
  const browser = open()
  assert.equal((await browser.submit('/auth/login', { ...account, next: '/vault' })).location, '/auth/pin')
  assert.match((await browser.visit('/auth/pin')).text, /name="pin"/)
  const wrong = await browser.submit('/auth/pin', { pin: '000000' })
  assert.equal(wrong.status, 401)
  assert.match(wrong.text, /role="alert"><p>These details do not match/)
  const right = await browser.submit('/auth/pin', { pin: '271828' })
  assert.deepEqual([right.status, right.location], [303, '/vault'])
})

test('where a second factor is required, the PIN is set up before any session opens', async () => {
  const { auth, open } = installation({ requireSecondFactor: () => true })
  const browser = open()
  assert.equal((await browser.post('/auth/register', account)).json.status, 'second_factor_setup_required')
  assert.equal((await browser.get('/auth/session')).status, 401)
  assert.equal((await browser.post('/auth/pin', { pin: '271828' })).status, 401) // there is none to prove
  const refused = await browser.post('/auth/pin/setup', { pin: '12' })
  assert.deepEqual([refused.status, codeOf(refused)], [400, 'invalid_fields'])
  assert.equal((await browser.post('/auth/pin/setup', { pin: '271828' })).json.status, 'authenticated')
  assert.equal(await passGuard(auth, browser), 200)
  const page = open()
  assert.equal((await page.submit('/auth/login', account)).location, '/auth/pin')
})

test('verify takes the PIN: the session is fresh again, under a new token', async () => {
  const { auth, clock, open } = installation()
  const browser = await withPin(open)
  clock.advance(11 * 60_000)
  assert.deepEqual((await browser.get('/auth/verify')).json.methods, ['pin', 'password'])
  assert.equal((await browser.post('/auth/pin/setup', { pin: '314159' })).status, 401) // not fresh
  const before = browser.copy()
  assert.equal((await browser.post('/auth/verify', { pin: '000000' })).status, 401)
  assert.equal((await browser.post('/auth/verify', { pin: '271828' })).json.status, 'authenticated')
  assert.equal((await before.get('/auth/session')).status, 401)
  assert.equal((await browser.post('/auth/pin/setup', { pin: '314159' })).status, 200)
  assert.equal(await passGuard(auth, browser), 200)
})

test('the guard for a second factor refuses a session of one, and the page to verify offers a PIN only to who has one', async () => {
  const { auth, open } = installation()
  const browser = open()
  await browser.post('/auth/register', account)
  assert.equal(await passGuard(auth, browser), 403) // there is none to ask for
  assert.doesNotMatch((await browser.visit('/auth/verify')).text, /name="pin"/)
  await browser.post('/auth/pin/setup', { pin: '271828' })
  assert.equal(await passGuard(auth, browser), 200)
  assert.match((await browser.visit('/auth/verify')).text, /name="pin"/)
})

test('wrong PINs are throttled, and the right one then waits too', async () => {
  const { clock, open } = installation()
  await withPin(open)
  const thief = open()
  await thief.post('/auth/login', account)
  for (let tried = 0; tried < 5; tried++) assert.equal((await thief.post('/auth/pin', { pin: `00000${tried}` })).status, 401)
  assert.equal((await thief.post('/auth/pin', { pin: '271828' })).status, 429)
  clock.advance(30_000)
  assert.equal((await thief.post('/auth/pin', { pin: '271828' })).status, 200)
})

test('an access reset drops the PIN with everything else; what was kept never shows it', async () => {
  const store = memory()
  const { auth, open } = installation({ store })
  const browser = await withPin(open)
  const user = await auth.admin.users.byEmail(account.email)
  assert.ok(user)
  const entry = await store.reads.records.get('pin', user.id, 0)
  assert.doesNotMatch(JSON.stringify(entry), /271828/)
  assert.doesNotMatch(JSON.stringify(await store.reads.everything(user.id)), new RegExp(entry?.secret ?? '271828'))
  await auth.admin.users.resetAccess(user.id)
  assert.equal(await store.reads.records.get('pin', user.id, 0), null)
  assert.equal((await browser.get('/auth/session')).status, 401)
  assert.equal((await open().post('/auth/login', account)).json.status, 'authenticated')
  await auth.admin.users.resetAccess(user.id) // also when there is nothing to drop
})
