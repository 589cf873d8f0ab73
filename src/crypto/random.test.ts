/** Random tokens. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomToken, systemRandom } from './random.ts'

test('a token has 256 bits unless said otherwise, in base64url, and no two are equal', () => {
  assert.match(randomToken(), /^[\w-]{43}$/)
  assert.match(randomToken(16), /^[\w-]{22}$/)
  assert.equal(new Set(Array.from({ length: 1000 }, () => randomToken(16))).size, 1000)
})

test('the generator may be given, and a failing one is never stood in for', () => {
  assert.equal(
    randomToken(3, (size) => new Uint8Array(size).fill(255)),
    '____',
  )
  const failing = (): never => {
    throw new Error('no entropy')
  }
  assert.throws(() => randomToken(16, failing), /no entropy/)
  assert.equal(systemRandom(7).length, 7)
})
