/** A key that nobody could sign with soundly is refused when it comes, not when it is first used. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeCBOR } from '@levischuck/tiny-cbor'
import { createAuthenticatorKey } from '../../testing/authenticator-key.ts'
import { coseAlgorithms } from './algorithm.ts'
import { decodeMap } from './cbor.ts'
import { type CredentialKey, readCredentialKey } from './cose.ts'
import { judge, type WebauthnFailure } from './failure.ts'

const offered = Object.values(coseAlgorithms)
type Value = Parameters<typeof encodeCBOR>[0]
type Change = readonly (readonly [label: number, value: Value])[]

/** The members of a sound key of each algorithm. */
const sound = new Map(offered.map((alg) => [alg, [...decodeMap(createAuthenticatorKey(alg).cose)]]))

/** What becomes of a sound key when some of its members are others; `undefined` leaves one out. */
function verdict(alg: (typeof offered)[number], change: Change): WebauthnFailure | 'ok' {
  const map = new Map<string | number, Value>(sound.get(alg))
  for (const [label, value] of change) value === undefined ? map.delete(label) : map.set(label, value)
  const result = judge((): CredentialKey => readCredentialKey(decodeMap(encodeCBOR(map)), offered))
  return 'ok' in result ? result.code : 'ok'
}

function coordinate(alg: (typeof offered)[number], label: number): Buffer {
  const value = new Map(sound.get(alg)).get(label)
  assert.ok(value instanceof Uint8Array)
  return Buffer.from(value)
}

function filled(length: number, byte: number): Uint8Array {
  return new Uint8Array(length).fill(byte)
}

const [kty, alg, crv, x, y, n, e] = [1, 3, -1, -2, -3, -1, -2]
const { ES256, EdDSA, ES384, ES512, Ed448, RS256, PS256 } = coseAlgorithms

test('a sound key of every algorithm is read, and members that nobody knows are passed over', () => {
  for (const each of offered) assert.equal(verdict(each, [[2, new Uint8Array(3)]]), 'ok')
})

describe('THR-106: elliptic curves', () => {
  for (const [name, curve, size] of [
    ['ES256', ES256, 32],
    ['ES384', ES384, 48],
    ['ES512', ES512, 66],
  ] as const) {
    test(`${name}: a point that is not on the curve, or at infinity, is refused`, () => {
      const off = coordinate(curve, y)
      off.writeUInt8(off.readUInt8(size - 1) ^ 1, size - 1)
      assert.equal(verdict(curve, [[y, new Uint8Array(off)]]), 'key_not_on_curve')
      assert.equal(
        verdict(curve, [
          [x, filled(size, 0)],
          [y, filled(size, 0)],
        ]),
        'key_not_on_curve',
      )
      assert.equal(verdict(curve, [[x, filled(size, 0xff)]]), 'key_not_on_curve')
    })

    test(`${name}: coordinates are as long as the curve has them`, () => {
      for (const label of [x, y]) {
        const right = coordinate(curve, label)
        for (const wrong of [right.subarray(1), Buffer.concat([Buffer.alloc(1), right]), Buffer.alloc(0)]) {
          assert.equal(verdict(curve, [[label, new Uint8Array(wrong)]]), 'key_malformed')
        }
        for (const wrong of [undefined, true, 1, 'text']) assert.equal(verdict(curve, [[label, wrong]]), 'key_malformed')
      }
    })

    test(`${name}: the curve and the type are those of the algorithm`, () => {
      for (const label of [0, 1, 2, 3, 6, 8].filter((other) => other !== new Map(sound.get(curve)).get(crv))) {
        assert.equal(verdict(curve, [[crv, label]]), 'key_malformed')
      }
      for (const type of [1, 3, 4, undefined]) assert.equal(verdict(curve, [[kty, type]]), 'key_malformed')
    })
  }
})

