/** The same small application behind each adapter, on a real socket, for the tests beside it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import * as honoAdapter from '../../src/adapters/hono.ts'
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

const adapters: Readonly<Record<string, (auth: Auth<Member>) => Server>> = { node: nodeServer, hono: honoServer }

/** Every adapter by its name. */
export const serving: readonly (readonly [name: string, serve: Serve])[] = Object.entries(adapters).map(([name, create]) => [
  name,
  async (t, auth) => {
    const server = create(auth)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => {
      server.close()
      server.closeAllConnections()
    })
    const { port } = server.address() as AddressInfo
    return { port, browser: () => createBrowser((request) => forward(request, port), origin) }
  },
])

async function forward(request: Request, port: number): Promise<Response> {
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
