/** What an application configures, read once and checked: a mistake stops the start-up with a sentence that says what to change. */
import type { Random } from '../crypto/random.ts'
import type { Layout } from '../html/layout.ts'
import type { MailLayout } from '../html/mail.ts'
import type { Templates } from '../html/templates.ts'
import { safeTarget } from '../http/redirects.ts'
import type { RequestHead } from '../http/request-head.ts'
import { type ClientAddress, createClientAddress, type TrustProxy } from '../http/source.ts'
import type { AuthError } from '../model/error.ts'
import type { Maybe } from '../model/json.ts'
import type { Mailer } from '../model/mail.ts'
import type { Store } from '../model/store.ts'
import type { User } from '../model/user.ts'
import { type Clock, type Duration, milliseconds } from './clock.ts'
import type { Report } from './emit.ts'
import type { Feature, SessionLimits } from './feature.ts'
import { refuseUnknownKeys } from './known-keys.ts'
import { type LimitOptions, type Limits, readLimits } from './limits.ts'
import type { LocaleOptions } from './locale.ts'
import type { PasswordOptions } from './passwords.ts'

/** A refusal by a guard, for the application that wants to answer it in its own way. */
export interface Refusal {
  readonly error: AuthError
  readonly head: RequestHead
  /** What would be answered. */
  readonly response: Response
}

/** Answers a refusal; `null` keeps the answer there is. */
export type RefusedHandler = (refusal: Refusal) => Maybe<Response | null>

/** Everything `createAuth` may be told. */
export interface AuthOptions<U extends User = User> {
  /** Where browsers see the application: `https://example.com`, or several, the main one first. Plain http only on a loopback host. */
  readonly origin: string | readonly string[]
  /** At least 32 bytes that nobody can guess, or several, the newest first: the newest seals, all unseal. */
  readonly secret: string | Uint8Array | readonly (string | Uint8Array)[]
  /** Where accounts and sessions are kept; a function may bring it later, before `ready`. */
  readonly store: Store<U> | (() => Promise<Store<U>>)
  readonly features: readonly Feature[]
  /** Where the routes are mounted. Default `/auth`. */
  readonly basePath?: string
  /** The application's name on pages. Default: the host of the first origin. */
  readonly siteName?: string
  readonly passwords?: PasswordOptions
  readonly limits?: LimitOptions
  /** How long a proof counts as fresh for the toolkit's own routes and for `fresh: true`. Default `'10m'`. */
  readonly freshFor?: Duration
  /** Which proxies are believed about the client's address. Default: none. */
  readonly trustProxy?: TrustProxy
  /** Whether this user must have a second factor. */
  requireSecondFactor?(user: U): boolean
  /** Wraps every page. */
  readonly layout?: Layout
  /** Sends mails: `smtp()` of `portcullis/mail/smtp`, or anything that takes a message. Without one, development writes them to standard output. */
  readonly mailer?: Mailer
  /** Wraps the HTML of every mail. */
  readonly mailLayout?: MailLayout
  /** Files that take the place of pages: `liquid()` of `portcullis/templates/liquid`. */
  readonly templates?: Templates
  /** The languages of pages, messages and mails. */
  readonly locale?: LocaleOptions<U>
  /** Paths on this site to go to when no `next` was given. Default `/`. */
  readonly afterLogin?: string
  readonly afterLogout?: string
  readonly afterRegister?: string
  readonly afterChange?: string
  /** Answers refusals of every guard in the application's own way. */
  readonly refused?: RefusedHandler
  /** How the application names a request, for events: at most 128 characters. Without it, or with `null`, at random. */
  readonly requestId?: (head: RequestHead) => string | null
  /** Milliseconds since 1970, UTC. Default: the machine's clock. */
  readonly clock?: Clock
  /** Default: the operating system's generator. */
  readonly random?: Random
  /** Is told of failures that no client sees. Default: standard error. */
  readonly report?: Report
  /** Keeps the platform alive for work after the reply (`waitUntil`). */
  readonly background?: (work: Promise<void>) => void
  /**
   * How often expired rows are removed, by one process at a time; at most `'14d'`. `false` where timers do not run, as on serverless
   * platforms: then call `auth.purge()` now and then. Default `'10m'`.
   */
  readonly purgeEvery?: Duration | false
  /** Whether weak settings are refused. Default: whether `NODE_ENV` is `production`. */
  readonly production?: boolean
  /** Leaves cross-site requests to the application. */
  readonly dangerouslySkipCsrf?: true
}

