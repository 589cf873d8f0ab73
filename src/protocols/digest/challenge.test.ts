/** Challenges are written as every client reads them, and read from whatever else stands beside them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DigestChallenge, readChallenges, writeChallenge } from './challenge.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const soak = process.env.PORTCULLIS_SOAK === '1'

const plain: DigestChallenge = {
  realm: 'api',
  nonce: 'n',
  algorithm: 'SHA-256',
  qop: ['auth'],
  opaque: null,
  domain: [],
  stale: false,
  utf8: true,
  userhash: false,
}

test('AL-FD-1 a challenge names realm, nonce, algorithm and qop, each quoted or bare as RFC 7616 section 3.3 wants it', () => {
  assert.equal(writeChallenge(plain), 'Digest realm="api", nonce="n", algorithm=SHA-256, qop="auth", charset=UTF-8')
  assert.equal(
    writeChallenge({
      ...plain,
      qop: ['auth', 'auth-int'],
      opaque: 'o"\\',
      domain: ['/a', 'https://b.example/'],
      stale: true,
      userhash: true,
    }),
    'Digest realm="api", domain="/a https://b.example/", nonce="n", opaque="o\\"\\\\", stale=true, algorithm=SHA-256, qop="auth,auth-int", charset=UTF-8, userhash=true',
  )
})

test('AL-FD-12 several challenges in one field are read, the preferred one first, and other schemes are passed over', () => {
  // RFC 7616 section 3.9.1, with others around them
  const field = `Basic realm="a, Digest", Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256,
    nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", Negotiate YII=,
    Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5,
    nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", NTLM`
  const common = {
    realm: 'http-auth@example.org',
    qop: ['auth', 'auth-int'],
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
    domain: [],
    stale: false,
    utf8: false,
    userhash: false,
  }
  assert.deepEqual(readChallenges(field.replaceAll(/\n\s*/g, ' ')), [
    { ...common, algorithm: 'SHA-256' },
    { ...common, algorithm: 'MD5' },
  ])
})

test('what no client could answer is left out: unknown algorithms and qop, no realm, no nonce, a broken field', () => {
  for (const field of [
    null,
    '',
    'Digest',
    'Digest realm="a"',
    'Digest nonce="a"',
    'Digest realm="a", nonce=""',
    'Digest realm="a", nonce="n", algorithm=SHA-3',
    'Digest realm="a", nonce="n", qop="auth-conf"',
    'Digest realm="a", nonce="n", nonce="m"',
    'Digest realm="a, nonce="n"',
    'Digest realm="\xff", nonce="n"',
    `Digest realm="a", nonce="${'n'.repeat(16_384)}"`,
  ])
    assert.deepEqual(readChallenges(field), [], String(field).slice(0, 60))
})

test('flags and words count in any case, unknown words of a list are passed over, and a challenge without qop is one of RFC 2069', () => {
  const [read] = readChallenges(
    'digest REALM="a", nonce=n, Stale=TRUE, algorithm="sha-256", qop="AUTH-INT ,x", charset="utf-8", userhash=True',
  )
  assert.deepEqual(read, { ...plain, realm: 'a', qop: ['auth-int'], stale: true, userhash: true })
  assert.deepEqual(
    readChallenges('Digest realm="a", nonce="n", stale=yes').map(({ qop, stale, algorithm }) => [qop, stale, algorithm]),
    [[[], false, 'MD5']],
  )
})

test('what cannot stand in a header is not written', () => {
  for (const changes of [
    { realm: 'a\r\nb' },
    { nonce: '\0' },
    { opaque: '\ud800' },
    { domain: ['/a b'] },
    { domain: ['/a"'] },
    { domain: [''] },
  ])
    assert.throws(() => writeChallenge({ ...plain, ...changes }), RangeError, JSON.stringify(changes))
})

const printable = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !/\p{Cc}/u.test(text))

const anyChallenge: fc.Arbitrary<DigestChallenge> = fc.record(
  {
    realm: printable,
    nonce: printable.filter((text) => text !== ''),
    algorithm: fc.constantFrom('SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess', 'MD5', 'MD5-sess'),
    qop: fc.constantFrom([], ['auth'] as const, ['auth-int'] as const, ['auth', 'auth-int'] as const),
    opaque: fc.option(printable),
    domain: fc.array(fc.stringMatching(/^[!#-[\]-~]{1,20}$/), { maxLength: 3 }),
    stale: fc.boolean(),
    utf8: fc.boolean(),
    userhash: fc.boolean(),
  },
  { noNullPrototype: true },
)

test('whatever challenges are written are read again, alone and together in one field', () => {
  fc.assert(
    fc.property(fc.array(anyChallenge, { minLength: 1, maxLength: 4 }), (challenges) => {
      const fields = challenges.map(writeChallenge)
      for (const field of fields) assert.match(field, /^[\x20-\x7e\x80-\xff]+$/)
      assert.deepEqual(readChallenges(fields.join(', ')), challenges)
    }),
    { seed, numRuns: 500 },
  )
})

test('no text makes reading throw', () => {
  const piece = fc.constantFrom(
    'Digest ',
    'realm=',
    'nonce="n"',
    '"',
    '\\',
    ', ',
    'qop=',
    'stale=true',
    'x',
    '\0',
    '\xff',
    'algorithm=',
    'Basic ',
  )
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
  )
  fc.assert(
    fc.property(hostile, (text) => {
      readChallenges(text)
    }),
    { seed, numRuns: soak ? 100_000 : 1000 },
  )
})
