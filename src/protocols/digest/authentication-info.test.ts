/** What a server says after authenticating is written and read alike. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AuthenticationInfo, readAuthenticationInfo, writeAuthenticationInfo } from './authentication-info.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const none: AuthenticationInfo = { rspauth: null, qop: null, cnonce: null, nc: null, nextnonce: null }

test('AL-FD-2 the proof of the server, the echoes and the next nonce are quoted or bare as RFC 7616 section 3.5 wants it', () => {
  assert.equal(
    writeAuthenticationInfo({ rspauth: 'ab', qop: 'auth', cnonce: 'c"', nc: '00000001', nextnonce: 'n' }),
    'rspauth="ab", qop=auth, cnonce="c\\"", nc=00000001, nextnonce="n"',
  )
  assert.deepEqual(readAuthenticationInfo('nextnonce = n , qop="auth-int"'), { ...none, nextnonce: 'n', qop: 'auth-int' })
})

test('nothing, a broken field, an unknown qop and a count that is none are not read', () => {
  for (const field of [null, 'qop=auth, qop=auth', 'rspauth="', 'qop=auth-conf', 'nc=1', `nextnonce="${'n'.repeat(8192)}"`])
    assert.equal(readAuthenticationInfo(field), null, String(field).slice(0, 40))
})

test('what cannot stand in a header is not written', () => {
  for (const changes of [{ nextnonce: 'a\r\nb' }, { cnonce: '\0' }, { nc: '1, nextnonce="x"' }])
    assert.throws(() => writeAuthenticationInfo({ ...none, ...changes }), RangeError, JSON.stringify(changes))
})

test('whatever is written is read again, and no text makes reading throw', () => {
  const text = fc.option(fc.string({ unit: 'grapheme' }).filter((value) => !/\p{Cc}/u.test(value)))
  const nc = fc.option(fc.integer({ min: 1, max: 0xffff_ffff }).map((count) => count.toString(16).padStart(8, '0')))
  const info = fc.record(
    { rspauth: text, qop: fc.constantFrom(null, 'auth', 'auth-int'), cnonce: text, nc, nextnonce: text },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(info, (given) => assert.deepEqual(readAuthenticationInfo(writeAuthenticationInfo(given)), given)),
    { seed, numRuns: 500 },
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (given) => {
      readAuthenticationInfo(given)
    }),
    { seed, numRuns: 500 },
  )
})
