/** The audit: every event is kept, in the write that it tells of, and users see the history of their account. */
import type { Html } from '../../html/html.ts'
import { type Duration, milliseconds } from '../../kernel/clock.ts'
import type { Feature } from '../../kernel/feature.ts'
import type { AuthEvent } from '../../model/event.ts'
import { historyView, listHistory } from './history.ts'
import { type HistoryView, historyPage } from './pages.ts'
import { keep } from './row.ts'

/** Options of `audit()`. */
export interface AuditOptions {
  /** How long an event is kept. Default `'365d'`; `false` for ever. */
  readonly retention?: Duration | false
  /**
   * `pseudonymous`: in the place of an address its keyed hash is kept, by which events of one address are still seen to be of one, as long
   * as the secret is the same. Default `plain`.
   */
  readonly addresses?: 'plain' | 'pseudonymous'
  /** The application's own page in place of the shipped one. */
  readonly pages?: { readonly history?: (view: HistoryView) => Html }
}

/**
 * Keeps every event in the store, all or nothing with what it tells of: route `history`, where users see what concerns their account.
 *
 * @throws Error with a sentence when an option cannot be meant
 */
export function audit({ retention = '365d', addresses = 'plain', pages = {} }: AuditOptions = {}): Feature {
  const life = retention === false ? null : milliseconds(retention, 'audit: retention')
  if (addresses !== 'plain' && addresses !== 'pseudonymous') throw new Error("audit: addresses must be 'plain' or 'pseudonymous'.")
  return {
    name: 'audit',
    record: (event, tools) => (isKept(event) ? [keep(event, tools, { life, pseudonymous: addresses === 'pseudonymous' })] : []),
    routes: [
      {
        name: 'history',
        path: '/history',
        access: 'session',
        menu: { at: 'account', label: ({ texts }) => texts['history.link'] },
        title: ({ texts }) => texts['history.title'],
        template: 'history',
        page: async (ctx, form) => ctx.show(await historyView(ctx, form), pages.history ?? historyPage),
        on: { GET: listHistory },
      },
    ],
  }
}

/** Anybody can send forged requests, as many as they like: those that come with nobody's session are told to listeners, and not kept. */
function isKept({ name, user }: AuthEvent): boolean {
  return name !== 'request.refused' || user !== null
}
