/** Logging in without a password: by a link or a code that is mailed. */
import type { Html } from '../../html/html.ts'
import type { MailTemplate } from '../../html/mail.ts'
import { type Duration, milliseconds } from '../../kernel/clock.ts'
import type { Feature, ProofKind, Route } from '../../kernel/feature.ts'
import { magicLinkMail } from './mails.ts'
import { type MagicLinkView, magicLinkPage, type RedeemMagicLinkView, redeemMagicLinkPage } from './pages.ts'
import { lookAt, redeemMagicLink, showMagicLink } from './redeem.ts'
import { askedFor, askForMagicLink, type MagicLinkRules } from './request.ts'

/** Options of `magicLink()`. */
export interface MagicLinkOptions {
  /** How long a link and its code work. Default `'15m'`. */
  readonly link?: Duration
  /** Whether only the browser that asked can log in by it. Default false: a link opened on another device logs that one in. */
  readonly sameBrowser?: boolean
  /** The application's own pages in place of the shipped ones. */
  readonly pages?: {
    readonly magicLink?: (view: MagicLinkView) => Html
    readonly redeem?: (view: RedeemMagicLinkView) => Html
  }
  /** The application's own mail in place of the shipped one. */
  readonly mails?: { readonly link?: MailTemplate }
}

const proof: ProofKind = { method: 'magic-link', channel: 'mail', as: ['first'], has: () => true }

/** Login by a mailed link or code: routes `magic-link`, `magic-link.redeem`. Nobody gets an account by it. */
export function magicLink(options: MagicLinkOptions = {}): Feature {
  const { link = '15m', sameBrowser = false, pages = {}, mails = {} } = options
  const rules = { seconds: milliseconds(link, 'magicLink: link') / 1000, sameBrowser }
  return {
    name: 'magic-link',
    proofs: [proof],
    routes: [askRoute(pages, rules), redeemRoute(pages, rules)],
    mails: { 'magic_link.link': mails.link ?? magicLinkMail },
    mailFiles: { 'magic_link.link': 'login_instructions' },
  }
}

type Pages = NonNullable<MagicLinkOptions['pages']>

function askRoute({ magicLink: show = magicLinkPage }: Pages, rules: MagicLinkRules): Route {
  return {
    name: 'magic-link',
    path: '/magic-link',
    access: 'anyone',
    login: true,
    entrance: true,
    menu: { at: 'login', label: ({ texts }) => texts['magic_link.link'] },
    title: ({ texts }) => texts['magic_link.title'],
    template: 'send_login',
    page: (ctx, form) => ctx.show(form, show),
    on: { GET: async (ctx) => ctx.json({ csrf: ctx.formToken() }), POST: (ctx) => askForMagicLink(ctx, rules) },
  }
}

function redeemRoute({ redeem: show = redeemMagicLinkPage }: Pages, rules: MagicLinkRules): Route {
  return {
    name: 'magic-link.redeem',
    path: '/magic-link/redeem',
    access: 'anyone',
    login: true,
    askAnew: 'magic-link',
    title: ({ texts }) => texts['magic_link.redeem_title'],
    template: 'send_login_code',
    page: async (ctx, form) => {
      const token = form.values.token || ctx.query('token')
      if (token === '') return ctx.show({ ...form, token, email: form.values.email ?? askedFor(ctx)?.email ?? '' }, show)
      const { record, next } = await lookAt(ctx, token, rules)
      return ctx.show({ ...form, next: form.next ?? next, token, email: record.user.email }, show)
    },
    on: { GET: (ctx) => showMagicLink(ctx, rules), POST: (ctx) => redeemMagicLink(ctx, rules) },
  }
}
