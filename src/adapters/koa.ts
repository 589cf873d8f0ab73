/** The toolkit behind Koa: `portcullis/koa`. */
import type { Context, Middleware } from 'koa'
import type { RequestHead } from '../http/request-head.ts'
import type { Auth } from '../kernel/auth.ts'
import type { Identity, Rule } from '../kernel/guard.ts'
import type { User } from '../model/user.ts'
import { handleWithin } from './current-user.ts'
import { passGuard, sendResponse } from './node-reply.ts'
import { headWith } from './node-request.ts'

export { currentUser } from './current-user.ts'

/** What handlers find behind `requireUser`: `ctx.state.identity`. */
export interface AuthState<U extends User = User> {
  identity: Identity<U>
}

/** The head of a request, the same one for every call. A body that a parser has read is written down again. */
export function requestHead(ctx: Pick<Context, 'req' | 'request'>): RequestHead {
  return headWith(ctx.req, () => parsedBody(ctx.request))
}

/** What a body parser has left behind. */
function parsedBody(request: object): unknown {
  if ('rawBody' in request && typeof request.rawBody === 'string') return request.rawBody
  return 'body' in request ? request.body : undefined
}

/** Answers the toolkit's routes, and lets `currentUser` work in all others: `app.use(mount(auth))`, before or after body parsers. */
export function mount<U extends User>(auth: Auth<U>): Middleware {
  return async (ctx, next) => {
    const head = requestHead(ctx)
    const own = await auth.handle(head)
    if (!own) return handleWithin(auth, head, next)
    await answer(ctx, own)
  }
}

/** Answers by a Fetch response: what `auth.login` gives, for example. */
export async function answer(ctx: Pick<Context, 'respond' | 'res'>, response: Response): Promise<void> {
  ctx.respond = false
  await sendResponse(response, ctx.res)
}

/**
 * Lets users pass whom the rule allows, as `ctx.state.identity`, and refuses everybody else. The reply to a request that passes gets
 * `Vary: Cookie`, and `Cache-Control: no-store` unless the handler sets its own.
 *
 * @throws Error with a sentence when the rule cannot be meant
 */
export function requireUser<U extends User>(auth: Auth<U>, rule?: Rule): Middleware<AuthState<U>> {
  const guard = auth.guard(rule)
  return async (ctx, next) => {
    const guarded = await guard(requestHead(ctx))
    if (!guarded.ok) ctx.respond = false
    const identity = await passGuard(guarded, ctx.res)
    if (identity === null) return
    ctx.state.identity = identity
    await next()
  }
}
