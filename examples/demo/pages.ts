/** How the demo's own pages look: the toolkit's layout around them, and the same protection by headers. */
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { type Auth, defaultLayout, type Html, html, type Identity, type Layout } from 'portcullis'
import { currentUser } from 'portcullis/hono'
import { texts } from './texts.ts'

/** What the demo is called, on pages and by authenticators. */
export const siteName = 'Portcullis demo'

/** Around the toolkit's pages and the demo's own: the shipped layout, with a way home. */
export const layout: Layout = (page) =>
  defaultLayout({ ...page, menu: [{ href: '/', label: page.locale.choose(texts).home }, ...(page.menu ?? [])] })

/** A page of the demo. */
export interface Page {
  readonly title: string
  readonly body: Html
  readonly status?: 200 | 400 | 404
}

/** Shows pages of one installation. */
export type ShowPage = (c: Context, page: Page) => Promise<Response>

const headers = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'Referrer-Policy': 'strict-origin',
  'X-Content-Type-Options': 'nosniff',
}

/** Makes what shows pages: each says who is logged in, and has a button to log out. */
export function createPages(auth: Auth): ShowPage {
  return async (c, { title, body, status = 200 }) => {
    const user = await currentUser(auth)
    const csrf = await auth.formToken(c.req.raw)
    const locale = await auth.locale(c.req.raw)
    const whole = html`${body}
${csrf && html`<form method="post" action="${auth.urlFor('logout')}">${hidden('csrf', csrf)}<button class="quiet">${locale.texts['logout.button']}</button></form>`}`
    const menu = [
      { href: auth.urlFor('sessions'), label: locale.texts['sessions.link'] },
      { href: auth.urlFor('password.change'), label: locale.texts['change_password.link'] },
      { href: auth.urlFor('email.change'), label: locale.texts['change_email.link'] },
      { href: auth.urlFor('language'), label: locale.texts['language.link'] },
    ]
    const document = layout({ title, body: whole, assets: auth.assets, user, locale, siteName, menu })
    return c.html(document.toString(), status, { ...headers, 'Content-Language': locale.language, Vary: 'Accept, Cookie, Accept-Language' })
  }
}

/** Whether a client would rather have a page than JSON. */
export function wantsPage(c: Context): boolean {
  return accepts(c, { header: 'Accept', supports: ['text/html', 'application/json'], default: 'application/json' }) === 'text/html'
}

/** Answers who passed a guard, to a client that speaks JSON. */
export function showIdentity(c: Context, { user: { id, email, roles }, with: way }: Identity): Response {
  return c.json({ user: { id, email, roles }, with: way }, 200, { Vary: 'Accept' })
}

/** A value that a form sends and does not show. */
export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`
}

/** Links to choose from. */
export function choices(links: readonly (readonly [href: string, label: string])[]): Html {
  return html`<ul class="choices">${links.map(([href, label]) => html`<li><a href="${href}">${label}</a></li>`)}</ul>`
}
