/** The toolkit as an application holds it. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { PageParts } from '../html/layout.ts'
import { headOfRequest, type RequestHead } from '../http/request-head.ts'
import type { EventName } from '../model/event.ts'
import type { Locale } from '../model/locale.ts'
import type { User } from '../model/user.ts'
import { type Admin, createAdmin } from './admin.ts'
import { assemble, type Defaults } from './assemble.ts'
import type { Listener } from './emit.ts'
import { beginExchange, type Exchange } from './exchange.ts'
import type { Access, Method } from './feature.ts'
import { formToken } from './form-token.ts'
import { createGuard, type Guard, type Identity, identify, type Rule } from './guard.ts'
import { handleRequest } from './handle.ts'
import type { Kernel } from './kernel.ts'
import type { AuthOptions } from './options.ts'
import { loginOwn, logoutOwn, type OwnProof } from './own-login.ts'
import { pathFor } from './pages.ts'
import { recogniseSession } from './session.ts'
import { purge, startUpkeep } from './upkeep.ts'

/** A request in either form: Fetch's, or the bare head that adapters make of what their framework has. */
export type AnyRequest = Request | RequestHead

/** A route as the application may list it. */
export interface RouteInfo {
  readonly name: string
  readonly path: string
  readonly methods: readonly Method[]
  readonly access: readonly Access[]
}

/** A request while it is handled, and whom it is from once somebody has asked. */
export interface HandledRequest<U extends User = User> {
  readonly head: RequestHead
  identity: Promise<Identity<U> | null> | null
}

/** One installation of the toolkit. */
export interface Auth<U extends User = User> {
  /** Resolves when the store is open and its schema fits; rejects with what is wrong. Everything else awaits it on its own. */
  readonly ready: Promise<void>
  /** Answers the toolkit's own routes; `null` for any other target. */
  handle(request: AnyRequest): Promise<Response | null>
  /** Who a request's session belongs to, or `null`. Checks no rule and no origin: guards do. */
  identify(request: AnyRequest): Promise<Identity<U> | null>
  /** Makes a guard of a rule. @throws Error with a sentence when the rule cannot be meant */
  guard(rule?: Rule): Guard<U>
  /**
   * Ends the application's own login (OAuth, LDAP, anything) in the same door as every other.
   *
   * It looks at neither origin nor form token: call it only for a request that the application has checked, since whoever can make a
   * browser send one logs it in as somebody of their choice. The same holds for `logout`.
   */
  login(request: AnyRequest, user: User, proof: OwnProof): Promise<Response>
  logout(request: AnyRequest): Promise<Response>
  /** The value of the hidden field `csrf` for the application's own forms; `null` when nobody is logged in. */
  formToken(request: AnyRequest): Promise<string | null>
  /** The language of whoever sends a request, for the application's own pages. */
  locale(request: AnyRequest): Promise<Locale>
  /** A route's path, by its name: `auth.urlFor('login')`. @throws Error when there is none */
  urlFor(route: string, params?: Readonly<Record<string, string>>): string
  /** Every mounted route. */
  readonly routes: readonly RouteInfo[]
  /** Paths of the pages' style sheet and script, for the application's own pages in `defaultLayout`. */
  readonly assets: PageParts['assets']
  /** Calls a listener after every event of a name; gives the function that ends it. */
  on<N extends EventName>(name: N, listener: Listener<N>): () => void
  /** Resolves when listeners were told of everything so far. */
  settled(): Promise<void>
  readonly admin: Admin<U>
  /** Hashes a password that the policy accepts. @throws AuthError `invalid_fields` under `password` */
  hashPassword(password: string, about: { readonly email: string }): Promise<string>
  /** Verifies a password against the user's stored one, doing the same work when there is none. Counts no tries. */
  verifyPassword(user: User, password: string): Promise<boolean>
  /** Removes expired rows in small batches; how many. Without a call this happens by itself, see the option `purgeEvery`. */
  purge(): Promise<number>
  /** Ends the purging, waits for listeners and closes the store. */
  close(): Promise<void>
  /** For adapters: the request that is being handled, so that `currentUser` finds it. */
  readonly requests: AsyncLocalStorage<HandledRequest<U>>
}

/** Makes an installation of checked options. @throws Error with a sentence that says what to change */
export function createInstallation<U extends User>(options: AuthOptions<U>, defaults: Defaults): Auth<U> {
  const kernel = assemble(options, defaults)
  const first = kernel.ready()
  first.catch(() => {}) // reported where it failed; whoever awaits `ready` still learns it
  const { purgeEvery } = kernel.settings
  const upkeep = purgeEvery === null ? null : startUpkeep(kernel, purgeEvery)
  return {
    get ready() {
      return kernel.ready()
    },
    handle: (request) => handleRequest(kernel, headOf(request)),
    identify: (request) => identify(kernel, headOf(request)),
    guard: (rule) => createGuard(kernel, rule),
    login: (request, user, proof) => loginOwn(kernel, headOf(request), user, proof),
    logout: (request) => logoutOwn(kernel, headOf(request)),
    formToken: (request) => sessionFormToken(kernel, headOf(request)),
    locale: async (request) => (await recognised(kernel, headOf(request))).locale,
    urlFor: (route, params) => pathFor(kernel, route, params),
    routes: [...kernel.routes.values()].map(({ name, path, methods, route }) => ({ name, path, methods, access: [route.access].flat() })),
    assets: kernel.assets,
    on: (name, listener) => kernel.emitter.on(name, listener),
    settled: () => settled(kernel),
    admin: createAdmin(kernel),
    hashPassword: async (password, { email }) => {
      await kernel.ready()
      return kernel.passwords.hash(password, { email, username: null, secondFactor: false }, 'password')
    },
    verifyPassword: async ({ id, email }, password) => {
      await kernel.ready()
      const record = await kernel.store.reads.users.byId(id)
      return kernel.passwords.verify(record?.passwordHash ?? null, email, password)
    },
    purge: () => purge(kernel),
    close: async () => {
      await upkeep?.stop()
      await kernel.ready()
      await kernel.delivery.close()
      await kernel.emitter.settled()
      await kernel.store.durable.close()
      await kernel.store.fleeting.close()
    },
    requests: new AsyncLocalStorage(),
  }
}

function headOf(request: AnyRequest): RequestHead {
  return request instanceof Request ? headOfRequest(request) : request
}

/** Mails first: that one was sent is an event. */
async function settled(kernel: Kernel): Promise<void> {
  await kernel.delivery.settled()
  await kernel.emitter.settled()
}

/** An exchange that knows its session, for the application's own pages. */
async function recognised(kernel: Kernel, head: RequestHead): Promise<Exchange> {
  await kernel.readyInTime()
  const exchange = beginExchange(kernel, head)
  exchange.session = await recogniseSession(kernel, head, exchange.now)
  return exchange
}

async function sessionFormToken(kernel: Kernel, head: RequestHead): Promise<string | null> {
  const exchange = await recognised(kernel, head)
  return exchange.session && formToken(exchange)
}
