/** Sessions: who am I, where am I logged in, log out, and prove that it is still me. */
import type { Html } from '../../html/html.ts'
import { type Duration, milliseconds } from '../../kernel/clock.ts'
import type { Feature } from '../../kernel/feature.ts'
import {
  type LogoutView,
  logoutPage,
  type SecondFactorView,
  type SessionsView,
  secondFactorPage,
  sessionsPage,
  type VerifyView,
  verifyPage,
} from './pages.ts'
import { listSessions, logout, revokeSessions, sessionsView, showSession } from './sessions.ts'
import { secondFactorView, showSecondFactor, showVerify, verify, verifyView } from './verify.ts'

/** Options of `session()`. */
export interface SessionOptions {
  /** A session ends when it is unused for this long. Default `'1h'`. */
  readonly idle?: Duration
  /** A session ends this long after its login. Default `'30d'`. */
  readonly absolute?: Duration
  /** The application's own pages in place of the shipped ones. */
  readonly pages?: {
    readonly sessions?: (view: SessionsView) => Html
    readonly verify?: (view: VerifyView) => Html
    readonly logout?: (view: LogoutView) => Html
    readonly secondFactor?: (view: SecondFactorView) => Html
  }
}

/**
 * Everything about a login that is already there: routes `session`, `sessions`, `sessions.revoke`, `logout`, `verify` and
 * `second-factor`.
 *
 * @throws Error with a sentence when a limit is no duration, or `idle` is longer than `absolute`
 */
export function session(options: SessionOptions = {}): Feature {
  const { idle = '1h', absolute = '30d', pages = {} } = options
  const limits = { idle: milliseconds(idle, 'idle'), absolute: milliseconds(absolute, 'absolute') }
  if (limits.idle > limits.absolute) throw new Error('session: idle must not be longer than absolute.')
  return {
    name: 'session',
    sessionLimits: limits,
    routes: [
      { name: 'session', path: '/session', access: 'session', on: { GET: showSession } },
      {
        name: 'sessions',
        path: '/sessions',
        access: 'session',
        menu: { at: 'account', label: ({ texts }) => texts['sessions.link'] },
        title: ({ texts }) => texts['sessions.title'],
        template: 'sessions',
        page: async (ctx, form) => ctx.show(await sessionsView(ctx, form), pages.sessions ?? sessionsPage),
        on: { GET: listSessions },
      },
      { name: 'sessions.revoke', path: '/sessions/revoke', access: 'session', on: { POST: revokeSessions } },
      {
        name: 'logout',
        path: '/logout',
        access: 'anyone',
        menu: { at: 'account', label: ({ texts }) => texts['logout.link'] },
        title: ({ texts }) => texts['logout.title'],
        template: 'logout_user',
        page: (ctx, form) => ctx.show(form, pages.logout ?? logoutPage),
        on: { GET: async (ctx) => ctx.json({}), POST: logout },
      },
      {
        name: 'verify',
        path: '/verify',
        access: 'session',
        title: ({ texts }) => texts['verify.title'],
        template: 'verify',
        page: async (ctx, form) => ctx.show(await verifyView(ctx, form), pages.verify ?? verifyPage),
        on: { GET: showVerify, POST: verify },
      },
      {
        name: 'second-factor',
        path: '/second-factor',
        access: 'owed',
        title: ({ texts }) => texts['second_factor.title'],
        template: 'two_factor_select',
        page: async (ctx, form) => ctx.show(await secondFactorView(ctx, form), pages.secondFactor ?? secondFactorPage),
        on: { GET: showSecondFactor },
      },
    ],
  }
}
