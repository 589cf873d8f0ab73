import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createLocales } from '../kernel/locale.ts'
import { checkboxField, passwordField, textField } from './field.ts'
import { type FormView, postForm, submitButton } from './form.ts'

const { fallback: locale } = createLocales({}, () => {})
const empty: FormView = { action: '/auth/login', csrf: 'token', next: null, values: {}, errors: {}, message: null, locale }
const email = textField({ name: 'email', label: 'E-mail address', autocomplete: 'username', hint: 'As you registered it.' })
const password = passwordField({ name: 'password', label: 'Password', autocomplete: 'current-password' })
const remember = checkboxField({ name: 'remember', label: 'Stay logged in' })
const parts = [email, password, remember, submitButton('Log in')]

test('a form posts the token, and the target only when there is one', () => {
  const form = postForm(empty, parts).toString()
  assert.match(form, /<form method="post" action="\/auth\/login">/)
  assert.match(form, /<input type="hidden" name="csrf" value="token">/)
  assert.doesNotMatch(form, /name="next"/)
  assert.match(postForm({ ...empty, next: '/me?a=1&b=2' }, parts).toString(), /name="next" value="\/me\?a=1&amp;b=2"/)
})

test('what was typed is shown again, except in secret and one-time fields', () => {
  const code = textField({ name: 'code', label: 'Code', autocomplete: 'one-time-code', oneTime: true })
  const values = { email: 'ada@example.org', password: 'swordfish', code: '123456', remember: 'true' }
  const form = postForm({ ...empty, values }, [...parts, code]).toString()
  assert.match(form, /name="email"[^>]* value="ada@example\.org"/)
  assert.match(form, /name="remember"[^>]* checked/)
  assert.doesNotMatch(form, /swordfish|123456/)
})

test('an error is bound to its field beside the hint, and the field says that it is wrong', () => {
  const form = postForm({ ...empty, errors: { email: ['One.', 'Two.'] } }, parts).toString()
  assert.match(form, /name="email"[^>]* aria-describedby="error-email hint-email" aria-invalid="true"/)
  assert.match(form, /<p class="error" id="error-email">One\. Two\.<\/p>/)
  assert.equal(form.match(/aria-invalid/g)?.length, 1)
})

test('the first field in error has the focus, else the first that is empty, and never more than one', () => {
  const cases: readonly (readonly [FormView, string])[] = [
    [empty, 'email'],
    [{ ...empty, values: { email: 'ada@example.org' } }, 'password'],
    [{ ...empty, errors: { remember: ['No.'] } }, 'remember'],
    [{ ...empty, errors: { password: ['No.'], email: ['No.'] } }, 'email'],
  ]
  for (const [view, name] of cases) {
    assert.deepEqual(
      postForm(view, parts)
        .toString()
        .match(/<input [^>]* autofocus>/g)
        ?.map((tag) => /name="([^"]*)"/.exec(tag)?.[1]),
      [name],
    )
  }
})

test('the alert says what is about the form and about fields that it does not show, each once', () => {
  const view = { ...empty, message: 'Refused.', errors: { '': ['Refused.', 'Try later.'], token: ['Expired.'] } }
  const form = postForm(view, parts).toString()
  assert.match(form, /<div class="alert" role="alert"><p>Refused\.<\/p><p>Try later\.<\/p><p>Expired\.<\/p><\/div>/)
  assert.doesNotMatch(postForm(empty, parts).toString(), /role="alert"/)
})

test('several fields in error are linked from the alert', () => {
  const form = postForm({ ...empty, errors: { email: ['One.'], password: ['Two.'] } }, parts).toString()
  assert.match(form, /<a href="#field-email">E-mail address: One\.<\/a>.*<a href="#field-password">Password: Two\.<\/a>/)
  assert.doesNotMatch(postForm({ ...empty, errors: { email: ['One.'] } }, parts).toString(), /role="alert"/)
})

test('no text given to a form becomes markup', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const given = `<i>${value}"'`
      const options = { name: 'f', label: given, hint: given, autocomplete: given }
      const fields = [
        textField({ ...options, inputmode: given, pattern: { source: given, says: given } }),
        passwordField({ ...options, name: 'g' }),
        checkboxField({ ...options, name: 'h' }),
      ]
      const errors = { f: [given], g: [given], other: [given] }
      const view = { action: given, csrf: given, next: given, values: { f: given, g: given }, errors, message: given, locale }
      const form = postForm(view, [...fields, submitButton(given, { about: given })]).toString()
      assert.doesNotMatch(form, /<i>/)
      // Taken apart by its tags, it has the shape that it has for harmless text.
      const harmless = {
        action: 'x',
        csrf: 'x',
        next: 'x',
        values: { f: 'x', g: 'x' },
        errors: { f: ['x'], g: ['x'], other: ['x'] },
        message: 'x',
        locale,
      }
      assert.deepEqual(
        form.match(/<\/?[a-z]+/g),
        postForm(harmless, [...fields, submitButton('x', { about: 'x' })])
          .toString()
          .match(/<\/?[a-z]+/g),
      )
    }),
  )
})
