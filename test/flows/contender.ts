/** A server process of its own on a shared database file: run by `races.test.ts`, told by messages what to do. */
import { createAuth, headOfRequest, password, registration, session } from '../../src/index.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { memberOf, phrase, secret, serve } from './application.ts'

/** What a contender may be told. */
export type Task =
  | { readonly kind: 'register'; readonly email: string }
  | { readonly kind: 'log in'; readonly email: string }
  /** Goes through a guard with this session again and again until it is refused. Says `using` as soon as it was let in. */
  | { readonly kind: 'use'; readonly cookie: string }
  /** Ends a session from another one of the same user. */
  | { readonly kind: 'revoke'; readonly cookie: string; readonly id: string }
  | { readonly kind: 'count users' }

/** What it answers. Times are in nanoseconds of the machine's steady clock, which all its processes share. */
export interface Result {
  readonly status: number
  readonly cookie?: string
  readonly id?: string
  /** When a revocation had returned, or when the last request that was let in had begun. */
  readonly at?: string
  /** How many requests were let in, or how many users there are. */
  readonly count?: number
}

const origin = 'http://localhost:3000'
const auth = createAuth({
  origin,
  secret,
  store: sqlite(process.argv[2] ?? ''),
  features: [session(), password(), registration()],
  passwords: { dangerouslyCheapHash: true },
  limits: { registrationsPerNetwork: 1_000_000 },
})
const open = serve(auth)
const guard = auth.guard()

async function work(task: Task): Promise<Result> {
  switch (task.kind) {
    case 'register':
      return { status: (await open().post('/auth/register', { email: task.email, password: phrase })).status }
    case 'log in': {
      const browser = open()
      const { status } = await browser.post('/auth/login', { email: task.email, password: phrase })
      const id = String(memberOf((await browser.get('/auth/session')).json.session, 'id'))
      return { status, id, cookie: cookieOf(browser) }
    }
    case 'use':
      return use(task.cookie)
    case 'revoke': {
      const headers = { cookie: task.cookie, accept: 'application/json', 'content-type': 'application/json' }
      const body = JSON.stringify({ id: task.id })
      const response = await auth.handle(new Request(`${origin}/auth/sessions/revoke`, { method: 'POST', headers, body }))
      return { status: response?.status ?? 0, at: String(process.hrtime.bigint()) }
    }
    case 'count users':
      return { status: 200, count: (await auth.admin.users.list({ limit: 10_000 })).length }
  }
}

async function use(cookie: string): Promise<Result> {
  const head = headOfRequest(new Request(`${origin}/members`, { headers: { cookie, accept: 'application/json' } }))
  let at = 0n
  for (let count = 0; ; count++) {
    const begun = process.hrtime.bigint()
    const guarded = await guard(head)
    if (!guarded.ok) return { status: guarded.response.status, at: String(at), count }
    at = begun
    if (count === 0) process.send?.('using')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function cookieOf({ cookies }: TestBrowser): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}

process.on('message', async (task: Task) => process.send?.(await work(task)))
await auth.ready
process.send?.('ready')
