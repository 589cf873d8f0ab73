/** Lists of schemes are read by the grammar, in time that grows with their length only. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { quote } from './field-text.ts'
import { readParameters, readSchemes } from './parameters.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const soak = process.env.PORTCULLIS_SOAK === '1'

/** What was read, as plain values. */
function read(text: string): readonly (readonly [scheme: string, parameters: Readonly<Record<string, string>>])[] | null {
  return readSchemes(text)?.map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)] as const) ?? null
}

test('commas separate schemes as well as parameters, and the equals sign tells which', () => {
  // RFC 9110 section 11.6.1
  assert.deepEqual(read('Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""'), [
    ['basic', { realm: 'simple' }],
    ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
  ])
  assert.deepEqual(read('Negotiate, NTLM , Negotiate YIIB/+==, Digest realm="x",nonce=y'), [
    ['negotiate', {}],
    ['ntlm', {}],
    ['negotiate', {}],
    ['digest', { realm: 'x', nonce: 'y' }],
  ])
  assert.deepEqual(read('Digest realm = "x" , ,, qop\t=\tauth,'), [['digest', { realm: 'x', qop: 'auth' }]])
  assert.deepEqual(read(' , Digest , realm="a, b=c"'), [['digest', { realm: 'a, b=c' }]])
  assert.deepEqual(read('DIGEST Realm=A'), [['digest', { realm: 'A' }]])
  assert.deepEqual(read(''), [])
})

test('quoted pairs stand for the character behind the backslash', () => {
  assert.deepEqual(read('Digest realm="\\a\\"\\\\\\,\\ "'), [['digest', { realm: 'a"\\, ' }]])
})

test('in a uri a quote that ends no element is one of the text, and a backslash before anything but a quote or backslash too', () => {
  const uriOf = (text: string): string | undefined => readSchemes(`Digest ${text}`)?.[0]?.parameters.get('uri')
  assert.equal(uriOf('uri="/a"b", nc=1'), '/a"b')
  assert.equal(uriOf('uri="/a"'), '/a')
  assert.equal(uriOf('uri="/a"b"c"  ,nc=1'), '/a"b"c')
  assert.equal(uriOf('uri="/a\\"b\\\\c"'), '/a"b\\c')
  assert.equal(uriOf('uri="/a\\b"'), '/a\\b')
  assert.equal(uriOf('uri=/a'), undefined)
  assert.equal(read('Digest realm="a"b", uri="/"'), null, 'elsewhere it is an error')
})

test('THR-110: a parameter without a value, or named twice in whatever case, makes the whole field unreadable', () => {
  for (const text of [
    'Digest realm=, nonce="x"',
    'Digest realm = , nonce="x"',
    'Digest realm="x", realm="y"',
    'Digest realm="x", REALM="x"',
    'Digest username, realm="x"',
    'Digest realm="x", uri=',
  ])
    assert.equal(read(text), null, text)
  assert.deepEqual(read('Digest realm="x", username, nonce=y')?.length, 2, 'a word alone is another scheme')
})

test('what breaks the grammar is not read', () => {
  for (const text of [
    'Digest realm="x',
    'Digest realm="x\\',
    'Digest realm="x" nonce="y"',
    'Digest realm="x"nonce="y"',
    'Digest realm="x";nonce="y"',
    'Digest realm==x',
    'Digest realm="\u0000"',
    'Digest realm="\u007f"',
    'Digest realm="\n"',
    'Digest realm="\u0100"',
    'Digest realm="\\\u0001"',
    'Digest réalm=x',
    'Digest ="x"',
    'Digest abc= def="x"',
    'Digest abc=, realm=x',
    'realm="x"',
    'Digest"x"',
    'Dig est "x"',
    'Digest abc realm="x"',
    'Digest abc def',
    '"Digest"',
    '\u0000',
  ])
    assert.equal(read(text), null, JSON.stringify(text))
})

test('names that objects have of themselves are names like any other', () => {
  assert.deepEqual(
    [...(readParameters('__proto__=a, constructor=b') ?? [])],
    [
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ],
  )
})

test('parameters without a scheme are read alike', () => {
  assert.deepEqual(Object.fromEntries(readParameters('qop=auth, nc=00000001, cnonce="x"') ?? []), {
    qop: 'auth',
    nc: '00000001',
    cnonce: 'x',
  })
  assert.equal(readParameters('qop=auth, Digest realm=x'), null)
  assert.equal(readParameters('qop=auth, qop=auth'), null)
})

test('whatever text was quoted is read again, byte for byte', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      if (/\p{Cc}/u.test(text)) assert.throws(() => quote(text), RangeError)
      else assert.equal(Buffer.from(readParameters(`a=${quote(text)}`)?.get('a') ?? '', 'latin1').toString('utf8'), text)
    }),
    { seed, numRuns: 500 },
  )
})

test('THR-109: no text makes reading throw', () => {
  const piece = fc.constantFrom('Digest ', 'realm', '=', '"', '\\', ',', ' ', '\t', 'uri="', 'x', '\0', 'é', '==', 'username*=UTF-8')
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
  )
  fc.assert(
    fc.property(hostile, (text) => {
      readSchemes(text)
      readParameters(text)
    }),
    { seed, numRuns: soak ? 100_000 : 1000 },
  )
})

// A megabyte each: a reader that looks at anything again for each character would need hours.
const megabyte = 1 << 20
for (const [what, begin, repeated] of [
  ['commas', 'Digest ', ','],
  ['white space', 'Digest a', ' '],
  ['quotes in a uri', 'Digest uri="', '"'],
  ['quotes and white space in a uri', 'Digest uri="', '"          '],
  ['escapes in a uri', 'Digest uri="', '\\"'],
  ['backslashes', 'Digest realm="', '\\'],
  ['backslashes in a uri', 'Digest uri="/', '\\a'],
  ['one value without an end', 'Digest realm="', 'a'],
  ['equals signs', 'Digest abc', '='],
  ['a token68 that is none', 'Digest a', '/='],
  ['a name without an end', 'Digest ', 'a'],
  ['schemes', '', 'a b, '],
  ['words', '', 'a '],
] as const) {
  test(`a megabyte of ${what} is read or refused in the time of reading it once`, () => {
    const text = begin + repeated.repeat(megabyte / repeated.length)
    const start = process.cpuUsage()
    readSchemes(text)
    readSchemes(`${text}\0`)
    const { user, system } = process.cpuUsage(start)
    assert.ok(user + system < 5_000_000, `${user + system} µs`)
  })
}

test('many parameters cost no more each than few', () => {
  const text = `Digest ${Array.from({ length: 100_000 }, (_, index) => `p${index}="${index}"`).join(',')}`
  const start = process.cpuUsage()
  assert.equal(readSchemes(text)?.[0]?.parameters.size, 100_000)
  const { user, system } = process.cpuUsage(start)
  assert.ok(user + system < 5_000_000, `${user + system} µs`)
})
