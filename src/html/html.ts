/** The pages' grammar: a tagged template that escapes everything not already `Html`. */

/** Text that is safe to send as HTML. Only `html` and `join` make it. */
export class Html {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  /** The markup itself. */
  toString(): string {
    return this.#text
  }

  /** @internal the one way in, for the template tag beside it */
  static of(text: string): Html {
    return new Html(text)
  }
}

/** What may stand in a template: text is escaped, `Html` is taken as it is, lists are joined, the rest is left out. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[]

/** Builds `Html`; every value is escaped for text and quoted attributes unless it is `Html`. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = parts[0] ?? ''
  values.forEach((value, index) => {
    text += markup(value) + (parts[index + 1] ?? '')
  })
  return Html.of(text)
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function markup(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (typeof value === 'object') return value.map(markup).join('')
  return String(value).replace(/[&<>"']/g, (character) => escapes[character] ?? '')
}
