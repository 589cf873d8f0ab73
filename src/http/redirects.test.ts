/** A redirect target stays on the site, or is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { safeTarget } from './redirects.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const origin = 'https://example.com'

test('paths, queries and hashes of this site are given back as a browser would send them', () => {
  for (const [target, expected] of [
    ['/', '/'],
    ['/a/b?c=d#e', '/a/b?c=d#e'],
    ['a', '/a'],
    ['?a=b', '/?a=b'],
    ['https://example.com/a', '/a'],
    ['HTTPS://EXAMPLE.COM:443/a', '/a'],
    ['/a/../b', '/b'],
    ['/ä ö', '/%C3%A4%20%C3%B6'],
    ['/%2f%2fevil.example', '/%2f%2fevil.example'],
    ['/login?next=//evil.example', '/login?next=//evil.example'],
    ['\\a', '/a'],
    ['https:a', '/a'],
    ['https://example.com\\.evil.example', '/.evil.example'],
    [' /a\n', '/a'],
  ] as const)
    assert.equal(safeTarget(target, origin), expected, target)
})

const hostile = [
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '\\\\evil.example',
  '\\\\\\evil.example',
  ' //evil.example',
  '\t//evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\n/evil.example',
  '\u0000//evil.example',
  'http://example.com/',
  'https://evil.example/',
  'https:/\\evil.example',
  'https:\\\\evil.example',
  'https:///evil.example',
  'http:///evil.example',
  'HTTPS://EVIL.EXAMPLE',
  'https://example.com.evil.example/',
  'https://example.com@evil.example/',
  'https://example.com:evil@evil.example/',
  'https://evil.example\\@example.com/',
  'https://evil.example#@example.com/',
  'https://user@example.com/',
  'https://:pass@example.com/',
  'https://example.com:444/',
  'https://example.com%2eevil.example/',
  'https://example.com\u3002evil.example/',
  'https://sub.example.com/',
  'https://example.co/',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'mailto:a@example.com',
  'blob:https://example.com/0',
  'filesystem:https://example.com/0',
  'file:///etc/passwd',
  'about:blank',
  'view-source:https://example.com/',
  '/.//evil.example',
  '/a/..//evil.example',
  '/a/../..//evil.example',
  '/%2e//evil.example',
  '/%2e%2e//evil.example',
  './/evil.example',
  './/..//evil.example',
  '/./\\evil.example',
  '/a/..\\\\evil.example',
  'https:.//evil.example',
  'https:/..//evil.example',
  'https://[::1]/',
  'https://0x7f.1/',
  'https://',
  'https:',
  '//',
  '\\\\',
  '',
  '\ud800',
  `/${'a'.repeat(2048)}`,
]

test('whatever would leave the site is none', () => {
  for (const target of hostile) {
    const safe = safeTarget(target, origin)
    if (target === 'https:')
      assert.equal(safe, '/') // the page itself
    else assert.equal(safe, null, JSON.stringify(target))
  }
})

/** Text out of the pieces that parsers disagree about. */
const pieces = fc.constantFrom(
  '/',
  '//',
  '\\',
  '.',
  '..',
  '%2e',
  '%2f',
  '%5c',
  ':',
  '@',
  '?',
  '#',
  '\t',
  '\n',
  ' ',
  'https:',
  'http:',
  'blob:',
  'javascript:',
  'example.com',
  'evil.example',
  'a',
  '%',
  '\u3002',
  '\uff0f',
  '[',
  ']',
  ';',
  '&',
)
const targets = fc.oneof(
  fc.array(pieces, { maxLength: 10 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
  fc.webUrl(),
)

for (const site of [origin, 'http://localhost:3000']) {
  test(`a target is a path of ${site} that any reader takes to the same place, or none`, () => {
    fc.assert(
      fc.property(targets, (target) => {
        const safe = safeTarget(target, site)
        if (safe === null) return
        assert.match(safe, /^\/(?![/\\])/)
        assert.match(safe, /^[\x21-\x7e]*$/) // nothing that could end or split a header
        const [reached, meant] = [new URL(safe, site), new URL(target, `${site}/`)]
        assert.equal(reached.origin, site)
        assert.deepEqual([reached.pathname, reached.search, reached.hash], [meant.pathname, meant.search, meant.hash])
        assert.equal(safeTarget(safe, site), safe)
      }),
      { seed, numRuns: 5000 },
    )
  })
}
