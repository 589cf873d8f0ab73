/** No `next` leads off the site: hostile strings on every route that goes somewhere, in query and body, form and JSON, logged in or not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headOfRequest, type RouteInfo } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { learnFields, type RouteFields } from './fields.ts'
import { hostileNext } from './hostile-next.ts'
import { beginSetup, bodyMethods, cookiesOf, createSite, origin, phrase, type Site, setUpSecondFactor, stateFor } from './site.ts'

const strings = Object.values(hostileNext).flat()
const harmless = '/elsewhere?a=b#c'
const soak = process.env.PORTCULLIS_SOAK === '1'
const places = ['query', 'body'] as const
const encodings = ['json', 'form'] as const

/** One way to ask a route to go somewhere. */
interface Way {
  readonly route: RouteInfo
  readonly method: string
  readonly place: (typeof places)[number]
  readonly encoding: (typeof encodings)[number]
  readonly isLoggedIn: boolean
}

/** A reply, and where it says to go on. */
interface Led {
  readonly status: number
  readonly text: string
  /** `Location`, or `next` of a JSON reply; `null` when it names none. */
  readonly to: string | null
}

function waysOf({ auth }: Site): readonly Way[] {
  return auth.routes.flatMap((route) =>
    route.methods.flatMap((method) =>
      places
        .filter((place) => place === 'query' || bodyMethods(route).includes(method))
        .flatMap((place) =>
          encodings.flatMap((encoding) => [false, true].map((isLoggedIn) => ({ route, method, place, encoding, isLoggedIn }))),
        ),
    ),
  )
}

test('there are more than 200 hostile strings, no two alike', () => {
  assert.ok(strings.length > 200, String(strings.length))
  assert.equal(new Set(strings).size, strings.length)
})

test('THR-32 THR-33 THR-34 THR-36 THR-37 THR-38 no next leads off the site, on any route, in any way', async (t) => {
  const site = await createSite(sqlite(':memory:'))
  const fields = await learnFields(site)
  const ways = waysOf(site)
  const leading: Way[] = []
  const following = new Set<string>()
  for (const way of ways) {
    const { to, text } = await ask(site, fields, way, harmless)
    if (to !== null || text.includes('name="next"')) leading.push(way)
    if (to === harmless || nextIn(to) === harmless) following.add(`${way.route.name} ${way.encoding} ${way.place}`)
  }
  const own = ['login', 'register', 'logout', 'verify', 'password.change', 'sessions.revoke']
  for (const route of [...own, 'totp.confirm', 'totp.verify', 'recovery-codes.use'])
    for (const encoding of encodings)
      for (const place of places)
        assert.ok(following.has(`${route} ${encoding} ${place}`), `${route} (${encoding}) follows no next in the ${place}`)

  let asked = 0
  for (const [at, way] of leading.entries()) {
    // Outside of soak each way is asked with a quarter of the strings, in turn, so that each string goes many ways.
    for (const next of strings.filter((_, index) => soak || (at + index) % 4 === 0)) {
      staysHere(await ask(site, fields, way, next), way, next)
      asked += 1
    }
  }
  assert.deepEqual(site.reported, [])
  t.diagnostic(`${leading.length} of ${ways.length} ways, ${asked} requests`)
})

