/** Every adapter does the same: one small application, asked over real sockets. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { currentUser } from '../../src/adapters/current-user.ts'
import type { Auth } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser } from '../../src/testing/index.ts'
import { createTestAuth, type Member, origin, passphrase, serving } from './served.ts'

const form = 'application/x-www-form-urlencoded'

/** A browser of a new member. */
async function register(auth: Auth<Member>, browser: TestBrowser, email = 'ada@example.com'): Promise<TestBrowser> {
  await auth.admin.users.create({ email, password: passphrase, extra: { name: 'Ada' } })
  const reply = await browser.post('/auth/login', { email, password: passphrase })
  assert.equal(reply.status, 200)
  return browser
}

for (const [name, serve] of serving) {
  describe(`portcullis/${name}`, () => {
    test('a visitor registers, is recognised, and logs out', async (t) => {
      const browser = (await serve(t, createTestAuth())).browser()
      const registered = await browser.post('/auth/register', { email: 'ada@example.com', password: passphrase })
      assert.equal(registered.status, 200)
      assert.equal(registered.json.status, 'authenticated')
      assert.equal((await browser.get('/auth/session')).status, 200)
      assert.equal((await browser.get('/who')).text, 'ada@example.com true')
      assert.equal((await browser.post('/auth/logout')).status, 200)
      assert.equal((await browser.get('/auth/session')).status, 401)
      assert.equal((await browser.get('/who')).text, 'nobody true')
    })

    test('a login sets several cookies, each with its flags', async (t) => {
      const auth = createTestAuth()
      const browser = (await serve(t, auth)).browser()
      await auth.admin.users.create({ email: 'ada@example.com', password: passphrase })
      const cookies = (await browser.post('/auth/login', { email: 'ada@example.com', password: passphrase })).headers.getSetCookie()
      assert.deepEqual(cookies.map((cookie) => cookie.split('=', 1)[0]).sort(), ['portcullis-device-3000', 'portcullis-session-3000'])
      for (const cookie of cookies) assert.match(cookie, /; Path=\/; HttpOnly; SameSite=Lax/)
    })

    test('an https origin makes cookies Secure and bound to the host', async (t) => {
      const auth = createTestAuth({ origin: 'https://example.com' })
      const browser = (await serve(t, auth)).browser()
      await auth.admin.users.create({ email: 'ada@example.com', password: passphrase })
      const cookies = (await browser.post('/auth/login', { email: 'ada@example.com', password: passphrase })).headers.getSetCookie()
      assert.equal(cookies.length, 2)
      for (const cookie of cookies) assert.match(cookie, /^__Host-portcullis-\w+=.*; Secure/)
    })

    test('a guard sends a page to log in, tells everybody else 401, and whoever lacks a role 403', async (t) => {
      const auth = createTestAuth()
      const { browser } = await serve(t, auth)
      const page = await browser().visit('/me?tab=1')
      assert.equal(page.status, 303)
      assert.equal(page.location, '/auth/login?next=%2Fme%3Ftab%3D1')
      const json = await browser().get('/me')
      assert.equal(json.status, 401)
      assert.deepEqual(json.json.error, { code: 'unauthenticated', message: 'Please log in.' })
      const member = await register(auth, browser())
      assert.equal((await member.get('/admin')).status, 403)
      assert.equal((await member.visit('/admin')).status, 403)
    })

    test("a guard hands over the application's own user", async (t) => {
      const auth = createTestAuth()
      const member = await register(auth, (await serve(t, auth)).browser())
      assert.equal((await member.get('/me')).text, 'Ada')
    })

    test('a guarded reply varies by cookie and is not stored, unless the handler says otherwise', async (t) => {
      const auth = createTestAuth()
      const member = await register(auth, (await serve(t, auth)).browser())
      const plain = await member.get('/me')
      assert.equal(plain.headers.get('vary'), 'Cookie')
      assert.equal(plain.headers.get('cache-control'), 'no-store')
      const cached = await member.get('/cached')
      assert.equal(cached.headers.get('cache-control'), 'private, max-age=60')
      assert.deepEqual(cached.headers.get('vary')?.split(', ').sort(), ['Accept', 'Cookie'])
    })

    test('a path that is none of the toolkit falls through to the application', async (t) => {
      const browser = (await serve(t, createTestAuth())).browser()
      for (const path of ['/nowhere', '/auth/nowhere', '/authentic']) {
        const reply = await browser.get(path)
        assert.equal(reply.status, 404)
        assert.equal(reply.text, 'the application found nothing')
      }
    })

    test('HEAD has the headers of GET and no body', async (t) => {
      const { port } = await serve(t, createTestAuth())
      const head = await fetch(`http://127.0.0.1:${port}/auth/login`, { method: 'HEAD', headers: { accept: 'text/html' } })
      assert.equal(head.status, 200)
      assert.equal(head.headers.get('content-type'), 'text/html; charset=utf-8')
      assert.equal(await head.text(), '')
    })

    test('a body that is streamed arrives whole', async (t) => {
      const browser = (await serve(t, createTestAuth())).browser()
      assert.equal((await browser.get('/stream')).text, 'one two')
    })

    test('a body that is no JSON, no UTF-8 or of another type is refused', async (t) => {
      const browser = (await serve(t, createTestAuth())).browser()
      const json = { accept: 'application/json', 'content-type': 'application/json' }
      assert.equal((await browser.send('POST', '/auth/login', json, '{"email":')).status, 400)
      assert.equal((await browser.send('POST', '/auth/login', json, new Uint8Array([0x7b, 0xff, 0x7d]))).status, 400)
      const text = await browser.send('POST', '/auth/login', { 'content-type': 'text/plain', origin }, 'email=a')
      assert.equal(text.status, 415)
    })

    test('a body that is too large is refused with 413, announced or not, and the server goes on', async (t) => {
      const served = await serve(t, createTestAuth())
      const large = Buffer.alloc(300_000, 'a')
      for (const headers of [{ 'content-length': String(large.length) }, { 'transfer-encoding': 'chunked' }]) {
        assert.equal(await send(served.port, { 'content-type': 'application/json', ...headers }, large), 413)
      }
      assert.equal((await served.browser().get('/who')).status, 200)
    })

    test('whoever goes on sending after a refusal is cut off', async (t) => {
      const { port } = await serve(t, createTestAuth())
      const socket = connect(port, '127.0.0.1').setEncoding('utf8')
      const closed = new Promise((resolve) => socket.on('close', resolve).on('error', () => {}))
      let heard = ''
      socket.on('data', (text: string) => {
        heard += text
      })
      socket.write('POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n')
      const endless = setInterval(() => socket.write(`4000\r\n${'a'.repeat(0x4000)}\r\n`), 5)
      t.after(() => clearInterval(endless))
      await closed
      assert.match(heard, /^HTTP\/1\.1 413 /)
    })

    test('a request that breaks off leaves the server serving', async (t) => {
      const served = await serve(t, createTestAuth())
      for (const ending of ['destroy', 'resetAndDestroy'] as const) {
        const socket = connect(served.port, '127.0.0.1')
        socket.on('error', () => {})
        socket.write(
          'POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"email"',
        )
        await new Promise((resolve) => setTimeout(resolve, 30))
        socket[ending]()
      }
      const impatient = connect(served.port, '127.0.0.1')
      impatient.write('GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
      await new Promise((resolve) => setTimeout(resolve, 30))
      impatient.destroy()
      await new Promise((resolve) => setTimeout(resolve, 50))
      assert.equal((await served.browser().get('/who')).status, 200)
    })

    test("the application's own unsafe route behind a guard is safe from other sites", async (t) => {
      const auth = createTestAuth()
      const member = await register(auth, (await serve(t, auth)).browser())
      const post = (headers: Readonly<Record<string, string>>, body: string) =>
        member.send('POST', '/notes', { 'content-type': form, ...headers }, body)
      const foreign = await post({ origin: 'https://evil.example' }, 'text=hello')
      assert.equal(foreign.status, 403)
      assert.equal((await post({ origin: 'null' }, 'text=hello')).status, 403)
      assert.equal((await post({ 'sec-fetch-site': 'cross-site' }, 'text=hello')).status, 403)
      assert.equal((await post({ origin }, 'text=hello')).text, 'text=hello')
      assert.equal((await post({ 'sec-fetch-site': 'same-origin' }, 'text=hello')).text, 'text=hello')
      assert.equal((await post({}, 'text=hello')).status, 403)
      assert.equal((await member.post('/notes', { text: 'hello' })).text, '{"text":"hello"}')
    })

    test('a form token lets a form pass, and the handler still reads the body that the guard has read', async (t) => {
      const auth = createTestAuth()
      const member = await register(auth, (await serve(t, auth)).browser())
      const cookie = [...member.cookies].map(([key, value]) => `${key}=${value}`).join('; ')
      const token = await auth.formToken(new Request(origin, { headers: { cookie } }))
      assert.ok(token)
      const fields = `text=hello&csrf=${encodeURIComponent(token)}`
      assert.equal((await member.send('POST', '/notes', { 'content-type': form }, fields)).text, fields)
      assert.equal((await member.send('POST', '/notes', { 'content-type': form }, `${fields}x`)).status, 403)
    })

    test("the remote address of the connection is known, also to the application's own login", async (t) => {
      const auth = createTestAuth()
      const ips: (string | null)[] = []
      auth.on('user.logged_in', ({ ip }) => void ips.push(ip))
      const { browser } = await serve(t, auth)
      await register(auth, browser())
      const own = browser()
      assert.equal((await own.visit('/own')).status, 303)
      assert.equal((await own.get('/me')).text, 'Ada')
      await auth.settled()
      assert.deepEqual(ips, ['127.0.0.1', '127.0.0.1'])
    })

    test('while the store cannot be opened, guards stay closed with 503', async (t) => {
      const store = async () => Promise.reject(new Error('no disk'))
      const browser = (await serve(t, createTestAuth({ store, report: () => {} }))).browser()
      assert.equal((await browser.get('/me')).status, 503)
      assert.equal((await browser.get('/auth/session')).status, 503)
    })

    test('currentUser reads the store once per request', async (t) => {
      let reads = 0
      const store = memory<Member>()
      const { sessions } = store
      const recognise: typeof sessions.recognise = (...args) => {
        reads += 1
        return sessions.recognise(...args)
      }
      const auth = createTestAuth({ store: { ...store, sessions: { ...sessions, recognise } } })
      const member = await register(auth, (await serve(t, auth)).browser())
      reads = 0
      assert.equal((await member.get('/who')).text, 'ada@example.com true')
      assert.equal(reads, 1)
    })
  })
}

test('currentUser outside of a mounted request says what to do', async () => {
  await assert.rejects(currentUser(createTestAuth()), /call it while a request is handled that came through mount\(auth\)/)
})

test('a guard with a rule that cannot be meant is refused where it is made', async () => {
  const { requireUser: forNode } = await import('../../src/adapters/node.ts')
  const { requireUser: forHono } = await import('../../src/adapters/hono.ts')
  for (const requireUser of [forNode, forHono]) assert.throws(() => requireUser(createTestAuth(), { with: ['digest'] }), /"digest"/)
})

/** The status that a POST to the login gets. */
function send(port: number, headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method: 'POST', path: '/auth/login', headers }, (reply) => {
      reply.resume()
      resolve(reply.statusCode ?? 0)
    })
    sent.on('error', reject)
    for (let start = 0; start < body.length; start += 16_384) sent.write(body.subarray(start, start + 16_384))
    sent.end()
  })
}
