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

test('no bytes are given twice, whatever sizes are asked for, and what was given is the caller’s alone', () => {
  const given = [1, 16, 32, 500, 512, 513, 4096, ...Array.from({ length: 500 }, () => 12)].flatMap((size) => {
    const bytes = systemRandom(size)
    assert.equal(bytes.length, size)
    return size < 12 ? [] : [bytes]
  })
  const seen = given.map((bytes) => Buffer.from(bytes).toString('hex'))
  const pieces = seen.flatMap((text) => text.match(/.{24}/g) ?? [])
  assert.equal(new Set(pieces).size, pieces.length)
  assert.deepEqual(
    given.map((bytes) => Buffer.from(bytes).toString('hex')),
    seen,
  )
})
