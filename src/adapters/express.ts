/** The toolkit behind Express: `portcullis/express`. */
import type { Request, RequestHandler } from 'express'
import type { Auth } from '../kernel/auth.ts'
import type { Identity, Rule } from '../kernel/guard.ts'
import type { User } from '../model/user.ts'
import { handleWithin } from './current-user.ts'
import { passGuard, sendResponse } from './node-reply.ts'
import { requestHead } from './node-request.ts'

export { currentUser } from './current-user.ts'
export { requestHead, sendResponse }

declare module 'express-serve-static-core' {
  interface Request {
    /** Whom the request is from: there behind `requireUser`. */
    identity?: Identity
  }
}

/** A request behind `requireUser`: `(request: AuthRequest<Member>, response) => …`. */
export interface AuthRequest<U extends User = User> extends Request {
  identity: Identity<U>
}

/** Answers the toolkit's routes, and lets `currentUser` work in all others: `app.use(mount(auth))`, before or after body parsers. */
export function mount<U extends User>(auth: Auth<U>): RequestHandler {
  return async (request, response, next) => {
    const head = requestHead(request)
    const own = await auth.handle(head)
    if (own) await sendResponse(own, response)
    else handleWithin(auth, head, next)
  }
}

/**
 * Lets users pass whom the rule allows, as `request.identity`, and refuses everybody else. The reply to a request that passes gets
 * `Vary: Cookie`, and `Cache-Control: no-store` unless the handler sets its own.
 *
 * @throws Error with a sentence when the rule cannot be meant
 */
export function requireUser<U extends User>(auth: Auth<U>, rule?: Rule): RequestHandler {
  const guard = auth.guard(rule)
  return async (request, response, next) => {
    const identity = await passGuard(await guard(requestHead(request)), response)
    if (identity === null) return
    request.identity = identity
    next()
  }
}
