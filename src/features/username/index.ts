/** Usernames: a second name to log in by, chosen at registration and changed later. */
import type { Html } from '../../html/html.ts'
import type { MailTemplate } from '../../html/mail.ts'
import type { Feature, Route } from '../../kernel/feature.ts'
import type { Work } from '../../kernel/step.ts'
import { AuthError } from '../../model/error.ts'
import type { AuthEvent } from '../../model/event.ts'
import { changeUsername, showUsername } from './change.ts'
import { usernameChangedMail, usernameRecoveryMail } from './mails.ts'
import { type RecoverUsernameView, recoverUsernamePage, type UsernameView, usernamePage } from './pages.ts'
import { recoverUsername } from './recover.ts'
import { canonicalUsername, readUsername, type UsernameRules } from './rules.ts'

/** Options of `username()`. */
export interface UsernameOptions {
  /** Whether every registration must choose one, and none can be taken away. Default false. */
  readonly required?: boolean
  /** The least number of characters. Default 3. */
  readonly minimum?: number
  /** The greatest number of characters, at most 64. Default 32. */
  readonly maximum?: number
  /** The application's own pages in place of the shipped ones. */
  readonly pages?: { readonly username?: (view: UsernameView) => Html; readonly recover?: (view: RecoverUsernameView) => Html }
  /** The application's own mails in place of the shipped ones. */
  readonly mails?: { readonly changed?: MailTemplate; readonly recovery?: MailTemplate }
}

/**
 * Lets users log in by a username beside their address: routes `username`, `username.recover`. Usernames are public: whoever chooses one that
 * is taken is told so.
 *
 * @throws Error with a sentence when the bounds cannot be meant
 */
export function username(options: UsernameOptions = {}): Feature {
  const { pages = {}, mails = {} } = options
  const rules = readRules(options)
  return {
    name: 'username',
    identifier: {
      name: 'username',
      canonical: canonicalUsername,
      find: (reads, canonical) => reads.users.byUsernameKey(canonical),
      enrol: {
        label: ({ texts }) => texts['field.username'],
        required: rules.required,
        async read(reads, typed) {
          const chosen = readUsername(typed, rules)
          if (await reads.users.byUsernameKey(chosen.usernameKey)) throw new AuthError('username_taken')
          return chosen
        },
      },
    },
    routes: [usernameRoute(pages.username ?? usernamePage, rules), recoverRoute(pages.recover ?? recoverUsernamePage)],
    record: notice,
    mails: { 'username.changed': mails.changed ?? usernameChangedMail, 'username.recovery': mails.recovery ?? usernameRecoveryMail },
    mailFiles: { 'username.changed': 'change_username_notice', 'username.recovery': 'username_recovery' },
  }
}

function readRules({ required = false, minimum = 3, maximum = 32 }: UsernameOptions): UsernameRules {
  if (![minimum, maximum].every(Number.isInteger) || minimum < 1 || maximum > 64 || minimum > maximum)
    throw new Error('username: minimum and maximum must be whole numbers from 1 to 64, the first not above the second.')
  return { required, minimum, maximum }
}

function usernameRoute(show: (view: UsernameView) => Html, rules: UsernameRules): Route {
  return {
    name: 'username',
    path: '/username',
    access: 'fresh',
    menu: { at: 'account', label: ({ texts }) => texts['username.link'] },
    title: ({ texts }) => texts['username.title'],
    template: 'change_username',
    page: (ctx, form) => ctx.show({ ...form, ...rules, current: ctx.user?.username ?? null }, show),
    on: { GET: showUsername, POST: (ctx) => changeUsername(ctx, rules) },
  }
}

function recoverRoute(show: (view: RecoverUsernameView) => Html): Route {
  return {
    name: 'username.recover',
    path: '/recover-username',
    access: 'anyone',
    menu: { at: 'login', label: ({ texts }) => texts['recover_username.link'] },
    title: ({ texts }) => texts['recover_username.title'],
    template: 'recover_username',
    page: (ctx, form) => ctx.show({ ...form, sent: ctx.query('sent') === '1' }, show),
    on: { GET: async (ctx) => ctx.json({ csrf: ctx.formToken() }), POST: recoverUsername },
  }
}

/** ASVS V6.3.7: whoever has another username is told, wherever that came from. */
function notice(event: AuthEvent): Work {
  if (event.name !== 'username.changed' || event.user === null) return []
  const { user, to, ip, userAgent } = event
  return [{ kind: 'mail', mail: 'username.changed', user, to: user.email, send: true, data: { username: to, ip, userAgent } }]
}
