/** Adapters beside what applications put before them: body parsers, prefixes, scopes. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { bodyParser } from '@koa/bodyparser'
import express, { type RequestHandler } from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import * as expressAdapter from '../../src/adapters/express.ts'
import * as fastifyAdapter from '../../src/adapters/fastify.ts'
import * as koaAdapter from '../../src/adapters/koa.ts'
import type { Auth } from '../../src/index.ts'
import { createBrowser, type TestBrowser } from '../../src/testing/index.ts'
import { createTestAuth, forward, type Member, origin, passphrase } from './served.ts'

const form = 'application/x-www-form-urlencoded'

/** Listens until the test ends; makes browsers. */
async function listening(t: TestContext, server: Server): Promise<() => TestBrowser> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return () => createBrowser((request) => forward(request, port), origin)
}

/** Express behind parsers; what the guarded route reads of the request is answered. */
function behindParsers(parsers: readonly RequestHandler[]): (auth: Auth<Member>) => Server {
  return (auth) => {
    const app = express()
    app.use(...parsers)
    app.use(expressAdapter.mount(auth))
    app.post('/notes', expressAdapter.requireUser(auth), (request, reply) => void reply.json(request.body))
    return createServer(app)
  }
}

const parsed: Readonly<Record<string, (auth: Auth<Member>) => Server>> = {
  'express.json and express.urlencoded': behindParsers([express.json(), express.urlencoded({ extended: false })]),
  'express.urlencoded, extended': behindParsers([express.json(), express.urlencoded({ extended: true })]),
  'express.raw': behindParsers([express.raw({ type: () => true })]),
  'express.text': behindParsers([express.text({ type: () => true })]),
  '@koa/bodyparser': (auth) => {
    const app = new Koa()
    app.use(bodyParser())
    app.use(koaAdapter.mount(auth))
    app.use(async (ctx, next) => koaAdapter.requireUser(auth)(ctx as never, next))
    app.use((ctx) => {
      ctx.body = ctx.request.body
    })
    return createServer(app.callback())
  },
}

describe('behind a body parser', () => {
  for (const [name, serve] of Object.entries(parsed)) {
    test(`${name}: JSON and forms reach the toolkit, and its limits hold`, async (t) => {
      const auth = createTestAuth()
      const browser = (await listening(t, serve(auth)))()
      const email = 'ada@example.com'
      assert.equal((await browser.post('/auth/register', { email, password: passphrase })).status, 200)
      await browser.post('/auth/logout')
      const login = new URLSearchParams({ email, password: passphrase }).toString()
      const headers = { 'content-type': form, origin, accept: 'application/json' }
      assert.equal((await browser.send('POST', '/auth/login', headers, login)).status, 200)
      const cookie = [...browser.cookies].map(([key, value]) => `${key}=${value}`).join('; ')
      const token = await auth.formToken(new Request(origin, { headers: { cookie } }))
      assert.ok(token)
      const plain = { 'content-type': form } // neither origin nor fetch metadata: the token has to do
      const note = new URLSearchParams([
        ['tag', 'a'],
        ['tag', 'b'],
        ['csrf', token],
      ]).toString()
      assert.equal((await browser.send('POST', '/notes', plain, note)).status, 200)
      assert.equal((await browser.send('POST', '/notes', plain, note.replace('csrf=', 'csrf=x'))).status, 403)
      const twice = await browser.send('POST', '/auth/login', headers, `${login}&password=other`)
      assert.equal(twice.status, 400)
      const large = JSON.stringify({ email, password: 'a'.repeat(80_000) })
      const refused = await browser.send('POST', '/auth/login', { ...headers, 'content-type': 'application/json' }, large)
      assert.equal(refused.status, 413)
    })
  }
})

test('Express: below a prefix, the toolkit sees the whole path', async (t) => {
  const auth = createTestAuth({ basePath: '/api/auth' })
  const app = express()
  const api = express.Router()
  api.use(expressAdapter.mount(auth))
  api.get('/me', expressAdapter.requireUser(auth), (request, reply) => void reply.send(request.identity?.user.email))
  app.use('/api', api)
  const open = await listening(t, createServer(app))
  const browser = open()
  await browser.post('/api/auth/register', { email: 'ada@example.com', password: passphrase })
  assert.equal((await browser.get('/api/me')).text, 'ada@example.com')
  const led = await open().visit('/api/me')
  assert.deepEqual([led.status, led.location], [303, '/api/auth/login?next=%2Fapi%2Fme'])
})

test('Fastify: scopes with their own hooks and prefix are guarded, and `identity` is null elsewhere', async (t) => {
  const auth = createTestAuth()
  const app = fastify()
  await app.register(fastifyAdapter.mount(auth))
  await app.register(
    async (scope) => {
      scope.addHook('preHandler', fastifyAdapter.requireUser(auth))
      scope.get('/me', async ({ identity }) => identity?.user.email)
    },
    { prefix: '/members' },
  )
  app.get('/open', async ({ identity }) => ({ identity }))
  await app.ready()
  t.after(() => app.close())
  const browser = (await listening(t, app.server))()
  assert.equal((await browser.get('/members/me')).status, 401)
  await browser.post('/auth/register', { email: 'ada@example.com', password: passphrase })
  assert.equal((await browser.get('/members/me')).text, 'ada@example.com')
  assert.deepEqual((await browser.get('/open')).json, { identity: null })
})
