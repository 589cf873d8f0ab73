/** A server process of its own on a shared database file: run by `storm.test.ts`, told by messages whom to guess and from where. */
import '../same-work/hash-count.ts'
import { headOfRequest } from '../../src/http/request-head.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { createClock } from '../../src/testing/clock.ts'
import { origin, phrase, secret } from '../flows/application.ts'
import { hashCalls } from '../same-work/hash-count.ts'

/** What a contender may be told. */
export type Task = { readonly now: number } & (
  | { readonly kind: 'register'; readonly email: string }
  | { readonly kind: 'unlock'; readonly email: string }
  /** Guesses, all at once. */
  | {
      readonly kind: 'guess'
      readonly count: number
      /** Spellings of an address, one after the other. */
      readonly emails: readonly string[]
      readonly password: string
      /** `X-Forwarded-For` of each, one after the other; none when empty. */
      readonly claims: readonly string[]
      readonly cookie?: string
    }
)

/** What it answers. */
export interface Result {
  /** How many replies there were, by status. */
  readonly statuses: Readonly<Record<number, number>>
  /** How often the hashing was asked. */
  readonly hashes: number
  /** What the last reply set, as a browser sends it back. */
  readonly cookie: string
}

const clock = createClock()
const [, , file = '', trustProxy = ''] = process.argv
const auth = createAuth({
  origin,
  secret,
  store: sqlite(file),
  clock,
  features: [session(), password(), registration()],
  passwords: { dangerouslyCheapHash: true },
  ...(trustProxy !== '' && { trustProxy: Number(trustProxy) }),
})

async function send(path: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>): Promise<Response> {
  const all = { accept: 'application/json', 'content-type': 'application/json', ...headers }
  const request = new Request(`${origin}${path}`, { method: 'POST', headers: all, body: JSON.stringify(fields) })
  const response = await auth.handle(headOfRequest(request, '198.51.100.9'))
  if (!response) throw new Error(`Nothing answers ${path}.`)
  return response
}

async function work(task: Task): Promise<Result> {
  clock.set(task.now)
  hashCalls.length = 0
  const responses: Response[] = []
  if (task.kind === 'register') responses.push(await send('/auth/register', { email: task.email, password: phrase }, {}))
  else if (task.kind === 'unlock') await auth.admin.users.unlock((await auth.admin.users.byEmail(task.email))?.id ?? '')
  else {
    const { count, emails, claims, password: typed, cookie } = task
    const guess = (index: number): Promise<Response> => {
      const claim = claims[index % claims.length]
      const headers = { ...(claim !== undefined && { 'x-forwarded-for': claim }), ...(cookie !== undefined && { cookie }) }
      return send('/auth/login', { email: emails[index % emails.length] ?? '', password: typed }, headers)
    }
    responses.push(...(await Promise.all(Array.from({ length: count }, (_, index) => guess(index)))))
  }
  return { statuses: tally(responses), hashes: hashCalls.length, cookie: cookiesOf(responses.at(-1)) }
}

function tally(responses: readonly Response[]): Record<number, number> {
  const statuses: Record<number, number> = {}
  for (const { status } of responses) statuses[status] = (statuses[status] ?? 0) + 1
  return statuses
}

function cookiesOf(response: Response | undefined): string {
  return (response?.headers.getSetCookie() ?? []).map((line) => line.slice(0, line.indexOf(';'))).join('; ')
}

process.on('message', async (task: Task) => process.send?.(await work(task)))
await auth.ready
process.send?.('ready')
