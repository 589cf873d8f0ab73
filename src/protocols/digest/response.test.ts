/** Responses agree with the standards' own examples, with a second way to compute them, and with nothing else. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import type { DigestAlgorithm } from './algorithm.ts'
import type { DigestCredentials } from './credentials.ts'
import { computeResponse, computeRspauth, digestSecret, hashUsername, verifyResponse } from './response.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const get = { method: 'GET', body: null }

test('the examples of RFC 7616 section 3.9.1', () => {
  const account = { username: 'Mufasa', realm: 'http-auth@example.org', password: 'Circle of Life' }
  const signed = {
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    uri: '/dir/index.html',
    qop: 'auth',
    nc: '00000001',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  } as const
  for (const [algorithm, response] of [
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const)
    assert.equal(computeResponse({ ...signed, algorithm }, { ...get, secret: digestSecret({ ...account, algorithm }) }), response)
})

test('the example of RFC 7616 section 3.9.2 as erratum 4897 has it; the printed numbers, a SHA-512 cut short, are refused', () => {
  const account = { username: 'Jäsøn Doe', realm: 'api@example.org', algorithm: 'SHA-512-256' } as const
  const credentials = {
    algorithm: 'SHA-512-256',
    username: 'Jäsøn Doe',
    userhash: false,
    realm: 'api@example.org',
    nonce: '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK',
    uri: '/doe.json',
    opaque: 'HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS',
    qop: 'auth',
    nc: '00000001',
    cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
  } as const
  const input = { ...get, secret: digestSecret({ ...account, password: 'Secret, or not?' }) }
  assert.equal(hashUsername(account), '793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b')
  const response = '3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5'
  const printed = 'ae66e67d6b427bd3f120414a82e4acff38e8ecd9101d6c861229025f607a79dd'
  assert.equal(computeResponse(credentials, input), response)
  assert.equal(verifyResponse({ ...credentials, response }, input), true)
  assert.equal(verifyResponse({ ...credentials, response: printed }, input), false)
  assert.notEqual(hashUsername(account), '488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec')
})

test('the example of RFC 2617 section 3.5', () => {
  const secret = digestSecret({ username: 'Mufasa', realm: 'testrealm@host.com', password: 'Circle Of Life', algorithm: 'MD5' })
  const signed = { algorithm: 'MD5', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093', uri: '/dir/index.html' } as const
  const protection = { qop: 'auth', nc: '00000001', cnonce: '0a4f113b' } as const
  assert.equal(computeResponse({ ...signed, ...protection }, { ...get, secret }), '6629fae49393a05397450978507c4ef1')
})

test('the example of RFC 2069 section 2.4, as its erratum 749 has it', () => {
  const secret = digestSecret({ username: 'Mufasa', realm: 'testrealm@host.com', password: 'CircleOfLife', algorithm: 'MD5' })
  const signed = { algorithm: 'MD5', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093', uri: '/dir/index.html', qop: null } as const
  assert.equal(computeResponse(signed, { ...get, secret }), '1949323746fe6a43ef61f9606e7febea')
})

const hashes: Readonly<Record<DigestAlgorithm, string>> = {
  MD5: 'md5',
  'MD5-sess': 'md5',
  'SHA-256': 'sha256',
  'SHA-256-sess': 'sha256',
  'SHA-512-256': 'sha512-256',
  'SHA-512-256-sess': 'sha512-256',
}
const algorithms = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'] as const

/** The formulas of RFC 7616 section 3.4 written down a second time, over bytes. */
function responseByFormula(
  algorithm: DigestAlgorithm,
  parts: {
    user: string
    realm: string
    password: string
    nonce: string
    cnonce: string
    nc: string
    uri: string
    method: string
    body: Uint8Array | null
  },
): string {
  const digest = (bytes: Uint8Array): string => createHash(hashes[algorithm]).update(bytes).digest('hex')
  const h = (text: string): string => digest(Buffer.from(text, 'utf8'))
  const { user, realm, password, nonce, cnonce, nc, uri, method, body } = parts
  let a1 = `${user}:${realm}:${password}`
  if (algorithm.endsWith('-sess')) a1 = [h(a1), nonce, cnonce].join(':')
  const a2 = body === null ? [method, uri] : [method, uri, digest(body)]
  return h([h(a1), nonce, nc, cnonce, body === null ? 'auth' : 'auth-int', h(a2.join(':'))].join(':'))
}

const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map((value) => value.normalize('NFC'))
const name = text.map((value) => value.replaceAll(/[:\p{Cc}]/gu, '').normalize('NFC')).filter((value) => value !== '')

