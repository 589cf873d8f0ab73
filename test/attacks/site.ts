/** The installation under attack: every feature there is, fields of the application's own, and three kinds of visitor. */
import assert from 'node:assert/strict'
import {
  type Auth,
  account,
  audit,
  changeEmail,
  confirmEmail,
  createAuth,
  errorTable,
  language,
  loginTracking,
  magicLink,
  password,
  type RouteInfo,
  registration,
  remember,
  type StandardSchema,
  session,
  username,
} from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { User } from '../../src/model/user.ts'
import { createBrowser, type TestBrowser } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { type Enrolled, enrol, phoneOf, secondFactors } from '../flows/phone.ts'

export const origin = 'http://localhost:3000'
/** The password of every account here; no hostile request ever carries it. */
export const phrase = 'purple otter juggles lamps'

/** Whom a request comes from: nobody, somebody logged in, or somebody who still owes a second factor. */
export type State = 'anonymous' | 'member' | 'owed'
export const states: readonly State[] = ['anonymous', 'member', 'owed']

/** Of a code: more than hostile requests are likely to guess. */
const digits = 8

/** What is attacked. */
export interface Site {
  readonly auth: Auth
  readonly clock: MovableClock
  /** Codes by status. */
  readonly codes: ReadonlyMap<number, readonly string[]>
  /** What the installation reported: failures that nobody foresaw. */
  readonly reported: readonly string[]
  /** The names of the cookies that it sets. */
  readonly cookieNames: readonly string[]
  /** The `Cookie` header of a visitor, made anew every now and then, since hostile requests end what they carry. */
  cookieOf(state: State): Promise<string>
  /** The same, made anew now. */
  newCookieOf(state: State): Promise<string>
}

/** Takes whatever else the body holds as it is. */
const extras: StandardSchema = {
  '~standard': {
    version: 1,
    vendor: 'attacks',
    validate: (value) => {
      const nickname = typeof value === 'object' && value !== null && 'nickname' in value ? value.nickname : ''
      return typeof nickname === 'string' && nickname.length <= 40 ? { value } : { issues: [{ message: 'Too long.', path: ['nickname'] }] }
    },
  },
}

/** Builds it on a store that is empty; with `confirms`, registrations wait for a mail. */
export async function createSite(store: Store, { confirms = false }: { readonly confirms?: boolean } = {}): Promise<Site> {
  const clock = createClock()
  const reported: string[] = []
  const auth = createAuth({
    origin,
    secret: 'w3zXb6mTqE9kLr2VnYc5HsPdJf8GtUaQ',
    store,
    mailer: { send: () => {} },
    clock,
    features: [
      session(),
      password(),
      registration({ confirmPassword: true, extra: { schema: extras, fields: [{ name: 'nickname', label: 'Nickname' }] } }),
      magicLink(),
      changeEmail(),
      username(),
      ...(confirms ? [confirmEmail()] : []),
      remember(),
      loginTracking(),
      account(),
      audit({ retention: '1d' }),
      language(),
      ...secondFactors({ digits }),
    ],
    passwords: { dangerouslyCheapHash: true },
    trustProxy: 1,
    report: (error, about) => reported.push(`${about}: ${error instanceof Error ? error.stack : String(error)}`),
  })
  await auth.ready
  const [member, holder] = await Promise.all(['member', 'holder'].map((name) => createUser(auth, `${name}@example.com`)))
  assert.ok(member && holder)
  await setUpSecondFactor(auth, clock, cookiesOf(await logIn(auth, holder, 1)))
  await logIn(auth, member, 2) // so that the page of sessions has one to end

  const makers: Readonly<Record<State, () => Promise<string>>> = {
    anonymous: async () => cookiesOf(await visit(auth, '/auth/login')),
    member: async () => {
      await auth.admin.users.activate(member.id) // a request may have put it out of use
      return cookiesOf(await logIn(auth, member, 2))
    },
    owed: async () => cookiesOf(await logIn(auth, holder, 1)),
  }
  const newCookieOf = (state: State): Promise<string> => makers[state]()
  const held = new Map<State, { readonly cookie: string; uses: number }>()

  async function cookieOf(state: State): Promise<string> {
    let jar = held.get(state)
    if (!jar || jar.uses >= 25) {
      jar = { cookie: await newCookieOf(state), uses: 0 }
      held.set(state, jar)
    }
    jar.uses += 1
    return jar.cookie
  }

  const all = await Promise.all(states.map(cookieOf))
  const later = ['challenge', 'feature-remember', 'feature-trust', 'feature-recovery-codes'].map((name) => `portcullis-${name}-3000`)
  const cookieNames = [...new Set([...all.flatMap((header) => header.split('; ')).map((pair) => pair.split('=', 1)[0] ?? ''), ...later])]
  return { auth, clock, codes: codesByStatus(), reported, cookieNames, cookieOf, newCookieOf }
}

async function createUser(auth: Auth, email: string): Promise<User> {
  return auth.admin.users.create({ email, password: phrase })
}

function logIn(auth: Auth, user: User, factors: 1 | 2): Promise<Response> {
  const request = new Request(origin, { method: 'POST', headers: { accept: 'application/json' } })
  return auth.login(request, user, { method: 'own', factors })
}

/** A browser with these cookies. */
function browserWith(auth: Auth, cookie: string): TestBrowser {
  const pairs = cookie.split('; ').map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])
  return createBrowser((request) => auth.handle(request), origin, new Map(pairs))
}

/** Sets an authenticator up where somebody is logged in. */
export function setUpSecondFactor(auth: Auth, clock: MovableClock, cookie: string): Promise<Enrolled> {
  return enrol(browserWith(auth, cookie), clock, { digits })
}

/** Begins to set one up: what finishes it, and the cookies that belong to it. */
export async function beginSetup(
  auth: Auth,
  clock: MovableClock,
  cookie: string,
): Promise<{ readonly values: Readonly<Record<string, string>>; readonly cookie: string }> {
  const browser = browserWith(auth, cookie)
  const { json } = await browser.post('/auth/totp/setup')
  const code = phoneOf(String(json.secret), clock, { digits }).code()
  return { values: { setupId: String(json.setupId), code }, cookie: [...browser.cookies].map((pair) => pair.join('=')).join('; ') }
}

async function visit(auth: Auth, path: string): Promise<Response> {
  const response = await auth.handle(new Request(origin + path, { headers: { accept: 'text/html' } }))
  assert.ok(response)
  return response
}

/** The cookies that a reply sets, as a `Cookie` header. */
export function cookiesOf(response: Response): string {
  const lines = response.headers.getSetCookie().filter((line) => !line.includes('Max-Age=0'))
  return lines.map((line) => line.split(';', 1)[0]).join('; ')
}

function codesByStatus(): ReadonlyMap<number, readonly string[]> {
  const codes = new Map<number, string[]>()
  for (const [code, { status }] of Object.entries(errorTable)) codes.set(status, [...(codes.get(status) ?? []), code])
  return codes
}

/** The methods of a route that carry a body. */
export function bodyMethods({ methods }: RouteInfo): readonly string[] {
  return methods.filter((method) => method !== 'GET')
}

/** A visitor whom the route is for. */
export function stateFor({ access }: RouteInfo): State {
  if (access.includes('session') || access.includes('fresh')) return 'member'
  return access.includes('owed') || access.includes('setup') ? 'owed' : 'anonymous'
}
