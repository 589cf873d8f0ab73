/** The page of `language()`: a plain function of a plain view, so that an application replaces it by a function of the same type. */
import { hiddenField } from '../../html/field.ts'
import { errorSummary, postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the page to choose a language is given. */
export interface LanguageView extends Form {
  readonly languages: readonly LanguageLine[]
}

/** One language. */
export interface LanguageLine {
  /** What is posted. */
  readonly tag: string
  /** In its own words: `Deutsch`. */
  readonly name: string
  /** Whether the page is in it. */
  readonly current: boolean
}

/** The languages to choose from, each with a button that posts `language`. */
export function languagePage(view: LanguageView): Html {
  return html`${errorSummary(view, [])}<ul class="lines">${view.languages.map((line) => languageItem(view, line))}</ul>${linkList(view.links)}`
}

function languageItem(view: LanguageView, { tag, name, current }: LanguageLine): Html {
  const { texts } = view.locale
  const choose = submitButton(texts['language.choose'], { look: 'quiet', about: name })
  return html`<li><div><b lang="${tag}" dir="auto">${name}</b>${current && html` <span class="badge">${texts['language.current']}</span>`}</div>
${!current && postForm(view, [hiddenField('language', tag), choose], { summary: false })}</li>
`
}
