/** One request on its way to its reply: what was recognised of it, and what the reply will carry. */
import { labelledHash } from '../crypto/hash.ts'
import { randomToken } from '../crypto/random.ts'
import { readCookie, writeCookie } from '../http/cookies.ts'
import type { RawFields } from '../http/fields.ts'
import type { RequestHead } from '../http/request-head.ts'
import { networkOf } from '../http/source.ts'
import type { Locale } from '../model/locale.ts'
import type { Session, Ticket, TokenHash } from '../model/session.ts'
import type { AttemptKey } from '../model/store.ts'
import type { User, UserRecord } from '../model/user.ts'
import type { Kernel } from './kernel.ts'
import type { Origin } from './options.ts'
import type { Source } from './step.ts'

/** A live session with the hash it was found by. */
export interface HeldSession<U extends User = User> {
  readonly hash: TokenHash
  readonly session: Session
  readonly user: U
}

/** A live ticket with the hash it was found by. */
export interface HeldTicket {
  readonly hash: TokenHash
  readonly ticket: Ticket
  readonly record: UserRecord
}

/** One request and the beginnings of its reply. */
export interface Exchange {
  readonly kernel: Kernel
  readonly head: RequestHead
  readonly now: number
  readonly origin: Origin
  readonly source: Source
  /** Names the request in events: as the application names it, else at random. */
  readonly requestId: string
  /** The language of the reply, by what is known of the reader so far. */
  readonly locale: Locale
  /** What this browser holds. A ticket masks a session. */
  session: HeldSession | null
  ticket: HeldTicket | null
  /** `Set-Cookie` values by cookie name: the last word counts. */
  readonly cookies: Map<string, string>
  /** Tries that were counted in advance and are not decided yet. */
  readonly tries: AttemptKey[]
  /** By what the throttle counts accounts, by their canonical identifiers. */
  readonly groups: Map<string, string>
  /** The fields of the body, once somebody asked; see `bodyOf`. */
  body: Promise<RawFields> | null
  /** The checked redirect target that the request carries. */
  next: string | null
  /** What was typed into fields that may be shown again. */
  readonly typed: Map<string, string>
}

/** Begins an exchange. */
export function beginExchange(kernel: Kernel, head: RequestHead): Exchange {
  return new BegunExchange(kernel, head)
}

/** A class for its getters: most guarded requests never ask for source and language, and an object literal with a getter is slow to make. */
class BegunExchange implements Exchange {
  readonly kernel: Kernel
  readonly head: RequestHead
  readonly now: number
  readonly origin: Origin
  session: HeldSession | null = null
  ticket: HeldTicket | null = null
  readonly cookies: Map<string, string> = new Map()
  readonly tries: AttemptKey[] = []
  readonly groups: Map<string, string> = new Map()
  body: Promise<RawFields> | null = null
  next: string | null = null
  readonly typed: Map<string, string> = new Map()
  #source: Source | null = null
  #requestId: string | null = null

  constructor(kernel: Kernel, head: RequestHead) {
    this.kernel = kernel
    this.head = head
    this.now = kernel.clock()
    this.origin = originOf(kernel, head)
  }

  get source(): Source {
    this.#source ??= sourceOf(this.kernel, this.head)
    return this.#source
  }

  get requestId(): string {
    this.#requestId ??= this.kernel.settings.requestId(this.head) ?? randomToken(16, this.kernel.random)
    return this.#requestId
  }

  get locale(): Locale {
    const user = this.ticket?.record.user ?? this.session?.user ?? null
    return this.kernel.locales.for({ user, cookie: cookieOf(this, 'language'), head: this.head })
  }
}

function sourceOf({ settings }: Kernel, head: RequestHead): Source {
  const ip = settings.clientAddress(head)
  return { ip, network: networkOf(ip), userAgent: head.header('user-agent')?.slice(0, 256) ?? null }
}

/** The configured origin that the request was sent to, by its `Host`; the first when it names none of them. */
export function originOf(kernel: Kernel, head: RequestHead): Origin {
  const { origins } = kernel.settings
  if (origins.length === 1) return origins[0]
  const host = head.header('host')
  return origins.find((origin) => origin.host === host) ?? origins[0]
}

/** The names of the toolkit's cookies. */
export type CookieName = 'session' | 'ticket' | 'form' | 'challenge' | 'device' | 'language' | (string & {})

/** A cookie's full name at an origin: `__Host-portcullis-session`, or with the port where plain http has no prefix. */
function cookieName(origin: Origin, name: CookieName): string {
  return `${origin.cookiePrefix}${name}${origin.cookieSuffix}`
}

/** A cookie of this request, `null` when it is absent or not one value of ours. */
export function cookieOf(exchange: Exchange, name: CookieName): string | null {
  return readCookie(exchange.head.header('cookie'), cookieName(exchange.origin, name))
}

/** Lets the reply set a cookie; without `seconds` it ends with the browser. */
export function setCookie(exchange: Exchange, name: CookieName, value: string, seconds?: number): void {
  const options = { secure: exchange.origin.secure, ...(seconds === undefined ? {} : { seconds }) }
  exchange.cookies.set(name, writeCookie(cookieName(exchange.origin, name), value, options))
}

/** Lets the reply end a cookie, if the browser sent one or was to be given one. */
export function clearCookie(exchange: Exchange, name: CookieName): void {
  exchange.cookies.delete(name)
  if (exchange.head.header('cookie')?.includes(cookieName(exchange.origin, name))) setCookie(exchange, name, '', 0)
}

/** The hash that a random token is stored and found by. The label keeps tokens of one kind from passing as another. */
export function hashToken(label: string, token: string): TokenHash {
  return labelledHash(`portcullis ${label}`, token) as TokenHash
}

/** The shape of a token of 256 bits in base64url; anything else is not looked up. */
export function isToken(text: string | null): text is string {
  return text !== null && text.length === 43
}
