/** Cookies: read strictly, written so that nothing can be smuggled in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readCookie, writeCookie } from './cookies.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)

test('a cookie is found among others, whatever stands around it', () => {
  for (const header of ['s=abc', 'a=b; s=abc', 's=abc; a=b', ' s = abc ;a', 'x-s=1; s=abc; s2=3', 's=abc; s=abc'])
    assert.equal(readCookie(header, 's'), 'abc', header)
})

test('what is absent, empty, ambiguous, quoted or strange is none', () => {
  for (const header of [null, '', 'a=b', 's', 's=', 's=abc; s=abd', 's="abc"', 's=a b', 's=ä', 's=a%20b', 's=a,b', 'S=abc', '__Host-s=abc'])
    assert.equal(readCookie(header, 's'), null, String(header))
})

test('a cookie is for this host alone, unreadable to scripts, and lives as long as it is told', () => {
  assert.equal(writeCookie('s', 'abc', { secure: true }), 's=abc; Path=/; HttpOnly; SameSite=Lax; Secure')
  assert.equal(writeCookie('s', 'abc', { secure: false, seconds: 60 }), 's=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60')
  assert.equal(writeCookie('s', '', { secure: true, seconds: 0 }), 's=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0')
})

test('a name or value that could break the header, or that browsers would drop, is a mistake', () => {
  for (const [name, value] of [
    ['s', 'a;b'],
    ['s', 'a\r\nSet-Cookie: x=y'],
    ['s', 'a b'],
    ['s', 'ä'],
    ['s=', 'a'],
    ['', 'a'],
    ['s', 'a'.repeat(4000)],
  ] as const)
    assert.throws(() => writeCookie(name, value, { secure: true }), /^Error: The cookie /, `${name}=${value.slice(0, 20)}`)
})

test('what was written is what is read', () => {
  const values = fc.stringMatching(/^[A-Za-z0-9_.~-]{1,200}$/)
  fc.assert(
    fc.property(values, values, (value, other) => {
      const sent = `other=${other}; ${writeCookie('s', value, { secure: true }).split(';')[0]}`
      assert.equal(readCookie(sent, 's'), value)
    }),
    { seed },
  )
})

test('whatever header comes in, what is read is one value of ours or none', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      const value = readCookie(`${header}; s=abc`, 's')
      assert.ok(value === null || /^[\w.~-]+$/.test(value))
    }),
    { seed, numRuns: 500 },
  )
})

test('a header of thousands of pairs without a value costs as much as its length, and no more', () => {
  const took = (pairs: number): number => {
    const header = `${'; '.repeat(pairs)}s=abc`
    const begin = performance.now()
    for (let i = 0; i < 20; i++) assert.equal(readCookie(header, 's'), 'abc')
    return performance.now() - begin
  }
  took(1000)
  assert.ok(took(100_000) < 40 * took(10_000) + 50)
})
