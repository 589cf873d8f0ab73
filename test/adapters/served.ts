/** The same small application behind each adapter, on a real socket, for the tests beside it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import * as expressAdapter from '../../src/adapters/express.ts'
import * as fastifyAdapter from '../../src/adapters/fastify.ts'
import * as honoAdapter from '../../src/adapters/hono.ts'
import * as koaAdapter from '../../src/adapters/koa.ts'
import * as nodeAdapter from '../../src/adapters/node.ts'
import { type Auth, type CreateAuthOptions, createAuth, password, registration, session, type User } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import { createBrowser, type TestBrowser } from '../../src/testing/index.ts'

export const origin = 'http://localhost:3000'
export const passphrase = 'a long honest passphrase'

/** A user with a field of the application's own. */
export interface Member extends User {
  readonly extra: { readonly name: string }
}

/** An installation on a memory store. */
export function createTestAuth(options: Partial<CreateAuthOptions<Member>> = {}): Auth<Member> {
  return createAuth<Member>({
    origin,
    secret: 'a secret that is long enough and known to nobody',
    store: memory<Member>(),
    features: [session(), password(), registration()],
    passwords: { dangerouslyCheapHash: true },
    ...options,
  })
}

/** An application that listens. */
export interface Served {
  readonly port: number
  browser(): TestBrowser
}

/** Starts the application behind an adapter, until the test ends. */
export type Serve = (t: { after(end: () => void): void }, auth: Auth<Member>) => Promise<Served>

const adapters: Readonly<Record<string, (auth: Auth<Member>) => Server | Promise<Server>>> = {
  node: nodeServer,
  hono: honoServer,
  express: expressServer,
  fastify: fastifyServer,
  koa: koaServer,
}

/** Every adapter by its name. */
export const serving: readonly (readonly [name: string, serve: Serve])[] = Object.entries(adapters).map(([name, create]) => [
  name,
  async (t, auth) => {
    const server = await create(auth)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => {
      server.close()
      server.closeAllConnections()
    })
    const { port } = server.address() as AddressInfo
    return { port, browser: () => createBrowser((request) => forward(request, port), origin) }
  },
])

/** Hands a request to the server at a port, whatever host it names. */
export async function forward(request: Request, port: number): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const body = await request.text()
  const headers = new Headers(request.headers)
  headers.delete('host')
  return fetch(`http://127.0.0.1:${port}${pathname}${search}`, {
    method: request.method,
    headers,
    redirect: 'manual',
    ...(body !== '' && { body }),
  })
}

function nodeServer(auth: Auth<Member>): Server {
  const { currentUser, mount, requestHead, requireUser } = nodeAdapter
  const routes = mount(auth)
  const member = requireUser(auth)
  const admin = requireUser(auth, { roles: ['admin'] })

  async function app(request: IncomingMessage, reply: ServerResponse): Promise<unknown> {
    const path = request.url?.split('?', 1)[0]
    if (path === '/who') {
      const [user, again] = await Promise.all([currentUser(auth), currentUser(auth)])
      return reply.end(`${user?.email ?? 'nobody'} ${user === again}`)
    }
    if (path === '/stream') return nodeAdapter.sendResponse(new Response(slowly(['one ', 'two'])), reply)
    if (path === '/me') {
      const identity = await member(request, reply)
      return identity && reply.end(identity.user.extra.name)
    }
    if (path === '/admin') return (await admin(request, reply)) && reply.end('admin')
    if (path === '/own') {
      const user = await auth.admin.users.byEmail('ada@example.com')
      if (user) return nodeAdapter.sendResponse(await auth.login(requestHead(request), user, { method: 'own' }), reply)
    }
    if (path === '/cached') {
      if (!(await member(request, reply))) return undefined
      reply.setHeader('Cache-Control', 'private, max-age=60')
      reply.appendHeader('Vary', 'Accept')
      return reply.end('cached')
    }
    if (path === '/notes') {
      if (!(await member(request, reply))) return undefined
      return reply.end(new TextDecoder().decode(await requestHead(request).body(1000)))
    }
    reply.statusCode = 404
    return reply.end('the application found nothing')
  }

  return createServer((request, reply) => {
    // A rejection is nobody's here, so that one fails the test.
    void routes(request, reply, () => app(request, reply))
  })
}

function honoServer(auth: Auth<Member>): Server {
  const { currentUser, mount, requireUser } = honoAdapter
  const app = new Hono()
  app.use(mount(auth))
  app.get('/who', async (c) => {
    const [user, again] = await Promise.all([currentUser(auth), currentUser(auth)])
    return c.text(`${user?.email ?? 'nobody'} ${user === again}`)
  })
  app.get('/stream', () => new Response(slowly(['one ', 'two'])))
  app.get('/me', requireUser(auth), (c) => c.text(c.get('identity').user.extra.name))
  app.get('/admin', requireUser(auth, { roles: ['admin'] }), (c) => c.text('admin'))
  app.get('/cached', requireUser(auth), (c) => c.text('cached', 200, { 'Cache-Control': 'private, max-age=60', Vary: 'Accept' }))
  app.post('/notes', requireUser(auth), async (c) => c.text(await c.req.text()))
  app.get('/own', async (c) => {
    const user = await auth.admin.users.byEmail('ada@example.com')
    return user ? auth.login(honoAdapter.requestHead(c), user, { method: 'own' }) : c.notFound()
  })
  app.notFound((c) => c.text('the application found nothing', 404))
  return createAdaptorServer({ fetch: app.fetch }) as Server
}

