/** The toolkit behind Fastify: `portcullis/fastify`. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import type { RequestHead } from '../http/request-head.ts'
import type { Auth } from '../kernel/auth.ts'
import type { Identity, Rule } from '../kernel/guard.ts'
import type { User } from '../model/user.ts'
import { handleWithin } from './current-user.ts'
import { sendResponse } from './node-reply.ts'
import { headWith } from './node-request.ts'

export { currentUser } from './current-user.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whom the request is from: there behind `requireUser`, `null` elsewhere. */
    identity: Identity | null
  }
}

/** A request behind `requireUser`: `(request: AuthRequest<Member>) => …`. */
export interface AuthRequest<U extends User = User> extends FastifyRequest {
  identity: Identity<U>
}

/** The head of a request, the same one for every call. A body that Fastify has parsed is written down again. */
export function requestHead(request: FastifyRequest): RequestHead {
  return headWith(request.raw, () => request.body)
}

/**
 * A plugin that answers the toolkit's routes, and lets `currentUser` work in all others: `await app.register(mount(auth))`, at the root,
 * before the routes that it is to work in.
 */
export function mount<U extends User>(auth: Auth<U>): FastifyPluginAsync {
  const plugin: FastifyPluginAsync = async (app) => {
    app.decorateRequest('identity', null)
    // Before Fastify reads a body: it would refuse media types that the toolkit has an answer for.
    app.addHook('onRequest', (request, reply, done) => {
      answered(auth, request, reply).then((isOwn) => isOwn || handleWithin(auth, requestHead(request), done), done)
    })
  }
  // So that the hook is one of the application, and not of a scope without routes (https://fastify.dev/docs/latest/Reference/Plugins/).
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'portcullis' })
}

async function answered<U extends User>(auth: Auth<U>, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  const own = await auth.handle(requestHead(request))
  if (own === null) return false
  reply.hijack()
  await sendResponse(own, reply.raw)
  return true
}

/**
 * A hook that lets users pass whom the rule allows, as `request.identity`, and refuses everybody else:
 * `app.get('/me', { preHandler: requireUser(auth) }, …)`. The reply to a request that passes gets `Vary: Cookie`, and
 * `Cache-Control: no-store` unless the handler sets its own.
 *
 * @throws Error with a sentence when the rule cannot be meant
 */
export function requireUser<U extends User>(auth: Auth<U>, rule?: Rule): preHandlerAsyncHookHandler {
  const guard = auth.guard(rule)
  return async (request, reply) => {
    const guarded = await guard(requestHead(request))
    if (!guarded.ok) {
      reply.hijack()
      return sendResponse(guarded.response, reply.raw)
    }
    request.identity = guarded.identity
    for (const [name, value] of guarded.headers) {
      const present = reply.getHeader(name)
      if (present === undefined) reply.header(name, value)
      else if (name === 'Vary') reply.header(name, `${present}, ${value}`)
    }
  }
}