/** One place that browsers see the application at. */
export interface Origin {
  /** Scheme, host and port, as `URL` writes it. */
  readonly origin: string
  readonly host: string
  readonly secure: boolean
  /** What cookie names begin with here. */
  readonly cookiePrefix: string
  readonly cookieSuffix: string
  /** The whole name of the session's cookie, which every checked request looks for. */
  readonly sessionCookie: string
}

/** The options with defaults, checked. Times in milliseconds. */
export interface Settings {
  readonly origins: readonly [Origin, ...Origin[]]
  readonly originNames: readonly string[]
  readonly secrets: readonly Uint8Array[]
  readonly basePath: string
  readonly siteName: string
  readonly limits: Limits
  readonly freshFor: number
  readonly sessionLimits: SessionLimits
  readonly clientAddress: ClientAddress
  requireSecondFactor(user: User): boolean
  readonly targets: { readonly login: string; readonly logout: string; readonly register: string; readonly change: string }
  readonly refused: RefusedHandler | null
  requestId(head: RequestHead): string | null
  /** `null` for never. */
  readonly purgeEvery: number | null
  readonly production: boolean
  readonly skipCsrf: boolean
}

const hour = 3_600_000
const day = 24 * hour

const optionKeys: Readonly<Record<keyof AuthOptions, true>> = {
  origin: true,
  secret: true,
  store: true,
  features: true,
  basePath: true,
  siteName: true,
  passwords: true,
  limits: true,
  freshFor: true,
  trustProxy: true,
  requireSecondFactor: true,
  layout: true,
  mailer: true,
  mailLayout: true,
  templates: true,
  locale: true,
  afterLogin: true,
  afterLogout: true,
  afterRegister: true,
  afterChange: true,
  refused: true,
  requestId: true,
  clock: true,
  random: true,
  report: true,
  background: true,
  purgeEvery: true,
  production: true,
  dangerouslySkipCsrf: true,
}

/** Checks the options. @throws Error with a sentence for the first mistake it finds */
export function readOptions<U extends User>(options: AuthOptions<U>, production: boolean): Settings {
  refuseUnknownKeys('createAuth', options, optionKeys)
  const features: unknown = options.features
  if (!Array.isArray(features)) throw new Error('createAuth needs features: a list such as [session(), password()].')
  const origins = readOrigins(options.origin)
  const main = origins[0]
  const { afterLogin = '/', afterLogout = '/', afterRegister = '/', afterChange = '/' } = options
  const target = (name: string, value: string): string => readTarget(name, value, main.origin)
  const policy: Pick<AuthOptions, 'requireSecondFactor'> = options
  if (!['function', 'undefined'].includes(typeof options.requireSecondFactor))
    throw new Error("requireSecondFactor must be a function of the user, for example (user) => user.roles.includes('staff').")
  return {
    origins,
    originNames: origins.map(({ origin }) => origin),
    secrets: readSecrets(options.secret),
    basePath: readBasePath(options.basePath ?? '/auth'),
    siteName: options.siteName ?? main.host,
    limits: readLimits(options.limits ?? {}),
    freshFor: milliseconds(options.freshFor ?? '10m', 'freshFor'),
    sessionLimits: readSessionLimits(options.features),
    clientAddress: createClientAddress(options.trustProxy),
    requireSecondFactor: (user) => isRequired(policy.requireSecondFactor?.(user)),
    targets: {
      login: target('afterLogin', afterLogin),
      logout: target('afterLogout', afterLogout),
      register: target('afterRegister', afterRegister),
      change: target('afterChange', afterChange),
    },
    refused: options.refused ?? null,
    requestId: (head) => options.requestId?.(head)?.slice(0, 128) ?? null,
    purgeEvery: readInterval(options.purgeEvery ?? '10m'),
    production,
    skipCsrf: options.dangerouslySkipCsrf === true,
  }
}

