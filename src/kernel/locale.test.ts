/** The language of a reply is chosen in one order, a text is never missing, and nothing that an application gives can break a page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../model/json.ts'
import type { Texts } from '../model/texts.ts'
import type { User } from '../model/user.ts'
import { english } from '../texts/english.ts'
import { german } from '../texts/german.ts'
import { createLocales, type LocaleOptions, type Reader } from './locale.ts'

/** A reader by what they chose, what their browser keeps, and what it sends. */
function reader(choice: Json | undefined, cookie: string | null, header: string | null): Reader {
  const extra = choice === undefined ? {} : { language: choice }
  const user: User = { id: 'u', email: 'a@b.example', username: null, active: true, roles: [], createdAt: 0, extra }
  const head = { method: 'GET', target: '/', remoteAddress: null, header: () => header, body: async () => new Uint8Array() }
  return { user, cookie, head }
}

function create(options: LocaleOptions = {}): { locales: ReturnType<typeof createLocales>; reported: string[] } {
  const reported: string[] = []
  return { locales: createLocales(options, (error, about) => reported.push(`${about}: ${error}`)), reported }
}

const of = (user: User): Json | undefined => user.extra.language

test('the language is by option, user, cookie, header, in this order, and else the first', () => {
  const { locales, reported } = create({ of, texts: { fr: {} } })
  const cases: readonly (readonly [Reader, string])[] = [
    [reader('de', 'fr', 'en'), 'de'],
    [reader('de-AT', 'fr', 'en'), 'de'],
    [reader(undefined, 'fr', 'de'), 'fr'],
    [reader('it', 'fr', 'de'), 'fr'],
    [reader(undefined, null, 'it, de;q=0.5, fr;q=0.7'), 'fr'],
    [reader(undefined, 'it', 'de'), 'de'],
    [reader(undefined, null, 'it'), 'en'],
    [reader(undefined, null, null), 'en'],
    [{ ...reader('de', null, null), user: null }, 'en'],
  ]
  for (const [who, language] of cases) assert.equal(locales.for(who).language, language)
  for (const odd of [null, true, 7, '', ['de'], { de: 'de' }, '__proto__', 'x'.repeat(100_000)] as const)
    assert.equal(locales.for(reader(odd, null, 'de')).language, 'de')
  const single = create({ of, languages: ['de'] }).locales
  assert.equal(single.for(reader('en', 'en', 'en')).language, 'de')
  assert.equal(create({ languages: ['de', 'en'] }).locales.fallback.language, 'de')
  assert.deepEqual(reported, [])
})

test('the user’s choice is not asked for without the option, and one that fails counts as none', () => {
  assert.equal(create().locales.for(reader('de', null, 'en')).language, 'en')
  const { locales, reported } = create({
    of: () => {
      throw new Error('no profile')
    },
  })
  assert.equal(locales.for(reader('de', null, 'de')).language, 'de')
  assert.deepEqual(reported, ['locale.of failed: Error: no profile'])
})

test('a partial language falls back to the one it belongs to, then to the application’s English', () => {
  const texts = { en: { 'login.title': 'Hello' }, de: { 'login.title': 'Servus' }, 'de-AT': { 'logout.title': 'Pfiat di' }, fr: {} }
  const { locales } = create({ texts })
  const say = (header: string, code: 'login.title' | 'logout.title' | 'field.email'): string =>
    locales.for(reader(undefined, null, header)).texts[code]
  assert.deepEqual([say('de-AT', 'logout.title'), say('de-AT', 'login.title')], ['Pfiat di', 'Servus'])
  assert.equal(say('de-AT', 'field.email'), german['field.email'])
  assert.deepEqual([say('de', 'logout.title'), say('de', 'login.title')], [german['logout.title'], 'Servus'])
  assert.deepEqual([say('fr', 'login.title'), say('fr', 'field.email')], ['Hello', english['field.email']])
})

