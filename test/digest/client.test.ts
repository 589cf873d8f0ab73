/** Our client logs in, makes the server prove itself, and keeps its credentials to one origin. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { readCredentials } from 'portcullis/digest'
import { DigestClientError, type DigestFetchOptions, digestFetch } from 'portcullis/digest-client'
import { type DigestServer, type ServerOptions, startServer } from './server.ts'

interface Pair {
  readonly server: DigestServer
  readonly ask: typeof fetch
}

/** A server and a client of its user. */
async function start(t: TestContext, options: ServerOptions = {}, client: Partial<DigestFetchOptions> = {}): Promise<Pair> {
  const server = await startServer(options)
  t.after(() => server.stop())
  return { server, ask: digestFetch({ origin: server.origin, username: 'mufasa', password: 'Circle of Life', ...client }) }
}

/** A server that does nothing by itself. */
async function listen(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const outcomes = (server: DigestServer): readonly string[] => server.seen.map(({ outcome }) => outcome)

/** The counts of the requests that got in. */
function counts(server: DigestServer): readonly string[] {
  return server.seen.flatMap(({ authorization, outcome }) => {
    const read = readCredentials(authorization)
    return outcome === 'ok' && read.ok && read.credentials.qop !== null ? [read.credentials.nc] : []
  })
}

for (const algorithm of ['SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'] as const) {
  for (const qop of ['auth', 'auth-int'] as const) {
    test(`AL-FD-2 AL-FD-12 a challenge of ${algorithm} with ${qop} is answered, the server’s proof checked, and the nonce counted on`, async (t) => {
      const { server, ask } = await start(
        t,
        { algorithms: [algorithm], qop: [qop], userhash: true, opaque: 'o"p' },
        { requireRspauth: true },
      )
      for (const target of ['/a?b=c#d', '/ä"?', '/a/../b']) assert.equal((await ask(server.origin + target)).status, 200, target)
      const posted = await ask(`${server.origin}/c`, { method: 'POST', body: 'body' })
      assert.match(await posted.text(), /POST of 4 bytes$/)
      assert.deepEqual(outcomes(server), ['absent', 'ok', 'ok', 'ok', 'ok'])
      assert.deepEqual(counts(server), ['00000001', '00000002', '00000003', '00000004'])
    })
  }
}

test('names and passwords travel in UTF-8 and NFC, however they are typed', async (t) => {
  const users = { 'J\u00e4søn "Doe"': 'Grüße, oder?' }
  const typed = { username: 'Ja\u0308søn "Doe"', password: 'Gru\u0308ße, oder?' }
  for (const userhash of [false, true]) {
    const { server, ask } = await start(t, { users, userhash, realm: 'Zoë "quoted" \\' }, typed)
    assert.equal((await ask(`${server.origin}/`)).status, 200)
  }
})

test('the stronger algorithm is answered, of equals the first; MD5 only when it is asked for and alone', async (t) => {
  for (const [algorithms, chosen] of [
    [['MD5', 'SHA-512-256', 'SHA-256'], 'SHA-512-256'],
    [['MD5-sess', 'SHA-256', 'SHA-512-256'], 'SHA-256'],
    [['MD5'], 'MD5'],
  ] as const) {
    const { server, ask } = await start(t, { algorithms }, { dangerouslyAllowMd5: true })
    assert.equal((await ask(`${server.origin}/`)).status, 200)
    assert.match(server.seen.at(-1)?.authorization ?? '', new RegExp(`algorithm=${chosen},`))
  }
  const { server, ask } = await start(t, { algorithms: ['MD5', 'MD5-sess'] })
  assert.equal((await ask(`${server.origin}/`)).status, 401)
  assert.deepEqual(outcomes(server), ['absent'])
})

test('auth-int is taken where it is offered, and other realms than the one that was named are not answered', async (t) => {
  const both = await start(t, { qop: ['auth', 'auth-int'] })
  await both.ask(`${both.server.origin}/`)
  assert.match(both.server.seen.at(-1)?.authorization ?? '', /qop=auth-int,/)
  const { server, ask } = await start(t, { realm: 'other' }, { realm: 'api' })
  assert.equal((await ask(`${server.origin}/`)).status, 401)
  assert.deepEqual(outcomes(server), ['absent'])
})

test('sixty-four parallel requests on one nonce have sixty-four counts', async (t) => {
  const { server, ask } = await start(t)
  await ask(`${server.origin}/`)
  const replies = await Promise.all(Array.from({ length: 64 }, (_, index) => ask(`${server.origin}/${index}`)))
  assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]))
  assert.deepEqual(
    outcomes(server).filter((outcome) => outcome !== 'ok'),
    ['absent'],
  )
  assert.equal(new Set(counts(server)).size, 65)
})

