/** Names travel in one form, whatever they are made of. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { normalUsername, readExtendedValue, writeExtendedValue } from './username.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)

test('THR-116 the composed and the decomposed spelling of a name are one, and case is kept', () => {
  assert.equal(normalUsername('Ja\u0308sön'), 'J\u00e4sön')
  assert.equal(normalUsername('JASON'), 'JASON')
})

test('a name is not empty and holds no colon, no control character and no half of a surrogate pair', () => {
  for (const name of ['', 'a:b', ':', 'a\0b', 'a\nb', '\u0085', '\ud800', 'a\udc00'])
    assert.equal(normalUsername(name), null, JSON.stringify(name))
})

test('the example of RFC 7616 section 3.9.2 is read and written', () => {
  assert.equal(readExtendedValue("UTF-8''J%C3%A4s%C3%B8n%20Doe"), 'Jäsøn Doe')
  assert.equal(readExtendedValue("utf-8'de'J%c3%a4s%c3%b8n%20Doe"), 'Jäsøn Doe')
  assert.equal(writeExtendedValue('Jäsøn Doe'), "UTF-8''J%C3%A4s%C3%B8n%20Doe")
})

test('every text is read as it was written, in characters of a token', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const written = writeExtendedValue(text)
      assert.match(written, /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/)
      assert.equal(readExtendedValue(written), /\p{Cc}/u.test(text) ? null : text)
    }),
    { seed, numRuns: 500 },
  )
})

test('other charsets, bytes that are not UTF-8, and what breaks the notation are not read', () => {
  for (const value of [
    '',
    'abc',
    "UTF-8'abc",
    "ISO-8859-1''J%E4son",
    "UTF-8''J%E4son",
    "UTF-8''%C3",
    "UTF-8''%ED%A0%80",
    "UTF-8''%c0%80",
    "UTF-8''%",
    "UTF-8''%4",
    "UTF-8''%zz",
    "UTF-8''a b",
    "UTF-8''a'b",
    "UTF-8''a%00b",
    "UTF-8''a%0d%0ab",
    "UTF-8''ä",
  ])
    assert.equal(readExtendedValue(value), null, value)
})
