/** Credentials are read strictly: what a client may send comes in, anything else is refused with a reason and no error. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DigestCredentials, readCredentials, readNonceCount, writeCredentials } from './credentials.ts'
import { quote } from './field-text.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const soak = process.env.PORTCULLIS_SOAK === '1'
const hash = 'ab'.repeat(32)

const sent: Readonly<Record<string, string>> = {
  username: '"Mufasa"',
  realm: '"api"',
  nonce: '"n"',
  uri: '"/"',
  response: `"${hash}"`,
  algorithm: 'SHA-256',
  qop: 'auth',
  nc: '00000001',
  cnonce: '"c"',
}

/** A header of these parameters; `null` leaves one out. */
function header(changes: Readonly<Record<string, string | null>> = {}): string {
  const parts = Object.entries({ ...sent, ...changes }).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]))
  return `Digest ${parts.join(', ')}`
}

function accepted(field: string): DigestCredentials {
  const read = readCredentials(field)
  assert.ok(read.ok, JSON.stringify({ field, read }))
  return read.credentials
}

function assertMalformed(field: string): void {
  const read = readCredentials(field)
  assert.ok(!read.ok && read.reason === 'malformed', JSON.stringify({ field, read }))
}

test('the credentials of RFC 7616 section 3.9.1 are read', () => {
  const field = `Digest username="Mufasa",
    realm="http-auth@example.org",
    uri="/dir/index.html",
    algorithm=SHA-256,
    nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    nc=00000001,
    cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    qop=auth,
    response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
    opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
  assert.deepEqual(accepted(field.replaceAll(/\n\s*/g, ' ')), {
    username: 'Mufasa',
    userhash: false,
    realm: 'http-auth@example.org',
    uri: '/dir/index.html',
    algorithm: 'SHA-256',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    nc: '00000001',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    qop: 'auth',
    response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
  })
})

test('THR-117 no header, or one of another scheme, is absent, whatever it holds', () => {
  for (const field of [
    null,
    '',
    ' ',
    'Bearer',
    'Bearer ',
    'Basic YTpi',
    'Digestive realm="x"',
    'Digest, x',
    '\0',
    'é',
    `Bearer ${'a'.repeat(65_536)}`,
  ])
    assert.deepEqual(readCredentials(field), { ok: false, reason: 'absent' }, JSON.stringify(field?.slice(0, 30)))
})

test('THR-117 a malformed header is told as malformed, and nothing of it is repeated', () => {
  for (const field of [
    'Digest',
    'digest ',
    'Digest x',
    'Digest SECRET==',
    'Digest realm="SECRET',
    'Digest \0SECRET',
    `Digest ${'SECRET'.repeat(12_000)}`,
    `${header({ realm: '"SECRET"' })}, Basic YTpi`,
    header({ realm: '"SECRET\xff"' }),
  ]) {
    const read = readCredentials(field)
    assert.ok(!read.ok && read.reason === 'malformed')
    assert.doesNotMatch(read.detail, /SECRET/)
  }
})

test('AL-FD-7 each parameter but opaque, userhash and algorithm must be there', () => {
  accepted(header())
  for (const name of Object.keys(sent)) {
    if (name !== 'algorithm') assertMalformed(header({ [name]: null }))
  }
  assertMalformed(header({ algorithm: null })) // then it is MD5, whose responses are shorter
  assert.equal(accepted(header({ algorithm: null, response: `"${'ab'.repeat(16)}"` })).algorithm, 'MD5')
})

test('AL-FD-7 a qop that nobody knows is refused; known ones come as token or quoted, as many clients send them', () => {
  for (const qop of ['auth-conf', 'AUTH', '"auth,auth-int"', '""', '"auth "']) assertMalformed(header({ qop }))
  assert.equal(accepted(header({ qop: '"auth-int"' })).qop, 'auth-int')
  assert.equal(accepted(header({ algorithm: '"sha-256"', nc: '"00000001"', realm: 'api' })).algorithm, 'SHA-256')
})

test('nc is exactly eight lower-case hexadecimal digits, and not zero', () => {
  for (const [nc, count] of [
    ['00000001', 1],
    ['0000000a', 10],
    ['ffffffff', 0xffff_ffff],
    ['00000000', null],
    ['0000000A', null],
    ['1', null],
    ['000000001', null],
    ['-0000001', null],
    ['0x000001', null],
    ['0000001g', null],
    [' 0000001', null],
    ['00000001\n', null],
    ['', null],
  ] as const) {
    assert.equal(readNonceCount(nc), count, nc)
    if (count === null) assertMalformed(header({ nc: `"${nc}"` }))
  }
})

test('a response is as many lower-case hexadecimal digits as the algorithm has', () => {
  for (const response of [hash.slice(1), `${hash}a`, hash.toUpperCase(), 'g'.repeat(64), '', 'ab'.repeat(16)])
    assertMalformed(header({ response: `"${response}"` }))
})

test('a name comes quoted in UTF-8 or in the extended notation, in one normal form, and in one of them only', () => {
  const bytes = (text: string): string => Buffer.from(text).toString('latin1')
  assert.equal(accepted(header({ username: `"${bytes('Jäsøn Doe')}"` })).username, 'Jäsøn Doe')
  assert.equal(accepted(header({ username: `"${bytes('Ja\u0308søn Doe')}"` })).username, 'Jäsøn Doe')
  assert.equal(accepted(header({ username: null, 'username*': "UTF-8''J%C3%A4s%C3%B8n%20Doe" })).username, 'Jäsøn Doe')
  assert.equal(accepted(header({ username: null, 'username*': '"UTF-8\'\'Ja%CC%88s%C3%B8n%20Doe"' })).username, 'Jäsøn Doe')
  assert.equal(accepted(header({ username: '"a \\"b\\" \\\\ c"' })).username, 'a "b" \\ c')
  assertMalformed(header({ 'username*': "UTF-8''Mufasa" }))
  assertMalformed(header({ username: '"J\xe4son"' })) // Latin-1
  assertMalformed(header({ username: null, 'username*': "ISO-8859-1''J%E4son" }))
  for (const username of ['""', '"a:b"', '"a\tb"']) assertMalformed(header({ username }))
})

test('a hashed name is a hash of the algorithm, and never in the extended notation', () => {
  assert.deepEqual(
    [accepted(header({ username: `"${hash}"`, userhash: 'true' }))].map(({ username, userhash }) => [username, userhash]),
    [[hash, true]],
  )
  assertMalformed(header({ userhash: 'true' }))
  assertMalformed(header({ username: `"${hash.toUpperCase()}"`, userhash: 'true' }))
  assertMalformed(header({ username: null, 'username*': `UTF-8''${hash}`, userhash: 'true' }))
  assertMalformed(header({ username: `"${hash}"`, 'username*': `UTF-8''${hash}`, userhash: 'true' }))
  assertMalformed(header({ userhash: 'yes' }))
  assert.equal(accepted(header({ userhash: 'FALSE' })).userhash, false)
})

test('unknown algorithms are refused, and parameters that nobody defined are passed over', () => {
  for (const algorithm of ['SHA-1', 'SHA-512', 'SHA-256-SESS2', '__proto__', 'constructor', '""']) assertMalformed(header({ algorithm }))
  accepted(header({ auth: 'x', charset: 'UTF-8' }))
})

test('long nonces, counts and fields are refused, and a cnonce is ASCII', () => {
  accepted(header({ nonce: `"${'n'.repeat(512)}"`, cnonce: `"${'n'.repeat(512)}"`, opaque: `"${'n'.repeat(512)}"` }))
  for (const name of ['nonce', 'cnonce', 'opaque']) assertMalformed(header({ [name]: `"${'n'.repeat(513)}"` }))
  for (const name of ['nonce', 'cnonce']) assertMalformed(header({ [name]: '""' }))
  assertMalformed(header({ cnonce: '"\xc3\xa4"' }))
  const rest = 8192 - header({ uri: '""' }).length
  accepted(header({ uri: `"${'/'.repeat(rest)}"` }))
  assertMalformed(header({ uri: `"${'/'.repeat(rest + 1)}"` }))
})

test('a uri is visible ASCII; a quote that curl did not escape is one of its characters', () => {
  for (const uri of ['""', '"/a b"', '"/\xc3\xa4"', '"/a\tb"']) assertMalformed(header({ uri }))
  assert.equal(accepted(header({ uri: '"/a"b?c="d""' })).uri, '/a"b?c="d"')
})

test('the form of RFC 2069 is refused unless it is asked for, and then for MD5 and without counts only', () => {
  const old = header({ algorithm: null, qop: null, nc: null, cnonce: null, response: `"${'ab'.repeat(16)}"` })
  assertMalformed(old)
  const options = { dangerouslyAllowRfc2069: true }
  const read = readCredentials(old, options)
  assert.ok(read.ok && read.credentials.qop === null && read.credentials.algorithm === 'MD5')
  for (const changes of [
    { cnonce: '"c"' },
    { nc: '00000001' },
    { algorithm: 'MD5-sess' },
    { algorithm: 'SHA-256', response: `"${hash}"` },
  ]) {
    const bare = { algorithm: null, qop: null, nc: null, cnonce: null, response: `"${'ab'.repeat(16)}"` }
    assert.equal(readCredentials(header({ ...bare, ...changes }), options).ok, false, JSON.stringify(changes))
  }
})

const printable = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !/\p{Cc}/u.test(text))
const hex = (digits: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`))
const nc = fc.integer({ min: 1, max: 0xffff_ffff }).map((count) => count.toString(16).padStart(8, '0'))
const ascii = fc.stringMatching(/^[\x20-\x7e]{1,60}$/)

