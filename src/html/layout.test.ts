import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createLocales } from '../kernel/locale.ts'
import { errorPage } from './error-page.ts'
import { html } from './html.ts'
import { defaultLayout, type PageParts } from './layout.ts'

const { fallback: locale } = createLocales({}, () => {})
const page: PageParts = {
  title: 'Log in',
  body: html`<p>body</p>`,
  assets: { style: '/auth/style.css', script: '/auth/script.js' },
  user: null,
  locale,
  siteName: 'Example',
}

test('a document has its language, one heading that is also its title, and nothing inline', () => {
  const text = defaultLayout(page).toString()
  assert.match(text, /^<!doctype html>\n<html lang="en" dir="ltr">/)
  assert.match(text, /<title>Log in · Example<\/title>/)
  assert.deepEqual(text.match(/<h1>.*?<\/h1>/g), ['<h1>Log in</h1>'])
  assert.deepEqual(text.match(/<script[\s\S]*?<\/script>/g), ['<script src="/auth/script.js" defer></script>'])
  assert.doesNotMatch(text, /<style| style=| on[a-z]+=/)
})

test('who is logged in, the notice and the menu are shown when given, the menu only to somebody', () => {
  const menu = [{ href: '/auth/sessions', label: 'Where you are logged in' }]
  const text = defaultLayout({ ...page, user: { email: 'ada@example.org' }, notice: 'Changed.', menu }).toString()
  assert.match(text, /ada@example\.org/)
  assert.match(text, /<p class="notice" role="status">Changed\.<\/p>/)
  assert.match(text, /<nav [^>]*>.*href="\/auth\/sessions"/)
  assert.doesNotMatch(defaultLayout({ ...page, menu }).toString(), /<nav|Logged in as/)
})

test('no text given to a layout or an error page becomes markup', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const given = `<i>${value}"'`
      const body = errorPage({ title: given, message: given, code: given, back: { href: given, label: given }, locale })
      const link = { href: given, label: given }
      const assets = { style: given, script: given }
      const parts = { title: given, body, assets, user: { email: given }, locale, siteName: given, notice: given, menu: [link] }
      assert.doesNotMatch(defaultLayout(parts).toString(), /<i>/)
    }),
  )
})

test('an error page says what happened, its code, and the way back', () => {
  const text = errorPage({ message: 'Gone.', code: 'link_invalid', back: { href: '/auth/login', label: 'Log in' }, locale }).toString()
  assert.match(text, /Gone\./)
  assert.match(text, /<code>link_invalid<\/code>/)
  assert.match(text, /<a href="\/auth\/login">Log in<\/a>/)
})
