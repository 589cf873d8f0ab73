import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Html } from '../../html/html.ts'
import { createLocales } from '../../kernel/locale.ts'
import { type RegisterView, registerPage } from './pages.ts'

const { fallback: locale } = createLocales({}, () => {})
const view: RegisterView = {
  action: '/auth/register',
  csrf: 'token',
  next: null,
  values: {},
  errors: {},
  message: null,
  links: [],
  wishes: [],
  locale,
  confirm: false,
  minimum: 15,
  identifiers: [],
  extra: [],
}

test('the page asks for address and password, and for the password again only when told to', () => {
  assertSound(registerPage(view))
  assert.match(registerPage(view).toString(), /name="email"[^>]* autocomplete="email"/)
  assert.match(registerPage(view).toString(), /name="password" type="password" autocomplete="new-password"/)
  assert.doesNotMatch(registerPage(view).toString(), /passwordConfirm/)
  assert.match(registerPage({ ...view, confirm: true }).toString(), /name="passwordConfirm"/)
})

test('the pattern of the address refuses only what can be none', () => {
  const source = / pattern="([^"]*)"/.exec(registerPage(view).toString())?.[1] ?? ''
  const pattern = new RegExp(`^(?:${source})$`, 'v')
  for (const address of ['ada@example.org', 'jörg@bücher.example', 'root@localhost', ' ada@example.org ']) assert.match(address, pattern)
  for (const typed of ['ada', 'ada@', '@example.org', 'ada@example.org@x']) assert.doesNotMatch(typed, pattern)
})

test('fields of the application are shown, refilled, bound to their errors and marked when optional', () => {
  const extra = [
    { name: 'name', label: 'Your name', autocomplete: 'name', required: true },
    { name: 'site', label: 'Web site', type: 'url' },
    { name: 'terms', label: 'I agree', type: 'checkbox', required: true },
  ] as const
  const page = registerPage({ ...view, extra, values: { name: '"Ada"', password: 'swordfish' }, errors: { terms: ['This is required.'] } })
  assertSound(page)
  assert.match(page.toString(), /name="name" type="text" autocomplete="name" value="&quot;Ada&quot;" required/)
  assert.match(page.toString(), /Web site <span class="hint">\(optional\)<\/span>/)
  assert.match(page.toString(), /name="terms"[^>]* aria-describedby="error-terms" aria-invalid="true" autofocus/)
  assert.doesNotMatch(page.toString(), /swordfish/)
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
