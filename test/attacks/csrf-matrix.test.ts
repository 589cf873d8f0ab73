/** Every combination of what browsers say of a request's origin, on every unsafe route: the reply is what the four rules of the design say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Auth,
  account,
  audit,
  changeEmail,
  createAuth,
  type Feature,
  type Guard,
  language,
  loginTracking,
  magicLink,
  password,
  type RequestHead,
  registration,
  remember,
  session,
  username,
} from '../../src/index.ts'
import type { User } from '../../src/model/user.ts'
import { memory } from '../../src/stores/memory.ts'
import { loggedIn } from '../../src/testing/logged-in.ts'
import { secondFactors } from '../flows/phone.ts'
import { bodyMethods, cookiesOf } from './site.ts'

const origin = 'https://example.com'
const ours = [origin, 'https://app.example.org']

/** `null`: the header is absent. */
const origins: readonly (string | null)[] = [
  null,
  origin,
  'https://app.example.org',
  'https://evil.example',
  'null',
  '',
  'https://a.example.com',
  'https://example.com.evil.example',
  'https://example.co',
  'https://example.com:8443',
  'https://example.com:443',
  'https://example.com/',
  'HTTPS://EXAMPLE.COM',
  'http://example.com',
  'https://example.com, https://evil.example',
]
const sites: readonly (string | null)[] = [null, 'same-origin', 'same-site', 'cross-site', 'none', 'garbage', '']

/** A media type, what a body of it is to a reader that follows the standards, and how it carries a token, if it can. */
interface Media {
  readonly type: string | null
  readonly is: 'json' | 'form' | 'empty' | 'neither'
  readonly body: (fields: Readonly<Record<string, string>>) => string
}

const asJson = (fields: Readonly<Record<string, string>>): string => JSON.stringify(fields)
const asForm = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString()
const asParts = (fields: Readonly<Record<string, string>>): string =>
  `${Object.entries(fields)
    .map(([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join('')}--x--\r\n`

const medias: readonly Media[] = [
  { type: 'application/json', is: 'json', body: asJson },
  { type: 'application/json; charset=utf-8', is: 'json', body: asJson },
  { type: 'Application/JSON ;charset=UTF-8', is: 'json', body: asJson },
  { type: 'application/x-www-form-urlencoded', is: 'form', body: asForm },
  { type: 'application/x-www-form-urlencoded; charset=utf-8', is: 'form', body: asForm },
  { type: 'application/x-www-form-urlencoded', is: 'empty', body: () => '' },
  { type: null, is: 'empty', body: () => '' },
  { type: 'application/json-patch+json', is: 'neither', body: asJson },
  { type: 'application/json, text/plain', is: 'neither', body: asJson },
  { type: 'text/plain, application/json', is: 'neither', body: asJson },
  { type: 'text/plain; application/json', is: 'neither', body: asJson },
  { type: 'application/jsonp', is: 'neither', body: asJson },
  { type: 'text/plain', is: 'neither', body: asForm },
  { type: 'multipart/form-data; boundary=x', is: 'neither', body: asParts },
  { type: null, is: 'neither', body: asForm },
  { type: '', is: 'neither', body: asJson },
]

const tokens = ['absent', 'right', 'of another browser', 'of before', 'garbage', 'shortened'] as const
type Token = (typeof tokens)[number]

/** One combination. */
interface Combination {
  readonly origin: string | null
  readonly site: string | null
  readonly media: Media
  readonly token: Token
}

/** All of them; where an earlier rule decides, fewer tokens, since the oracle says that none is read. */
const combinations: readonly Combination[] = origins.flatMap((from) =>
  sites.flatMap((site) =>
    medias.flatMap((media) => {
      const read: readonly Token[] = from === null && site === null ? tokens : ['absent', 'right']
      return read.map((token) => ({ origin: from, site, media, token }))
    }),
  ),
)

/** The four rules of the design, in their order, and nothing of the code. */
function isFromHere({ origin: from, site, media, token }: Combination): boolean {
  if (from !== null) return ours.includes(from)
  if (site !== null) return site === 'same-origin' || site === 'none'
  if (media.is === 'json') return true
  return media.is === 'form' && token === 'right'
}

/** What a browser holds: its cookies, and the value of each kind of token for it. */
interface Held {
  readonly cookie: string
  readonly tokens: Readonly<Record<Token, string | null>>
}

interface Subject {
  readonly auth: Auth
  readonly user: User
  readonly guard: Guard
}

function shipped(): readonly Feature[] {
  const own = [session(), password(), registration(), magicLink(), changeEmail(), username(), language()]
  return [...own, remember(), loginTracking(), account(), audit(), ...secondFactors()]
}

async function createSubject(): Promise<Subject> {
  const auth = createAuth({
    origin: ours,
    secret: 'w3zXb6mTqE9kLr2VnYc5HsPdJf8GtUaQ',
    store: memory(),
    features: shipped(),
    mailer: { send: () => {} },
    passwords: { dangerouslyCheapHash: true },
  })
  const user = await auth.admin.users.create({ email: 'ada@example.com', password: 'purple otter juggles lamps' })
  return { auth, user, guard: auth.guard() }
}

/** The token that the login page has for a browser without a session, and the cookie that it is bound to. */
async function visitLogin({ auth }: Subject): Promise<{ readonly cookie: string; readonly token: string }> {
  const response = await auth.handle(new Request(`${origin}/auth/login`, { headers: { accept: 'application/json', host: 'example.com' } }))
  assert.ok(response)
  const { csrf } = JSON.parse(await response.text())
  return { cookie: cookiesOf(response), token: String(csrf) }
}

