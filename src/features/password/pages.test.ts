import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Html } from '../../html/html.ts'
import type { Form } from '../../kernel/feature.ts'
import { createLocales } from '../../kernel/locale.ts'
import { changePasswordPage, loginPage } from './pages.ts'

const { fallback: locale } = createLocales({}, () => {})
const form: Form = {
  action: '/auth/login',
  csrf: 'token',
  next: '/me',
  values: {},
  errors: {},
  message: null,
  links: [],
  wishes: [],
  locale,
}

test('the login page asks for address and password, shows the address again and links to the other pages', () => {
  const links = [{ name: 'register', href: '/auth/register', label: 'Create an account' }]
  const page = loginPage({ ...form, identifiers: [], values: { email: 'ada@example.org', password: 'swordfish' }, links })
  assertSound(page)
  assert.match(page.toString(), /name="email"[^>]* autocomplete="username"[^>]* value="ada@example\.org"/)
  assert.match(page.toString(), /name="password" type="password" autocomplete="current-password"/)
  assert.match(page.toString(), /<a href="\/auth\/register">Create an account<\/a>/)
  assert.doesNotMatch(page.toString(), /swordfish/)
})

test('the page to change a password tells password managers the account and asks for the old one only when there is one', () => {
  const view = { ...form, email: 'ada@example.org', minimum: 15 }
  const change = changePasswordPage({ ...view, hasPassword: true })
  const set = changePasswordPage({ ...view, hasPassword: false })
  for (const page of [change, set]) {
    assertSound(page)
    assert.match(page.toString(), /autocomplete="username" value="ada@example\.org" readonly/)
    assert.match(page.toString(), /name="newPassword" type="password" autocomplete="new-password"/)
    assert.match(page.toString(), /At least 15 characters/)
  }
  assert.match(change.toString(), /name="password"/)
  assert.doesNotMatch(set.toString(), /name="password"/)
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
