/** The language of one reply, and texts that wait to be said in it. */
import type { Texts } from './texts.ts'

/** A language that pages, messages and mails are written in. */
export interface Locale {
  /** A BCP 47 tag: `en`, `pt-BR`. */
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  /** Everything the toolkit says, by code. */
  readonly texts: Texts
  /** A phrase in this language. Never throws: one that fails is told to `report`. */
  say(phrase: Phrase): string
  /** Of what is given by language (`{ en: …, de: … }`) what fits best; English, else the first, when nothing does. */
  choose<T>(byLanguage: Readonly<Record<string, T>>): T
  /** A point in time, in milliseconds since 1970, UTC, for people to read, with its time zone. */
  time(at: number): string
}

/** What is said to a person: a text as it is, or one made for the language of whoever reads it. */
export type Phrase = string | ((locale: Locale) => string)
