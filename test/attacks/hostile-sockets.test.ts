/** The same over a real socket, through each adapter: bytes that are hardly HTTP, and requests that are, but mean harm. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { errorTable } from '../../src/index.ts'
import { createTestAuth, type Member, serving } from '../adapters/served.ts'
import { createDice, seed } from './random.ts'
import { hostileRequest, malformedRequests, type RawRequest } from './raw-requests.ts'
import { judge } from './verdict.ts'

const random = process.env.PORTCULLIS_SOAK === '1' ? 20_000 : 300
/** What Node or the framework answers before, or beside, the toolkit. Express has a policy of its own, and Fastify opinions on media types. */
const foreign: ReadonlySet<number> = new Set([400, 404, 408, 413, 417, 431])
const foreignPolicy = "default-src 'none'"
const foreignBody = /<pre>Cannot |"code":"FST_ERR_/

for (const [name, serve] of serving) {
  test(`bytes on a socket get a refusal or an answer of the toolkit, whole and protected (${name})`, async (t) => {
    const reported: string[] = []
    const auth = createTestAuth({ report: (error, about) => reported.push(`${about}: ${String(error)}`) })
    const { port, browser } = await serve(t, auth)
    const requests = [
      ...auth.routes.slice(0, 3).flatMap(({ path }) => malformedRequests(path)),
      ...Array.from({ length: random }, (_, number) => hostileRequest(auth.routes, createDice(seed, number))),
    ]
    const statuses = new Map<number, number>()
    for (let first = 0; first < requests.length; first += 64) {
      const some = requests.slice(first, first + 64)
      const answers = await Promise.all(some.map((request) => exchange(port, request)))
      for (const [index, answer] of answers.entries()) judgeAnswers(answer, some[index], statuses)
    }
    assert.deepEqual(reported, [])
    for (const status of [200, 400, 401, 404, 405, 415, 431]) assert.ok(statuses.get(status), `no reply was ${status}`)
    await stillServes(auth, browser())
  })
}

async function stillServes(auth: ReturnType<typeof createTestAuth>, member: { post: Post; get: Get }): Promise<void> {
  const account = { email: 'ada@example.com', password: 'a long honest passphrase' }
  await auth.admin.users.create({ ...account, extra: { name: 'Ada' } })
  assert.equal((await member.post('/auth/login', account)).status, 200)
  assert.equal((await member.get('/me')).text, 'Ada' satisfies Member['extra']['name'])
}

type Post = (path: string, body: Readonly<Record<string, string>>) => Promise<{ readonly status: number }>
type Get = (path: string) => Promise<{ readonly text: string }>

/** Writes the bytes and gives what comes back until the other side closes, or has nothing to say for a second. */
async function exchange(port: number, { bytes }: RawRequest): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Uint8Array[] = []
  const { promise, resolve } = Promise.withResolvers<string>()
  socket.setTimeout(1000, () => socket.destroy())
  socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)))
  socket.on('error', () => {}) // a reset ends it as well as a close
  socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
  socket.write(bytes)
  return promise
}

function judgeAnswers(heard: string, request: RawRequest | undefined, statuses: Map<number, number>): void {
  const what = `PORTCULLIS_SEED=${seed}: ${request?.about}\n${JSON.stringify(
    Buffer.from(request?.bytes ?? [])
      .toString('latin1')
      .slice(0, 500),
  )}`
  const heads = heard.split(/(?=HTTP\/1\.[01] \d{3} )/).filter((part) => part !== '')
  assert.ok(heads.length <= (request?.answers ?? 0), `${what}\nwas answered ${heads.length} times:\n${heard.slice(0, 2000)}`)
  for (const text of heads) {
    try {
      const status = judgeAnswer(text, Buffer.from(request?.bytes ?? []).toString('latin1'))
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    } catch (error) {
      throw new Error(`${what}\n${error instanceof Error ? error.message : String(error)}\n${text.slice(0, 1000)}`)
    }
  }
}

function judgeAnswer(text: string, asked: string): number {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s, 2)
  const [line = '', ...fields] = head.split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(line)?.[1])
  if (status === 100) return status
  const headers = new Headers(fields.map((field) => field.split(/: ?(.*)/s, 2) as [string, string]))
  assert.ok(status < 500 || status === 503, `status ${status}`)
  assert.doesNotMatch(text, /node:internal|\.ts:\d+|<c4nary/)
  if ([null, foreignPolicy].includes(headers.get('content-security-policy')) || foreignBody.test(body)) {
    assert.ok(foreign.has(status) || foreignBody.test(body), `${status} is not the toolkit's, and nobody else's either`)
    return status
  }
  const method = asked.split(' ', 1)[0] ?? ''
  const whole = headers.get('transfer-encoding') === 'chunked' ? unchunk(body) : body
  judge({ status, headers: unframed(headers), text: Buffer.from(whole, 'latin1').toString() }, { method, state: 'anonymous' }, { codes })
  return status
}

/** Without what the connection adds. */
function unframed(headers: Headers): Headers {
  for (const name of ['connection', 'keep-alive', 'date', 'transfer-encoding', 'content-length']) headers.delete(name)
  return headers
}

function unchunk(body: string): string {
  const [, size = '0', rest = ''] = /^([0-9a-f]+)\r\n(.*)$/s.exec(body) ?? []
  const length = Number.parseInt(size, 16)
  return length === 0 ? '' : rest.slice(0, length) + unchunk(rest.slice(length + 2))
}

const codes: ReadonlyMap<number, readonly string[]> = new Map(
  Object.values(errorTable).map(({ status }) => [
    status,
    Object.entries(errorTable).flatMap(([code, entry]) => (entry.status === status ? [code] : [])),
  ]),
)
