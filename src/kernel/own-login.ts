/** The application's own login (OAuth, LDAP, anything): it proves the user in its way, and goes through the same door. */
import { wantsPage } from '../http/accept.ts'
import { readQuery } from '../http/fields.ts'
import { safeTarget } from '../http/redirects.ts'
import { okReply, redirectReply } from '../http/reply.ts'
import type { RequestHead } from '../http/request-head.ts'
import { AuthError } from '../model/error.ts'
import type { User } from '../model/user.ts'
import { createContext } from './context.ts'
import { beginExchange, type Exchange } from './exchange.ts'
import { foreignProof } from './factors.ts'
import type { Context } from './flow.ts'
import type { Kernel } from './kernel.ts'
import { enter } from './login.ts'
import { pathFor } from './pages.ts'
import { refuse, toAuthError } from './refusal.ts'
import { recogniseSession } from './session.ts'
import { dropTicket, findTicket } from './tickets.ts'

/** What the application proved. */
export interface OwnProof {
  /** A stable name for events and for the session, for example `google`. */
  readonly method: string
  /** 2 when the application proved two factors itself. Default 1. */
  readonly factors?: 1 | 2
}

/**
 * Logs a user in whom the application has proven. Give its answer back to the browser: it carries the cookies, and leads to
 * a checked `next` of the query, to `afterLogin`, or to the second factor that is still owed.
 *
 * @throws Error with a sentence when there is no user, or the method has no name or one of the installed features'
 */
export async function loginOwn(kernel: Kernel, head: RequestHead, user: User, proof: OwnProof): Promise<Response> {
  checkProof(kernel, user, proof)
  return run(kernel, head, async (context, exchange) => {
    if (exchange.ticket) await dropTicket(exchange) // a login begins anew, whatever this browser held before
    const record = await kernel.store.reads.users.byId(user.id)
    if (!record) throw new AuthError('invalid_credentials', { cause: `there is no user ${user.id}` })
    const given = readQuery(head.target).values.get('next')
    const next = typeof given === 'string' ? safeTarget(given, exchange.origin.origin) : null
    const proofs = [foreignProof(proof.method, proof.factors ?? 1, exchange.now)]
    const passage = await enter(context, exchange, { record, proofs, step: {}, wishes: [], next })
    const target = passage.continues === null ? (next ?? kernel.settings.targets.login) : pathFor(kernel, passage.continues)
    return wantsPage(head) ? redirectReply(target) : okReply({ ...passage.members, ...(passage.continues === null && { next: target }) })
  })
}

/** A name of a feature's would make the proof look like one of the feature's, and the feature's own no second factor beside it. */
function checkProof({ proofKinds }: Kernel, user: unknown, proof: unknown): void {
  const id: unknown = typeof user === 'object' && user !== null && 'id' in user ? user.id : undefined
  if (typeof id !== 'string') throw new Error('auth.login needs the user to log in, as auth.admin.users gives it.')
  const method: unknown = typeof proof === 'object' && proof !== null && 'method' in proof ? proof.method : undefined
  if (typeof method !== 'string' || method === '')
    throw new Error("auth.login needs the method of your proof, for example { method: 'google' }.")
  if (proofKinds.has(method)) throw new Error(`auth.login: "${method}" is the method of a feature. Give yours another name.`)
}

/** Logs this browser out. Give its answer back: it carries the cookies. */
export async function logoutOwn(kernel: Kernel, head: RequestHead): Promise<Response> {
  return run(kernel, head, async (context) => {
    await context.logout()
    return wantsPage(head) ? redirectReply(kernel.settings.targets.logout) : okReply({})
  })
}

async function run(kernel: Kernel, head: RequestHead, act: (context: Context, exchange: Exchange) => Promise<Response>): Promise<Response> {
  const exchange = beginExchange(kernel, head)
  let response: Response
  try {
    await kernel.readyInTime()
    exchange.ticket = await findTicket(exchange)
    exchange.session = await recogniseSession(kernel, head, exchange.now)
    response = await act(createContext(exchange), exchange)
  } catch (thrown) {
    response = refuse(exchange, null, toAuthError(thrown, kernel.report, 'a login by the application failed'))
  }
  for (const cookie of exchange.cookies.values()) response.headers.append('Set-Cookie', cookie)
  return response
}