test('a text that throws, or is none, is told and replaced by the one that it stands for', () => {
  const broken: Partial<Texts> = {
    'password.too_short': () => {
      throw new Error('no plural')
    },
    'password.too_long': () => JSON.parse('{}').missing,
  }
  const { locales, reported } = create({ languages: ['de'], texts: { de: broken } })
  const { texts } = locales.fallback
  assert.equal(texts['password.too_short']({ least: 15 }), german['password.too_short']({ least: 15 }))
  assert.equal(texts['password.too_long']({ most: 128 }), german['password.too_long']({ most: 128 }))
  assert.deepEqual(reported, [
    'the text "password.too_short" failed: Error: no plural',
    'the text "password.too_long" failed: TypeError: It gave undefined.',
  ])
})

test('a phrase that throws, or is none, is told and becomes a text', () => {
  const { locales, reported } = create()
  const { say } = locales.fallback
  assert.equal(say('As it is.'), 'As it is.')
  assert.equal(
    say(({ language }) => `In ${language}.`),
    'In en.',
  )
  const failed = english['refusal.failed']
  assert.equal(
    say(({ texts }) => JSON.parse('null')[texts['login.title']]),
    failed,
  )
  assert.equal(
    say(() => JSON.parse('7')),
    failed,
  )
  assert.equal(reported.length, 2)
})

test('of texts by language those that fit are chosen, else English, else the first', () => {
  const { locales } = create({ texts: { 'pt-BR': {}, fr: {} } })
  const choose = (header: string, texts: Readonly<Record<string, string>>): string =>
    locales.for(reader(undefined, null, header)).choose(texts)
  assert.equal(choose('pt-BR', { pt: 'p', en: 'e' }), 'p')
  assert.equal(choose('de', { en: 'e', DE: 'd' }), 'd')
  assert.equal(choose('fr', { de: 'd', en: 'e' }), 'e')
  assert.equal(choose('fr', { de: 'd', pt: 'p' }), 'd')
  assert.equal(choose('fr', { fr: '' }), '')
  assert.throws(() => choose('fr', {}), /nothing to choose from/)
})

test('scripts from the right have their direction, times their zone', () => {
  const { locales } = create({ timeZone: 'Europe/Berlin', texts: { ar: {}, he: {}, fa: {}, 'az-Arab': {}, az: {}, yi: {} } })
  const directions = ['ar', 'he', 'fa', 'az-Arab', 'yi', 'az', 'de', 'en'].map((tag) => locales.for(reader(undefined, tag, null)).direction)
  assert.deepEqual(directions, ['rtl', 'rtl', 'rtl', 'rtl', 'rtl', 'ltr', 'ltr', 'ltr'])
  assert.equal(locales.for(reader(undefined, 'de', null)).time(1_795_000_000_000), '18. Nov. 2026, 12:06 MEZ')
  assert.equal(create().locales.fallback.time(1_795_000_000_000).replaceAll(/\s/g, ' '), 'Nov 18, 2026, 11:06 AM UTC')
})

test('a mistake in the option is a sentence', () => {
  const hostile: readonly (readonly [string, RegExp])[] = [
    ['{"languages":[]}', /languages is empty/],
    ['{"languages":["fr"]}', /names "fr", of which there are no texts/],
    ['{"languages":["english"]}', /"english"/],
    ['{"languages":["../de"]}', /not a language tag/],
    ['{"texts":{"not a tag":{}}}', /not a language tag/],
    ['{"texts":{"de":{"login.tittle":"x"}}}', /has a text "login.tittle", which nothing says/],
    ['{"texts":{"de":{"__proto__":"x"}}}', /has a text "__proto__"/],
    ['{"texts":{"de":{"login.title":7}}}', /must be a string/],
    ['{"texts":{"de":{"password.too_short":"x"}}}', /must be a function/],
    ['{"timeZone":"Mars/Olympus"}', /is not a time zone/],
    ['{"language":"de"}', /has no option "language"/],
  ]
  for (const [options, sentence] of hostile) assert.throws(() => create(JSON.parse(options)), sentence, options)
})
