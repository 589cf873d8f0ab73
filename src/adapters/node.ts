/** The toolkit behind `node:http`: `portcullis/node`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Auth } from '../kernel/auth.ts'
import type { Identity, Rule } from '../kernel/guard.ts'
import type { User } from '../model/user.ts'
import { handleWithin } from './current-user.ts'
import { passGuard, sendResponse } from './node-reply.ts'
import { requestHead } from './node-request.ts'

export { currentUser } from './current-user.ts'
export { type Admitted, requireUserOfSocket, type SocketGuard, type SocketOptions } from './node-socket.ts'
export { requestHead, sendResponse }

/** Answers a request for one of the toolkit's routes, and says true; otherwise runs `next`, if given, and says false. */
export type Mounted = (request: IncomingMessage, reply: ServerResponse, next?: () => unknown) => Promise<boolean>

/** Mounts the toolkit's routes. In what `next` does, `currentUser` works; what it throws rejects. */
export function mount<U extends User>(auth: Auth<U>): Mounted {
  return async (request, reply, next) => {
    const head = requestHead(request)
    const response = await auth.handle(head)
    if (response) await sendResponse(response, reply)
    else if (next) await handleWithin(auth, head, next)
    return response !== null
  }
}

/** Lets a request pass and says whom it is from; `null` when it was refused, and then it is answered. */
export type UserGuard<U extends User = User> = (request: IncomingMessage, reply: ServerResponse) => Promise<Identity<U> | null>

/**
 * Makes a guard of a rule. The reply to a request that passes gets `Vary: Cookie`, and `Cache-Control: no-store` unless the handler sets
 * its own.
 *
 * @throws Error with a sentence when the rule cannot be meant
 */
export function requireUser<U extends User>(auth: Auth<U>, rule?: Rule): UserGuard<U> {
  const guard = auth.guard(rule)
  return async (request, reply) => passGuard(await guard(requestHead(request)), reply)
}
