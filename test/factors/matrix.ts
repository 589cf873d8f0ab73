/** The matrix of logins and second factors: which ways to log in an installation has, and what each of them ends in under each policy. */
import assert from 'node:assert/strict'
import type { Feature } from '../../src/index.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { codeOf, phrase } from '../flows/application.ts'
import { enrol, type Phone } from '../flows/phone.ts'
import { type Accounts, promote, type Site } from './site.ts'

/**
 * What a way to log in ends in: `session` is in, `owed` must prove a second factor first, `setup` must set one up first, `refused` is
 * turned away, and `nothing` was answered without anybody being logged in.
 */
export type Outcome = 'session' | 'owed' | 'setup' | 'refused' | 'nothing'

/** What is required of whom: half of a policy. */
export interface Standing {
  readonly name: string
  /** The user has an authenticator. */
  readonly holds?: true
  /** The browser is one that the user trusts. */
  readonly trusts?: true
  /** The user's role requires a second factor, and the user has none. */
  readonly required?: true
}

export const standings: readonly Standing[] = [
  { name: 'no factor' },
  { name: 'a factor', holds: true },
  { name: 'a factor and a trusted browser', holds: true, trusts: true },
  { name: 'a role that requires one', required: true },
]

/** The other half: what guards the page that a login is for. `/vault` wants a second factor that was proven just now. */
const pages = [
  ['/members', ''],
  ['/vault', ', guard wants one fresh'],
] as const

/** The names of the policies of a standing. */
export function policiesOf({ name }: Standing): readonly string[] {
  return pages.map(([, guard]) => `${name}${guard}`)
}

/** By the policy's name. */
export type Cells = Readonly<Record<string, Outcome>>

/** Somebody who logs in. */
export interface Visit {
  readonly site: Site
  readonly browser: TestBrowser
  readonly email: string
  readonly phone: Phone | null
  readonly codes: readonly string[]
}

/** One way to log in, driven over HTTP. */
export interface Driver {
  readonly name: string
  /** The route whose answer is judged; `auth.login` for the application's own. */
  readonly route: string
  /** The method of the proof that the last step gives; `null` where nothing is proven. */
  readonly proves: string | null
  /** The site that it is driven on. */
  readonly accounts?: Accounts
  /** The account is made on the way; one that is there has its address already. */
  readonly makesAccount?: true
  /** The account was made by whoever typed the address, and nobody has opened a mail since. */
  readonly unproven?: true
  readonly cells: Cells
  /** What was done in this browser before there was an account. */
  readonly asks?: (visit: Visit) => Promise<unknown>
  /** What was done in this browser before a role required anything. */
  readonly before?: (visit: Visit) => Promise<unknown>
  readonly drive: (visit: Visit) => Promise<TestReply>
}

/** What is missing from a matrix: every way to log in of the features needs a driver, every driver a cell for each policy. */
export function complaintsOf(features: readonly Feature[], drivers: readonly Driver[]): readonly string[] {
  const routes = features.flatMap((feature) => feature.routes ?? [])
  const ends = new Set(drivers.map(({ route }) => route))
  const proven = new Set(drivers.map(({ proves }) => proves))
  const logins = routes.filter(({ login }) => login).map(({ name }) => name)
  const resumed = features.flatMap(({ resume }) => resume?.route ?? [])
  const schemes = features.flatMap((feature) => feature.schemes ?? [])
  const kinds = features.flatMap((feature) => feature.proofs ?? []).filter(({ as }) => as.some((role) => role !== 'again'))
  const known = new Set(['auth.login', ...routes.map(({ name }) => name), ...schemes.map(({ name }) => name)])
  return [
    ...[...new Set([...logins, ...resumed, 'auth.login'])].filter((name) => !ends.has(name)).map((name) => `No driver ends at "${name}".`),
    ...schemes.filter(({ name }) => !ends.has(name)).map(({ name }) => `No driver is recognised by the scheme "${name}".`),
    ...kinds.filter(({ method }) => !proven.has(method)).map(({ method }) => `No driver gives a proof by "${method}".`),
    ...drivers.filter(({ route }) => !known.has(route)).map(({ name, route }) => `"${name}" ends at "${route}", which no feature has.`),
    ...drivers.flatMap(({ name, cells }) =>
      standings
        .flatMap(policiesOf)
        .filter((policy) => cells[policy] === undefined)
        .map((policy) => `"${name}" has no cell for "${policy}".`),
    ),
  ]
}

