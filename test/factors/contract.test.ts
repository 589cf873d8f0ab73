/** CONTRACT 4.1, 4.2, 4.3, 4.9: what the features of second factors do at the door, with the whole toolkit around them. */
import assert from 'node:assert/strict'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { addTotp } from '../../src/testing/store-contract/samples.ts'
import { codeOf, hiddenField, memberOf, phrase, registered } from '../flows/application.ts'
import { enrol, phoneOf } from '../flows/phone.ts'
import { onEveryStore } from '../flows/stores.ts'
import { aroundStore } from '../same-work/around-store.ts'
import { createSite, mailed, promote, type Site, slowed } from './site.ts'

const email = 'alice@example.com'
const named = (cookie: string): string => `portcullis-${cookie}-3000`

/** A browser in which the password was typed, and the status that this was answered with. */
async function typed({ open }: Pick<Site, 'open'>, status: string, more: Readonly<Record<string, boolean>> = {}): Promise<TestBrowser> {
  const browser = open()
  const reply = await browser.post('/auth/login', { email, password: phrase, ...more })
  assert.equal(reply.json.status, status, reply.text)
  return browser
}

async function beginSetup(browser: TestBrowser): Promise<{ readonly setupId: string; readonly secret: string }> {
  const { status, json, text } = await browser.post('/auth/totp/setup')
  assert.equal(status, 200, text)
  return { setupId: String(json.setupId), secret: String(json.secret) }
}

function listIn(reply: TestReply, member: string): readonly unknown[] {
  const list = reply.json[member]
  return Array.isArray(list) ? list : []
}

/** The store, with the kinds of changes of each of its durable writes but those of who sends the mails. */
function counting(given: Store): { readonly store: Store; readonly writes: (readonly string[])[] } {
  const writes: (readonly string[])[] = []
  const store = aroundStore(given, (method, [changes], go) => {
    const kinds = method === 'durable.write' && Array.isArray(changes) ? changes.map((change) => String(memberOf(change, 'kind'))) : []
    if (kinds.length > 0 && !kinds.includes('outbox.drop')) writes.push(kinds)
    return go()
  })
  return { store, writes }
}

onEveryStore(
  'CONTRACT 4.1: whoever owes a factor sets none up, not even beside a live session and with an attempt that it began',
  async (store) => {
    const site = createSite(store)
    const { auth, clock, features } = site
    const alice = await registered(site.open, email)
    await enrol(alice, clock)
    const { setupId, secret } = await beginSetup(alice)
    const phone = phoneOf(secret, clock)
    const thief = await typed(site, 'second_factor_required')
    const both = alice.copy()
    both.cookies.set(named('ticket'), thief.cookies.get(named('ticket')) ?? '')

    const routes = features.flatMap((feature) => feature.routes ?? [])
    const setups = routes.filter(({ access }) => [access].flat().includes('setup'))
    for (const { name, access } of setups) assert.deepEqual(access, ['fresh', 'setup'], name)
    const kinds = features.flatMap((feature) => feature.proofs ?? [])
    assert.deepEqual(
      kinds.flatMap(({ setup }) => setup ?? []).filter((name) => !setups.some((route) => route.name === name)),
      [],
    )
    const forSessions = auth.routes.filter(({ access }) => !access.some((kind) => ['anyone', 'anonymous', 'owed'].includes(kind)))
    assert.ok(setups.length > 0 && forSessions.length > setups.length)
    for (const browser of [thief, both]) {
      for (const { path, methods } of forSessions) {
        for (const method of methods) {
          const reply = await (method === 'GET' ? browser.get(path) : browser.post(path, { setupId, code: phone.code() }))
          assert.deepEqual([reply.status, codeOf(reply)], [401, 'unauthenticated'], `${method} ${path}`)
        }
        assert.notEqual((await browser.visit(path)).status, 200, path)
      }
    }
    assert.equal(listIn(await alice.get('/auth/totp'), 'authenticators').length, 1)
    assert.equal((await alice.post('/auth/totp/confirm', { setupId, code: phone.code() })).status, 200) // without the ticket it was good
  },
)

onEveryStore('CONTRACT 4.1: a ticket to set one up is good for that alone, and for nothing once there is one', async (store) => {
  const site = createSite(store)
  const { auth, clock } = site
  const { id } = await auth.admin.users.create({ email, password: phrase })
  await promote(site, id)
  const [first, late] = [await typed(site, 'second_factor_setup_required'), await typed(site, 'second_factor_setup_required')]
  const begun = await beginSetup(late)
  const closed = auth.routes.filter(({ access }) => !access.some((kind) => ['anyone', 'anonymous', 'setup'].includes(kind)))
  for (const { path, methods } of closed) {
    for (const method of methods) {
      const reply = await (method === 'GET' ? first.get(path) : first.post(path, { code: '123456' }))
      assert.deepEqual([reply.status, codeOf(reply)], [401, 'unauthenticated'], `${method} ${path}`)
    }
  }
  await enrol(first, clock)
  assert.equal((await first.get('/vault')).status, 200)
  const code = phoneOf(begun.secret, clock).code()
  for (const reply of [await late.post('/auth/totp/setup'), await late.post('/auth/totp/confirm', { setupId: begun.setupId, code })])
    assert.deepEqual([reply.status, codeOf(reply)], [401, 'unauthenticated'])
  await typed(site, 'second_factor_required')

  const { id: imported } = await auth.admin.users.create({ email: 'bob@staff.example', password: phrase })
  const bob = site.open()
  await bob.post('/auth/login', { email: 'bob@staff.example', password: phrase })
  await beginSetup(bob)
  await store.durable.write([addTotp('bob', { userId: imported })]) // which sets no new stamp
  assert.equal((await bob.post('/auth/totp/setup')).status, 401)
})