test('parallel requests without a nonce, and with one that the server forgot, all get in', async (t) => {
  const { server, ask } = await start(t)
  const round = async (): Promise<ReadonlySet<number>> =>
    new Set((await Promise.all(Array.from({ length: 16 }, (_, index) => ask(`${server.origin}/${index}`)))).map(({ status }) => status))
  assert.deepEqual(await round(), new Set([200]))
  server.restart()
  assert.deepEqual(await round(), new Set([200]))
})

test('AL-FD-3 a stale nonce is renewed once, and the request with its body sent again', async (t) => {
  const { server, ask } = await start(t)
  await ask(`${server.origin}/`)
  server.pass(1801)
  const reply = await ask(`${server.origin}/`, { method: 'PUT', body: new Blob(['a', 'bc']) })
  assert.equal(await reply.text(), 'hello mufasa, PUT of 3 bytes')
  assert.deepEqual(outcomes(server), ['absent', 'ok', 'stale', 'ok'])
})

test('a server that calls every nonce stale is given up', async () => {
  const challenge = 'Digest realm="api", nonce="n", algorithm=SHA-256, qop="auth", stale=true'
  let asked = 0
  const ask = digestFetch({
    origin: 'https://api.example.com',
    username: 'mufasa',
    password: 'Circle of Life',
    fetch: async () => new Response(String(++asked), { status: 401, headers: { 'www-authenticate': challenge } }),
  })
  assert.equal(await (await ask('https://api.example.com/')).text(), '3')
})

test('the next nonce that a server gives is used, with a count of its own, without another challenge', async (t) => {
  const { server, ask } = await start(t, { nextAfter: 2 })
  for (const target of ['/1', '/2', '/3', '/4', '/5']) assert.equal((await ask(server.origin + target)).status, 200)
  assert.deepEqual(outcomes(server), ['absent', 'ok', 'ok', 'ok', 'ok', 'ok'])
  assert.deepEqual(counts(server), ['00000001', '00000002', '00000001', '00000002', '00000001'])
})

test('with session keys the nonce of the challenge stays, since it is part of the key', async (t) => {
  const { server, ask } = await start(t, { algorithms: ['SHA-256-sess'], nextAfter: 1 })
  for (const target of ['/1', '/2', '/3']) assert.equal((await ask(server.origin + target)).status, 200)
  assert.deepEqual(counts(server), ['00000001', '00000002', '00000003'])
})

test('a wrong password is a 401 after one answer, and the next call begins anew', async (t) => {
  const { server, ask } = await start(t, {}, { password: 'wrong' })
  for (let round = 0; round < 2; round++) assert.equal((await ask(`${server.origin}/`)).status, 401)
  assert.deepEqual(outcomes(server), ['absent', 'wrong', 'absent', 'wrong'])
})

