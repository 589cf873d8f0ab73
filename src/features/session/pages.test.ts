import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Html } from '../../html/html.ts'
import type { Form } from '../../kernel/feature.ts'
import { createLocales } from '../../kernel/locale.ts'
import { logoutPage, secondFactorPage, sessionsPage, verifyPage } from './pages.ts'

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
