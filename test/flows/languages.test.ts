/** Every page and every refusal is in the language of its reader, from end to end, and a reader's words break nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import {
  type AuthOptions,
  createAuth,
  defaultLayout,
  type Feature,
  type LocaleOptions,
  language,
  password,
  registration,
  session,
  type Texts,
} from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { english } from '../../src/texts/english.ts'
import { german } from '../../src/texts/german.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, fieldError, memberOf, origin, phrase, registered, secret, serve } from './application.ts'

const clock = createClock()

function installation(locale: LocaleOptions = {}, others: readonly Feature[] = [], more: Partial<AuthOptions> = {}) {
  const label = { en: 'Your language', de: 'Ihre Sprache' }
  const fields = [{ name: 'language', label: (reader: { choose(texts: typeof label): string }) => reader.choose(label) }] as const
  const extra = { schema: z.object({ language: z.string().optional() }), fields }
  const features = [session(), password(), registration({ extra }), language(), ...others]
  return createAuth({ origin, secret, store: memory(), clock, features, locale, passwords: { dangerouslyCheapHash: true }, ...more })
}

/** What is said in one language and never in the other. */
function onlyIn(texts: Texts, other: Texts): ReadonlySet<string> {
  const others = new Set(Object.values(other))
  return new Set(Object.values(texts).flatMap((text) => (typeof text === 'string' && !others.has(text) ? [text] : [])))
}

/** The texts of a page: between its tags, and in the attributes that people see or hear. */
function textsOf({ text }: TestReply): readonly string[] {
  const attributes = [...text.matchAll(/ (?:title|aria-label|data-show|data-hide|data-text|value)="([^"]*)"/g)].map(
    ([, value]) => value ?? '',
  )
  return [...text.split(/<[^>]*>/), ...attributes].map((part) => part.trim()).filter((part) => part !== '')
}

function assertIn(tag: 'en' | 'de', page: TestReply, name: string): void {
  assert.equal(page.headers.get('content-language'), tag, name)
  assert.equal(page.headers.get('vary'), 'Accept, Cookie, Accept-Language', name)
  assert.match(page.text, new RegExp(`^<!doctype html>\n<html lang="${tag}" dir="ltr">`), name)
  const foreign = tag === 'de' ? onlyIn(english, german) : onlyIn(german, english)
  assert.deepEqual(
    textsOf(page).filter((text) => foreign.has(text)),
    [],
    name,
  )
}

const pages = ['/auth/login', '/auth/register', '/auth/language', '/auth/logout', '/auth/sessions', '/auth/change-password', '/auth/verify']

for (const tag of ['en', 'de'] as const) {
  test(`every page is in ${tag} for who reads it, also refused, and none in the other language`, async () => {
    const headers = { 'accept-language': `${tag}-AT, *;q=0.1` }
    const open = serve(installation({}, [secondStep(), secondStep({ method: 'other' })]), { '/admin': { roles: ['admin'] } })
    const said = tag === 'de' ? german : english
    const visitor = open()
    for (const path of pages.slice(0, 4)) assertIn(tag, await visitor.visit(path, { headers }), path)
    const account = { email: 'ada@example.com', password: phrase }
    const refused = await visitor.submit('/auth/login', { email: account.email, password: 'wrong' }, { headers })
    assertIn(tag, refused, 'a refused login')
    assert.ok(textsOf(refused).includes(said['error.invalid_credentials']))
    const short = await visitor.submit('/auth/register', { email: 'ada', password: '' }, { headers })
    assertIn(tag, short, 'a refused registration')
    assert.ok(textsOf(short).includes(said['field.required']))
    const weak = await visitor.submit('/auth/register', { ...account, password: 'short' }, { headers })
    assert.ok(textsOf(weak).includes(said['password.too_short']({ least: 15 })))

    const member = await registered(open, account.email)
    for (const path of pages) if (!/login|register/.test(path)) assertIn(tag, await member.visit(path, { headers }), path)
    assertIn(tag, await member.visit('/admin', { headers }), 'forbidden')
    assertIn(tag, await member.visit('/auth/sessions/revoke', { headers }), 'method not allowed')
    const same = { password: phrase, newPassword: phrase }
    assert.ok(textsOf(await member.submit('/auth/change-password', same, { headers })).includes(said['password.same']))
    clock.advance(700_000)
    const verify = await member.submit('/auth/verify', { password: 'wrong' }, { headers })
    assertIn(tag, verify, 'a refused confirmation')
    assert.ok(textsOf(verify).includes(said['field.wrong']))

    const enrolled = open()
    await enrolled.post('/auth/login', account)
    for (const method of ['code', 'other']) await enrolled.post(`/auth/${method}/setup`)
    const owing = open()
    await owing.post('/auth/login', account)
    const choice = await owing.visit('/auth/second-factor', { headers })
    assertIn(tag, choice, 'a second factor')
    assert.ok(textsOf(choice).includes(said['second_factor.intro']))
  })
}

