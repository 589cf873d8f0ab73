/** Links to other pages, in the two shapes that pages need: a quiet list below a form, and a list to choose from. */
import { type Html, html } from './html.ts'

/** A link to another page. The kernel's `MenuLink` is one. */
export interface PageLink {
  readonly href: string
  readonly label: string
}

/** A quiet list, below a form. Nothing when there are no links. */
export function linkList(links: readonly PageLink[]): Html {
  return links.length === 0 ? html`` : html`<ul class="links">${links.map(listItem)}</ul>`
}

/** A list in which following a link is the point of the page. */
export function choiceList(links: readonly PageLink[]): Html {
  return html`<ul class="choices">${links.map(listItem)}</ul>`
}

function listItem(link: PageLink): Html {
  return html`<li><a href="${link.href}">${link.label}</a></li>`
}