const name = printable
  .map((text) => text.normalize('NFC').replaceAll(':', ''))
  .filter((text) => text !== '' && text === text.normalize('NFC'))
const algorithms = [
  ['SHA-256', 64],
  ['SHA-256-sess', 64],
  ['SHA-512-256', 64],
  ['SHA-512-256-sess', 64],
  ['MD5', 32],
  ['MD5-sess', 32],
] as const

const anyCredentials: fc.Arbitrary<DigestCredentials> = fc.constantFrom(...algorithms).chain(([algorithm, digits]) =>
  fc
    .record({
      user: fc.oneof(
        name.map((username) => ({ username, userhash: false })),
        hex(digits).map((username) => ({ username, userhash: true })),
      ),
      realm: printable,
      nonce: printable.filter((text) => text !== ''),
      uri: fc.stringMatching(/^\/[\x21-\x7e]{0,60}$/),
      response: hex(digits),
      opaque: fc.option(printable),
      protection: fc.record({ qop: fc.constantFrom('auth', 'auth-int'), cnonce: ascii, nc }),
    })
    .map(({ user, protection, ...rest }) => ({ ...user, ...rest, algorithm, ...protection })),
)

test('whatever credentials are written are read again, in characters that a header may hold', () => {
  fc.assert(
    fc.property(anyCredentials, (credentials) => {
      const field = writeCredentials(credentials)
      assert.match(field, /^[\x20-\x7e\x80-\xff]+$/)
      assert.deepEqual(readCredentials(field), { ok: true, credentials })
    }),
    { seed, numRuns: 1000 },
  )
})