test('AL-FST-G4 a JSON refusal has one code in all languages, and its sentences in the reader’s', async () => {
  const browser = serve(installation())()
  const refuse = (reader: string): Promise<TestReply> =>
    browser.post('/auth/register', { email: 'x', password: 7 }, { headers: { 'accept-language': reader } })
  const [en, de] = [await refuse('en'), await refuse('de')]
  assert.deepEqual([en.status, codeOf(en)], [de.status, codeOf(de)])
  assert.equal(memberOf(de.json.error, 'message'), german['error.invalid_fields'])
  assert.equal(fieldError(de, 'password'), german['field.not_a_text'])
  assert.equal(fieldError(en, 'password'), english['field.not_a_text'])
  assert.equal(de.headers.get('content-language'), 'de')
  assert.equal(de.headers.get('vary'), 'Accept, Cookie, Accept-Language')
})

test('a guard’s refusal is in the language of its reader', async () => {
  const browser = serve(installation(), { '/members': {} })()
  const refused = await browser.get('/members', { headers: { 'accept-language': 'de' } })
  assert.equal(memberOf(refused.json.error, 'message'), german['error.unauthenticated'])
})

/** The language that the login page comes in. */
async function spoken(browser: TestBrowser, path = '/auth/sessions', reader = 'en'): Promise<string | null> {
  return (await browser.visit(path, { headers: { 'accept-language': reader } })).headers.get('content-language')
}

test('a user’s own choice comes before the browser’s, the browser’s cookie before its header', async () => {
  const auth = installation({ of: (user) => user.extra.language })
  const open = serve(auth)
  const browser = open()
  assert.equal(await spoken(browser, '/auth/login'), 'en')
  const chosen = await browser.submit('/auth/language', { language: 'de', next: '/auth/login' })
  assert.deepEqual([chosen.status, chosen.location], [303, '/auth/login'])
  assert.equal(await spoken(browser, '/auth/login'), 'de')
  await browser.post('/auth/register', { email: 'ada@example.com', password: phrase, language: 'en' })
  assert.equal(await spoken(browser), 'en')
  assert.equal((await auth.locale(new Request(`${origin}/`, { headers: { cookie: cookies(browser) } }))).language, 'en')
  await browser.post('/auth/logout')
  assert.equal(await spoken(browser, '/auth/login'), 'de')
})

test('the language of a user whose login waits for a second factor is theirs already', async () => {
  const open = serve(installation({ of: (user) => user.extra.language }, [secondStep(), secondStep({ method: 'other' })]))
  const member = open()
  await member.post('/auth/register', { email: 'ada@example.com', password: phrase, language: 'de' })
  for (const method of ['code', 'other']) await member.post(`/auth/${method}/setup`)
  const other = open()
  await other.post('/auth/login', { email: 'ada@example.com', password: phrase })
  assert.equal(await spoken(other, '/auth/second-factor'), 'de')
})

test('a browser chooses among what is on offer, by form and by JSON, and keeps it for a year in a cookie of its own', async () => {
  const browser = serve(installation())()
  assert.deepEqual((await browser.get('/auth/language')).json, { ok: true, language: 'en', languages: ['en', 'de'] })
  const page = await browser.visit('/auth/language')
  assert.match(page.text, /<b lang="de" dir="auto">Deutsch<\/b>/)
  for (const bad of ['fr', 'DE', '', '../de', 'x'.repeat(5000), ['de'], null, 7]) {
    const refused = await browser.post('/auth/language', { language: bad })
    assert.deepEqual([refused.status, codeOf(refused)], [400, 'invalid_fields'])
  }
  assert.ok(!browser.cookies.has('portcullis-language-3000'))
  const chosen = await browser.post('/auth/language', { language: 'de' })
  assert.deepEqual(chosen.json, { ok: true, language: 'de' })
  assert.match(chosen.headers.getSetCookie().join(), /^portcullis-language-3000=de; Path=\/; HttpOnly; SameSite=Lax; Max-Age=31536000$/)
  assert.equal((await browser.get('/auth/language')).json.language, 'de')
  const cross = await browser.submit('/auth/language', { language: 'en' }, { headers: { origin: 'https://evil.example' } })
  assert.deepEqual([cross.status, await spoken(browser, '/auth/login')], [403, 'de'])
})