function staysHere({ to, text, status }: Led, way: Way, next: string): void {
  const what = describe(way, next)
  assert.ok(status < 500, `${what}: ${status}`)
  const page = origin + way.route.path
  const shown = [...text.matchAll(/ (?:name="next" value|href|action|src)="([^"]*)"/g)].map(([, target = '']) =>
    target.replaceAll('&amp;', '&'),
  )
  for (const target of [...(to === null ? [] : [to]), ...shown.filter((url) => !url.startsWith('otpauth://totp/'))]) {
    assert.equal(new URL(target, page).origin, origin, `${what} leads to ${JSON.stringify(target)}`)
    assert.match(target, /^(\/(?![/\\])|#)[\x21-\x7e]*$/, what)
  }
  if (way.method === 'POST' && way.route.name === 'login' && leaves(next, page)) assert.equal(status, 400, `${what} is not refused`)
  const nested = nextIn(to)
  if (nested !== null && !next.startsWith('/auth/')) assert.equal(new URL(nested, page).origin, origin, `${what} leads on to ${nested}`)
}

/** Where a page of the toolkit that comes between leads on to; `null` when it leads nowhere. */
function nextIn(to: string | null): string | null {
  return to?.startsWith('/auth/') ? new URL(to, origin).searchParams.get('next') : null
}

/** Whether a browser on that page would go elsewhere. */
function leaves(next: string, page: string): boolean {
  return URL.canParse(next.toWellFormed(), page) && new URL(next.toWellFormed(), page).origin !== origin
}

function describe({ route, method, place, encoding, isLoggedIn }: Way, next: string): string {
  return `${method} ${route.name}, next in the ${place} of a ${encoding} request, ${isLoggedIn ? 'logged in' : 'not logged in'}: ${JSON.stringify(next)}`
}

/** A browser, the address of the account that it is for, and what is right to type in it. */
interface Held {
  readonly cookie: string
  readonly email: string
  readonly values?: Readonly<Record<string, string>>
}

let accounts = 0
const held = new Map<Way, Held>()

/** A request that succeeds where it can, and lies about where it comes from. What it used up is made anew for the next one. */
async function ask(site: Site, fields: RouteFields, way: Way, next: string): Promise<Led> {
  const browser = held.get(way) ?? (await openBrowser(site, way, fields.get(way.route.name) ?? []))
  held.set(way, browser)
  const response = await send(site, fields, way, next, browser)
  assert.ok(response)
  if (way.method !== 'GET' && response.status < 400) held.delete(way)
  return read(response)
}

async function send(site: Site, fields: RouteFields, way: Way, next: string, browser: Held): Promise<Response | null> {
  const { route, method, place, encoding } = way
  const headers = new Headers({
    cookie: `next=https://evil.example; callbackUrl=//evil.example; ${browser.cookie}`,
    origin,
    referer: 'https://evil.example/auth/login',
    forwarded: 'host=evil.example;proto=https',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    accept: encoding === 'json' ? 'application/json' : 'text/html',
  })
  const path = route.path.replace(/:\w+$/, 'x') + (place === 'query' ? `?next=${encodeURIComponent(next.toWellFormed())}` : '')
  if (method === 'GET') return site.auth.handle(new Request(origin + path, { headers }))
  headers.set('content-type', encoding === 'json' ? 'application/json' : 'application/x-www-form-urlencoded')
  const names = (fields.get(route.name) ?? []).filter((name) => name !== 'next' && name !== 'csrf')
  const values = Object.fromEntries(names.map((name) => [name, right(route.name, name, browser)]))
  const sent = place === 'body' ? { ...values, next } : values
  const body = encoding === 'json' ? JSON.stringify(sent) : new URLSearchParams(asText(sent)).toString()
  const request = new Request(origin + path, { method, headers, body })
  return site.auth.handle(headOfRequest(request, `2001:db8:${(accounts % 5000).toString(16)}::1`))
}

/** What makes a request to a route succeed. A field that only later routes have is given as `x`. */
function right(route: string, name: string, { email, values: own = {} }: Held): string | boolean {
  if (route === 'verify' && name !== 'password') return '' // one kind of proof at a time
  const values: Readonly<Record<string, string | boolean>> = {
    email,
    password: phrase,
    passwordConfirm: phrase,
    newPassword: `${phrase} anew`,
    nickname: 'Ada',
    username: email.replace(/@.*/, ''),
    id: '',
    others: true,
    remember: true,
    trustDevice: true,
    ...own,
  }
  return values[name] ?? 'x'
}

function asText(values: Readonly<Record<string, string | boolean>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}

/** A browser whose login is as the way says; a route for those who owe a factor is asked by one who does. */
async function openBrowser({ auth, clock }: Site, { route, isLoggedIn }: Way, fields: readonly string[]): Promise<Held> {
  accounts += 1
  const email = `user${accounts}@example.com`
  const owes = stateFor(route) === 'owed'
  const wanted = isLoggedIn || owes
  if (!wanted && route.name !== 'login') return { cookie: '', email }
  const address = isLoggedIn && route.name === 'register' ? `old${email}` : email
  const user = await auth.admin.users.create({ email: address, ...(fields.includes('password') && { password: phrase }) })
  if (!wanted) return { cookie: '', email }
  const enter = (): Promise<Response> =>
    auth.login(new Request(origin, { headers: { accept: 'application/json' } }), user, { method: 'own', factors: 1 })
  const cookie = cookiesOf(await enter())
  if (route.name === 'totp.confirm') return { email, ...(await beginSetup(auth, clock, cookie)) }
  if (!owes) return { cookie, email }
  const { phone, codes } = await setUpSecondFactor(auth, clock, cookie)
  const code = route.name === 'recovery-codes.use' ? codes[0] : phone.code(1)
  return { cookie: cookiesOf(await enter()), email, values: { code: code ?? '' } }
}

async function read(response: Response | null): Promise<Led> {
  assert.ok(response)
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  const { next } = isJson ? JSON.parse(text) : { next: undefined }
  return { status: response.status, text, to: response.headers.get('location') ?? (typeof next === 'string' ? next : null) }
}

test('whoever is logged in already is not led to next by the login page', async () => {
  const site = await createSite(memory())
  const cookie = await site.cookieOf('member')
  for (const next of [harmless, ...strings]) {
    const url = `${origin}${site.auth.urlFor('login')}?next=${encodeURIComponent(next.toWellFormed())}`
    const page = await read(await site.auth.handle(new Request(url, { headers: { cookie, accept: 'text/html' } })))
    assert.deepEqual([page.status, page.to], [303, '/'], JSON.stringify(next))
    const json = await read(await site.auth.handle(new Request(url, { headers: { cookie, accept: 'application/json' } })))
    assert.deepEqual([json.status, json.to], [200, null], JSON.stringify(next))
  }
})

test('a guard remembers only targets of this site, whatever stands in the request line', async () => {
  const site = await createSite(memory())
  const guard = site.auth.guard()
  const headers: Readonly<Record<string, string>> = { accept: 'text/html', host: 'evil.example', referer: 'https://evil.example/' }
  for (const target of [harmless, ...strings, ...strings.map((text) => `/${text}`), ...strings.map((text) => `/members?${text}`)]) {
    const head = {
      method: 'GET',
      target,
      remoteAddress: null,
      header: (name: string) => headers[name] ?? null,
      body: async () => Buffer.alloc(0),
    }
    const guarded = await guard(head)
    assert.ok(!guarded.ok)
    const { to, status } = await read(guarded.response)
    assert.ok(status === 303 || status === 401, `${status} for ${JSON.stringify(target)}`)
    if (to === null) continue
    const login = new URL(to, origin)
    assert.deepEqual([login.origin, login.pathname], [origin, site.auth.urlFor('login')])
    const next = login.searchParams.get('next') ?? ''
    assert.match(next, /^\/(?![/\\])[\x21-\x7e]*$/, JSON.stringify(target))
    assert.equal(new URL(next, origin).origin, origin, JSON.stringify(target))
  }
})