/** Of a promise nobody would see the answer, and it would count as a yes. */
function isRequired(answer: unknown): boolean {
  if (answer instanceof Promise) throw new Error('requireSecondFactor must answer at once, by what the user holds, and not with a promise.')
  return Boolean(answer)
}

function readOrigins(given: string | readonly string[]): readonly [Origin, ...Origin[]] {
  const [first, ...others] = (typeof given === 'string' ? [given] : given).map(readOrigin)
  if (!first) throw new Error('origin is empty: name where browsers see the application, for example https://example.com.')
  return [first, ...others]
}

function readOrigin(text: string): Origin {
  if (!URL.canParse(text)) throw new Error(`origin "${text}" is not a URL: write scheme and host, for example https://example.com.`)
  const { origin, protocol, host, hostname, port } = new URL(text)
  if (hostname.includes('*')) throw new Error(`origin "${text}" holds a star, which stands for nothing here: list every origin.`)
  if (origin !== text.replace(/\/$/, ''))
    throw new Error(`origin "${text}" must be scheme, host and port only, in lower case and without a path: "${origin}".`)
  const loopback = hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1' || hostname === '[::1]'
  if (protocol !== 'https:' && !(protocol === 'http:' && loopback)) {
    throw new Error(`origin "${text}" must begin with https://; plain http works on localhost only.`)
  }
  const secure = protocol === 'https:'
  const cookiePrefix = secure ? '__Host-portcullis-' : 'portcullis-'
  const cookieSuffix = secure ? '' : `-${port || '80'}`
  return { origin, host, secure, cookiePrefix, cookieSuffix, sessionCookie: `${cookiePrefix}session${cookieSuffix}` }
}

function readSecrets(given: AuthOptions['secret']): readonly Uint8Array[] {
  const list = typeof given === 'string' || given instanceof Uint8Array ? [given] : given
  const secrets = list.map((secret) => (typeof secret === 'string' ? Buffer.from(secret) : secret))
  if (secrets.length === 0 || secrets.some((secret) => secret.length < 32)) {
    throw new Error('secret must be at least 32 bytes long: make one with "openssl rand -base64 32" and keep it out of the repository.')
  }
  if (secrets.some((secret) => new Set(secret).size < 8))
    throw new Error('secret repeats a few bytes over and over: make one with "openssl rand -base64 32".')
  return secrets
}

function readBasePath(path: string): string {
  if (path === '/') return ''
  if (!/^(\/[\w.~-]+)+$/.test(path))
    throw new Error(`basePath "${path}" must begin with a slash, end without one, and hold plain characters only, for example /auth.`)
  return path
}

function readTarget(name: string, value: string, origin: string): string {
  const target = value.startsWith('/') ? safeTarget(value, origin) : null
  if (target === null) throw new Error(`${name} "${value}" must be a path on this site, for example /welcome.`)
  return target
}

function readInterval(given: Duration | false): number | null {
  if (given === false) return null
  const interval = milliseconds(given, 'purgeEvery')
  if (interval > 14 * day) throw new Error(`purgeEvery must be no longer than '14d'; it is '${given}'.`)
  return interval
}

function readSessionLimits(features: readonly Feature[]): SessionLimits {
  const given = features.filter((feature) => feature.sessionLimits)
  if (given.length > 1)
    throw new Error(`Only one feature may set the limits of sessions; ${given.map(({ name }) => name).join(' and ')} both do.`)
  return given[0]?.sessionLimits ?? { idle: hour, absolute: 30 * day }
}