const anyRequest = fc.record({
  algorithm: fc.constantFrom(...algorithms),
  user: name,
  realm: text,
  password: text,
  nonce: text,
  cnonce: text,
  nc: fc.stringMatching(/^[0-9a-f]{8}$/),
  uri: text,
  method: fc.constantFrom('GET', 'POST', 'OPTIONS', 'get'),
  body: fc.option(fc.uint8Array({ maxLength: 100 })),
})

test('AL-FD-12 every algorithm, with session keys or not, with the body or not, agrees with the formulas of the standard', () => {
  fc.assert(
    fc.property(anyRequest, ({ algorithm, ...parts }) => {
      const { user, realm, password, nonce, cnonce, nc, uri, method, body } = parts
      const qop = body === null ? 'auth' : 'auth-int'
      const secret = digestSecret({ username: user, realm, password, algorithm })
      const signed = { algorithm, nonce, uri, qop, nc, cnonce } as const
      assert.equal(computeResponse(signed, { secret, method, body }), responseByFormula(algorithm, parts))
      assert.equal(computeRspauth(signed, { secret, body }), responseByFormula(algorithm, { ...parts, method: '' }))
    }),
    { seed, numRuns: 500 },
  )
})

const honest: DigestCredentials & { readonly qop: 'auth-int' } = {
  username: 'user',
  userhash: false,
  realm: 'api',
  nonce: 'nonce',
  uri: '/a?b=c',
  response: '',
  algorithm: 'SHA-256',
  opaque: null,
  qop: 'auth-int',
  nc: '00000001',
  cnonce: 'cnonce',
}

test('whatever of a request is changed, its response is no longer right', () => {
  const account = { username: 'user', realm: 'api', password: 'a long password' }
  for (const algorithm of algorithms) {
    const input = { secret: digestSecret({ ...account, algorithm }), method: 'POST', body: Buffer.from('body') }
    const credentials: DigestCredentials = { ...honest, algorithm, response: computeResponse({ ...honest, algorithm }, input) }
    assert.equal(verifyResponse(credentials, input), true)
    const changed: readonly Partial<DigestCredentials>[] = [
      { nonce: 'other' },
      { uri: '/a?b=d' },
      { nc: '00000002' },
      { cnonce: 'other' },
      { qop: 'auth' },
      { response: '' },
      { response: `${credentials.response}0` },
      { response: credentials.response.slice(1) },
      { response: credentials.response.toUpperCase() },
      ...algorithms.filter((other) => other !== algorithm).map((other) => ({ algorithm: other })),
    ]
    for (const change of changed)
      assert.equal(verifyResponse({ ...credentials, ...change } as DigestCredentials, input), false, JSON.stringify(change))
    for (const change of [{ method: 'PUT' }, { body: Buffer.from('Body') }, { body: Buffer.alloc(0) }, { secret: input.secret.slice(1) }])
      assert.equal(verifyResponse(credentials, { ...input, ...change }), false, JSON.stringify(change))
    for (const other of [{ realm: 'apj' }, { username: 'User' }, { password: 'a long passwore' }])
      assert.equal(verifyResponse(credentials, { ...input, secret: digestSecret({ ...account, ...other, algorithm }) }), false)
  }
})

test('AL-FD-9 what is stored is a hash with the realm in it, the same with and without session keys, and not the password', () => {
  const account = { username: 'user', realm: 'api', password: 'a long password' }
  for (const algorithm of ['MD5', 'SHA-256', 'SHA-512-256'] as const) {
    const secret = digestSecret({ ...account, algorithm })
    assert.match(secret, /^[0-9a-f]+$/)
    assert.equal(digestSecret({ ...account, algorithm: `${algorithm}-sess` }), secret)
    assert.notEqual(digestSecret({ ...account, realm: 'other', algorithm }), secret)
  }
})

test('spellings of a name or password that look the same give the same hash', () => {
  const account = { realm: 'api', algorithm: 'SHA-256' } as const
  assert.equal(
    digestSecret({ ...account, username: 'J\u00e4son', password: 'gr\u00fc\u00dfe' }),
    digestSecret({ ...account, username: 'Ja\u0308son', password: 'gru\u0308\u00dfe' }),
  )
  assert.equal(hashUsername({ ...account, username: 'J\u00e4son' }), hashUsername({ ...account, username: 'Ja\u0308son' }))
})

test('a name that could run into realm or password is not hashed', () => {
  for (const username of ['', 'a:b', 'a\0', '\ud800']) {
    assert.throws(() => digestSecret({ username, realm: 'api', password: 'p', algorithm: 'SHA-256' }), RangeError)
    assert.throws(() => hashUsername({ username, realm: 'api', algorithm: 'SHA-256' }), RangeError)
  }
})

test('auth-int without a body is a mistake of the caller, not an empty body', () => {
  assert.throws(() => computeResponse(honest, { secret: '', method: 'GET', body: null }), RangeError)
  assert.throws(() => computeRspauth(honest, { secret: '', body: null }), RangeError)
})
