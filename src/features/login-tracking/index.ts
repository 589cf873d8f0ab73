/** Login tracking: when and from where a user logged in, this time and the time before, and a mail when a browser is new. */
import type { Html } from '../../html/html.ts'
import type { MailTemplate } from '../../html/mail.ts'
import { type Duration, milliseconds } from '../../kernel/clock.ts'
import type { Feature, Form } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import type { Step, Work } from '../../kernel/step.ts'
import type { AuthEvent } from '../../model/event.ts'
import { disownedMail, newDeviceMail } from './mails.ts'
import { disownLogin, isFamiliar, lookAtLogin, notMePurpose, showLogin } from './not-me.ts'
import { type NotMeView, notMePage } from './pages.ts'

/** Options of `loginTracking()`. */
export interface LoginTrackingOptions {
  /** How long the link in the mail about a new browser works. Default `'7d'`. */
  readonly link?: Duration
  /** The application's own page in place of the shipped one. */
  readonly pages?: { readonly notMe?: (view: NotMeView) => Html }
  /** The application's own mails in place of the shipped ones. */
  readonly mails?: {
    /** The notice of a login from a browser that the account was not used with before, with the link to disown it. */
    readonly newDevice?: MailTemplate
    /** The mail to choose a new password, after a login was disowned. */
    readonly disowned?: MailTemplate
  }
}

/**
 * Keeps each user's last two logins, and tells users by mail of a login from a browser that was not used before: route `login.not_me`,
 * where they say that it was somebody else.
 *
 * @throws Error with a sentence when `link` is no duration
 */
export function loginTracking({ link = '7d', pages = {}, mails = {} }: LoginTrackingOptions = {}): Feature {
  const seconds = milliseconds(link, 'loginTracking: link') / 1000
  const show = pages.notMe ?? notMePage
  return {
    name: 'login-tracking',
    record: track,
    join: { at: ['user.logged_in'], run: (ctx, event) => noticeNewDevice(ctx, event, seconds) },
    routes: [
      {
        name: 'login.not_me',
        path: '/not-me',
        access: 'anyone',
        title: ({ texts }) => texts['not_me.title'],
        template: 'login_not_me',
        page: async (ctx, form) => ctx.show(await notMeView(ctx, form), show),
        on: { GET: showLogin, POST: disownLogin },
      },
    ],
    mails: { 'login.new_device': mails.newDevice ?? newDeviceMail, 'login.disowned': mails.disowned ?? disownedMail },
    mailFiles: { 'login.new_device': 'new_device_notice', 'login.disowned': 'login_disowned' },
  }
}

async function notMeView(ctx: Context, form: Form): Promise<NotMeView> {
  if (ctx.query('done') === '1') return { ...form, done: true, mailed: ctx.recovery !== null, token: '', email: '' }
  const token = form.values.token ?? ctx.query('token')
  const { user } = (await lookAtLogin(ctx, token)).record
  return { ...form, done: false, mailed: ctx.recovery !== null, token, email: user.email }
}

function track({ name, user, at, ip, userAgent }: AuthEvent): Work {
  return name === 'user.logged_in' && user !== null ? [{ kind: 'logins.track', userId: user.id, at, ip, userAgent }] : []
}

/** The first login of all is nobody else's: it is the one right after the account was made. */
async function noticeNewDevice(ctx: Context, event: AuthEvent, seconds: number): Promise<Step> {
  const { user, ip, userAgent } = event
  if (!user || !(await ctx.reads.logins.byUser(user.id)) || (await isFamiliar(ctx, user))) return {}
  const data = { email: user.email, since: ctx.now }
  const link = { purpose: notMePurpose, route: 'login.not_me', seconds, outlivesStamp: true, data } as const
  return { changes: [{ kind: 'mail', mail: 'login.new_device', user, to: user.email, send: true, data: { ip, userAgent }, link }] }
}
