/** Hashes of tokens, and comparison. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { equalTexts, labelledHash } from './hash.ts'

test('a labelled hash is SHA-256 over label, NUL and text, so that stored tokens stay findable', () => {
  const expected = createHash('sha256').update('portcullis session\0token').digest('base64url')
  assert.equal(labelledHash('portcullis session', 'token'), expected)
  assert.equal(expected.length, 43)
})

test('a token of one label is none of another', () => {
  assert.notEqual(labelledHash('session', 'token'), labelledHash('ticket', 'token'))
  assert.notEqual(labelledHash('a', 'bc'), labelledHash('ab', 'c'))
})

test('texts are equal when every byte is', () => {
  assert.equal(equalTexts('', ''), true)
  assert.equal(equalTexts('grüße', 'grüße'), true)
  for (const [a, b] of [
    ['a', 'b'],
    ['a', 'aa'],
    ['', 'a'],
    ['ü', 'u\u0308'],
    ['a', 'A'],
  ] as const)
    assert.equal(equalTexts(a, b), false)
})
