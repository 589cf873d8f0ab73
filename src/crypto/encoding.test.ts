/** Strict base64url and base32: one text per value. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fromBase32, fromBase64url, toBase32, toBase64url } from './encoding.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)

test('AL-FP-16 bytes come back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = toBase64url(bytes)
      assert.match(text, /^[\w-]*$/)
      assert.deepEqual(new Uint8Array(fromBase64url(text) ?? [0]), bytes)
    }),
    { seed },
  )
})

test('a part of a buffer is encoded alone', () => {
  assert.equal(toBase64url(new Uint8Array([1, 2, 3, 4]).subarray(1, 3)), 'AgM')
})

test('padding, other alphabets, spaces, loose bits and impossible lengths are refused', () => {
  for (const text of ['AA==', 'AA=', 'A', 'AAAAA', '+/+/', 'AB', 'AAB', 'A A', ' AAAA', 'AAAA\n', 'ÄÄÄÄ', 'AA\0A', 'AA.A'])
    assert.equal(fromBase64url(text), null, text)
  assert.equal(fromBase64url('')?.length, 0)
})

test('of any text at most one value is read, and that value is written as this text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[\w-]{0,20}$/)), (text) => {
      const bytes = fromBase64url(text)
      if (bytes) assert.equal(toBase64url(bytes), text)
    }),
    { seed, numRuns: 1000 },
  )
})

test('base32 is that of RFC 4648 section 10, without padding', () => {
  for (const [text, encoded] of [
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ] as const) {
    assert.equal(toBase32(Buffer.from(text)), encoded)
    assert.equal(Buffer.from(fromBase32(encoded) ?? 'none').toString(), text)
  }
})

test('bytes come back from base32 as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = toBase32(bytes)
      assert.match(text, /^[A-Z2-7]*$/)
      assert.deepEqual(fromBase32(text), bytes)
    }),
    { seed },
  )
})

test('in base32 padding, small letters, other characters, loose bits and impossible lengths are refused', () => {
  for (const text of [
    'MY======',
    'my',
    'M',
    'MZX',
    'MZXW6Y',
    'MZ',
    'MZXR',
    'M1',
    'M8',
    'MY ',
    ' MY',
    'MZ XQ',
    'MY\n',
    'Mÿ',
    'M😀',
    'M\0',
    '0000',
  ])
    assert.equal(fromBase32(text), null, text)
})

test('of any text base32 reads at most one value, and writes it as this text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[A-Z2-7]{0,20}$/)), (text) => {
      const bytes = fromBase32(text)
      if (bytes) assert.equal(toBase32(bytes), text)
    }),
    { seed, numRuns: 1000 },
  )
})