test('AL-FD-2 a server that does not know the password is refused, and one that proves nothing when a proof is required', async (t) => {
  const isRefused =
    (code: string) =>
    (error: unknown): boolean =>
      error instanceof DigestClientError && error.code === code && !/Circle/.test(error.message)
  const wrong = await start(t, { rspauth: 'wrong' })
  await assert.rejects(wrong.ask(`${wrong.server.origin}/`), isRefused('rspauth_wrong'))
  const strict = await start(t, { rspauth: 'none' }, { requireRspauth: true })
  await assert.rejects(strict.ask(`${strict.server.origin}/`), isRefused('rspauth_missing'))
  const lenient = await start(t, { rspauth: 'none' })
  assert.equal((await lenient.ask(`${lenient.server.origin}/`)).status, 200)
})

test('a proof for another body or another request is wrong', async (t) => {
  const tampered = await start(t, { qop: ['auth-int'], respond: (_request, reply) => void reply.end('something else') })
  await assert.rejects(tampered.ask(`${tampered.server.origin}/`), { code: 'rspauth_wrong' })
  let first: string | null = null
  const repeated = await start(t, {}, {})
  const replay = digestFetch({
    origin: repeated.server.origin,
    username: 'mufasa',
    password: 'Circle of Life',
    fetch: async (input, init) => {
      const reply = await fetch(input, init)
      first ??= reply.headers.get('authentication-info')
      return first === null ? reply : new Response(reply.body, { status: reply.status, headers: { 'authentication-info': first } })
    },
  })
  assert.equal((await replay(`${repeated.server.origin}/a`)).status, 200)
  await assert.rejects(replay(`${repeated.server.origin}/a`), { code: 'rspauth_wrong' })
})

test('with auth-int a reply is asked for as it is hashed, without compression', async (t) => {
  const asked: (string | undefined)[] = []
  const respond: RequestListener = (request, reply) => {
    asked.push(request.headers['accept-encoding'])
    reply.end('hello mufasa, GET of 0 bytes')
  }
  for (const qop of ['auth', 'auth-int'] as const) {
    const { server, ask } = await start(t, { qop: [qop], respond })
    assert.equal((await ask(`${server.origin}/`)).status, 200)
  }
  assert.match(asked[0] ?? '', /gzip/)
  assert.equal(asked[1], 'identity')
})

test('bodies of every kind are replayed as they are', async (t) => {
  const { server } = await start(t, { qop: ['auth-int'] })
  const form = new FormData()
  form.set('a', 'b')
  const stream = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('streamed')),
    pull: (controller) => controller.close(),
  })
  for (const body of ['text', new Uint8Array([0, 255, 10]), new URLSearchParams({ a: 'ä' }), form, stream, new Blob(['blob']), '']) {
    const ask = digestFetch({ origin: server.origin, username: 'mufasa', password: 'Circle of Life', requireRspauth: true })
    const reply = await ask(new Request(`${server.origin}/`, { method: 'POST', body, duplex: 'half' }))
    assert.equal(reply.status, 200)
    const [refused, answered] = server.seen.slice(-2)
    assert.equal(answered?.body, refused?.body)
    assert.equal(answered?.outcome, 'ok')
  }
})

/** Leads where the path says: `/302/rest` to `/rest` by 302, `/302to/…` to a URL. */
function redirectByPath({ url = '' }: IncomingMessage, reply: ServerResponse): void {
  const [, status = '', to, rest = ''] = /^\/(30\d)(to)?\/(.*)$/.exec(url) ?? []
  if (status === '') reply.end('arrived')
  else reply.writeHead(Number(status), { location: to ? decodeURIComponent(rest) : `/${rest}` }).end()
}

test('a redirect within the origin is a request with credentials of its own, method and body as fetch has them', async (t) => {
  const { server, ask } = await start(t, { respond: redirectByPath })
  for (const [status, method, sent, body] of [
    [302, 'POST', 'GET', ''],
    [301, 'PUT', 'PUT', 'body'],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'body'],
    [308, 'POST', 'POST', 'body'],
  ] as const) {
    const reply = await ask(`${server.origin}/${status}/end`, { method, body: 'body', headers: { 'content-type': 'text/plain' } })
    assert.equal(await reply.text(), 'arrived')
    assert.equal(reply.url, `${server.origin}/end`)
    const { method: seenMethod, body: seenBody, outcome, target } = server.seen.at(-1) ?? assert.fail()
    assert.deepEqual([seenMethod, seenBody, outcome, target], [sent, body, 'ok', '/end'])
  }
  assert.equal(new Set(counts(server)).size, 10)
})

