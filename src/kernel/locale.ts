/** Which language a reply is in: by option, by the user's own choice, by the browser's cookie, by `Accept-Language`. */
import { lookUpLanguage, readAcceptLanguage } from '../http/accept-language.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Json } from '../model/json.ts'
import type { Locale, Phrase } from '../model/locale.ts'
import type { Texts } from '../model/texts.ts'
import type { User } from '../model/user.ts'
import { english } from '../texts/english.ts'
import { german } from '../texts/german.ts'
import type { Report } from './emit.ts'
import { refuseUnknownKeys } from './known-keys.ts'

/** The option `locale` of `createAuth`. */
export interface LocaleOptions<U extends User = User> {
  /** The languages on offer, the one to fall back to first. Default: English, German, then those of `texts`. One alone is always spoken. */
  readonly languages?: readonly string[]
  /**
   * Texts by language: some in place of the shipped ones, or a further language. What is missing falls back: `de-AT` to `de`, and at last
   * to English. Give an object of the type `Texts`, so that a further language that lacks a text does not compile.
   */
  readonly texts?: Readonly<Record<string, Partial<Texts>>>
  /** The language that a user chose, from where the application keeps it, for example `user.extra.language`. What is no tag is no choice. */
  of?(user: U): Json | undefined
  /** The time zone of times on pages: `Europe/Berlin`. Default `UTC`. */
  readonly timeZone?: string
}

/** What a language is chosen by. */
export interface Reader {
  readonly user: User | null
  /** The value of the browser's cookie `language`. */
  readonly cookie: string | null
  readonly head: RequestHead
}

/** The languages of one installation. */
export interface Locales {
  /** The tags on offer. */
  readonly languages: readonly string[]
  /** What is spoken when nothing says otherwise. */
  readonly fallback: Locale
  /** The language for whoever reads a reply. */
  for(reader: Reader): Locale
  /** The tag of a user's own choice, else `otherwise`: for mails, which no browser asks for. */
  of(user: User | null, otherwise: string): string
  /** A language by its tag; the fallback when it is not on offer any more. */
  speak(tag: string): Locale
}

const shipped: Readonly<Record<string, Texts>> = { en: english, de: german }
const optionKeys: Readonly<Record<keyof LocaleOptions, true>> = { languages: true, texts: true, of: true, timeZone: true }

/** Makes the languages on offer. @throws Error with a sentence that says which option to change */
export function createLocales(options: LocaleOptions, report: Report): Locales {
  refuseUnknownKeys('createAuth: locale', options, optionKeys)
  const own = readTexts(options.texts ?? {})
  const languages = (options.languages ?? [...new Set([...Object.keys(shipped), ...own.keys()])]).map(readTag)
  const offered = new Map(languages.map((tag) => [tag.toLowerCase(), tag]))
  const [first = ''] = languages
  if (first === '') throw new Error('locale.languages is empty: name at least one language.')
  for (const tag of languages) {
    if (!own.has(tag) && !Object.hasOwn(shipped, tag)) {
      throw new Error(`locale.languages names "${tag}", of which there are no texts: give them in locale.texts.`)
    }
  }
  const timeZone = readTimeZone(options.timeZone ?? 'UTC')
  const made = new Map<string, Locale>()

  function speak(language: string): Locale {
    const locale = made.get(language) ?? createLocale({ language, texts: completeTexts(language, own, report), timeZone, report })
    made.set(language, locale)
    return locale
  }

  function ofUser(user: User): Json | undefined {
    try {
      return options.of?.(user)
    } catch (error) {
      report(error, 'locale.of failed')
      return undefined
    }
  }

  function lookUp(choice: Json | null | undefined): string | null {
    return typeof choice === 'string' ? lookUpLanguage(choice, offered) : null
  }

  return {
    languages,
    get fallback() {
      return speak(first)
    },
    of: (user, otherwise) => lookUp(user && ofUser(user)) ?? otherwise,
    speak: (tag) => speak(lookUp(tag) ?? first),
    for({ user, cookie, head }) {
      const chosen = [user && ofUser(user), cookie].filter((choice) => typeof choice === 'string')
      for (const range of [...chosen, ...readAcceptLanguage(head.header('accept-language') ?? '')]) {
        const language = lookUpLanguage(range, offered)
        if (language !== null) return speak(language)
      }
      return speak(first)
    },
  }
}

