/** Confirmation of addresses: an account is made when whoever reads the address's mail says so, and not before. */
import type { Html } from '../../html/html.ts'
import type { MailTemplate } from '../../html/mail.ts'
import { readAddress } from '../../kernel/address.ts'
import { type Duration, milliseconds } from '../../kernel/clock.ts'
import type { Feature, ProofKind, Route } from '../../kernel/feature.ts'
import type { Work } from '../../kernel/step.ts'
import type { AuthEvent } from '../../model/event.ts'
import { confirmEmailOf, showConfirmation, stateOf } from './confirm.ts'
import { confirmMail, takenMail } from './mails.ts'
import { type ConfirmEmailView, confirmEmailPage } from './pages.ts'
import { type ConfirmRules, holdRegistration, purpose, resendConfirmation } from './pending.ts'

/** Options of `confirmEmail()`. */
export interface ConfirmEmailOptions {
  /** How long a link works. Default `'2d'`. */
  readonly link?: Duration
  /** Whether confirming logs in, through the door. Default false. */
  readonly loginAfter?: boolean
  /** The application's own page in place of the shipped one. */
  readonly pages?: { readonly confirmEmail?: (view: ConfirmEmailView) => Html }
  /** The application's own mails in place of the shipped ones. */
  readonly mails?: {
    /** The link to confirm by. */
    readonly confirm?: MailTemplate
    /** The notice to somebody whose address was typed though there is an account. */
    readonly taken?: MailTemplate
  }
}

/** Opening the mail is a proof of its own, where confirming logs in. */
const proof: ProofKind = { method: 'confirm-email', channel: 'mail', as: ['first'], has: () => false }

/** Makes registrations wait for a mailed link: routes `email.confirm`, `email.confirm.resend`. */
export function confirmEmail(options: ConfirmEmailOptions = {}): Feature {
  const { link = '2d', loginAfter = false, pages = {}, mails = {} } = options
  const rules = { seconds: milliseconds(link, 'confirmEmail: link') / 1000, loginAfter }
  return {
    name: 'confirm-email',
    proofs: [proof],
    beforeAccount: (ctx, draft) => holdRegistration(ctx, draft, rules),
    routes: [confirmRoute(pages.confirmEmail ?? confirmEmailPage, rules), resendRoute(rules)],
    record: dropWaiting,
    mails: { 'registration.confirm': mails.confirm ?? confirmMail, 'registration.taken': mails.taken ?? takenMail },
    mailFiles: { 'registration.confirm': 'confirmation_instructions', 'registration.taken': 'welcome_existing' },
  }
}

function confirmRoute(show: (view: ConfirmEmailView) => Html, rules: ConfirmRules): Route {
  return {
    name: 'email.confirm',
    path: '/confirm-email',
    access: 'anyone',
    login: true,
    askAnew: 'email.confirm',
    title: ({ texts }) => texts['confirm_email.title'],
    template: 'send_confirmation',
    page: async (ctx, form) => ctx.show({ ...form, ...(await stateOf(ctx, form.values.token || ctx.query('token'))) }, show),
    on: { GET: showConfirmation, POST: (ctx) => confirmEmailOf(ctx, rules) },
  }
}

function resendRoute({ seconds }: ConfirmRules): Route {
  return {
    name: 'email.confirm.resend',
    path: '/confirm-email/resend',
    access: 'anyone',
    on: { POST: (ctx) => resendConfirmation(ctx, seconds) },
  }
}

/** Whoever gets an account with an address, in whatever way: nothing that waits for the address is good any more. */
function dropWaiting({ name, user }: AuthEvent): Work {
  const address = (name === 'user.registered' || name === 'user.created') && user ? readAddress(user.email) : null
  return address ? [{ kind: 'links.drop', purpose, subject: address.key }] : []
}
