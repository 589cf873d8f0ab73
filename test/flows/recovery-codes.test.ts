/** Recovery codes: shown once, good once each, after the first factor, for whoever has lost the second. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { html, type RecoveryCodesOptions, writeMail } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestReply } from '../../src/testing/browser.ts'
import { codeOf, fieldError, hiddenField, phrase, registered, secret } from './application.ts'
import {
  alice,
  begin,
  bob,
  codesOn,
  confirm,
  enrolled,
  idOf,
  inByCode,
  listed,
  login,
  mails,
  minute,
  named,
  owing,
  site,
} from './factors.ts'
import { onEveryStore } from './stores.ts'

const shape = /^(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}$/ // 80 bits

function codesIn({ json }: TestReply): readonly string[] {
  return Array.isArray(json.codes) ? json.codes.map(String) : []
}

onEveryStore('AL-QS-14 AL-FST-K2: a code stands in for the second factor, once, and is of no use before the first one', async (store) => {
  const here = site(store)
  const { codes } = await enrolled(here)
  const [code = '', another = ''] = codes
  assert.ok(codes.every((one) => shape.test(one)))
  const stranger = await here.open().post('/auth/recovery-codes/use', { code })
  assert.deepEqual([stranger.status, codeOf(stranger)], [401, 'unauthenticated'])
  assert.equal((await (await registered(here.open, bob)).post('/auth/recovery-codes/use', { code })).status, 401)

  const browser = await owing(here, { next: '/vault' })
  assert.deepEqual((await browser.get('/auth/second-factor')).json.methods, ['totp', 'recovery_code'])
  assert.equal((await browser.post('/auth/totp/verify', { code })).status, 401) // each is judged where it belongs
  const used = await browser.post('/auth/recovery-codes/use', { code })
  assert.deepEqual([used.status, used.json.status, used.json.next], [200, 'authenticated', '/vault'])
  assert.equal((await browser.get('/vault')).status, 200)
  assert.equal((await browser.get('/auth/recovery-codes')).json.left, 9)
  const again = await owing(here)
  const refused = await again.post('/auth/recovery-codes/use', { code })
  assert.deepEqual([refused.status, codeOf(refused), fieldError(refused, 'code') !== ''], [401, 'invalid_credentials', true])
  assert.equal((await again.post('/auth/recovery-codes/use', { code: another })).status, 200)
})

onEveryStore('AL-QS-14: any case, dashes and spaces are accepted, and digits that look like letters', async (store) => {
  const here = site(store, { limits: { triesPerSource: 100 } })
  const { codes } = await enrolled(here)
  const spellings: readonly ((code: string) => string)[] = [
    (code) => code.toLowerCase(),
    (code) => code.replaceAll('-', ''),
    (code) => ` ${code.replaceAll('-', ' \t')} `,
    (code) => code.replaceAll('-', '–').toLowerCase(),
    (code) => [...code].join('-'),
    (code) => code.replaceAll('O', '0').replaceAll('I', '1').replaceAll('B', '8'),
  ]
  for (const [at, spell] of spellings.entries()) {
    const browser = await owing(here)
    const code = spell(codes[at] ?? '')
    assert.equal((await browser.post('/auth/recovery-codes/use', { code })).json.status, 'authenticated', code)
  }
  const browser = await owing(here)
  const [, , , , , , code = ''] = codes
  for (const near of [code.slice(1), `${code}A`, code.replaceAll('-', '.'), `${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`])
    assert.equal((await browser.post('/auth/recovery-codes/use', { code: near })).status, 401, near)
  assert.equal((await browser.post('/auth/recovery-codes/use', { code })).status, 200) // wrong ones void nothing
})

onEveryStore('as pages: the code is typed where the choice leads, a wrong one is told there, and the way leads on', async (store) => {
  const here = site(store)
  const { codes } = await enrolled(here)
  const browser = here.open()
  await browser.submit('/auth/login', { email: alice, password: phrase, next: '/members' })
  assert.match((await browser.visit('/auth/second-factor')).text, /<a href="\/auth\/recovery-codes\/use">Recovery codes<\/a>/)
  const form = await browser.visit('/auth/recovery-codes/use')
  assert.match(form.text, /<input id="field-code" name="code" type="text" autocomplete="off"/)
  const wrong = await browser.submit('/auth/recovery-codes/use', { code: 'AAAA-AAAA-AAAA-AAAA', csrf: hiddenField(form, 'csrf') ?? '' })
  assert.deepEqual([wrong.status, wrong.text.includes('AAAA')], [401, false])
  const right = await browser.submit('/auth/recovery-codes/use', { code: codes[0] ?? '', csrf: hiddenField(wrong, 'csrf') ?? '' })
  assert.deepEqual([right.status, right.location], [303, '/members'])
})

onEveryStore(
  'AL-FST-K1: ten new codes take the place of all old ones; only a fresh session makes them, and they are shown once',
  async (store) => {
    const here = site(store)
    const { browser, codes: old } = await enrolled(here)
    here.clock.advance(10 * minute)
    const stale = await browser.post('/auth/recovery-codes')
    assert.deepEqual([stale.status, codeOf(stale)], [401, 'reauthentication_required'])
    assert.equal((await browser.submit('/auth/recovery-codes')).location, '/auth/verify?next=%2Fauth%2Frecovery-codes')
    assert.equal((await here.open().post('/auth/recovery-codes')).status, 401)
    await browser.post('/auth/verify', { password: phrase })
    const made = codesIn(await browser.post('/auth/recovery-codes'))
    assert.deepEqual([made.length, new Set([...made, ...old]).size, made.every((code) => shape.test(code))], [10, 20, true])
    const shown = await browser.get('/auth/recovery-codes')
    assert.deepEqual(shown.json, { ok: true, left: 10 })
    const late = await owing(here)
    assert.equal((await late.post('/auth/recovery-codes/use', { code: old[0] ?? '' })).status, 401)
    assert.equal((await late.post('/auth/recovery-codes/use', { code: made[0] ?? '' })).status, 200)
  },
)

onEveryStore('AL-FST-K1: in a browser they are carried to the next page, sealed, for its user, once, for five minutes', async (store) => {
  const here = site(store)
  const { browser } = await enrolled(here)
  const count = await browser.visit('/auth/recovery-codes')
  assert.match(count.text, /Codes left: 10\./)
  const make = async () => browser.submit('/auth/recovery-codes', { csrf: hiddenField(count, 'csrf') ?? '' })
  const made = await make()
  assert.deepEqual([made.status, made.location], [303, '/auth/recovery-codes'])
  const cookie = named('feature-recovery-codes')
  const sealed = browser.cookies.get(cookie) ?? ''
  const other = await registered(here.open, bob)
  other.cookies.set(cookie, sealed)
  assert.deepEqual(codesOn(await other.visit('/auth/recovery-codes')), [])
  const page = await browser.visit('/auth/recovery-codes')
  const codes = codesOn(page)
  assert.deepEqual([codes.length, browser.cookies.has(cookie)], [10, false])
  assert.ok(
    page.text.includes(`href="data:text/plain;charset=utf-8,${encodeURIComponent(codes.join('\n'))}" download="recovery-codes.txt"`),
  )
  assert.ok(!Buffer.from(sealed, 'base64url').includes(codes[0] ?? ''))
  assert.deepEqual(codesOn(await browser.visit('/auth/recovery-codes')), [])

  await make()
  const late = browser.cookies.get(cookie) ?? ''
  here.clock.advance(5 * minute)
  browser.cookies.set(cookie, late) // whoever kept it does not mind that the browser would have dropped it
  assert.deepEqual(codesOn(await browser.visit('/auth/recovery-codes')), [])
  browser.cookies.set(cookie, 'A'.repeat(400))
  assert.equal((await browser.visit('/auth/recovery-codes')).status, 200)
  assert.equal((await (await owing(here)).post('/auth/recovery-codes/use', { code: codes[0] ?? '' })).status, 401)
})

onEveryStore(
  'AL-FST-K3: codes are kept as keyed hashes; with the old secret beside the new one they work, without it not',
  async (store) => {
    const before = site(store)
    const { codes, phone } = await enrolled(before)
    const hashes = await store.reads.recoveryCodes.listOf(await idOf(before))
    assert.equal(hashes.length, 10)
    for (const code of codes) assert.ok(!hashes.join().includes(code) && !hashes.join().includes(code.replaceAll('-', '')))
    const newest = 'jQ2vT8mXr5LcW9pYk3GzNs7HbDf4EaUo'
    const rotating = site(store, { secret: [newest, secret], clock: before.clock })
    const browser = await owing(rotating)
    assert.equal((await browser.post('/auth/recovery-codes/use', { code: codes[0] ?? '' })).status, 200)
    await inByCode(rotating, phone)
    const rotated = site(store, { secret: newest, clock: before.clock })
    const late = await owing(rotated)
    assert.equal((await late.post('/auth/recovery-codes/use', { code: codes[1] ?? '' })).status, 401)
    assert.equal((await late.post('/auth/totp/verify', { code: phone.next() })).status, 401)
    const made = codesIn(await browser.post('/auth/recovery-codes')) // under the newest secret
    assert.equal((await late.post('/auth/recovery-codes/use', { code: made[0] ?? '' })).status, 200)
  },
)

onEveryStore('QS-W4: neither a secret nor a code is kept in clear, and of many uses at once of one code one succeeds', async (store) => {
  const here = site(store, { limits: { triesPerSource: 100 } })
  const { codes, phone } = await enrolled(here)
  const kept = JSON.stringify([await store.reads.totp.listOf(await idOf(here)), await store.reads.recoveryCodes.listOf(await idOf(here))])
  for (const clear of [phone.secret, ...codes, ...codes.map((code) => code.replaceAll('-', ''))]) assert.ok(!kept.includes(clear))
  for (const [path, code] of [
    ['/auth/recovery-codes/use', codes[0] ?? ''],
    ['/auth/totp/verify', phone.next()],
  ] as const) {
    const browsers = await Promise.all(Array.from({ length: 4 }, () => owing(here)))
    const answers = await Promise.all(browsers.map((browser) => browser.post(path, { code })))
    assert.deepEqual(
      answers.map((reply) => String(codeOf(reply) ?? reply.status)).toSorted(),
      ['200', ...Array<string>(3).fill('invalid_credentials')],
      path,
    )
  }
  assert.equal((await store.reads.recoveryCodes.listOf(await idOf(here))).length, 9)
})

onEveryStore('of codes that are made often at once those of one reply are the ones that work', async (store) => {
  const here = site(store)
  const { browser, phone } = await enrolled(here)
  const browsers = [browser, await inByCode(here, phone), await inByCode(here, phone)]
  const replies = await Promise.all(browsers.map((one) => one.post('/auth/recovery-codes')))
  assert.deepEqual(
    replies.map(({ status }) => status),
    [200, 200, 200],
  )
  assert.equal((await store.reads.recoveryCodes.listOf(await idOf(here))).length, 10)
  const works = await Promise.all(
    replies.map(async (reply) => (await (await owing(here)).post('/auth/recovery-codes/use', { code: codesIn(reply)[0] ?? '' })).status),
  )
  assert.deepEqual(works.toSorted(), [200, 401, 401])
})

onEveryStore('codes alone are no second factor: they make no debt, and the first authenticator brings others', async (store) => {
  const here = site(store)
  const browser = await registered(here.open)
  const codes = codesIn(await browser.post('/auth/recovery-codes'))
  assert.equal((await login(here.open())).json.status, 'authenticated')
  const reply = await confirm(browser, await begin(here, browser))
  assert.equal(reply.status, 200)
  const browsers = [await owing(here), await owing(here)]
  assert.equal((await browsers[0]?.post('/auth/recovery-codes/use', { code: codes[0] ?? '' }))?.status, 401) // a stranger may have made them
  const [made] = Array.isArray(reply.json.recoveryCodes) ? reply.json.recoveryCodes.map(String) : []
  assert.equal((await browsers[1]?.post('/auth/recovery-codes/use', { code: made ?? '' }))?.status, 200)
  const [{ id = '' } = {}] = await listed(browser, 'totp')
  assert.equal((await browser.post('/auth/totp/remove', { id })).status, 200)
  assert.equal((await login(here.open())).json.status, 'authenticated')
})

onEveryStore('whoever has none left gets new ones along with another authenticator', async (store) => {
  const here = site(store)
  const { browser } = await enrolled(here)
  await store.durable.write([{ kind: 'recoveryCodes.replace', userId: await idOf(here), hashes: [] }])
  const { json } = await confirm(browser, await begin(here, browser))
  assert.ok(Array.isArray(json.recoveryCodes) && json.recoveryCodes.length === 10)
  assert.equal((await (await owing(here)).post('/auth/recovery-codes/use', { code: String(json.recoveryCodes[9]) })).status, 200)
})

onEveryStore('the user is told of each use and of new codes, and when few are left', async (store) => {
  const here = site(store)
  const { browser, codes } = await enrolled(here)
  await mails(here)
  for (const [at, code] of codes.slice(0, 7).entries()) {
    await (await owing(here)).post('/auth/recovery-codes/use', { code })
    const [{ mail = '', to = '', text = '' } = {}, ...others] = await mails(here)
    assert.deepEqual([mail, to, others], ['recovery_codes.changed', alice, []])
    assert.match(text, new RegExp(`A recovery code of your account alice@example\\.com at .* was used\\. Codes left: ${9 - at}\\.`))
    assert.equal(text.includes('Make new ones before you run out of them.'), at === 6)
    assert.ok(!text.includes(code))
  }
  const made = codesIn(await browser.post('/auth/recovery-codes'))
  const [{ text = '' } = {}] = await mails(here)
  assert.match(text, /has new recovery codes\. Any old ones are void\./)
  assert.ok(made.length === 10 && made.every((code) => !text.includes(code)))
})

test('the pages and the mail can be the application’s own', async () => {
  const codes: RecoveryCodesOptions = {
    pages: { codes: (view) => html`<p>Mine: ${view.codes.length} of ${view.left}</p>`, use: ({ action }) => html`<p>Mine: ${action}</p>` },
    mails: { changed: (view) => writeMail(view, { subject: 'Mine', parts: [String(view.data.left)] }) },
  }
  const here = site(memory(), { codes })
  const { browser } = await enrolled(here)
  assert.match((await browser.visit('/auth/recovery-codes')).text, /Mine: 0 of 10</)
  await browser.submit('/auth/recovery-codes')
  assert.match((await browser.visit('/auth/recovery-codes')).text, /Mine: 10 of 10</)
  assert.match((await (await owing(here)).visit('/auth/recovery-codes/use')).text, /Mine: \/auth\/recovery-codes\/use</)
  assert.ok((await mails(here)).some(({ mail, subject }) => mail === 'recovery_codes.changed' && subject === 'Mine'))
})
