/** Confirmation of addresses: registering mails a link, and only whoever opens the mailbox makes the account. */
import type { Html } from '../../html/html.ts'
import type { MailTemplate } from '../../html/mail.ts'
import { readAddress } from '../../kernel/address.ts'
import { type Duration, milliseconds } from '../../kernel/clock.ts'
import type { Feature, Form, ProofKind, Route } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import type { Work } from '../../kernel/step.ts'
import type { AuthEvent } from '../../model/event.ts'
import { confirmEmail as confirm, lookAt, showConfirm } from './confirm.ts'
import { holdRegistration } from './hold.ts'
import { confirmMail, takenMail } from './mails.ts'
import { type ConfirmEmailView, confirmEmailPage, type ResendConfirmationView, resendConfirmationPage } from './pages.ts'
import { isHeld, purpose } from './pending.ts'
import { resendConfirmation } from './resend.ts'

/** Options of `confirmEmail()`. */
export interface ConfirmEmailOptions {
  /** How long a mailed link works. Default `'2d'`. */
  readonly link?: Duration
  /** Whether confirming logs in, with whatever second factor is asked for. Default false. */
  readonly loginAfter?: boolean
  /** The application's own pages in place of the shipped ones. */
  readonly pages?: {
    readonly confirmEmail?: (view: ConfirmEmailView) => Html
    readonly resendConfirmation?: (view: ResendConfirmationView) => Html
  }
  /** The application's own mails in place of the shipped ones. */
  readonly mails?: {
    /** The link that confirms an address. */
    readonly confirm?: MailTemplate
    /** To whoever has the address already. */
    readonly taken?: MailTemplate
  }
}

/** Whoever has opened the mailbox has proven the channel of mail. */
const proof: ProofKind = { method: 'confirm-email', channel: 'mail', as: ['first'], has: () => false }

/** Lets accounts be made only when their address is confirmed: routes `confirm-email` and `confirm-email.resend`. */
export function confirmEmail(options: ConfirmEmailOptions = {}): Feature {
  const { link = '2d', loginAfter = false, pages = {}, mails = {} } = options
  const seconds = milliseconds(link, 'confirmEmail: link') / 1000
  return {
    name: 'confirm-email',
    routes: [confirmRoute(pages, loginAfter), resendRoute(pages, seconds)],
    ...(loginAfter && { proofs: [proof] }),
    beforeAccount: (ctx, draft) => holdRegistration(ctx, draft, seconds),
    mails: { 'email.confirm': mails.confirm ?? confirmMail, 'email.taken': mails.taken ?? takenMail },
    record: dropWaiting,
    check: ({ features }) =>
      features.includes('registration')
        ? []
        : ['confirmEmail() confirms registrations: add registration() to the features, or take it out.'],
  }
}

type Pages = NonNullable<ConfirmEmailOptions['pages']>

function confirmRoute({ confirmEmail: show = confirmEmailPage }: Pages, loginAfter: boolean): Route {
  return {
    name: 'confirm-email',
    path: '/confirm-email',
    access: 'anyone',
    ...(loginAfter && { login: true }),
    title: ({ texts }) => texts['confirm_email.title'],
    template: 'confirm_email',
    page: async (ctx, form) => ctx.show(await confirmView(ctx, form), show),
    on: { GET: showConfirm, POST: (ctx) => confirm(ctx, loginAfter) },
  }
}

function resendRoute({ resendConfirmation: show = resendConfirmationPage }: Pages, seconds: number): Route {
  return {
    name: 'confirm-email.resend',
    path: '/confirm-email/resend',
    access: 'anyone',
    menu: { at: 'login', label: ({ texts }) => texts['resend_confirmation.link'] },
    title: ({ texts }) => texts['resend_confirmation.title'],
    template: 'send_confirmation',
    page: (ctx, form) => ctx.show({ ...form, sent: sentOf(ctx) }, show),
    on: { GET: async (ctx) => ctx.json({ csrf: ctx.formToken() }), POST: (ctx) => resendConfirmation(ctx, seconds) },
  }
}

/** Looks at the link and spends nothing: programs that scan mail follow every link. */
async function confirmView(ctx: Context, form: Form): Promise<ConfirmEmailView> {
  const token = form.values.token ?? ctx.query('token')
  const { pending } = await lookAt(ctx, token)
  return { ...form, token, email: pending.draft.email, asksPassword: !isHeld(ctx, pending) }
}

function sentOf(ctx: Context): ResendConfirmationView['sent'] {
  const sent = ctx.query('sent')
  return sent === 'registered' || sent === 'again' ? sent : null
}

/** Whoever gets an account with an address, by whatever way: nothing that waits for this address is good any more. */
function dropWaiting({ name, user }: AuthEvent): Work {
  const address = (name === 'user.registered' || name === 'user.created') && user ? readAddress(user.email) : null
  return address ? [{ kind: 'links.drop', purpose, subject: address.key }] : []
}