/**
 * Drives the cells of a standing.
 *
 * @throws AssertionError when somebody is in whom the answer does not let in, or what is owed does not let in when it is given
 */
export async function drivenCells(site: Site, driver: Driver, standing: Standing, email: string): Promise<Cells> {
  const { auth } = site
  const told: string[] = []
  const stops = (['user.logged_in', 'user.factor_owed'] as const).map((name) => auth.on(name, (event) => void told.push(event.method)))
  const visit = await prepare(site, driver, standing, email)
  const { browser } = visit
  const posted: string[] = []
  const watched: TestBrowser = {
    ...browser,
    post(path, ...rest) {
      posted.push(path)
      return browser.post(path, ...rest)
    },
  }
  await auth.settled()
  told.splice(0)
  const reply = await driver.drive({ ...visit, browser: watched })
  await auth.settled()
  for (const stop of stops) stop()
  assert.equal(posted.at(-1)?.split('?', 1)[0], driver.route === 'auth.login' ? '/own' : auth.urlFor(driver.route), driver.name)
  if (typeof reply.json.status === 'string' && driver.proves !== null) assert.equal(told.at(-1), driver.proves, driver.name)
  const outcomes = await Promise.all(pages.map(([page]) => judge(browser, reply, page)))
  await settle(visit, reply, outcomes)
  return Object.fromEntries(policiesOf(standing).map((name, number) => [name, outcomes[number] ?? 'nothing']))
}

/** Brings the standing about, with a browser that is not logged in. */
async function prepare(site: Site, driver: Driver, { holds, trusts, required }: Standing, email: string): Promise<Visit> {
  const { auth, clock, open } = site
  const browser = open()
  const isStaff = driver.makesAccount && required // who has no account has no role yet
  const visit: Visit = { site, browser, email: isStaff ? email.replace(/@.*/, '@staff.example') : email, phone: null, codes: [] }
  await driver.asks?.(visit)
  if (driver.makesAccount && !holds) return visit
  if (driver.unproven) assert.equal((await open().post('/auth/register', { email, password: phrase })).status, 200)
  else await auth.admin.users.create({ email, password: phrase })
  const elsewhere = open()
  if (holds) assert.equal((await elsewhere.post('/auth/login', { email, password: phrase })).json.status, 'authenticated')
  const had = holds ? { ...visit, ...(await enrol(elsewhere, clock)) } : visit
  if (trusts) {
    await browser.post('/auth/login', { email, password: phrase })
    const reply = await browser.post('/auth/totp/verify', { code: had.phone?.next() ?? '', trustDevice: true })
    assert.equal(reply.json.status, 'authenticated', reply.text)
    await browser.post('/auth/logout')
  }
  await driver.before?.(had)
  if (required) await promote(site, (await auth.admin.users.byEmail(email))?.id ?? '')
  return had
}

async function judge(browser: TestBrowser, reply: TestReply, page: string): Promise<Outcome> {
  const { status } = reply.json
  const isIn = (await browser.get('/members')).status === 200
  assert.equal(isIn, reply.status === 200 && status === 'authenticated', `in or not, against ${reply.text}`)
  if (reply.status >= 400) return 'refused'
  if (status === 'second_factor_required') return 'owed'
  if (status === 'second_factor_setup_required') return 'setup'
  if (!isIn) return 'nothing'
  const at = await browser.get(page)
  if (at.status === 200) return 'session'
  return codeOf(at) === 'reauthentication_required' ? 'owed' : 'refused'
}

/** Gives what is missing, by which everything opens. */
async function settle({ site, browser, phone }: Visit, reply: TestReply, outcomes: readonly Outcome[]): Promise<void> {
  const isSetUp = outcomes.includes('setup')
  if (!isSetUp && !outcomes.includes('owed')) return
  if (isSetUp) await enrol(browser, site.clock)
  else {
    const path = reply.json.status === 'authenticated' ? '/auth/verify' : '/auth/totp/verify'
    assert.equal((await browser.post(path, { code: phone?.next() ?? '' })).json.status, 'authenticated')
  }
  for (const [page] of pages) assert.equal((await browser.get(page)).status, 200)
}