test('redirects can be left to the caller or refused, and end after twenty', async (t) => {
  const { server, ask } = await start(t, { respond: (request, reply) => void reply.writeHead(302, { location: request.url }).end() })
  assert.equal((await ask(`${server.origin}/`, { redirect: 'manual' })).status, 302)
  await assert.rejects(ask(`${server.origin}/`, { redirect: 'error' }), TypeError)
  const before = server.seen.length
  await assert.rejects(ask(`${server.origin}/`), TypeError)
  assert.equal(server.seen.length - before, 21)
})

test('THR-115 nothing of the credentials leaves the origin: not by another URL, a redirect, a redirect back, or a challenge elsewhere', async (t) => {
  const headers: (readonly [url: string, authorization: string | undefined, cookie: string | undefined])[] = []
  let back = ''
  const other = await listen(t, (request, reply) => {
    headers.push([request.url ?? '', request.headers.authorization, request.headers.cookie])
    if (request.url === '/back') reply.writeHead(302, { location: `${back}/end` }).end()
    else reply.writeHead(401, { 'www-authenticate': 'Digest realm="api", nonce="n", algorithm=SHA-256, qop="auth"' }).end()
  })
  const { server, ask } = await start(t, { respond: redirectByPath })
  back = server.origin
  assert.equal((await ask(`${server.origin}/end`)).status, 200)
  assert.equal((await ask(`${other}/direct`)).status, 401)
  const init = { headers: { cookie: 'a=b', authorization: 'Bearer x' } }
  assert.equal((await ask(`${server.origin}/307to/${encodeURIComponent(`${other}/redirected`)}`, init)).status, 401)
  assert.equal((await ask(`${server.origin}/302to/${encodeURIComponent(`${other}/back`)}`, init)).status, 401)
  assert.deepEqual(headers, [
    ['/direct', undefined, undefined],
    ['/redirected', undefined, undefined],
    ['/back', undefined, undefined],
  ])
  assert.equal(server.seen.at(-1)?.authorization, null, 'whoever came back from elsewhere is nobody')
  for (const location of ['file:///etc/passwd', 'data:,x', 'http://', 'javascript:1'])
    await assert.rejects(ask(`${server.origin}/302to/${encodeURIComponent(location)}`), TypeError, location)
})

test('a call that is aborted ends, also between two attempts', async (t) => {
  const { server, ask } = await start(t)
  await assert.rejects(ask(`${server.origin}/`, { signal: AbortSignal.abort() }), { name: 'AbortError' })
  await assert.rejects(ask(new Request(`${server.origin}/`, { signal: AbortSignal.abort() })), { name: 'AbortError' })
  const control = new AbortController()
  const aborting = digestFetch({
    origin: server.origin,
    username: 'mufasa',
    password: 'Circle of Life',
    fetch: async (input, init) => {
      const reply = await fetch(input, init)
      control.abort()
      return reply
    },
  })
  await assert.rejects(aborting(`${server.origin}/`, { signal: control.signal }), { name: 'AbortError' })
  assert.deepEqual(outcomes(server), ['absent'])
})

test('an origin that is none, and a name that cannot be one, are refused at once', () => {
  const account = { username: 'a', password: 'b' }
  for (const origin of [
    '',
    'example.com',
    'https://example.com/',
    'https://example.com/a',
    'https://EXAMPLE.com',
    'ftp://example.com',
    'https://a@example.com',
    'null',
  ])
    assert.throws(() => digestFetch({ ...account, origin }), RangeError, origin)
  for (const username of ['', 'a:b', 'a\nb', '\ud800'])
    assert.throws(() => digestFetch({ ...account, username, origin: 'https://example.com' }), RangeError)
})
