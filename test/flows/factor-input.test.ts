/** Second factors under input that nobody means: each route answers a stable code, and what was held is as it was. */
import assert from 'node:assert/strict'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { codeOf, fieldError, hiddenField, phrase, registered } from './application.ts'
import { alice, begin, codesOn, confirm, enrolled, keyOn, listed, named, owing, site, wrongCode } from './factors.ts'
import { type Phone, phoneOf } from './phone.ts'
import { overlookStored } from './secrets.ts'
import { onEveryStore } from './stores.ts'

/** A route that reads a text: who may call it, what goes along, and what any text that nobody knows is answered. */
interface Target {
  readonly path: string
  readonly field: string
  readonly by: TestBrowser
  readonly beside: Readonly<Record<string, string>>
  readonly unknown: readonly [status: number, code: string]
}

interface Targets {
  readonly targets: readonly Target[]
  readonly phone: Phone
  /** Six digits that are no code of any. */
  readonly wrong: string
  readonly owed: TestBrowser
  readonly member: TestBrowser
}

async function attacked(store: Store): Promise<Targets> {
  const here = site(store, { limits: { triesPerSource: 10_000, triesPerAccount: 10_000 } })
  const { browser: member, phone } = await enrolled(here)
  const owed = await owing(here)
  const { setupId, phone: other } = await begin(here, member)
  const guess = [401, 'invalid_credentials'] as const
  return {
    phone,
    wrong: wrongCode(phone, other),
    owed,
    member,
    targets: [
      { path: '/auth/totp/verify', field: 'code', by: owed, beside: {}, unknown: guess },
      { path: '/auth/recovery-codes/use', field: 'code', by: owed, beside: {}, unknown: guess },
      { path: '/auth/totp/confirm', field: 'code', by: member, beside: { setupId }, unknown: guess },
      { path: '/auth/totp/confirm', field: 'setupId', by: member, beside: { code: other.code() }, unknown: [400, 'challenge_expired'] },
      { path: '/auth/totp/remove', field: 'id', by: member, beside: {}, unknown: [404, 'not_found'] },
      { path: '/auth/trusted-devices/revoke', field: 'id', by: member, beside: {}, unknown: [404, 'not_found'] },
      { path: '/auth/verify', field: 'code', by: member, beside: {}, unknown: guess },
      { path: '/auth/verify', field: 'recoveryCode', by: member, beside: {}, unknown: guess },
    ],
  }
}

/** After all of it: the held login, and the session, are worth what they were. */
async function assertUnharmed({ owed, member, phone }: Targets): Promise<void> {
  assert.equal((await listed(member, 'totp')).length, 1)
  assert.equal((await member.get('/auth/recovery-codes')).json.left, 10)
  assert.equal((await owed.post('/auth/totp/verify', { code: phone.next() })).json.status, 'authenticated')
}

function answerOf(reply: TestReply): readonly [status: number, code: unknown] {
  return [reply.status, codeOf(reply)]
}

onEveryStore('a text that is missing, empty, no text, too long or unfit is a wrong field, in forms and JSON', async (store) => {
  const all = await attacked(store)
  for (const { path, field, by, beside } of all.targets) {
    const wrong = [null, '', 123456, true, [], {}, ['123456'], { code: '1' }, '1'.repeat(1025), '12\u0000456', '\ud800']
    for (const value of [undefined, ...wrong]) {
      const reply = await by.post(path, { ...beside, ...(value !== undefined && { [field]: value }) })
      const said = `${path} ${field} ${JSON.stringify(value)}`
      assert.deepEqual([answerOf(reply), fieldError(reply, field) !== ''], [[400, 'invalid_fields'], true], said)
    }
    const type = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost:3000' }
    const others = new URLSearchParams(beside).toString()
    for (const body of ['', `${field}=`, `${field}=1&${field}=2`, `${field}[]=1`, `${field}=%00`])
      assert.deepEqual(answerOf(await by.send('POST', path, type, `${others}&${body}`)), [400, 'invalid_fields'], `${path} ${body}`)
  }
  await assertUnharmed(all)
})

onEveryStore('a text that is nobody’s is answered like any other, whatever it looks like', async (store) => {
  const all = await attacked(store)
  for (const { path, field, by, beside, unknown } of all.targets) {
    const texts = [
      all.wrong,
      '１２３４５６',
      '-12345',
      '1e5',
      ' ',
      "' OR 1=1 --",
      '<script>',
      '../../etc',
      '__proto__',
      '%00',
      '🔑🔑🔑',
      'null',
      '1'.repeat(32),
    ]
    for (const text of texts)
      assert.deepEqual(answerOf(await by.post(path, { ...beside, [field]: text })), unknown, `${path} ${field} ${text}`)
  }
  await assertUnharmed(all)
  overlookStored() // what was typed as a code here was typed as an id there
})