function readTag(tag: string): string {
  try {
    return new Intl.Locale(tag).toString()
  } catch {
    throw new Error(`locale: "${tag}" is not a language tag: write one such as en, de or pt-BR.`)
  }
}

function readTimeZone(timeZone: string): string {
  if (timeZone === 'UTC') return timeZone
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    throw new Error(`locale.timeZone "${timeZone}" is not a time zone: write one such as Europe/Berlin.`)
  }
}

/** The application's texts by canonical tag. A misspelt code would leave the shipped text where another is wanted. */
function readTexts(given: Readonly<Record<string, Partial<Texts>>>): ReadonlyMap<string, Partial<Texts>> {
  return new Map(
    Object.entries(given).map(([name, texts]) => {
      for (const [code, text] of Object.entries(texts)) {
        if (!isCode(code)) throw new Error(`locale.texts.${name} has a text "${code}", which nothing says.`)
        if (text !== undefined && typeof text !== typeof english[code])
          throw new Error(`locale.texts.${name}["${code}"] must be a ${typeof english[code]}.`)
      }
      return [readTag(name), texts]
    }),
  )
}

function isCode(code: string): code is keyof Texts {
  return Object.hasOwn(english, code)
}

/** A language's texts over those it falls back to. */
function completeTexts(language: string, own: ReadonlyMap<string, Partial<Texts>>, report: Report): Texts {
  const cut = language.lastIndexOf('-')
  const base = shipped[language] ?? completeTexts(cut < 0 ? 'en' : language.slice(0, cut), own, report)
  const given = Object.entries(own.get(language) ?? {}).filter(([, text]) => text !== undefined)
  const guarded = given.map(([code, text]) => [code, typeof text === 'function' ? guard(code, text, base, report) : text])
  return { ...base, ...Object.fromEntries(guarded) }
}

type Filled = Extract<Texts[keyof Texts], (about: never) => string>

/** A text of the application's that takes values: when it fails, the text that it stands for is said. */
function guard(code: string, text: Filled, base: Texts, report: Report): (about: never) => string {
  return (about) => {
    try {
      const said: unknown = text(about)
      if (typeof said === 'string') return said
      report(new TypeError(`It gave ${typeof said}.`), `the text "${code}" failed`)
    } catch (error) {
      report(error, `the text "${code}" failed`)
    }
    const instead = isCode(code) ? base[code] : code
    return typeof instead === 'string' ? instead : instead(about)
  }
}

interface Spoken {
  readonly language: string
  readonly texts: Texts
  readonly timeZone: string
  readonly report: Report
}

/** The scripts in use that are written from right to left. */
const fromTheRight = ['Adlm', 'Arab', 'Hebr', 'Mand', 'Mend', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa', 'Yezi']

function createLocale({ language, texts, timeZone, report }: Spoken): Locale {
  let clock: Intl.DateTimeFormat | undefined // made at first use: it takes longer than importing all the pages
  const locale: Locale = {
    language,
    direction: fromTheRight.includes(new Intl.Locale(language).maximize().script ?? '') ? 'rtl' : 'ltr',
    texts,
    say: (phrase) => say(phrase, locale, report),
    choose: (byLanguage) => choose(language, byLanguage),
    time(at) {
      clock ??= new Intl.DateTimeFormat(language, { ...timeParts, timeZone })
      return clock.format(at)
    },
  }
  return locale
}

const timeParts = { day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' } as const

function say(phrase: Phrase, locale: Locale, report: Report): string {
  if (typeof phrase === 'string') return phrase
  try {
    const said: unknown = phrase(locale)
    if (typeof said === 'string') return said
    report(new TypeError(`It gave ${typeof said}.`), 'a phrase failed')
  } catch (error) {
    report(error, 'a phrase failed')
  }
  return locale.texts['refusal.failed']
}

function choose<T>(language: string, byLanguage: Readonly<Record<string, T>>): T {
  const offered = new Map(Object.entries(byLanguage).map(([tag, value]) => [tag.toLowerCase(), value]))
  const found = lookUpLanguage(language, offered) ?? offered.get('en') ?? [...offered.values()][0]
  if (found === undefined) throw new Error('locale.choose was given nothing to choose from.')
  return found
}
