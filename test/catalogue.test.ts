/** The catalogue is whole: every language says everything, everything is said somewhere, and a text that lacks does not compile. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Texts } from '../src/index.ts'
import { english } from '../src/texts/english.ts'
import { german } from '../src/texts/german.ts'

/** Values of every kind that a text may be filled in with. */
const filling = {
  ...{ least: 15, most: 128, left: 4711, days: 4712, reason: 'Reason.', browser: 'Firefox', system: 'Linux', method: 'Passkey' },
  ...{ seconds: 1800, siteName: 'Example', email: 'ada@example.com', username: 'wonder', time: 'noon' },
} as const

/** As the catalogue of events has them. */
const eventNames = new Set([...readFileSync('src/model/event.ts', 'utf8').matchAll(/^ {2}'([\w.]+)':/gm)].map(([, name]) => name))

/** Each text by its code, filled in. */
function said(texts: Texts): ReadonlyMap<string, string> {
  return new Map(Object.entries(texts).map(([code, text]) => [code, typeof text === 'string' ? text : text(filling)]))
}

test('a language that lacks a text, has one too many, or says one in another way, does not compile', () => {
  // @ts-expect-error: all but one are missing
  const lacking: Texts = { 'login.title': 'Anmelden' }
  // @ts-expect-error: nothing says it
  const misspelt: Texts = { ...german, 'login.tittle': 'Anmelden' }
  // @ts-expect-error: it takes a value
  const flat: Texts = { ...german, 'password.too_short': 'Zu kurz.' }
  assert.deepEqual([lacking, misspelt, flat].length, 3)
})

test('every text is said somewhere, by its code', () => {
  const sources = globSync('src/**/*.ts').filter(
    (file) => !/\.test\.ts$|^src\/texts\/|^src\/model\/texts\.ts$/.test(file.replaceAll('\\', '/')),
  )
  const code = sources.map((file) => readFileSync(file, 'utf8')).join('\n')
  const isSaid = (name: string): boolean => code.includes(`'${name}'`)
  // By the code of an error, and by what a password is like.
  const built = (name: string): boolean =>
    name.startsWith('error.') || eventNames.has(name.replace(/^history\./, '')) || /^password\.(pattern|common|context)$/.test(name)
  assert.deepEqual(
    Object.keys(english).filter((name) => !isSaid(name) && !built(name)),
    [],
  )
  assert.match(code, /texts\[`history\.\$\{event/)
  assert.match(code, /texts\[`error\.\$\{code\}`\]/)
  assert.match(code, /texts\[`password\.\$\{likeness\}`\]/)
})

test('German says everything that English says, in other words, with the same values and the same marks at the end', () => {
  const [en, de] = [said(english), said(german)]
  assert.deepEqual([...de.keys()], [...en.keys()])
  for (const [code, text] of de) {
    const other = en.get(code) ?? ''
    if (!['refusal.code', 'verify.instead'].includes(code)) assert.notEqual(text, other, code)
    assert.ok(text.trim() === text && text !== '' && !/ {2}|undefined|\[object/.test(text), code)
    if (!/^(sessions|devices)\./.test(code)) assert.equal(/[.:]$/.exec(text)?.[0], /[.:]$/.exec(other)?.[0], code)
    for (const value of Object.values(filling)) assert.equal(text.includes(String(value)), other.includes(String(value)), code)
    assert.doesNotMatch(text, /\b(du|dein|deine|dich|dir|Du|Dein)\b/, code)
  }
})