test('hostile headers and cookies get a page in one of the languages on offer', async () => {
  const browser = serve(installation())()
  const hostile = [
    '',
    '*',
    'xx',
    'de'.repeat(5000),
    'a-'.repeat(8000),
    `${'de;q=0.1,'.repeat(2000)}`,
    '__proto__',
    'constructor',
    'en;q=9',
    '"',
  ]
  for (const value of hostile) {
    assert.ok(['en', 'de'].includes(String(await spoken(browser, '/auth/login', value))), value.slice(0, 20))
    browser.cookies.set('portcullis-language-3000', value)
    const page = await browser.visit('/auth/login')
    assert.equal(page.status, 200)
    assert.match(page.text, /<html lang="(en|de)" dir="ltr">/)
    browser.cookies.clear()
  }
})

test('AL-FST-G4 a whole further language of the application goes from end to end, from the right, in its pages, its refusals and its layout', async () => {
  const hebrew: Texts = { ...english, 'login.title': 'כניסה', 'login.button': 'להיכנס', 'error.invalid_credentials': 'הפרטים אינם נכונים.' }
  const auth = installation({ texts: { he: hebrew } }, [], { layout: (page) => defaultLayout(page) })
  const browser = serve(auth)()
  await browser.submit('/auth/language', { language: 'he' })
  const page = await browser.submit('/auth/login', { email: 'ada@example.com', password: 'wrong' })
  assert.match(page.text, /^<!doctype html>\n<html lang="he" dir="rtl">/)
  assert.equal(page.headers.get('content-language'), 'he')
  for (const code of ['login.title', 'login.button', 'error.invalid_credentials'] as const) assert.ok(page.text.includes(hebrew[code]))
  assert.match((await browser.visit('/auth/language')).text, /<b lang="he" dir="auto">עברית<\/b>/)
})

test('texts that throw, give nothing, or hold markup break no page', async () => {
  const reported: unknown[] = []
  const broken: Partial<Texts> = {
    'login.title': '<script>alert(1)</script>"',
    'password.hint': () => {
      throw new Error('no plural')
    },
    'field.too_long': () => JSON.parse('null'),
  }
  const menu: Feature = {
    name: 'broken',
    routes: [{ name: 'broken', path: '/broken', access: 'anyone', menu: { at: 'login', label: () => JSON.parse('{') }, on: {} }],
  }
  const browser = serve(installation({ texts: { en: broken } }, [menu], { report: (error) => reported.push(error) }))()
  const login = await browser.visit('/auth/login')
  assert.equal(login.status, 200)
  assert.ok(login.text.includes('<h1>&lt;script&gt;alert(1)&lt;/script&gt;&quot;</h1>') && !login.text.includes('<script>'))
  const register = await browser.visit('/auth/register')
  assert.equal(register.status, 200)
  assert.ok(textsOf(register).includes(english['password.hint']({ least: 15 })))
  const long = await browser.post('/auth/login', { email: 'x'.repeat(999), password: 'x' })
  assert.deepEqual([long.status, fieldError(long, 'email')], [400, english['field.too_long']({ most: 320 })])
  assert.ok(reported.length >= 3)
})

test('recognising a request, and letting it pass, looks at no language', async () => {
  const auth = installation({
    of: () => assert.fail('the user was asked'),
  })
  const browser = await registered(serve(auth))
  const asked: string[] = []
  const header = (name: string): string | null => {
    asked.push(name)
    return name === 'cookie' ? cookies(browser) : null
  }
  const head = { method: 'GET', target: '/members', remoteAddress: null, header, body: async () => new Uint8Array() }
  assert.ok(await auth.identify(head))
  assert.ok((await auth.guard({})(head)).ok)
  assert.ok(asked.includes('cookie') && !asked.includes('accept-language'))
})

function cookies({ cookies: kept }: TestBrowser): string {
  return [...kept].map(([name, value]) => `${name}=${value}`).join('; ')
}
