/** One's own account: what is held about it, the end of its use, and its deletion after a time to think better of it. */
import type { Html } from '../../html/html.ts'
import type { MailTemplate } from '../../html/mail.ts'
import { type Duration, milliseconds } from '../../kernel/clock.ts'
import type { Feature, Route } from '../../kernel/feature.ts'
import { deactivateAccount } from './deactivate.ts'
import { callingOff, callOffBy, deleteDue, requestDeletion } from './delete.ts'
import { exportAccount } from './export.ts'
import { deactivatedMail, deletedMail, deletionMail, restoredMail } from './mails.ts'
import { type DeactivateView, type DeleteView, deactivatePage, deletePage, type RestoreView, restorePage } from './pages.ts'
import { restoreAccount, restoreView, showRestore } from './restore.ts'

/** Options of `account()`. */
export interface AccountOptions {
  /** How long a deletion can be called off, before it is done. Default `'14d'`. */
  readonly coolingOff?: Duration
  /** The application's own pages in place of the shipped ones. */
  readonly pages?: {
    readonly deactivate?: (view: DeactivateView) => Html
    readonly delete?: (view: DeleteView) => Html
    readonly restore?: (view: RestoreView) => Html
  }
  /** The application's own mails in place of the shipped ones. */
  readonly mails?: {
    /** The notice of a deletion to come, with the link to call it off. */
    readonly deletion?: MailTemplate
    /** The notice that a deletion was called off. */
    readonly restored?: MailTemplate
    /** The notice that the account is gone. */
    readonly deleted?: MailTemplate
    /** The notice that the account is out of use. */
    readonly deactivated?: MailTemplate
  }
}

/**
 * Lets users take their data along, put their account out of use, and delete it: routes `account.export`, `account.deactivate`,
 * `account.delete`, `account.restore`.
 *
 * @throws Error with a sentence when `coolingOff` is no duration
 */
export function account({ coolingOff = '14d', pages = {}, mails = {} }: AccountOptions = {}): Feature {
  const wait = milliseconds(coolingOff, 'account: coolingOff')
  return {
    name: 'account',
    join: { at: callingOff, run: callOffBy },
    upkeep: deleteDue,
    routes: [exportRoute, deactivateRoute(pages), deleteRoute(pages, wait), restoreRoute(pages)],
    mails: {
      'account.deletion': mails.deletion ?? deletionMail,
      'account.restored': mails.restored ?? restoredMail,
      'account.deleted': mails.deleted ?? deletedMail,
      'account.deactivated': mails.deactivated ?? deactivatedMail,
    },
    mailFiles: {
      'account.deletion': 'account_deletion',
      'account.restored': 'account_restored',
      'account.deleted': 'account_deleted',
      'account.deactivated': 'account_deactivated',
    },
  }
}

type Pages = NonNullable<AccountOptions['pages']>

const exportRoute: Route = {
  name: 'account.export',
  path: '/account/export',
  access: 'fresh',
  menu: { at: 'account', label: ({ texts }) => texts['account.export_link'] },
  on: { GET: exportAccount },
}

function deactivateRoute({ deactivate: show = deactivatePage }: Pages): Route {
  return {
    name: 'account.deactivate',
    path: '/account/deactivate',
    access: 'fresh',
    menu: { at: 'account', label: ({ texts }) => texts['account.deactivate_link'] },
    title: ({ texts }) => texts['account.deactivate_title'],
    template: 'account_deactivate',
    page: (ctx, form) => ctx.show(form, show),
    on: { GET: async (ctx) => ctx.json({}), POST: deactivateAccount },
  }
}

function deleteRoute({ delete: show = deletePage }: Pages, wait: number): Route {
  return {
    name: 'account.delete',
    path: '/account/delete',
    access: 'fresh',
    menu: { at: 'account', label: ({ texts }) => texts['account.delete_link'] },
    title: ({ texts }) => texts['account.delete_title'],
    template: 'account_delete',
    page: (ctx, form) => ctx.show({ ...form, deletesAt: ctx.now + wait }, show),
    on: { GET: async (ctx) => ctx.json({ deletesAt: ctx.now + wait }), POST: (ctx) => requestDeletion(ctx, wait) },
  }
}

function restoreRoute({ restore: show = restorePage }: Pages): Route {
  return {
    name: 'account.restore',
    path: '/account/restore',
    access: 'anyone',
    title: ({ texts }) => texts['account.restore_title'],
    template: 'account_restore',
    page: async (ctx, form) => ctx.show(await restoreView(ctx, form), show),
    on: { GET: showRestore, POST: restoreAccount },
  }
}
