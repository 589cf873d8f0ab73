/** Changing the address of one's account: confirmed from the new mailbox, and taken back from the old one for a while. */
import type { Html } from '../../html/html.ts'
import type { MailTemplate } from '../../html/mail.ts'
import { type Duration, milliseconds } from '../../kernel/clock.ts'
import type { Feature, Route } from '../../kernel/feature.ts'
import type { Work } from '../../kernel/step.ts'
import type { AuthEvent } from '../../model/event.ts'
import { confirmEmailChange, lookAtChange, showEmailChange } from './confirm.ts'
import { changedMail, changeMail, undoneMail } from './mails.ts'
import { undoPurpose } from './order.ts'
import {
  type ChangeEmailView,
  type ConfirmEmailChangeView,
  changeEmailPage,
  confirmEmailChangePage,
  type UndoEmailChangeView,
  undoEmailChangePage,
} from './pages.ts'
import { askForEmailChange, showAddress } from './request.ts'
import { lookAtUndo, showUndo, undoEmailChange } from './undo.ts'

/** Options of `changeEmail()`. */
export interface ChangeEmailOptions {
  /** How long the link to the new address works. Default `'2h'`. */
  readonly link?: Duration
  /** How long the old address can take a change back. Default `'7d'`. */
  readonly undo?: Duration
  /** The application's own pages in place of the shipped ones. */
  readonly pages?: {
    readonly changeEmail?: (view: ChangeEmailView) => Html
    readonly confirmEmailChange?: (view: ConfirmEmailChangeView) => Html
    readonly undoEmailChange?: (view: UndoEmailChangeView) => Html
  }
  /** The application's own mails in place of the shipped ones. */
  readonly mails?: {
    /** The link, to the new address. */
    readonly change?: MailTemplate
    /** The notice with the link to take it back, to the old address. */
    readonly changed?: MailTemplate
    /** The notice to the address that was taken back. */
    readonly undone?: MailTemplate
  }
}

/** Lets users change the address of their account: routes `email.change`, `email.change.confirm`, `email.change.undo`. */
export function changeEmail(options: ChangeEmailOptions = {}): Feature {
  const { link = '2h', undo = '7d', pages = {}, mails = {} } = options
  const linkSeconds = milliseconds(link, 'changeEmail: link') / 1000
  const undoSeconds = milliseconds(undo, 'changeEmail: undo') / 1000
  const { change = changeMail, changed = changedMail, undone = undoneMail } = mails
  return {
    name: 'change-email',
    routes: [requestRoute(pages, linkSeconds), confirmRoute(pages, undoSeconds), undoRoute(pages)],
    record: forgetChanges,
    mails: { 'email.change': change, 'email.changed': changed, 'email.change_undone': undone },
    mailFiles: {
      'email.change': 'change_email_instructions',
      'email.changed': 'change_email_notice',
      'email.change_undone': 'change_email_undone',
    },
  }
}

/** Whoever was shown to be somebody else may have changed the address, and have links that change it again. */
function forgetChanges({ name, user }: AuthEvent): Work {
  if (name !== 'user.login_disowned' || user === null) return []
  return ['change-email', undoPurpose].map((purpose) => ({ kind: 'links.drop', purpose, subject: user.id }))
}

type Pages = NonNullable<ChangeEmailOptions['pages']>

function requestRoute({ changeEmail: show = changeEmailPage }: Pages, seconds: number): Route {
  return {
    name: 'email.change',
    path: '/change-email',
    access: 'fresh',
    menu: { at: 'account', label: ({ texts }) => texts['change_email.link'] },
    title: ({ texts }) => texts['change_email.title'],
    template: 'change_email',
    page: (ctx, form) => ctx.show({ ...form, current: ctx.user?.email ?? '', sent: ctx.query('sent') === '1' }, show),
    on: { GET: showAddress, POST: (ctx) => askForEmailChange(ctx, seconds) },
  }
}

function confirmRoute({ confirmEmailChange: show = confirmEmailChangePage }: Pages, undoSeconds: number): Route {
  return {
    name: 'email.change.confirm',
    path: '/change-email/confirm',
    access: 'anyone',
    askAnew: 'email.change',
    title: ({ texts }) => texts['change_email.confirm_title'],
    template: 'change_email_confirm',
    page: async (ctx, form) => {
      const token = form.values.token ?? ctx.query('token')
      return ctx.show({ ...form, token, email: (await lookAtChange(ctx, token)).email }, show)
    },
    on: { GET: showEmailChange, POST: (ctx) => confirmEmailChange(ctx, undoSeconds) },
  }
}

function undoRoute({ undoEmailChange: show = undoEmailChangePage }: Pages): Route {
  return {
    name: 'email.change.undo',
    path: '/change-email/undo',
    access: 'anyone',
    title: ({ texts }) => texts['change_email.undo_title'],
    template: 'change_email_undo',
    page: async (ctx, form) => {
      const token = form.values.token ?? ctx.query('token')
      return ctx.show({ ...form, token, email: (await lookAtUndo(ctx, token)).email }, show)
    },
    on: { GET: showUndo, POST: undoEmailChange },
  }
}
