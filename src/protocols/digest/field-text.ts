/** The grammar that all header fields of Digest are made of: tokens, quoted strings and lists (RFC 9110 section 5.6). */

/** Reads the text of a field from left to right; each character is looked at a bounded number of times. */
export interface FieldReader {
  /** Whether nothing is left. */
  isAtEnd(): boolean
  /** Passes over optional white space (RFC 9110 section 5.6.3); whether there was any. */
  skipSpace(): boolean
  /** Takes one character if it comes next. */
  take(character: string): boolean
  /** Takes a token (RFC 9110 section 5.6.2); `null` when none comes next. */
  token(): string | null
  /** Takes a token68 that fills its element of the list (RFC 9110 section 11.2); `null` when none comes next. */
  token68(): string | null
  /** Takes a quoted string and resolves its quoted pairs (RFC 9110 section 5.6.4); `null` when none comes next. */
  quoted(): string | null
  /** Takes the quoted string of a URI, which may hold quotes and backslashes that its sender forgot to escape. */
  quotedUri(): string | null
}

const tokenCharacters = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y
const token68Characters = /[-._~+/0-9A-Za-z]+=*(?=[ \t]*(?:,|$))/y
/** HTAB, SP, VCHAR and obs-text: whatever may stand in a quoted string, escaped or not. */
const fieldText = /^[\t\x20-\x7e\x80-\xff]*$/
const anything = /./s
const quoteOrBackslash = /["\\]/

/** Makes a reader of a field's text. */
export function readField(text: string): FieldReader {
  let at = 0

  function match(pattern: RegExp): string | null {
    pattern.lastIndex = at
    if (!pattern.test(text)) return null
    const start = at
    at = pattern.lastIndex
    return text.slice(start, at)
  }

  /** The content of a quoted string, up to the first quote for which `isEnd` holds; `escapes` are what a backslash may stand before. */
  function content(isEnd: (quote: number) => boolean, escapes: RegExp): string | null {
    if (text[at] !== '"') return null
    const value = plainContent(isEnd) ?? escapedContent(isEnd, escapes)
    return value !== null && fieldText.test(value) ? value : null
  }

  /** What almost every value is: text without a backslash up to the next quote. `null` and nothing taken when it is anything else. */
  function plainContent(isEnd: (quote: number) => boolean): string | null {
    const quote = text.indexOf('"', at + 1)
    const value = quote === -1 ? '\\' : text.slice(at + 1, quote)
    if (value.includes('\\') || !isEnd(quote)) return null
    at = quote + 1
    return value
  }

  function escapedContent(isEnd: (quote: number) => boolean, escapes: RegExp): string | null {
    let value = ''
    let start = at + 1
    for (let index = start; index < text.length; index++) {
      const character = text[index]
      if (character === '"' && isEnd(index)) {
        at = index + 1
        return value + text.slice(start, index)
      }
      if (character !== '\\' || !escapes.test(text.charAt(index + 1))) continue
      value += text.slice(start, index)
      start = ++index // the escaped character begins what is sliced next
    }
    return null
  }

  function endsElement(quote: number): boolean {
    let index = quote + 1
    while (isSpace(text[index])) index++
    return index >= text.length || text[index] === ','
  }

  return {
    isAtEnd: () => at >= text.length,
    skipSpace: () => {
      const start = at
      while (isSpace(text[at])) at++
      return at > start
    },
    take: (character) => {
      const isNext = text[at] === character
      if (isNext) at++
      return isNext
    },
    token: () => match(tokenCharacters),
    token68: () => match(token68Characters),
    quoted: () => content(() => true, anything),
    // curl up to 8 escapes nothing in a URI. No URI holds quotes or backslashes (RFC 3986 section 2), so a conforming sender escapes nothing else.
    quotedUri: () => content(endsElement, quoteOrBackslash),
  }
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

/**
 * A quoted string (RFC 9110 section 5.6.4) with its text in UTF-8, one character for each byte, as Node and Fetch take it.
 *
 * @throws RangeError when it holds a control character or half a surrogate pair
 */
export function quote(value: string): string {
  if (!isPrintable(value)) throw new RangeError('A header field holds no control characters and no unpaired surrogates.')
  return `"${toBytes(value).replace(/["\\]/g, '\\$&')}"`
}

/** Whether a text can stand in a quoted string: it has no control characters, and UTF-8 can write it. */
export function isPrintable(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text)
}

function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text that the bytes of a value mean in UTF-8 (RFC 7616 section 4); `null` when they are none, or hold control characters. */
export function fromBytes(value: string): string | null {
  if (/^[\x20-\x7e]*$/.test(value)) return value
  try {
    const text = strictUtf8.decode(Buffer.from(value, 'latin1'))
    return isPrintable(text) ? text : null
  } catch {
    return null
  }
}
