/** The toolkit behind Hono, on Node and elsewhere: `portcullis/hono`. */
import type { Context, MiddlewareHandler } from 'hono'
import type { Auth } from '../kernel/auth.ts'
import type { Identity, Rule } from '../kernel/guard.ts'
import type { User } from '../model/user.ts'
import { handleWithin } from './current-user.ts'
import { bareHead, requestHead } from './hono-request.ts'

export { currentUser } from './current-user.ts'
export { requestHead }

/** What handlers find behind `requireUser`: `c.get('identity')`. */
export interface AuthEnv<U extends User = User> {
  Variables: { identity: Identity<U> }
}

/** Answers the toolkit's routes, and lets `currentUser` work in all others: `app.use(mount(auth))`. */
export function mount<U extends User>(auth: Auth<U>): MiddlewareHandler {
  return async (c, next) => {
    const head = bareHead(c) // a route of the toolkit has no handler behind it that reads the body again
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
      const present = c.res.headers.get(name)
      if (present === null || (name === 'Vary' && !names(present, value))) addHeader(c, name, value)
    }
    return undefined
  }
}

/** Adds to the headers in place: `c.header` makes a new response, whose body Node then sends as a stream, at twice the cost. */
function addHeader(c: Context, name: string, value: string): void {
  try {
    c.res.headers.append(name, value)
  } catch {
    c.header(name, value, { append: true }) // a response that came from elsewhere, such as that of a fetch, cannot be changed
  }
}

/** Whether a list in a header names something already. */
function names(list: string, value: string): boolean {
  return list.split(',').some((part) => part.trim().toLowerCase() === value.toLowerCase())
}
