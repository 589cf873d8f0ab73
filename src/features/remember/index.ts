/** Staying logged in: a browser whose user asked for it opens its next session by itself. */
import type { Html } from '../../html/html.ts'
import { type Duration, milliseconds } from '../../kernel/clock.ts'
import type { Feature, ProofKind } from '../../kernel/feature.ts'
import type { Work } from '../../kernel/step.ts'
import type { AuthEvent } from '../../model/event.ts'
import { devicesView, listDevices, revokeDevice } from './devices.ts'
import { joinedEvents, joinFlow } from './join.ts'
import { type DevicesView, devicesPage } from './pages.ts'
import { resume } from './resume.ts'
import { carriesToken, remembering } from './token.ts'

/** Options of `remember()`. */
export interface RememberOptions {
  /** How long a browser is remembered after the login that asked for it, however much it is used. Default `'30d'`. */
  readonly life?: Duration
  /** The application's own page in place of the shipped one. */
  readonly pages?: { readonly devices?: (view: DevicesView) => Html }
}

/** One factor, and never a fresh one: it shows what browser it is, not who sits before it. */
const proof: ProofKind = { method: remembering, channel: 'device', as: ['first'], neverFresh: true, has: () => false }

/**
 * Remembers browsers of users who tick `remember` when logging in: routes `session.resume`, `devices` and `devices.revoke`.
 *
 * The token in the browser works once, and each use gives the next. One that was used before ends its device and what it opened.
 *
 * @throws Error with a sentence when `life` is no duration
 */
export function remember({ life = '30d', pages = {} }: RememberOptions = {}): Feature {
  const lasting = milliseconds(life, 'remember: life')
  return {
    name: 'remember',
    proofs: [proof],
    resume: { route: 'session.resume', carried: carriesToken },
    join: {
      at: joinedEvents,
      wish: { name: remembering, label: ({ texts }) => texts['remember.wish'] },
      run: (ctx, event) => joinFlow(ctx, event, lasting),
    },
    record: endWithSessions,
    routes: [
      { name: 'session.resume', path: '/resume', access: 'anyone', login: true, on: { GET: resume, POST: resume } },
      {
        name: 'devices',
        path: '/devices',
        access: 'session',
        menu: { at: 'account', label: ({ texts }) => texts['devices.link'] },
        title: ({ texts }) => texts['devices.title'],
        template: 'devices',
        page: async (ctx, form) => ctx.show(await devicesView(ctx, form), pages.devices ?? devicesPage),
        on: { GET: listDevices },
      },
      { name: 'devices.revoke', path: '/devices/revoke', access: 'session', on: { POST: revokeDevice } },
    ],
  }
}

/** A session that was ended from elsewhere must not open itself again. */
function endWithSessions(event: AuthEvent): Work {
  if (event.name !== 'sessions.ended' || event.user === null) return []
  const { sessionId, keptSessionId } = event
  const which = sessionId !== null ? { sessionId } : keptSessionId !== null ? { exceptSessionId: keptSessionId } : undefined
  return [{ kind: 'devices.drop', userId: event.user.id, purpose: remembering, ...(which && { which }) }]
}