onEveryStore(
  'a body that cannot be read, is of another type or too large, a foreign origin and another method are refused',
  async (store) => {
    const all = await attacked(store)
    const more = ['/auth/totp/setup', '/auth/recovery-codes'].map((path) => ({ path, by: all.member }))
    for (const { path, by } of [...all.targets, ...more]) {
      const json = { accept: 'application/json', 'content-type': 'application/json' }
      const answers: readonly (readonly [body: string, headers: Readonly<Record<string, string>>, status: number, code: string])[] = [
        ['{', json, 400, 'malformed_request'],
        ['[]', json, 400, 'malformed_request'],
        ['"code"', json, 400, 'malformed_request'],
        [`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, json, 400, 'malformed_request'],
        [JSON.stringify({ code: '1'.repeat(70_000) }), json, 413, 'payload_too_large'],
        ['code=1', { ...json, 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
        ['{}', { ...json, origin: 'https://evil.example' }, 403, 'cross_site_request'],
      ]
      for (const [body, headers, status, code] of answers)
        assert.deepEqual(answerOf(await by.send('POST', path, headers, body)), [status, code], `${path} ${body.slice(0, 40)}`)
      for (const method of ['PUT', 'DELETE', 'PATCH'])
        assert.deepEqual(answerOf(await by.send(method, path, json, '{}')), [405, 'method_not_allowed'], `${method} ${path}`)
    }
    await assertUnharmed(all)
  },
)

onEveryStore('a name of an authenticator is any text that fits, and is shown as it is', async (store) => {
  const here = site(store, { authenticators: { most: 10 } })
  const browser = await registered(here.open)
  for (const name of ['x'.repeat(101), 'a\0b', '\ud800']) {
    const attempt = await begin(here, browser)
    const reply = await confirm(browser, attempt, name)
    assert.deepEqual([answerOf(reply), fieldError(reply, 'name') !== ''], [[400, 'invalid_fields'], true])
  }
  const names = ['<b>"\'&', "Robert'); DROP TABLE users;--", '電話 📱', '{{7*7}}', 'x'.repeat(100)]
  for (const name of names) assert.equal((await confirm(browser, await begin(here, browser), name)).status, 200, name)
  assert.deepEqual((await listed(browser, 'totp')).map(({ name }) => name).toSorted(), names.toSorted())
  const page = (await browser.visit('/auth/totp')).text
  assert.ok(page.includes('<b>&lt;b&gt;&quot;&#39;&amp;</b>') && !page.includes('<b><b>'))
})

/** Sends the first form of a page with what it holds, as a browser that says nothing of where it comes from: the form's own token decides. */
function sendForm(browser: TestBrowser, page: TestReply, typed: Readonly<Record<string, string>> = {}): Promise<TestReply> {
  const form = /<form method="post" action="([^"]*)">(.*?)<\/form>/s.exec(page.text)
  const [, action = '', within = ''] = form ?? []
  const hidden = [...within.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ])
  for (const name of Object.keys(typed)) assert.ok(within.includes(` name="${name}"`), `${action} has no field ${name}`)
  const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }
  return browser.send('POST', action, headers, new URLSearchParams({ ...Object.fromEntries(hidden), ...typed }).toString())
}

onEveryStore('QS-W12: the shipped pages work by what stands in their forms: set-up, new codes, login by either, removal', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  const setup = await browser.visit('/auth/totp/setup')
  const phone = phoneOf(keyOn(setup), here.clock)
  const shown = await sendForm(browser, setup, { code: phone.code(), name: 'Phone' })
  assert.deepEqual([shown.status, shown.location], [303, '/auth/recovery-codes?next=%2Fauth%2Ftotp'])
  assert.equal(codesOn(await browser.visit(shown.location ?? '')).length, 10)
  const made = await sendForm(browser, await browser.visit('/auth/recovery-codes'))
  assert.equal(made.status, 303)
  const codes = codesOn(await browser.visit(made.location ?? ''))
  for (const [path, code] of [
    ['/auth/totp/verify', phone.next()],
    ['/auth/recovery-codes/use', codes[0] ?? ''],
  ] as const) {
    const other = here.open()
    const first = await sendForm(other, await other.visit('/auth/login'), { email: alice, password: phrase })
    assert.equal(first.location, '/auth/second-factor')
    assert.ok((await other.visit('/auth/second-factor')).text.includes(`href="${path}"`))
    const done = await sendForm(other, await other.visit(path), { code, trustDevice: 'true' })
    assert.deepEqual([done.status, done.location, other.cookies.has(named('feature-trust'))], [303, '/', true], path)
    const devices = await other.visit('/auth/trusted-devices')
    assert.equal((await sendForm(other, devices)).location, '/auth/trusted-devices')
  }
  const again = await browser.visit('/auth/verify?next=/auth/totp')
  assert.equal((await sendForm(browser, again, { code: phone.next() })).location, '/auth/totp')
  const list = await browser.visit('/auth/totp')
  assert.ok(hiddenField(list, 'id') !== null && list.text.includes('<b>Phone</b>'))
  assert.equal((await sendForm(browser, list)).location, '/auth/totp')
  assert.deepEqual(await listed(browser, 'totp'), [])
})
