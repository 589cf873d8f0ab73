/** A uri means the requested resource in every spelling that the standards hold for the same, and in no other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isSameTarget, type TargetOptions } from './target.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const soak = process.env.PORTCULLIS_SOAK === '1'
const origins = ['https://example.com', 'http://localhost:8080']

function assertPairs(isSame: boolean, pairs: readonly (readonly [uri: string, target: string])[], options: TargetOptions = {}): void {
  for (const [uri, target] of pairs) assert.equal(isSameTarget(uri, target, options), isSame, `${uri} for ${target}`)
}

test('a text is the same as itself: path, query, an absolute URI of any origin, an authority, and the star', () => {
  const targets = ['/', '/a/b?c=d', '/a?', '//a//b', '/a/../b', '/a%2Fb', 'https://elsewhere.example/a', 'example.com:443', '*', '/*']
  assertPairs(
    true,
    targets.map((target) => [target, target]),
  )
})

test('AL-FD-7 another path, query, case or slash is another resource', () => {
  assertPairs(false, [
    ['/a', '/b'],
    ['/a', '/A'],
    ['/a', '/a/'],
    ['/a', '/a?'],
    ['/a?b=c', '/a'],
    ['/a', '/a?b=c'],
    ['/a?b=c&d=e', '/a?d=e&b=c'],
    ['/a?b=c', '/a?b=C'],
    ['/b', '/a/../b'],
    ['/a', '//a'],
    ['a', '/a'],
    ['', '/'],
    ['/', ''],
    ['/a#b', '/a'],
    ['/a\\b', '/a/b'],
  ])
})

test('percent-encodings that mean the same are equal: case of the digits, characters that need none', () => {
  assertPairs(true, [
    ['/%7Ea', '/~a'],
    ['/%7ea', '/%7Ea'],
    ['/a%2fb', '/a%2Fb'],
    ['/%61%2D', '/a-'],
    ['/?%C3%A4', '/?%c3%a4'],
    ['/a?b=%63', '/a?b=c'],
    ['/a"b', '/a%22b'],
    ["/?a='b'", '/?a=%27b%27'],
    ['/a|b^{c}`<d>', '/a%7Cb%5E%7Bc%7D%60%3Cd%3E'],
    ['/100%', '/100%'],
    ['/%zz', '/%zz'],
  ])
})

test('what an encoding keeps apart stays apart, and nothing is decoded twice', () => {
  assertPairs(false, [
    ['/a%2Fb', '/a/b'],
    ['/a%3Fb', '/a?b'],
    ['/?a=b%26c', '/?a=b&c'],
    ['/?a%3Db', '/?a=b'],
    ['/?a+b', '/?a%20b'],
    ['/?a%2Bb', '/?a+b'],
    ['/%2561', '/%61'],
    ['/%2561', '/a'],
    ['/%25', '/%'],
    ['/a%00', '/a'],
    ['/%2e%2e/a', '/a'],
  ])
})

test('an absolute URI of a listed origin is its path, on either side; of another origin it is not', () => {
  assertPairs(
    true,
    [
      ['https://example.com/a?b', '/a?b'],
      ['/a?b', 'https://example.com/a?b'],
      ['HTTPS://EXAMPLE.com:443/a', '/a'],
      ['https://example.com', '/'],
      ['https://example.com?b', '/?b'],
      ['http://localhost:8080/a', '/a'],
      ['https://example.com/%7Ea', 'https://example.com/~a'],
    ],
    { origins },
  )
  const foreign = [
    ['http://example.com/a', '/a'],
    ['https://example.com:444/a', '/a'],
    ['https://example.org/a', '/a'],
    ['https://example.com.evil.example/a', '/a'],
    ['https://example.com@evil.example/a', '/a'],
    ['https://user@example.com/a', '/a'],
    ['https://example.com@evil.example/a', '/@evil.example/a'],
    ['https://example.com\\@evil.example/a', '/a'],
    ['https://example.com\\a', '/a'],
    ['https:///a', '/a'],
    ['https://', '/'],
    ['https:/a', '/a'],
    ['ftp://example.com/a', '/a'],
    ['https://example.com/a#b', '/a'],
    ['https://example.com#b', '/'],
    ['//example.com/a', '/a'],
    ['https://exa mple.com/a', '/a'],
    ['https://example.com\t/a', '/a'],
    ['https://[/a', '/a'],
  ] as const
  assertPairs(false, foreign, { origins })
  assertPairs(false, [['https://example.com/a', '/a']])
})

test('a prefix that was taken off the target stands in the uri', () => {
  const options = { prefix: '/api', origins }
  assertPairs(
    true,
    [
      ['/api/a?b', '/a?b'],
      ['/api/', '/'],
      ['/api', '/'],
      ['/api?b', '/?b'],
      ['/%61pi/a', '/a'],
      ['https://example.com/api/a', '/a'],
      ['/api/api/a', '/api/a'],
    ],
    options,
  )
  assertPairs(
    false,
    [
      ['/a', '/a'],
      ['/apia', '/a'],
      ['/apiary', '/ary'],
      ['/API/a', '/a'],
      ['/api/a', '/api/a'],
      ['/api%2Fa', '/a'],
      ['https://example.org/a', 'https://example.org/a'],
    ],
    options,
  )
})

test('the star is the server as a whole and no path', () => {
  assertPairs(false, [
    ['*', '/'],
    ['/', '*'],
    ['*', '/*'],
    ['%2A', '*'],
  ])
  assertPairs(true, [['*', '*']], { prefix: '/api' })
})

test('every target is the same as itself and as itself with other encodings, and the comparison is the same both ways', () => {
  const character = fc.constantFrom(
    'a',
    '~',
    '%41',
    '%7e',
    '%2f',
    '%2F',
    '/',
    '?',
    '&',
    '=',
    '%',
    '%%',
    '"',
    "'",
    '|',
    '.',
    '%2e',
    '+',
    '@',
    ':',
  )
  const target = fc.array(character, { maxLength: 12 }).map((characters) => `/${characters.join('')}`)
  fc.assert(
    fc.property(target, target, (one, other) => {
      assert.equal(isSameTarget(one, one), true)
      assert.equal(isSameTarget(one, other), isSameTarget(other, one))
      assert.equal(isSameTarget(`https://example.com${one}`, one, { origins }), true)
      assert.equal(isSameTarget(`/api${one}`, one, { prefix: '/api' }), true)
      const spelt = one.replace(/%[0-9a-f]{2}/gi, (encoded) => encoded.toLowerCase()).replaceAll('~', '%7E')
      assert.equal(isSameTarget(spelt, one), true, spelt)
      if (isSameTarget(one, other))
        assert.equal(URL.parse(one, origins[0])?.pathname.split('/').length, URL.parse(other, origins[0])?.pathname.split('/').length)
    }),
    { seed, numRuns: soak ? 100_000 : 1000 },
  )
})

test('no text makes the comparison throw, however long it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (uri, target) => {
      assert.equal(typeof isSameTarget(uri, target, { origins }), 'boolean')
    }),
    { seed, numRuns: 1000 },
  )
  const start = process.cpuUsage()
  for (const long of ['%', '%4', '/', 'http://', 'a', '?', '@'].map((part) => part.repeat(1 << 18))) {
    isSameTarget(`/${long}`, `/${long}b`, { origins })
    isSameTarget(`https://${long}`, `/${long}b`, { origins })
  }
  const { user, system } = process.cpuUsage(start)
  assert.ok(user + system < 5_000_000, `${user + system} µs`)
})
