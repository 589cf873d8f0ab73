/** Authenticator applications as a second factor (RFC 6238). */
import type { Html } from '../../html/html.ts'
import type { MailTemplate } from '../../html/mail.ts'
import { text } from '../../http/fields.ts'
import type { Feature, ProofKind, Route } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import { blameField } from '../../kernel/refusal.ts'
import type { Work } from '../../kernel/step.ts'
import type { AuthEvent } from '../../model/event.ts'
import type { TotpParameters } from '../../protocols/totp.ts'
import { authenticatorsView, listAuthenticators, removeAuthenticator } from './authenticators.ts'
import { verifyCode } from './code.ts'
import { totpMail } from './mails.ts'
import { type AuthenticatorsView, authenticatorsPage, type SetupView, setupPage, type TotpView, totpPage } from './pages.ts'
import type { TotpSettings } from './settings.ts'
import { confirm, setUp, setupView } from './setup.ts'

/** Options of `totp()`. Another algorithm, length or period is understood by few applications; what was set up keeps its own. */
export interface TotpOptions extends TotpParameters {
  /** The application's name, as authenticators show it; without a colon, at most 64 characters. */
  readonly issuer: string
  /** How many authenticators a user may have. Default 5. */
  readonly most?: number
  /** The application's own pages in place of the shipped ones. */
  readonly pages?: {
    readonly authenticators?: (view: AuthenticatorsView) => Html
    readonly setup?: (view: SetupView) => Html
    readonly verify?: (view: TotpView) => Html
  }
  /** The application's own mail in place of the shipped one. */
  readonly mails?: { readonly changed?: MailTemplate }
}

type Pages = NonNullable<TotpOptions['pages']>

/**
 * Codes of authenticator applications as a second factor: routes `totp`, `totp.setup`, `totp.confirm`, `totp.verify` and `totp.remove`.
 * Whoever has one is asked for it by every way of logging in.
 *
 * @throws Error with a sentence when an option cannot be meant
 */
export function totp(options: TotpOptions): Feature {
  const { pages = {}, mails = {} }: Partial<TotpOptions> = options ?? {}
  const settings = readSettings(options ?? {})
  return {
    name: 'totp',
    proofs: [proof],
    routes: [...ownRoutes(pages), ...setupRoutes(pages, settings), verifyRoute(pages)],
    record: answer,
    mails: { 'totp.changed': mails.changed ?? totpMail },
    mailFiles: { 'totp.changed': 'totp_notice' },
  }
}

/** With it and the longest address the QR code still holds the URI. */
const longestIssuer = 64

function readSettings({ issuer, algorithm = 'SHA-1', digits = 6, period = 30, most = 5 }: TotpOptions): TotpSettings {
  if (typeof issuer !== 'string' || issuer.trim() === '' || /[:\p{Cc}]/u.test(issuer) || issuer.length > longestIssuer)
    throw new Error(`totp: issuer must be your application's name, without a colon, in at most ${longestIssuer} characters.`)
  if (!['SHA-1', 'SHA-256', 'SHA-512'].includes(algorithm)) throw new Error("totp: algorithm must be 'SHA-1', 'SHA-256' or 'SHA-512'.")
  if (digits !== 6 && digits !== 8) throw new Error('totp: digits must be 6 or 8.')
  if (!Number.isInteger(period) || period < 15 || period > 120)
    throw new Error('totp: period must be a whole number of seconds from 15 to 120.')
  // With one only, whoever must have one could never take another phone.
  if (!Number.isInteger(most) || most < 2 || most > 100) throw new Error('totp: most must be a whole number from 2 to 100.')
  return { issuer, algorithm, digits, period, most }
}

const proof: ProofKind = {
  method: 'totp',
  channel: 'totp',
  as: ['second'],
  label: ({ texts }) => texts['totp.label'],
  field: 'code',
  route: 'totp.verify',
  setup: 'totp.setup',
  cheap: true,
  has: async (reads, { user }) => (await reads.totp.listOf(user.id)).length > 0,
  usedAt: async (reads, { user }) => (await reads.totp.listOf(user.id))[0]?.usedAt ?? null,
  verify: verifyCode,
}

function ownRoutes({ authenticators: show = authenticatorsPage }: Pages): readonly Route[] {
  const list = {
    title: ({ texts }) => texts['totp.title'],
    template: 'totp',
    page: async (ctx, form) => ctx.show(await authenticatorsView(ctx, form), show),
  } satisfies Partial<Route>
  const menu = { at: 'account', label: ({ texts }) => texts['totp.label'] } satisfies Route['menu']
  // What may not be removed is told on the list, and who must prove themselves first is led back to it.
  const on = { GET: listAuthenticators, POST: removeAuthenticator }
  return [
    { name: 'totp', path: '/totp', access: 'session', menu, ...list, on: { GET: listAuthenticators } },
    { name: 'totp.remove', path: '/totp/remove', access: 'fresh', ...list, on },
  ]
}

function setupRoutes({ setup: show = setupPage }: Pages, settings: TotpSettings): readonly Route[] {
  const both = {
    access: ['fresh', 'setup'],
    title: ({ texts }) => texts['totp.setup_title'],
    template: 'two_factor_setup',
    page: async (ctx, form) => ctx.show(await setupView(ctx, form, settings), show),
  } satisfies Partial<Route>
  const GET = async (ctx: Context): Promise<Response> => ctx.json({})
  return [
    { name: 'totp.setup', path: '/totp/setup', ...both, on: { GET, POST: (ctx) => setUp(ctx, settings) } },
    { name: 'totp.confirm', path: '/totp/confirm', ...both, login: true, on: { GET, POST: (ctx) => confirm(ctx, settings) } },
  ]
}

function verifyRoute({ verify: show = totpPage }: Pages): Route {
  return {
    name: 'totp.verify',
    path: '/totp/verify',
    access: 'owed',
    login: true,
    title: ({ texts }) => texts['totp.verify_title'],
    template: 'two_factor_verify_code',
    page: (ctx, form) => ctx.show(form, show),
    on: { GET: async (ctx) => ctx.json({}), POST: verify },
  }
}

/** `POST totp/verify {code}`: answers the debt of the login that this browser holds. */
async function verify(ctx: Context): Promise<Response> {
  const { code } = await ctx.fields({ code: text({ max: 32, secret: true }) })
  try {
    return await ctx.proveBy('totp', code)
  } catch (error) {
    throw blameField(error, 'code')
  }
}

/**
 * What an operator resets goes, and what a stranger may have added; whoever has other ones, or none any more, is told (ASVS V6.3.7). A
 * mailbox alone takes no second factor away: see decision 0084.
 */
function answer(event: AuthEvent): Work {
  const { name, user, ip, userAgent } = event
  if (user === null) return []
  if (name === 'user.login_disowned' || name === 'email.change_undone')
    return [{ kind: 'totp.drop', userId: user.id, which: { since: event.since } }]
  if (name !== 'totp.added' && name !== 'totp.removed' && name !== 'access.reset') return []
  const data = { how: name.slice(name.indexOf('.') + 1), ip, userAgent }
  const told = { kind: 'mail', mail: 'totp.changed', user, to: user.email, send: true, data } as const
  return name === 'access.reset' ? [{ kind: 'totp.drop', userId: user.id }, told] : [told]
}