describe('Edwards curves', () => {
  for (const [name, curve, size] of [
    ['EdDSA', EdDSA, 32],
    ['Ed448', Ed448, 57],
  ] as const) {
    test(`${name}: every key that is made is sound`, () => {
      for (let round = 0; round < 50; round++) {
        const result = judge(() => readCredentialKey(decodeMap(createAuthenticatorKey(curve).cose), offered))
        assert.ok(!('ok' in result))
      }
    })

    test(`${name}: about half of all texts are no point, and are refused`, () => {
      const verdicts = Array.from({ length: 100 }, (_, index) => {
        const text = filled(size, 0)
        text[1] = index
        text[2] = 1
        return verdict(curve, [[x, text]])
      })
      const [good, bad] = [verdicts.filter((one) => one === 'ok'), verdicts.filter((one) => one === 'key_not_on_curve')]
      assert.equal(good.length + bad.length, 100)
      assert.ok(good.length > 25 && bad.length > 25, `${good.length} points`)
    })

    test(`${name}: a text of another length or curve is refused`, () => {
      for (const length of [0, size - 1, size + 1]) assert.equal(verdict(curve, [[x, filled(length, 1)]]), 'key_malformed')
      assert.equal(verdict(curve, [[crv, 4]]), 'key_malformed')
    })
  }

  test('Ed448 is no curve of EdDSA (WebAuthn §5.8.5), nor Ed25519 of Ed448', () => {
    assert.equal(
      verdict(EdDSA, [
        [crv, 7],
        [x, coordinate(Ed448, x)],
      ]),
      'key_malformed',
    )
    assert.equal(
      verdict(Ed448, [
        [crv, 6],
        [x, coordinate(EdDSA, x)],
      ]),
      'key_malformed',
    )
  })

  /** All points of Ed25519 whose eightfold is nothing, and texts of them that are not canonical. */
  const vanishing = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ]

  test('a key of small order is refused, with either sign: older OpenSSL takes signatures by it that anybody can make', () => {
    for (const hex of vanishing) {
      const text = Buffer.from(hex, 'hex')
      assert.equal(verdict(EdDSA, [[x, new Uint8Array(text)]]), 'key_not_on_curve', hex)
      text.writeUInt8(text.readUInt8(31) | 0x80, 31)
      assert.equal(verdict(EdDSA, [[x, new Uint8Array(text)]]), 'key_not_on_curve', hex)
    }
    const minusOne = Buffer.concat([
      Buffer.from('fe', 'hex'),
      filled(27, 0xff),
      Buffer.from('fe', 'hex'),
      filled(27, 0xff),
      Buffer.alloc(1),
    ])
    for (const other of [Buffer.alloc(57), Buffer.concat([Buffer.from('01', 'hex'), Buffer.alloc(56)]), minusOne]) {
      assert.equal(verdict(Ed448, [[x, new Uint8Array(other)]]), 'key_not_on_curve')
    }
  })
})

describe('THR-106: RSA', () => {
  for (const [name, rsa] of [
    ['RS256', RS256],
    ['PS256', PS256],
  ] as const) {
    test(`${name}: the modulus is odd and has 2048 to 8192 bits`, () => {
      assert.equal(verdict(rsa, [[n, filled(256, 0xff)]]), 'ok')
      assert.equal(verdict(rsa, [[n, filled(1024, 0xff)]]), 'ok')
      const short = filled(256, 0xff)
      short[0] = 0x7f
      for (const weak of [short, filled(128, 0xff), filled(1, 3), filled(1025, 0xff), filled(256, 0xfe)]) {
        assert.equal(verdict(rsa, [[n, weak]]), 'key_weak')
      }
    })

    test(`${name}: the exponent is odd, from 3, and of four bytes at most`, () => {
      for (const exponent of [[3], [17], [1, 0, 1], [0xff, 0xff, 0xff, 0xff]])
        assert.equal(verdict(rsa, [[e, Uint8Array.from(exponent)]]), 'ok')
      for (const exponent of [[1], [2], [1, 0, 0], [1, 0, 0, 0, 1]])
        assert.equal(verdict(rsa, [[e, Uint8Array.from(exponent)]]), 'key_weak')
    })

    test(`${name}: numbers have no zeros in front and are bytes`, () => {
      for (const label of [n, e]) {
        for (const wrong of [undefined, 3, new Uint8Array(), Uint8Array.from([0, ...filled(256, 0xff)])]) {
          assert.equal(verdict(rsa, [[label, wrong]]), 'key_malformed')
        }
      }
    })
  }
})

test('an algorithm is a number that was offered; a type that goes with none is refused', () => {
  for (const wrong of [undefined, 'ES256', [-7]]) assert.equal(verdict(ES256, [[alg, wrong]]), 'key_malformed')
  for (const other of [0, 7, -65535, -48]) assert.equal(verdict(ES256, [[alg, other]]), 'algorithm_not_offered')
  assert.equal(verdict(ES256, [[alg, RS256]]), 'key_malformed')
  assert.equal(verdict(RS256, [[alg, ES256]]), 'key_malformed')
})
