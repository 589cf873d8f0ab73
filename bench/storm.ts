/** Bench `storm`: three hundred logins at once, and what everybody else notices of it. */
import { Agent, request } from 'node:http'
import { account } from './kit/account.ts'
import { type Child, startChild } from './kit/child.ts'
import { median, percentile } from './kit/measure.ts'
import type { Section } from './kit/results.ts'
import type { Served } from './kit/serve.ts'

const storms = 3
const logins = 300
const probesPerSecond = 150
const calmMs = 3000
const most = { p99Ms: 20, megabytes: 150 }

export async function run(): Promise<Section> {
  const server = await startChild(`storm/server.ts ${logins}`)
  const { port, cookie } = server.hello as Served
  const prober = await startChild(`storm/prober.ts ${port} ${probesPerSecond} ${cookie}`)
  try {
    await calm()
    await probe(prober)
    await calm()
    const before = await probe(prober)
    const found: Storm[] = []
    for (let at = 0; at < storms; at++) found.push(await storm(server, prober, port))
    return describe(before, found)
  } finally {
    await prober.stop()
    await server.stop()
  }
}

/** What one storm did. */
interface Storm {
  readonly letIn: number
  readonly sentAway: number
  readonly seconds: number
  readonly grownBytes: number
  readonly probe: Probe
}

interface Probe {
  readonly took: readonly number[]
  readonly failed: number
}

async function storm(server: Child, prober: Child, port: number): Promise<Storm> {
  await calm()
  await probe(prober)
  await server.ask('start anew')
  const resident = Number(await server.ask('resident'))
  const begin = performance.now()
  const agent = new Agent({ keepAlive: true, maxSockets: logins })
  const answers = await Promise.all(Array.from({ length: logins }, (_, at) => logIn(port, agent, `user${at}@example.com`)))
  const seconds = (performance.now() - begin) / 1000
  const during = await probe(prober)
  agent.destroy()
  const letIn = answers.filter(({ status }) => status === 200).length
  const sentAway = answers.filter(({ status, retryAfter }) => status === 503 && retryAfter).length
  return { letIn, sentAway, seconds, grownBytes: Number(await server.ask('resident')) - resident, probe: during }
}

function describe(before: Probe, found: readonly Storm[]): Section {
  const answered = Math.min(...found.map(({ letIn, sentAway }) => letIn + sentAway))
  const grown = Math.max(...found.map(({ grownBytes }) => grownBytes)) / 1e6
  const p99 = median(found.map(({ probe: { took } }) => percentile(took, 0.99)))
  const failed = found.reduce((sum, { probe }) => sum + probe.failed, 0)
  const each = (shown: (storm: Storm) => string): string => found.map(shown).join(', ')
  return {
    title: `${logins} logins at once`,
    how: `${storms} storms of ${logins} logins, each of an account of its own, on a server with a SQLite file, while a protected route is asked ${probesPerSecond} times a second; a delay counts from when the request was due.`,
    columns: { measured: 'measured', ratio: 'each storm' },
    lines: [
      {
        what: 'answered by 200, or by 503 with `Retry-After`',
        measured: `${answered}`,
        ratio: each(({ letIn, sentAway, seconds }) => `${letIn} + ${sentAway} in ${seconds.toFixed(1)} s`),
        limit: `all ${logins}`,
        met: answered === logins,
      },
      {
        what: 'resident memory, growth at most',
        measured: `${grown.toFixed(0)} MB`,
        ratio: each(({ grownBytes }) => `${(grownBytes / 1e6).toFixed(0)} MB`),
        limit: `below ${most.megabytes} MB`,
        met: grown < most.megabytes,
      },
      {
        what: 'the protected route meanwhile, 99 % within',
        measured: `${p99.toFixed(1)} ms`,
        ratio: each(({ probe }) => `${percentile(probe.took, 0.99).toFixed(1)} ms of ${probe.took.length}`),
        limit: `${most.p99Ms} ms`,
        met: p99 <= most.p99Ms,
      },
      { what: 'the protected route meanwhile, refused or failed', measured: `${failed}`, limit: 'none', met: failed === 0 },
      { what: 'the protected route before, 99 % within', measured: `${percentile(before.took, 0.99).toFixed(1)} ms` },
    ],
  }
}

function calm(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, calmMs))
}

/** What the prober saw since the last time. */
async function probe(prober: Child): Promise<Probe> {
  return (await prober.ask('what was seen')) as Probe
}

function logIn(port: number, agent: Agent, email: string): Promise<{ readonly status: number; readonly retryAfter: boolean }> {
  const body = JSON.stringify({ email, password: account.password })
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', method: 'POST', path: '/auth/login', agent, headers }, (reply) => {
      reply.resume()
      reply.once('end', () => resolve({ status: reply.statusCode ?? 0, retryAfter: reply.headers['retry-after'] !== undefined }))
    })
      .once('error', reject)
      .end(body)
  })
}