test('what cannot stand in a header is not written', () => {
  const credentials = accepted(header())
  assert.ok(credentials.qop !== null)
  for (const changes of [
    { realm: 'a\r\nSet-Cookie: b' },
    { username: 'a\nb' },
    { uri: '/a b' },
    { nc: '1, uri="/"' },
    { opaque: '\0' },
    { cnonce: '\ud800' },
  ])
    assert.throws(() => writeCredentials({ ...credentials, ...changes }), RangeError, JSON.stringify(changes))
})

test('THR-109 credentials that were cut, changed or mixed are read or refused, and never make reading throw', () => {
  const piece = fc.constantFrom(...Object.keys(sent), '=', '"', '\\', ',', ' ', '\t', '\0', 'é', 'userhash=true', 'username*=', quote('ä'))
  fc.assert(
    fc.property(anyCredentials, fc.nat(400), fc.nat(10), fc.array(piece, { maxLength: 5 }), (credentials, at, cut, pieces) => {
      const field = writeCredentials(credentials)
      const read = readCredentials(field.slice(0, at) + pieces.join('') + field.slice(at + cut))
      assert.ok(read.ok || ['absent', 'malformed'].includes(read.reason))
    }),
    { seed, numRuns: soak ? 100_000 : 1000 },
  )
})
