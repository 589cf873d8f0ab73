/** The document around every page: one heading, one style sheet, one deferred script and nothing inline, so that a strict policy holds. */
import type { Locale } from '../model/locale.ts'
import { type Html, html } from './html.ts'
import { linkList, type PageLink } from './links.ts'

/** What a layout is given to make a whole document of. */
export interface PageParts {
  /** The page's one heading, and the first half of the document's title. */
  readonly title: string
  readonly body: Html
  /** URLs on this site. */
  readonly assets: { readonly style: string; readonly script: string }
  /** Who is logged in. */
  readonly user: { readonly email: string } | null
  readonly locale: Locale
  readonly siteName: string
  /** What was just done, said once: `Your password has been changed.` */
  readonly notice?: string | null
  /** The pages of the account; shown when somebody is logged in. */
  readonly menu?: readonly PageLink[]
}

/** Makes a whole document of a page. */
export type Layout = (page: PageParts) => Html

/** The layout of an application that gives none. Needs no more than `style-src 'self'; script-src 'self'; form-action 'self'`. */
export function defaultLayout(page: PageParts): Html {
  const { language, direction, texts } = page.locale
  return html`<!doctype html>
<html lang="${language}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · ${page.siteName}</title>
<link rel="stylesheet" href="${page.assets.style}">
<script src="${page.assets.script}" defer></script>
</head>
<body>
<header class="site"><p class="site-name">${page.siteName}</p>${page.user && html`<p class="hint">${texts['layout.logged_in_as']} <b dir="auto">${page.user.email}</b></p>`}</header>
<main>
<h1>${page.title}</h1>
${page.notice && html`<p class="notice" role="status">${page.notice}</p>`}
${page.body}
</main>
${page.user && page.menu?.length ? html`<nav aria-label="${texts['layout.account_menu']}">${linkList(page.menu)}</nav>` : null}
</body>
</html>
`
}
