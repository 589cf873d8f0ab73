/** What a client reads is found in its header by the standard's rules, in a time that grows with nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { lookUpLanguage, readAcceptLanguage } from './accept-language.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)
const offered: ReadonlyMap<string, string> = new Map(['en', 'de', 'de-CH', 'zh-Hant', 'ar'].map((tag) => [tag.toLowerCase(), tag]))

test('ranges come by weight, those of one weight in their order (RFC 9110 section 12.5.4)', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['da, en-gb;q=0.8, en;q=0.7', ['da', 'en-gb', 'en']],
    ['en;q=0.7, da, en-gb;q=0.8', ['da', 'en-gb', 'en']],
    ['de,en', ['de', 'en']],
    ['de-DE ; q=0.5 ,\ten;q=0.500', ['de-DE', 'en']],
    ['de;q=1.000,en;q=0.999', ['de', 'en']],
    ['EN;Q=0.3,de;q=0.2', ['EN', 'de']],
    ['*', []],
    ['*;q=0.5, de;q=0.1', ['de']],
    ['en;q=0, de;q=0.000', []],
    ['', []],
    [' , ,', []],
  ]
  for (const [header, ranges] of cases) assert.deepEqual(readAcceptLanguage(header), ranges, header)
})

test('what is malformed is left out, and the rest is read', () => {
  const malformed = ['d', 'de;q', 'de;q=', 'de;q=2', 'de;q=-1', 'de;q=1.1', 'de;q=0.1234', 'de;q=1;x=2', 'de_DE', '-de', 'de-', 'de--DE']
  malformed.push('ninechars', 'dé', '../de', 'de;q=NaN', 'de de', '"de"', '__proto__', `x${'-a'.repeat(40)}`, '*-de', 'de\0')
  for (const range of malformed.slice(1)) assert.deepEqual(readAcceptLanguage(`${range}, fr;q=0.1`), ['fr'], range)
  assert.deepEqual(readAcceptLanguage('d'), ['d'])
})

test('a range is cut from its end until something is on offer (RFC 4647 section 3.4)', () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['de', 'de'],
    ['DE-ch-1996', 'de-CH'],
    ['de-AT', 'de'],
    ['zh-Hant-CN-x-private1-private2', 'zh-Hant'],
    ['zh-Hant-x', 'zh-Hant'],
    ['zh', null],
    ['fr', null],
    ['', null],
    ['x', null],
    ['-', null],
    ['a-a-a-a-a', null],
    ['constructor', null],
  ]
  for (const [range, found] of cases) assert.equal(lookUpLanguage(range, offered), found, range)
})

test('no header breaks it, and what comes out is on offer', () => {
  const parts = fc.constantFrom('de', 'en', '-', ',', ';', 'q=', '0', '1', '.', '*', ' ', '\t', 'x', 'é', '\0', '\u202e', 'a'.repeat(300))
  const header = fc.oneof(
    fc.string(),
    fc.array(parts, { maxLength: 200 }).map((texts) => texts.join('')),
  )
  fc.assert(
    fc.property(header, (text) => {
      for (const range of readAcceptLanguage(text)) {
        assert.match(range, /^[a-z0-9-]+$/i)
        const found = lookUpLanguage(range, offered)
        assert.ok(found === null || [...offered.values()].includes(found))
      }
    }),
    { seed, numRuns: 2000 },
  )
})

test('a header of a megabyte costs no more than its length', () => {
  const long = 1_000_000
  for (const text of ['de,', 'a-', 'a', ',', ';q=0.1', ' ', '-a;', '*,', 'de-x-a-'].map((part) => part.repeat(long / part.length))) {
    const began = process.cpuUsage()
    for (const range of readAcceptLanguage(text)) lookUpLanguage(range, offered)
    lookUpLanguage(text, offered)
    const took = process.cpuUsage(began).user / 1000
    assert.ok(took < 100, `${text.slice(0, 8)}…: ${took} ms`)
  }
})
