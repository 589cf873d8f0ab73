/** The page for a request that was refused, when there is no form to show the refusal on. */
import type { Locale } from '../model/locale.ts'
import { type Html, html } from './html.ts'
import { linkList, type PageLink } from './links.ts'

/** What an error page is given. */
export interface ErrorView {
  /** A heading above the message, when it says more than the page's own title. */
  readonly title?: string
  /** What happened and what to do, in words for the user. */
  readonly message: string
  /** The stable code, for whoever reports it. */
  readonly code: string
  /** Where to go from here. */
  readonly back: PageLink | null
  readonly locale: Locale
}

/** The body of an error page. */
export function errorPage(view: ErrorView): Html {
  return html`${view.title && html`<h2>${view.title}</h2>`}
<p>${view.message}</p>
<p class="hint">${view.locale.texts['refusal.code']} <code>${view.code}</code></p>
${view.back && linkList([view.back])}`
}
