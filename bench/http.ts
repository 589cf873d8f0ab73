/** Bench `http`: requests per second over a socket, each server a process of its own beside its framework alone. */
import autocannon from 'autocannon'
import { type Child, withChildren } from './kit/child.ts'
import { alternate, median, medianRatio } from './kit/measure.ts'
import type { Line, Section } from './kit/results.ts'
import type { Served } from './kit/serve.ts'

const rounds = 5
const seconds = 3
const connections = 10

const servers = {
  hono: 'http/hono-bare.ts',
  honoGuarded: 'http/hono-portcullis.ts',
  honoMounted: 'http/hono-mounted.ts',
  honoBetterAuth: 'http/hono-better-auth.ts',
  honoCached: 'http/hono-better-auth.ts cached',
  express: 'http/express-bare.ts',
  expressIdentify: 'http/express-portcullis.ts',
  expressPassport: 'http/express-passport.ts',
} as const

type Server = keyof typeof servers

const lines: readonly { readonly name: Server; readonly what: string; readonly beside: Server; readonly atLeast?: number }[] = [
  { name: 'hono', what: 'Hono, bare', beside: 'hono' },
  { name: 'honoGuarded', what: 'Hono, Portcullis, `requireUser`, SQLite', beside: 'hono', atLeast: 0.5 },
  { name: 'honoMounted', what: 'Hono, Portcullis, `mount` and `requireUser`, SQLite', beside: 'hono' },
  { name: 'honoBetterAuth', what: 'Hono, better-auth, SQLite', beside: 'hono' },
  { name: 'honoCached', what: 'Hono, better-auth, cookie cache', beside: 'hono' },
  { name: 'express', what: 'Express, bare', beside: 'express' },
  { name: 'expressIdentify', what: 'Express, Portcullis, `auth.identify`, SQLite', beside: 'express', atLeast: 0.85 },
  { name: 'expressPassport', what: 'Express, Passport, express-session, memory', beside: 'express' },
]

export async function run(): Promise<Section> {
  const rates = await withChildren(servers, async (children) => {
    const names = Object.keys(servers) as Server[]
    for (const name of names) await requestsPerSecond(children[name], 1)
    const turns = Object.fromEntries(names.map((name) => [name, () => requestsPerSecond(children[name], seconds)]))
    return alternate(turns as Record<Server, () => Promise<number>>, rounds)
  })

  return {
    title: 'A protected JSON route, over a socket',
    how: `autocannon with ${connections} connections; median of ${rounds} alternating rounds of ${seconds} seconds, each server a process of its own. The ratio is to the same framework with nothing before the route, round by round.`,
    columns: { measured: 'requests per second', ratio: 'of bare' },
    lines: lines.map(({ name, what, beside, atLeast }): Line => {
      const share = medianRatio(rates[name], rates[beside])
      return {
        what,
        measured: Math.round(median(rates[name])).toLocaleString('en'),
        ratio: `${Math.round(share * 100)} %`,
        ...(atLeast !== undefined && { limit: `at least ${atLeast * 100} %`, met: share >= atLeast }),
      }
    }),
  }
}

async function requestsPerSecond({ hello }: Child, duration: number): Promise<number> {
  const { port, cookie } = hello as Served
  const result = await autocannon({ url: `http://127.0.0.1:${port}/me`, connections, duration, headers: { cookie } })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} requests were refused and ${result.errors} failed.`)
  return result['2xx'] / result.duration
}
