/** Tokens are hashed by what they are for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashToken, isToken } from './exchange.ts'

test('one token hashes to another value for each purpose, always the same, and nothing of it shows', () => {
  const token = 'A'.repeat(43)
  const labels = ['session', 'ticket', 'link a', 'link b', 'feature a', 'feature link a', '']
  const hashes = labels.map((label) => hashToken(label, token))
  assert.equal(new Set(hashes).size, labels.length)
  assert.deepEqual(
    hashes,
    labels.map((label) => hashToken(label, token)),
  )
  for (const hash of hashes) assert.match(hash, /^(?!A{43}$)[\w-]{43}$/)
})

test('a label and a token cannot be cut in another place', () => {
  assert.notEqual(hashToken('link a', 'btoken'), hashToken('link ab', 'token'))
})

test('only what has the length of a token is looked up', () => {
  for (const text of [null, '', 'A'.repeat(42), 'A'.repeat(44)]) assert.equal(isToken(text), false)
  assert.equal(isToken('A'.repeat(43)), true)
})