async function logIn({ auth, user }: Subject): Promise<{ readonly cookie: string; readonly token: string }> {
  await auth.admin.users.activate(user.id) // a request may have put it out of use
  const { cookie } = await loggedIn(auth, user)
  const token = await auth.formToken(new Request(origin, { headers: { cookie } }))
  assert.ok(token)
  return { cookie, token }
}

/** A browser that visited the login page, and then logged in or not; the token of before is that of its other half. */
async function hold(subject: Subject, isLoggedIn: boolean): Promise<Held> {
  const [visited, entered, otherVisited, otherEntered] = [
    await visitLogin(subject),
    await logIn(subject),
    await visitLogin(subject),
    await logIn(subject),
  ]
  const [right, before, foreign] = isLoggedIn
    ? [entered.token, visited.token, otherEntered.token]
    : [visited.token, entered.token, otherVisited.token]
  return {
    cookie: isLoggedIn ? `${visited.cookie}; ${entered.cookie}` : visited.cookie,
    tokens: {
      absent: null,
      right,
      'of another browser': foreign,
      'of before': before,
      garbage: 'A'.repeat(43),
      shortened: right.slice(0, -1),
    },
  }
}

function headOf({ origin: from, site, media, token }: Combination, method: string, target: string, held: Held): RequestHead {
  const value = held.tokens[token]
  const body = media.body({ email: 'nobody', password: 'not the right one', ...(value !== null && { csrf: value }) })
  const headers = new Map<string, string | null>([
    ['host', 'example.com'],
    ['accept', 'application/json'],
    ['cookie', held.cookie],
    ['origin', from],
    ['sec-fetch-site', site],
    ['content-type', media.type],
    ['referer', `${origin}/auth/login`],
  ])
  return { method, target, remoteAddress: '203.0.113.1', header: (name) => headers.get(name) ?? null, body: async () => Buffer.from(body) }
}

function describe(combination: Combination, method: string, target: string): string {
  return JSON.stringify({ method, target, ...combination, media: combination.media.type })
}

for (const isLoggedIn of [false, true]) {
  const who = isLoggedIn ? 'somebody logged in' : 'a visitor'

  test(`THR-23 THR-24 THR-25 THR-27 THR-30 THR-31 on every unsafe route, requests of ${who} are judged by the four rules`, async () => {
    const subject = await createSubject()
    let held = await hold(subject, isLoggedIn)
    const verdicts = { refused: 0, allowed: 0, unread: 0 }
    for (const route of subject.auth.routes) {
      for (const method of bodyMethods(route)) {
        for (const combination of combinations) {
          const what = describe(combination, method, route.path)
          const response = await subject.auth.handle(headOf(combination, method, route.path, held))
          assert.ok(response, what)
          const cookies = response.headers.getSetCookie()
          const verdict = judge(combination, response.status, codeIn(await response.text()), what)
          verdicts[verdict] += 1
          if (verdict !== 'allowed') assert.deepEqual(cookies, [], what)
          else if (cookies.length > 0) held = await hold(subject, isLoggedIn) // it ended what this browser held
        }
      }
    }
    assert.ok(Math.min(...Object.values(verdicts)) > 1000, JSON.stringify(verdicts))
  })
}

/** A media type that no route reads is refused as such, before anybody asks where it came from. */
function judge(combination: Combination, status: number, code: string | null, what: string): 'refused' | 'allowed' | 'unread' {
  if (combination.media.is === 'neither') {
    assert.deepEqual([status, code], [415, 'unsupported_media_type'], what)
    return 'unread'
  }
  if (isFromHere(combination)) {
    assert.notEqual(code, 'cross_site_request', what)
    return 'allowed'
  }
  assert.deepEqual([status, code], [403, 'cross_site_request'], what)
  return 'refused'
}

for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'post']) {
  test(`on ${method} of the application's own behind a guard, the same rules hold, whatever it reads`, async () => {
    const subject = await createSubject()
    const [visitor, member] = [await hold(subject, false), await hold(subject, true)]
    const verdicts = { refused: 0, allowed: 0 }
    for (const combination of combinations) {
      const what = describe(combination, method, '/notes')
      const stranger = await subject.guard(headOf(combination, method, '/notes', visitor))
      assert.ok(!stranger.ok, what)
      assert.equal(codeIn(await stranger.response.text()), 'unauthenticated', what)
      const guarded = await subject.guard(headOf(combination, method, '/notes', member))
      const code = guarded.ok ? null : codeIn(await guarded.response.text())
      assert.equal(code, isFromHere(combination) ? null : 'cross_site_request', what)
      if (!guarded.ok) assert.equal(guarded.response.status, 403, what)
      verdicts[guarded.ok ? 'allowed' : 'refused'] += 1
    }
    assert.ok(Math.min(...Object.values(verdicts)) > 300, JSON.stringify(verdicts))
  })
}

test('what changes nothing is asked for no origin', async () => {
  const subject = await createSubject()
  const member = await hold(subject, true)
  for (const method of ['GET', 'HEAD']) {
    for (const combination of combinations.filter(({ token }) => token === 'absent')) {
      const guarded = await subject.guard(headOf(combination, method, '/notes', member))
      assert.ok(guarded.ok, describe(combination, method, '/notes'))
    }
  }
})

/** The code of a refusal as JSON, `null` when it is none. */
function codeIn(text: string): string | null {
  return /"error":\{"code":"(\w+)"/.exec(text)?.[1] ?? null
}
