/** Passwords: log in with one, change it, choose a new one by a mailed link, prove yourself again with it. */
import type { Html } from '../../html/html.ts'
import type { MailTemplate } from '../../html/mail.ts'
import { type Duration, milliseconds } from '../../kernel/clock.ts'
import type { Feature, Form, ProofKind, Route } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import type { Work } from '../../kernel/step.ts'
import type { AuthEvent } from '../../model/event.ts'
import { changePassword, showChange } from './change.ts'
import { forgotPassword, resetLink } from './forgot.ts'
import { login, showLogin } from './login.ts'
import { changedMail, invitationMail, resetMail } from './mails.ts'
import {
  type ChangePasswordView,
  changePasswordPage,
  type ForgotPasswordView,
  forgotPasswordPage,
  type LoginView,
  loginPage,
  type ResetPasswordView,
  resetPasswordPage,
} from './pages.ts'
import { lookAt, resetPassword, showReset } from './reset.ts'

/** Options of `password()`. How passwords are judged and hashed is the kernel's option `passwords`. */
export interface PasswordFeatureOptions {
  /**
   * How long a mailed link to choose a new password works: `'30m'` unless said otherwise. `false` where passwords are never reset by
   * mail: then there are no such routes and no invitations, and only the notice of a new password is sent.
   */
  readonly reset?: Duration | false
  /** How long the link of an invitation works. Default `'7d'`. */
  readonly invitation?: Duration
  /** The application's own pages in place of the shipped ones. */
  readonly pages?: {
    readonly login?: (view: LoginView) => Html
    readonly changePassword?: (view: ChangePasswordView) => Html
    readonly forgotPassword?: (view: ForgotPasswordView) => Html
    readonly resetPassword?: (view: ResetPasswordView) => Html
  }
  /** The application's own mails in place of the shipped ones. */
  readonly mails?: {
    /** The link to choose a new password. */
    readonly reset?: MailTemplate
    /** The link for a user whom an operator made. */
    readonly invitation?: MailTemplate
    /** The notice of a new password. */
    readonly changed?: MailTemplate
  }
}

const proof: ProofKind = {
  method: 'password',
  channel: 'password',
  as: ['first', 'again'],
  label: ({ texts }) => texts['field.password'],
  field: 'password',
  has: (_reads, record) => record.passwordHash !== null,
  verify: async (ground, record, value) => {
    const right = await ground.verifyPassword({ key: ground.keyOf(record), record }, value)
    return right ? { proven: { method: 'password' } } : null
  },
}

/** Login with an identifier and a password, the change of it, and a new one by mail: routes `login`, `password.change`, `.forgot`, `.reset`. */
export function password(options: PasswordFeatureOptions = {}): Feature {
  const { reset = '30m', invitation = '7d', pages = {}, mails = {} } = options
  const { reset: reseting = resetMail, invitation: inviting = invitationMail, changed = changedMail } = mails
  const base = {
    name: 'password',
    proofs: [proof],
    routes: [loginRoute(pages), changeRoute(pages)],
    mails: { 'password.changed': changed },
    mailFiles: { 'password.changed': 'change_notice' },
    record: notice,
  }
  if (reset === false) return base
  const seconds = milliseconds(reset, 'password: reset') / 1000
  return {
    ...base,
    routes: [...base.routes, forgotRoute(pages, seconds), resetRoute(pages)],
    mails: { ...base.mails, 'password.reset': reseting, 'password.invitation': inviting },
    mailFiles: { ...base.mailFiles, 'password.reset': 'reset_instructions', 'password.invitation': 'invitation' },
    recovery: resetLink(seconds),
    invitation: { mail: 'password.invitation', link: resetLink(milliseconds(invitation, 'password: invitation') / 1000) },
  }
}

type Pages = NonNullable<PasswordFeatureOptions['pages']>

function loginRoute({ login: show = loginPage }: Pages): Route {
  return {
    name: 'login',
    path: '/login',
    access: 'anyone',
    login: true,
    entrance: true,
    menu: { at: 'login', label: ({ texts }) => texts['login.link'] },
    title: ({ texts }) => texts['login.title'],
    template: 'login_user',
    page: (ctx, form) => (ctx.user ? ctx.goTo(ctx.targets.login) : ctx.show(loginView(ctx, form), show)),
    on: { GET: showLogin, POST: login },
  }
}

function changeRoute({ changePassword: show = changePasswordPage }: Pages): Route {
  return {
    name: 'password.change',
    path: '/change-password',
    access: 'session',
    menu: { at: 'account', label: ({ texts }) => texts['change_password.link'] },
    title: ({ texts }) => texts['change_password.title'],
    template: 'change_password',
    page: async (ctx, form) => ctx.show(await changeView(ctx, form), show),
    on: { GET: showChange, POST: changePassword },
  }
}

function forgotRoute({ forgotPassword: show = forgotPasswordPage }: Pages, seconds: number): Route {
  return {
    name: 'password.forgot',
    path: '/forgot-password',
    access: 'anyone',
    menu: { at: 'login', label: ({ texts }) => texts['forgot_password.link'] },
    title: ({ texts }) => texts['forgot_password.title'],
    template: 'forgot_password',
    page: (ctx, form) => ctx.show({ ...form, sent: ctx.query('sent') === '1' }, show),
    on: { GET: async (ctx) => ctx.json({ csrf: ctx.formToken() }), POST: (ctx) => forgotPassword(ctx, seconds) },
  }
}

function resetRoute({ resetPassword: show = resetPasswordPage }: Pages): Route {
  return {
    name: 'password.reset',
    path: '/reset-password',
    access: 'anyone',
    askAnew: 'password.forgot',
    title: ({ texts }) => texts['reset_password.title'],
    template: 'reset_password',
    page: async (ctx, form) => ctx.show(await resetView(ctx, form), show),
    on: { GET: showReset, POST: resetPassword },
  }
}

function loginView(ctx: Context, form: Form): LoginView {
  return { ...form, identifiers: ctx.identifiers.flatMap(({ enrol }) => (enrol ? [ctx.locale.say(enrol.label)] : [])) }
}

async function changeView(ctx: Context, form: Form): Promise<ChangePasswordView> {
  const { user, passwordHash } = (await ctx.subject()).record
  if (passwordHash === null) await ctx.requireFresh() // the form would be refused
  const { alone, withSecondFactor } = ctx.passwordMinimum
  return {
    ...form,
    email: user.email,
    hasPassword: passwordHash !== null,
    minimum: ctx.requiresSecondFactor(user) ? withSecondFactor : alone,
  }
}

/** Looks at the link and spends nothing: programs that scan mail follow every link. */
async function resetView(ctx: Context, form: Form): Promise<ResetPasswordView> {
  const token = form.values.token ?? ctx.query('token')
  const { user } = (await lookAt(ctx, token)).record
  const { alone, withSecondFactor } = ctx.passwordMinimum
  return { ...form, token, email: user.email, minimum: ctx.requiresSecondFactor(user) ? withSecondFactor : alone }
}

/** ASVS V6.3.7: whoever has another password, or none any more, is told, wherever that came from. */
function notice({ name, user, ip, userAgent, ...event }: AuthEvent): Work {
  if (name !== 'password.changed' && name !== 'password.set' && name !== 'password.reset' && name !== 'password.removed') return []
  if (user === null || !('by' in event)) return []
  const data = { how: name.slice('password.'.length), by: event.by, ip, userAgent }
  return [{ kind: 'mail', mail: 'password.changed', user, to: user.email, send: true, data }]
}
