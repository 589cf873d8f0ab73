/** Strict base64url: one text per value. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fromBase64url, toBase64url } from './encoding.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)

test('bytes come back as they were', () => {
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
