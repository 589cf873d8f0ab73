/** curl logs in: no client of ours stands between it and the protocol functions. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { findCurl } from '../../scripts/services.mjs'
import { type DigestServer, type ServerOptions, startServer } from './server.ts'

const curl = await findCurl()
const run = promisify(execFile)

async function start(t: TestContext, options: ServerOptions = {}): Promise<DigestServer> {
  const server = await startServer(options)
  t.after(() => server.stop())
  return server
}

/** Status and body, one pair for each URL. */
async function ask(server: DigestServer, target: string, args: readonly string[] = ['--user', 'mufasa:Circle of Life']): Promise<string> {
  const quiet = ['--silent', '--show-error', '--globoff', '--path-as-is', '--max-time', '30', '--write-out', ' %{http_code}']
  const { stdout } = await run(curl, [...quiet, '--digest', ...args, server.origin + target], {
    env: { ...process.env, http_proxy: '', HTTP_PROXY: '' },
  })
  return stdout
}

/** Leads from `/3` over `/2` and `/1` to `/0`: curl keeps a nonce along redirects, and not from one URL of its command line to the next. */
function countDown({ url = '' }: IncomingMessage, reply: ServerResponse): void {
  const left = Number(url.slice(1))
  if (left > 0) reply.writeHead(302, { location: `/${left - 1}` })
  reply.end('done')
}

const outcomes = (server: DigestServer): readonly string[] => server.seen.map(({ outcome }) => outcome)

for (const algorithm of ['SHA-256', 'SHA-256-sess', 'MD5', 'MD5-sess'] as const) {
  test(`AL-FD-10 AL-FD-2 curl logs in by ${algorithm}`, async (t) => {
    const server = await start(t, { algorithms: [algorithm], opaque: 'o"p\\q' })
    assert.equal(await ask(server, '/a?b=c'), 'hello mufasa, GET of 0 bytes 200')
    assert.deepEqual(outcomes(server), ['absent', 'ok'])
  })
}

test('of several challenges curl takes SHA-256 where it comes first', async (t) => {
  const server = await start(t, { algorithms: ['SHA-256', 'SHA-512-256', 'MD5'] })
  await ask(server, '/')
  assert.match(server.seen.at(-1)?.authorization ?? '', /algorithm=SHA-256$/)
  assert.deepEqual(outcomes(server), ['absent', 'ok'])
})

test('AL-FD-12 curl hashes the name where it is asked to, and sends names, realms and passwords in UTF-8', async (t) => {
  const users = { 'Jäsøn Doe': 'Grüße, oder?' }
  for (const userhash of [false, true]) {
    const server = await start(t, { users, userhash, realm: 'Zoë "quoted" \\ realm' })
    const reply = await ask(server, '/doe.json', ['--user', 'Jäsøn Doe:Grüße, oder?'])
    assert.match(reply, / 200$/)
    assert.deepEqual(outcomes(server), ['absent', 'ok'])
  }
})

test('a name with quotes and backslashes arrives as it is', async (t) => {
  const server = await start(t, { users: { 'a"b\\c': 'p:"q' } })
  assert.match(await ask(server, '/', ['--user', 'a"b\\c:p:"q']), / 200$/)
})

test('a target with quotes, backslashes and odd characters is the same target, though curl escapes nothing', async (t) => {
  const server = await start(t)
  for (const target of ['/a"b', '/a\\b', '/?q="x"', "/?a='1'|{}^", '/a/../b', '//a', '/a?', '/%7e%41?%2f'])
    assert.match(await ask(server, target), / 200$/, target)
})

test('a body is sent again with the response, under qop auth', async (t) => {
  const server = await start(t)
  const args = ['--user', 'mufasa:Circle of Life', '--data-binary', 'x'.repeat(10_000)]
  assert.equal(await ask(server, '/', args), 'hello mufasa, POST of 10000 bytes 200')
})

test('AL-FD-3 a nonce that is too old is told as stale, and curl renews it without being asked again', async (t) => {
  const server: DigestServer = await start(t, {
    respond: (request, reply) => {
      server.pass(1801)
      countDown(request, reply)
    },
  })
  assert.equal(await ask(server, '/2', ['--location', '--user', 'mufasa:Circle of Life']), 'done 200')
  assert.deepEqual(outcomes(server), ['absent', 'ok', 'stale', 'ok', 'stale', 'ok'])
})

for (const algorithm of ['SHA-256', 'SHA-256-sess'] as const) {
  test(`two hundred requests use one nonce, by ${algorithm}`, async (t) => {
    const server = await start(t, { algorithms: [algorithm], respond: countDown })
    assert.equal(await ask(server, '/199', ['--location', '--max-redirs', '200', '--user', 'mufasa:Circle of Life']), 'done 200')
    assert.deepEqual(outcomes(server), ['absent', ...Array.from({ length: 200 }, () => 'ok')])
    assert.match(server.seen.at(-1)?.authorization ?? '', /nc=000000c8,/)
  })
}

test('AL-FD-8 a wrong password and an unknown name are refused alike', async (t) => {
  const server = await start(t)
  for (const user of ['mufasa:wrong', 'nobody:Circle of Life', 'mufasa:'])
    assert.match(await ask(server, '/', ['--user', user]), /refused 401$/)
  assert.deepEqual(outcomes(server), ['absent', 'wrong', 'absent', 'wrong', 'absent', 'wrong'])
})