onEveryStore(
  'CONTRACT 4.2: of those who confirm an account’s first factor at once one wins, and whatever else was open is dead',
  async (store) => {
    const site = createSite(slowed(store))
    const { auth, open, clock } = site
    const { id } = await auth.admin.users.create({ email, password: phrase })
    const sessions = [await typed(site, 'authenticated'), await typed(site, 'authenticated')]
    const bystander = await typed(site, 'authenticated')
    const remembered = await typed(site, 'authenticated', { remember: true })
    remembered.cookies.delete(named('session'))
    await open().post('/auth/forgot-password', { email })
    const { token } = await mailed(site, 'password.reset', email)
    assert.equal((await open().get(`/auth/reset-password?token=${token}`)).status, 200)
    await promote(site, id)
    const held = [await typed(site, 'second_factor_setup_required'), await typed(site, 'second_factor_setup_required')]
    const waiting = await typed(site, 'second_factor_setup_required')

    const racers = [...sessions, ...held]
    const attempts = await Promise.all(racers.map(beginSetup))
    const replies = await Promise.all(
      racers.map((browser, number) => {
        const { setupId = '', secret = '' } = attempts[number] ?? {}
        return browser.post('/auth/totp/confirm', { setupId, code: phoneOf(secret, clock).code() })
      }),
    )
    const winner = replies.findIndex(({ status }) => status === 200)
    for (const [number, reply] of replies.entries()) {
      assert.equal(listIn(reply, 'recoveryCodes').length, number === winner ? 10 : 0)
      assert.ok(number === winner || [400, 401, 409].includes(reply.status), reply.text)
    }
    const { totp, recoveryCodes } = await store.reads.everything(id)
    assert.deepEqual([totp?.length, recoveryCodes?.length], [1, 10])
    const inside = await Promise.all([...racers, bystander, waiting].map(async (browser) => (await browser.get('/members')).status))
    assert.deepEqual(
      inside,
      inside.map((_, number) => (number === winner ? 200 : 401)),
    )
    assert.equal((await racers[winner]?.get('/vault'))?.status, 200)
    for (const browser of [...racers.filter((_, number) => number !== winner), waiting])
      assert.equal((await browser.post('/auth/totp/setup')).status, 401)
    assert.equal((await remembered.post('/auth/resume')).status, 401)
    assert.equal((await open().get(`/auth/reset-password?token=${token}`)).status, 400)
    await typed(site, 'second_factor_required')
  },
)

onEveryStore('CONTRACT 4.2: another authenticator beside the first ends nothing', async (store) => {
  const site = createSite(store)
  const alice = await registered(site.open, email)
  const { phone } = await enrol(alice, site.clock)
  const elsewhere = await typed(site, 'second_factor_required')
  const waiting = elsewhere.copy()
  assert.equal((await elsewhere.post('/auth/totp/verify', { code: phone.next() })).status, 200)
  const held = await typed(site, 'second_factor_required')
  await enrol(alice, site.clock)
  assert.equal((await elsewhere.get('/members')).status, 200)
  assert.equal((await held.post('/auth/totp/verify', { code: phone.next() })).status, 200)
  assert.equal((await waiting.post('/auth/totp/verify', { code: phone.next() })).status, 401) // spent by the first
})

onEveryStore(
  'CONTRACT 4.3: the first factor, its recovery codes and what both steps wished for are one write, with their cookies and members',
  async (given) => {
    const { store, writes } = counting(given)
    const site = createSite(store)
    const { auth, clock } = site
    const { id } = await auth.admin.users.create({ email, password: phrase })
    await promote(site, id)
    const browser = await typed(site, 'second_factor_setup_required', { remember: true })
    const { setupId, secret } = await beginSetup(browser)
    await auth.settled()
    writes.splice(0)
    const body = { setupId, code: phoneOf(secret, clock).code(), trustDevice: true }
    const reply = await browser.post('/auth/totp/confirm', body)
    const [made = [], ...others] = writes.splice(0)
    assert.deepEqual([reply.json.status, listIn(reply, 'recoveryCodes').length, others], ['authenticated', 10, []], reply.text)
    for (const kind of ['totp.add', 'users.update', 'recoveryCodes.replace', 'audit.append', 'outbox.put', 'logins.track', 'users.expect'])
      assert.ok(made.includes(kind), `${kind} is not in ${made.join()}`)
    assert.equal(made.filter((kind) => kind === 'devices.put').length, 2)
    for (const cookie of ['feature-remember', 'feature-trust']) assert.ok(browser.cookies.has(named(cookie)), cookie)
    browser.cookies.delete(named('session'))
    assert.equal((await browser.post('/auth/resume')).json.status, 'authenticated') // remembered, and excused
  },
)

