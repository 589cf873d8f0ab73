/** Keys for every use out of one secret or several: the newest writes, all read, and nothing else opens anything. */
import assert from 'node:assert/strict'
import { createHmac, hkdfSync } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { createKeyring, type Keyring } from './keyring.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const [oldest, older, newest] = ['a', 'b', 'c'].map((letter) => Buffer.from(letter.repeat(32))) as [Buffer, Buffer, Buffer]

test('AL-FST-G10: what any listed secret sealed or keyed is read; what a removed or unknown one did is not', () => {
  const before = createKeyring([older])
  const sealed = before.seal('totp', 'user 1', 'secret')
  const keyed = before.keyed('form', 'session 1')
  const after = createKeyring([newest, older, oldest])
  assert.equal(after.unseal('totp', 'user 1', sealed), 'secret')
  assert.equal(after.verifyKeyed('form', 'session 1', keyed), true)
  const retired = createKeyring([newest, oldest])
  assert.equal(retired.unseal('totp', 'user 1', sealed), null)
  assert.equal(retired.verifyKeyed('form', 'session 1', keyed), false)
})

test('AL-FST-G10: the newest secret writes', () => {
  const both = createKeyring([newest, older])
  const alone = createKeyring([newest])
  assert.equal(alone.unseal('totp', 'user 1', both.seal('totp', 'user 1', 'secret')), 'secret')
  assert.equal(both.keyed('form', 'session 1'), alone.keyed('form', 'session 1'))
})

test('a seal opens for its own label and context only', () => {
  const keys = createKeyring([newest])
  const sealed = keys.seal('totp', 'user 1', 'secret')
  assert.equal(keys.unseal('totp', 'user 2', sealed), null)
  assert.equal(keys.unseal('digest', 'user 1', sealed), null)
  assert.equal(keys.unseal('totp', '', sealed), null)
  assert.equal(keys.verifyKeyed('other', 'text', keys.keyed('form', 'text')), false)
})

test('a seal that was changed anywhere, cut or lengthened opens nothing', () => {
  const keys = createKeyring([newest])
  const bytes = Buffer.from(keys.seal('totp', 'user 1', 'secret'), 'base64url')
  for (let index = 0; index < bytes.length; index++) {
    const changed = Buffer.from(bytes)
    changed[index] = (changed[index] ?? 0) ^ 1
    assert.equal(keys.unseal('totp', 'user 1', changed.toString('base64url')), null, `byte ${index}`)
    assert.equal(keys.unseal('totp', 'user 1', bytes.subarray(0, index).toString('base64url')), null, `cut at ${index}`)
  }
  assert.equal(keys.unseal('totp', 'user 1', `${bytes.toString('base64url')}AA`), null)
  assert.equal(
    keys.unseal('totp', 'user 1', bytes.toString('base64')),
    bytes.toString('base64') === bytes.toString('base64url') ? 'secret' : null,
  )
})

test('whatever text is sealed comes back, no two seals are equal, and nothing of it shows', () => {
  const keys = createKeyring([newest, older])
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
      const [first, second] = [keys.seal('label', context, text), keys.seal('label', context, text)]
      assert.notEqual(first, second)
      assert.match(first, /^[\w-]+$/)
      assert.equal(keys.unseal('label', context, first), text)
      assert.equal(Buffer.from(first, 'base64url').length, 6 + 12 + 16 + Buffer.byteLength(text))
    }),
    { seed, numRuns: 200 },
  )
})

test('whatever comes in place of a seal opens nothing', () => {
  const keys = createKeyring([newest])
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[\w-]{40,80}$/)), (text) =>
      assert.equal(keys.unseal('label', '', text), null),
    ),
    { seed },
  )
})

test('keys are HKDF-SHA256 of the secret under one label each, so that what is kept stays readable', () => {
  const key = Buffer.from(hkdfSync('sha256', newest, '', 'portcullis form', 32))
  assert.equal(createKeyring([newest]).keyed('form', 'text'), createHmac('sha256', key).update('text').digest('base64url'))
})

test('a keyring without a secret writes nothing', () => {
  const empty: Keyring = createKeyring([])
  assert.throws(() => empty.keyed('form', 'text'), /needs at least one secret/)
  assert.equal(empty.verifyKeyed('form', 'text', ''), false)
})
