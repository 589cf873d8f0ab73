/** CBOR is read to its end, sixteen levels deep, and whatever is wrong with it has a code. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeCBOR } from '@levischuck/tiny-cbor'
import fc from 'fast-check'
import { type CborMap, decodeLeadingMap, decodeMap } from './cbor.ts'
import { judge, type WebauthnFailure } from './failure.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)

function verdict(bytes: Uint8Array): WebauthnFailure | 'ok' {
  const result = judge((): { readonly map: CborMap } => ({ map: decodeMap(bytes) }))
  return 'map' in result ? 'ok' : result.code
}

function hex(text: string): Uint8Array {
  return Buffer.from(text.replaceAll(' ', ''), 'hex')
}

/** A map that holds so many lists, one in the other. */
function nested(lists: number): Uint8Array {
  return Buffer.concat([hex('a1 01'), Buffer.alloc(lists, 0x81), hex('00')])
}

test('a map may hold fifteen levels, which makes sixteen, and not one more', () => {
  assert.equal(verdict(nested(15)), 'ok')
  assert.equal(verdict(nested(16)), 'cbor_too_deep')
  assert.equal(verdict(nested(100_000)), 'cbor_too_deep')
  assert.equal(verdict(Buffer.concat([hex('a1 01'), Buffer.alloc(16, 0xc1), hex('00')])), 'cbor_too_deep')
  assert.equal(verdict(Buffer.concat([Buffer.alloc(100_000, 0xbf)])), 'cbor_malformed')
})

for (const [name, text] of [
  ['nothing', ''],
  ['no map', '80'],
  ['a map that ends early', 'a1 01'],
  ['bytes that end early', 'a1 01 42 00'],
  ['text that ends early', 'a1 01 62 61'],
  ['a head that ends early', 'a1 01 59 00'],
  ['a length of 64 bits that nothing follows', 'a1 01 5b ff ff ff ff ff ff ff ff'],
  ['a map of an indefinite length', 'bf 01 01 ff'],
  ['reserved lengths', 'a1 01 1c'],
  ['a key twice', 'a2 01 01 01 02'],
  ['a key that is bytes', 'a1 41 00 01'],
  ['text that is no UTF-8', 'a1 01 61 ff'],
  ['text with a mark of byte order', 'a1 01 63 ef bb bf'],
  ['a simple value that nobody knows', 'a1 01 f8 ff'],
] as const) {
  test(`${name}: refused`, () => assert.equal(verdict(hex(text)), 'cbor_malformed'))
}

test('bytes behind a map are refused where it should be alone, and counted where it is the first', () => {
  assert.equal(verdict(hex('a0 00')), 'cbor_bytes_behind')
  assert.equal(decodeLeadingMap(hex('a1 01 02 ff ff')).length, 3)
})

test('what lies in memory behind a view is never read', () => {
  const memory = hex('a1 01 42 aa bb')
  assert.equal(verdict(memory), 'ok')
  assert.equal(verdict(memory.subarray(0, 4)), 'cbor_malformed')
  const [value] = decodeMap(Buffer.concat([Buffer.alloc(3), memory]).subarray(3)).values()
  assert.deepEqual(value, Uint8Array.from([0xaa, 0xbb]))
})

test('every map that the encoder writes is read back, and cut anywhere it is refused', () => {
  const leaf = fc.oneof(fc.maxSafeInteger(), fc.string(), fc.uint8Array(), fc.boolean(), fc.constant(null))
  const map = fc.dictionary(fc.string(), fc.oneof(leaf, fc.array(leaf, { maxLength: 4 })), { maxKeys: 5, noNullPrototype: true })
  fc.assert(
    fc.property(map, fc.nat(), (members, at) => {
      // The mark of byte order is refused in texts, which is a test of its own.
      const entries = Object.entries(members).filter(
        (entry) => !JSON.stringify(entry).includes('\ufeff') && JSON.stringify(entry).isWellFormed(),
      )
      const bytes = encodeCBOR(new Map(entries))
      assert.deepEqual(decodeMap(bytes), new Map(entries))
      assert.notEqual(verdict(bytes.subarray(0, at % bytes.length)), 'ok')
    }),
    { seed, numRuns: 500 },
  )
})

test('no bytes throw anything but a refusal', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      verdict(bytes)
      verdict(Buffer.concat([hex('a1 01'), bytes]))
    }),
    { seed, numRuns: 3000 },
  )
})