onEveryStore(
  'CONTRACT 4.3: wishes of both steps of a login are merged in its one write; a login that begins anew has none',
  async (given) => {
    const { store, writes } = counting(given)
    const site = createSite(store)
    const { phone } = await enrol(await registered(site.open, email), site.clock)
    const browser = await typed(site, 'second_factor_required', { remember: true })
    await site.auth.settled()
    writes.splice(0)
    const reply = await browser.post('/auth/totp/verify', { code: phone.next(), trustDevice: true })
    const [made = [], ...others] = writes.splice(0)
    assert.deepEqual([reply.json.status, others], ['authenticated', []])
    assert.equal(made.filter((kind) => kind === 'devices.put').length, 2)
    for (const kind of ['totp.advance', 'audit.append', 'logins.track', 'users.expect']) assert.ok(made.includes(kind), kind)
    for (const cookie of ['feature-remember', 'feature-trust']) assert.ok(browser.cookies.has(named(cookie)), cookie)

    const anew = await typed(site, 'second_factor_required', { remember: true, trustDevice: true })
    await anew.post('/auth/login', { email, password: phrase })
    assert.equal((await anew.post('/auth/totp/verify', { code: phone.next() })).json.status, 'authenticated')
    for (const cookie of ['feature-remember', 'feature-trust']) assert.equal(anew.cookies.has(named(cookie)), false, cookie)
  },
)

onEveryStore('CONTRACT 4.3: when the write of a login is refused, nothing that was joined to it is done', async (store) => {
  const site = createSite(slowed(store))
  const { phone } = await enrol(await registered(site.open, email), site.clock)
  const browsers: TestBrowser[] = []
  for (let number = 0; number < 4; number++)
    browsers.push(await typed(site, 'second_factor_required', { remember: true, trustDevice: true }))
  const code = phone.next() // which one write can spend
  const replies = await Promise.all(browsers.map((browser) => browser.post('/auth/totp/verify', { code })))
  assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 401, 401, 401])
  for (const [number, { status }] of replies.entries()) {
    for (const cookie of ['session', 'feature-remember', 'feature-trust'])
      assert.equal(browsers[number]?.cookies.has(named(cookie)), status === 200, cookie)
  }
  const user = await site.auth.admin.users.byEmail(email)
  assert.equal((await store.reads.everything(user?.id ?? '')).devices?.length, 2)
})

onEveryStore(
  'CONTRACT 4.9: a typing error makes no new picture: the same attempt goes on, and is spent by the right code',
  async (store) => {
    const { open, clock } = createSite(store)
    const alice = await registered(open, email)
    const pictureOf = ({ text }: TestReply): string => /<svg[\s\S]*?<\/svg>/.exec(text)?.[0] ?? ''
    const shown = await alice.visit('/auth/totp/setup')
    const setupId = hiddenField(shown, 'setupId') ?? ''
    const key = /<b>([A-Z2-7 ]{20,})<\/b>/.exec(shown.text)?.[1] ?? ''
    assert.notEqual(pictureOf(shown), '')
    for (const code of ['12345', 'letters']) {
      const again = await alice.submit('/auth/totp/confirm', { setupId, code, name: 'My phone' })
      assert.deepEqual([again.status, hiddenField(again, 'setupId'), pictureOf(again)], [401, setupId, pictureOf(shown)])
      assert.ok(again.text.includes(key) && again.text.includes('My phone'))
    }
    const phone = phoneOf(key.replaceAll(' ', ''), clock)
    assert.equal((await alice.post('/auth/totp/confirm', { setupId, code: '12345' })).status, 401)
    assert.equal((await alice.post('/auth/totp/confirm', { setupId, code: phone.code() })).status, 200)
    const spent = await alice.post('/auth/totp/confirm', { setupId, code: phone.next() })
    assert.deepEqual([spent.status, codeOf(spent)], [400, 'challenge_expired'])
  },
)

onEveryStore('CONTRACT 4.9: of many right codes for one attempt at once one keeps the secret', async (store) => {
  const { auth, open, clock } = createSite(slowed(store))
  const alice = await registered(open, email)
  await enrol(alice, clock) // so that no new stamp decides
  const { setupId, secret } = await beginSetup(alice)
  const body = { setupId, code: phoneOf(secret, clock).code() }
  const replies = await Promise.all(Array.from({ length: 6 }, () => alice.copy().post('/auth/totp/confirm', body)))
  assert.equal(replies.filter(({ status }) => status === 200).length, 1)
  for (const reply of replies) if (reply.status !== 200) assert.ok([400, 401].includes(reply.status), reply.text)
  const user = await auth.admin.users.byEmail(email)
  assert.equal((await store.reads.everything(user?.id ?? '')).totp?.length, 2)
  await auth.settled() // its mails are sent before its store is closed
})
