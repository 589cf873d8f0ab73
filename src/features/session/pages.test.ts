import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Html } from '../../html/html.ts'
import type { Form } from '../../kernel/feature.ts'
import { createLocales } from '../../kernel/locale.ts'
import { deviceName, logoutPage, secondFactorPage, sessionsPage, verifyPage } from './pages.ts'

const { fallback: locale } = createLocales({}, () => {})
const form: Form = { action: '/auth/here', csrf: 'token', next: null, values: {}, errors: {}, message: null, links: [], wishes: [], locale }
const here = { id: 'a', current: true, device: 'Firefox on Linux', ip: '192.0.2.1', createdAt: 0, usedAt: 1_795_000_000_000 }
const there = { ...here, id: 'b"', current: false, device: '<b>Phone</b>', ip: null }

test('each other session can be ended, and all of them together; times are in UTC', () => {
  const page = sessionsPage({ ...form, sessions: [here, there] })
  assertSound(page)
  assert.match(page.toString(), /<time datetime="2026-11-18T11:06:40\.000Z">Nov 18, 2026, 11:06\sAM UTC<\/time>/)
  assert.match(page.toString(), /name="id" value="b&quot;"/)
  assert.doesNotMatch(page.toString(), /name="id" value="a"|<b>Phone/)
  assert.match(page.toString(), /name="others" value="true"/)
  assert.doesNotMatch(sessionsPage({ ...form, sessions: [here] }).toString(), /name="others"/)
})

test('a refusal is said once, however many forms a page has', () => {
  const page = sessionsPage({ ...form, sessions: [here, there], message: 'There is nothing here.' })
  assert.equal(page.toString().match(/There is nothing here/g)?.length, 1)
})

const again = { action: '/auth/logout', next: '/auth/login?next=%2Fsettings' }
const methods = [
  { field: 'password', label: 'Password', autocomplete: 'current-password', secret: true },
  { field: 'code', label: 'Code', autocomplete: 'one-time-code', inputmode: 'numeric', secret: false },
]

test('each way to re-authenticate has its own form, and nothing typed is shown again', () => {
  const page = verifyPage({ ...form, methods, again, email: 'ada@example.org', values: { password: 'swordfish', code: '123456' } })
  assertSound(page)
  assert.equal(page.toString().match(/<form /g)?.length, 2)
  assert.match(page.toString(), /name="password"[^>]* autofocus/)
  assert.match(page.toString(), /<details><summary>Code instead/)
  assert.match(page.toString(), /name="code"[^>]* autocomplete="one-time-code" inputmode="numeric"/)
  assert.doesNotMatch(page.toString(), /swordfish|123456/)
})

test('the way that went wrong is open and has the focus', () => {
  const page = verifyPage({ ...form, methods, again, email: 'ada@example.org', errors: { code: ['Wrong.'] } }).toString()
  assert.match(page, /<details open>/)
  assert.equal(page.match(/ autofocus/g)?.length, 1)
  assert.match(page, /name="code"[^>]* autofocus/)
})

test('an account without any way to prove itself here is led to log in again', () => {
  const page = verifyPage({ ...form, methods: [], again, email: 'ada@example.org' })
  assertSound(page)
  assert.match(page.toString(), /action="\/auth\/logout"/)
  assert.match(page.toString(), /name="next" value="\/auth\/login\?next=%2Fsettings"/)
})

test('logging out is a form, and a second factor is chosen by links', () => {
  assertSound(logoutPage(form))
  assert.match(logoutPage(form).toString(), /<form method="post" action="\/auth\/here">/)
  const page = secondFactorPage({ ...form, methods: [{ name: 'totp', href: '/auth/totp', label: 'Authenticator app' }] })
  assertSound(page)
  assert.match(page.toString(), /<a href="\/auth\/totp">Authenticator app<\/a>/)
})

test('devices are named by what their browsers say, and by nothing that they do not', () => {
  const linux = 'Mozilla/5.0 (X11; Linux x86_64'
  const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
  const apple = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
  const names: readonly (readonly [string | null, string])[] = [
    [`${linux}; rv:140.0) Gecko/20100101 Firefox/140.0`, 'Firefox on Linux'],
    [windows, 'Chrome on Windows'],
    [`${windows} Edg/140.0.0.0`, 'Edge on Windows'],
    [`${windows} OPR/120.0.0.0`, 'Opera on Windows'],
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${apple} Version/18.5 Safari/605.1.15`, 'Safari on macOS'],
    [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${apple} Version/18.5 Mobile/15E148 Safari/604.1`, 'Safari on iPhone'],
    [`Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) ${apple} CriOS/140.0 Mobile/15E148 Safari/604.1`, 'Chrome on iPad'],
    ['Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36', 'Chrome on Android'],
    ['curl/7.88.1', 'curl'],
    [`${linux})`, 'Linux'],
    ['<script>', 'Unknown device'],
    ['', 'Unknown device'],
    [null, 'Unknown device'],
  ]
  for (const [userAgent, name] of names) assert.equal(deviceName(userAgent, locale), name)
})

/** What holds for every page: labels are bound, inputs name their purpose, ids are unique, nothing is inline. */
function assertSound(page: Html): void {
  const text = page.toString()
  const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
  assert.equal(new Set(ids).size, ids.length)
  for (const [, id] of text.matchAll(/ (?:for|aria-controls|aria-describedby)="([^"]*)"/g)) {
    for (const one of (id ?? '').split(' ')) assert.ok(ids.includes(one), one)
  }
  for (const [tag] of text.matchAll(/<input [^>]*>/g)) {
    if (/type="hidden"/.test(tag)) continue
    if (!/type="checkbox"/.test(tag)) assert.match(tag, / autocomplete="[^"]+"/)
    if (!/aria-hidden/.test(tag)) assert.ok(text.includes(` for="${/ id="([^"]*)"/.exec(tag)?.[1]}"`), tag)
  }
  assert.doesNotMatch(text, /<script|<style| style=| on[a-z]+=/)
}