function expressServer(auth: Auth<Member>): Server {
  const { currentUser, mount, requestHead, requireUser } = expressAdapter
  const app = express()
  app.use(mount(auth))
  app.get('/who', async (_request, reply) => {
    const [user, again] = await Promise.all([currentUser(auth), currentUser(auth)])
    reply.send(`${user?.email ?? 'nobody'} ${user === again}`)
  })
  app.get('/stream', (_request, reply) => expressAdapter.sendResponse(new Response(slowly(['one ', 'two'])), reply))
  app.get('/me', requireUser(auth), (request, reply) => {
    const { identity } = request as expressAdapter.AuthRequest<Member>
    reply.send(identity.user.extra.name)
  })
  app.get('/admin', requireUser(auth, { roles: ['admin'] }), (_request, reply) => void reply.send('admin'))
  app.get('/cached', requireUser(auth), (_request, reply) => {
    reply.set('Cache-Control', 'private, max-age=60').vary('Accept').send('cached')
  })
  app.post('/notes', requireUser(auth), async (request, reply) => {
    reply.end(new TextDecoder().decode(await requestHead(request).body(1000)))
  })
  app.get('/own', async (request, reply) => {
    const user = await auth.admin.users.byEmail('ada@example.com')
    if (user) await expressAdapter.sendResponse(await auth.login(requestHead(request), user, { method: 'own' }), reply)
    else reply.sendStatus(404)
  })
  app.use((_request, reply) => void reply.status(404).send('the application found nothing'))
  return createServer(app)
}

async function fastifyServer(auth: Auth<Member>): Promise<Server> {
  const { currentUser, mount, requestHead, requireUser } = fastifyAdapter
  const app = fastify()
  await app.register(mount(auth))
  app.get('/who', async () => {
    const [user, again] = await Promise.all([currentUser(auth), currentUser(auth)])
    return `${user?.email ?? 'nobody'} ${user === again}`
  })
  app.get('/stream', async () => new Response(slowly(['one ', 'two'])))
  app.get(
    '/me',
    { preHandler: requireUser(auth) },
    async (request) => (request as fastifyAdapter.AuthRequest<Member>).identity.user.extra.name,
  )
  app.get('/admin', { preHandler: requireUser(auth, { roles: ['admin'] }) }, async () => 'admin')
  app.get('/cached', { preHandler: requireUser(auth) }, async (_request, reply) => {
    reply.header('Cache-Control', 'private, max-age=60').header('Vary', `${reply.getHeader('Vary')}, Accept`)
    return 'cached'
  })
  await app.register(async (scope) => {
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    scope.post('/notes', { preHandler: requireUser(auth) }, async (request) =>
      new TextDecoder().decode(await requestHead(request).body(1000)),
    )
  })
  app.get('/own', async (request, reply) => {
    const user = await auth.admin.users.byEmail('ada@example.com')
    return user ? auth.login(requestHead(request), user, { method: 'own' }) : reply.callNotFound()
  })
  app.setNotFoundHandler((_request, reply) => void reply.code(404).send('the application found nothing'))
  await app.ready()
  return app.server
}

function koaServer(auth: Auth<Member>): Server {
  const { currentUser, mount, requestHead, requireUser } = koaAdapter
  const app = new Koa()
  const routes: Readonly<Record<string, Koa.Middleware>> = {
    '/who': async (ctx) => {
      const [user, again] = await Promise.all([currentUser(auth), currentUser(auth)])
      ctx.body = `${user?.email ?? 'nobody'} ${user === again}`
    },
    '/stream': async (ctx) => {
      ctx.body = slowly(['one ', 'two'])
    },
    '/me': guarded(requireUser(auth), (ctx) => {
      ctx.body = ctx.state.identity.user.extra.name
    }),
    '/admin': guarded(requireUser(auth, { roles: ['admin'] }), (ctx) => {
      ctx.body = 'admin'
    }),
    '/cached': guarded(requireUser(auth), (ctx) => {
      ctx.set('Cache-Control', 'private, max-age=60')
      ctx.vary('Accept')
      ctx.body = 'cached'
    }),
    '/notes': guarded(requireUser(auth), async (ctx) => {
      ctx.body = new TextDecoder().decode(await requestHead(ctx).body(1000))
    }),
    '/own': async (ctx) => {
      const user = await auth.admin.users.byEmail('ada@example.com')
      if (user) await koaAdapter.answer(ctx, await auth.login(requestHead(ctx), user, { method: 'own' }))
    },
  }
  app.use(mount(auth))
  app.use(async (ctx, next) => {
    const route = routes[ctx.url.split('?', 1)[0] ?? ''] // `ctx.path` throws at what is no URL
    if (route) return route(ctx, next)
    ctx.status = 404
    ctx.body = 'the application found nothing'
  })
  return createServer(app.callback())
}

type Guarded = Koa.ParameterizedContext<koaAdapter.AuthState<Member>>

function guarded(guard: Koa.Middleware<koaAdapter.AuthState<Member>>, handle: (ctx: Guarded) => void | Promise<void>): Koa.Middleware {
  return (ctx, next) =>
    guard(ctx as Guarded & Koa.Context, async () => {
      await handle(ctx as Guarded)
      await next()
    })
}

function slowly(parts: readonly string[]): ReadableStream<Uint8Array> {
  const rest = parts.values()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = rest.next()
      await new Promise((resolve) => setTimeout(resolve, 20))
      if (done) controller.close()
      else controller.enqueue(new TextEncoder().encode(value))
    },
  })
}
