/** The toolkit behind Hono, on Node and elsewhere: `portcullis/hono`. */
import type { Context, MiddlewareHandler } from 'hono'
import { headOfRequest, type RequestHead } from '../http/request-head.ts'
import type { Auth } from '../kernel/auth.ts'
import type { Identity, Rule } from '../kernel/guard.ts'
import type { User } from '../model/user.ts'
import { handleWithin } from './current-user.ts'

export { currentUser } from './current-user.ts'

/** What handlers find behind `requireUser`: `c.get('identity')`. */
export interface AuthEnv<U extends User = User> {
  Variables: { identity: Identity<U> }
}

/** Answers the toolkit's routes, and lets `currentUser` work in all others: `app.use(mount(auth))`. */
export function mount<U extends User>(auth: Auth<U>): MiddlewareHandler {
  return async (c, next) => {
    const head = requestHead(c)
    const response = await auth.handle(head)
    if (response) return response
    return handleWithin(auth, head, next)
  }
}

/**
 * Lets users pass whom the rule allows, and refuses everybody else. The reply gets `Vary: Cookie`, and `Cache-Control: no-store` unless
 * the handler set its own.
 *
 * @throws Error with a sentence when the rule cannot be meant
 */
export function requireUser<U extends User>(auth: Auth<U>, rule?: Rule): MiddlewareHandler<AuthEnv<U>> {
  const guard = auth.guard(rule)
  return async (c, next) => {
    const guarded = await guard(requestHead(c))
    if (!guarded.ok) return guarded.response
    c.set('identity', guarded.identity)
    await next()
    for (const [name, value] of guarded.headers) {
      if (name !== 'Vary' && c.res.headers.has(name)) continue
      if (!names(c.res.headers.get(name), value)) c.header(name, value, { append: true })
    }
    return undefined
  }
}

/** Whether a list in a header names something already. */
function names(list: string | null, value: string): boolean {
  return (list ?? '').split(',').some((part) => part.trim().toLowerCase() === value.toLowerCase())
}

/** What `@hono/node-server` puts into the environment; other platforms do not. */
interface NodeBindings {
  readonly incoming?: { readonly url?: string; readonly socket?: { readonly remoteAddress?: string } }
}

/** The head of a request, with the connection's address where the platform tells it: for `auth.login` and the like. */
export function requestHead(c: Context): RequestHead {
  const { incoming }: NodeBindings = c.env ?? {}
  const head = headOfRequest(c.req.raw, incoming?.socket?.remoteAddress ?? null)
  return {
    ...head,
    target: incoming?.url ?? head.target,
    body: async (limit) => {
      const bytes = await head.body(limit)
      // The handler behind a guard reads the same body again.
      if (c.req.raw.bodyUsed) c.req.raw = new Request(c.req.raw, { body: new Uint8Array(bytes) })
      return bytes
    },
  }
}
