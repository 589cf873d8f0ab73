/** WebSockets: opened by members of this site only, and ended with the session. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { mount, requireUserOfSocket } from '../../src/adapters/node.ts'
import type { Auth, Rule } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import { createBrowser, type TestBrowser } from '../../src/testing/index.ts'
import { createTestAuth, forward, type Member, origin, passphrase } from './served.ts'

interface Place {
  readonly port: number
  browser(): TestBrowser
}

/** A server that greets whoever opens a socket, and closes it by 4401 when the session ends. */
async function serve(t: TestContext, auth: Auth<Member>, rule?: Rule, every = 30_000): Promise<Place> {
  const routes = mount(auth)
  const server = createServer((request, reply) => void routes(request, reply, () => reply.end()))
  const sockets = new WebSocketServer({ noServer: true })
  const admit = requireUserOfSocket(auth, rule, { every })
  server.on('upgrade', async (request, socket, head) => {
    const admitted = await admit(request, socket)
    if (!admitted) return
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on(
        'close',
        admitted.watch(() => opened.close(4401)),
      )
      opened.send(`hello ${admitted.identity.user.email}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const client of sockets.clients) client.terminate()
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { port, browser: () => createBrowser((request) => forward(request, port), origin) }
}

async function member({ browser }: Place, email = 'ada@example.com'): Promise<TestBrowser> {
  const opened = browser()
  assert.equal((await opened.post('/auth/register', { email, password: passphrase })).status, 200)
  return opened
}

function open({ port }: Place, { cookies }: TestBrowser, from: string | null = origin): WebSocket {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  return new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { cookie, ...(from !== null && { origin: from }) } })
}

/** The status that refused an upgrade. */
async function refusal(socket: WebSocket): Promise<number | undefined> {
  socket.on('error', () => {})
  const [, response] = await once(socket, 'unexpected-response')
  return response.statusCode
}

test('a member’s page opens a socket; nobody else’s page, and nobody who is not logged in', async (t) => {
  const place = await serve(t, createTestAuth())
  const ada = await member(place)
  const socket = open(place, ada)
  const [greeting] = await once(socket, 'message')
  assert.equal(String(greeting), 'hello ada@example.com')
  assert.equal(await refusal(open(place, ada, 'https://evil.example')), 403)
  assert.equal(await refusal(open(place, ada, 'null')), 403)
  assert.equal(await refusal(open(place, place.browser())), 401)
  const program = open(place, ada, null) // what names no origin is no browser
  assert.equal(String((await once(program, 'message'))[0]), 'hello ada@example.com')
})

test('the same holds for a guard in any other place: an upgrade across sites passes none', async () => {
  const auth = createTestAuth()
  const browser = createBrowser((request) => auth.handle(request), origin)
  await browser.post('/auth/register', { email: 'ada@example.com', password: passphrase })
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const guard = auth.guard()
  const ask = async (headers: Readonly<Record<string, string>>): Promise<boolean> => {
    const all = new Map(Object.entries({ cookie, ...headers }))
    const head = {
      method: 'GET',
      target: '/',
      remoteAddress: null,
      header: (name: string) => all.get(name) ?? null,
      body: async () => new Uint8Array(),
    }
    return (await guard(head)).ok
  }
  assert.equal(await ask({ upgrade: 'websocket', origin }), true)
  assert.equal(await ask({ upgrade: 'websocket', origin: 'https://evil.example' }), false)
  assert.equal(await ask({ upgrade: 'websocket', 'sec-fetch-site': 'cross-site' }), false)
  assert.equal(await ask({ origin: 'https://evil.example' }), true) // a link from elsewhere may lead here
})

test('a socket ends at once when its user logs out here, and that of nobody else does', async (t) => {
  const place = await serve(t, createTestAuth())
  const [ada, bob] = [await member(place), await member(place, 'bob@example.com')]
  const [hers, his] = [open(place, ada), open(place, bob)]
  await Promise.all([once(hers, 'message'), once(his, 'message')])
  const closed = once(hers, 'close')
  await ada.post('/auth/logout')
  assert.equal((await closed)[0], 4401)
  assert.equal(his.readyState, WebSocket.OPEN)
})

test('a socket ends soon when another process ends its session, and with a role that its rule asks for', async (t) => {
  const store = memory<Member>()
  const auth = createTestAuth({ store })
  const place = await serve(t, auth, { roles: ['staff'] }, 20)
  const ada = await member(place)
  const user = await auth.admin.users.byEmail('ada@example.com')
  assert.ok(user)
  assert.equal(await refusal(open(place, ada)), 403)
  await auth.admin.roles.put({ name: 'staff' })
  await auth.admin.users.addRole(user.id, 'staff')
  const first = open(place, ada)
  await once(first, 'message')
  const closed = once(first, 'close')
  await store.sessions.endAll(user.id, null) // as another process does
  assert.equal((await closed)[0], 4401)
  await ada.post('/auth/login', { email: 'ada@example.com', password: passphrase })
  const second = open(place, ada)
  await once(second, 'message')
  const gone = once(second, 'close')
  await auth.admin.users.removeRole(user.id, 'staff')
  assert.equal((await gone)[0], 4401)
})

test('a client that leaves while it is refused, or asks in pieces, leaves the server serving', async (t) => {
  const place = await serve(t, createTestAuth())
  const upgrade = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
  for (let count = 0; count < 20; count++) {
    const socket = connect(place.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(upgrade)
    if (count % 2 === 0) socket.destroy()
    else assert.match(await text(socket), /^HTTP\/1\.1 401 /)
  }
  const ada = await member(place)
  assert.equal(String((await once(open(place, ada), 'message'))[0]), 'hello ada@example.com')
})

test('a time that is none is refused where the guard is made', () => {
  for (const every of [0, -1, 1.5, Number.NaN]) assert.throws(() => requireUserOfSocket(createTestAuth(), {}, { every }), /whole number/)
})
