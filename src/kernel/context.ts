/** What a route's handler works with: one browser's request, from the ground up to the door. */
import { wantsPage } from '../http/accept.ts'
import { type Field, type FieldValues, flag, invalidFields, readQuery, takeFields, text } from '../http/fields.ts'
import { safeTarget } from '../http/redirects.ts'
import { okReply, redirectReply } from '../http/reply.ts'
import type { Match } from '../http/router.ts'
import { AuthError } from '../model/error.ts'
import type { Members } from '../model/json.ts'
import type { Session } from '../model/session.ts'
import type { UserRecord } from '../model/user.ts'
import { readAddress } from './address.ts'
import { addressProof, holdAddress, sayHeld, unlessHeld, unprovenAddress } from './address-proof.ts'
import { bodyOf } from './body.ts'
import { findChallenge, sealChallenge } from './challenges.ts'
import { knownSince } from './devices.ts'
import { clearCookie, cookieOf, type Exchange, setCookie } from './exchange.ts'
import { addProof, holdsSecond, kindOf, kindsFor, makeProof, roleAgain } from './factors.ts'
import type { Context } from './flow.ts'
import { formToken } from './form-token.ts'
import { requireFresh } from './fresh.ts'
import { createGround } from './ground.ts'
import type { MountedRoute } from './kernel.ts'
import { findLink, findLinkByCode, newLink } from './links.ts'
import { type Entry, enter, joined, mergeSteps, type Passage, proveAgain, writeJoined } from './login.ts'
import { foreseeUser, newUserId } from './new-user.ts'
import { entrancePath, pathFor, showPage, withNext } from './pages.ts'
import { closeSession, openSession } from './session.ts'
import type { Done, Draft, NewAccount, Proven, Step, Subject } from './step.ts'
import { showBy } from './templates.ts'
import { countMail, countRegistration, judgeGuess, unlockAccount } from './throttle.ts'
import { dropTicket } from './tickets.ts'
import { commit } from './write.ts'

const yearSeconds = 365 * 86_400

/** Makes the context of a request to a route. */
export function createContext(exchange: Exchange, match: Match<MountedRoute> | null = null): Context {
  const { kernel } = exchange
  const { targets } = kernel.settings
  const ground = createGround(exchange)

  const context: Context = {
    ...ground,
    guess: (guess, verify) => judgeGuess(exchange, guess, verify),
    get session() {
      return exchange.ticket ? null : (exchange.session?.session ?? null)
    },
    get user() {
      return exchange.ticket ? null : (exchange.session?.user ?? null)
    },
    get locale() {
      return exchange.locale
    },
    languages: kernel.locales.languages,
    speak: (language) => setCookie(exchange, 'language', language, yearSeconds),
    wantsPage: wantsPage(exchange.head),
    get next() {
      return exchange.next
    },
    fields: (spec) => readFields(exchange, spec),
    query: (name) => takeFields(readQuery(exchange.head.target), { [name]: text({ optional: true, max: 4096 }) })[name] ?? '',
    param: () => match?.param ?? '',
    subject: () => subjectOf(exchange),
    wishes: () => readWishes(exchange),
    targets,
    passwordMinimum: { alone: kernel.passwords.settings.minimum, withSecondFactor: kernel.passwords.settings.minimumWithSecondFactor },
    requiresSecondFactor: (user) => kernel.settings.requireSecondFactor(user),
    holdsSecondFactor: (record, exceptMethod) => holdsSecond(kernel, record, exceptMethod),
    requireFresh: () => requireFresh(exchange),
    formToken: () => formToken(exchange),
    commit: (step) => commitJoined(context, exchange, step),
    otherFields: (known) => readOtherFields(exchange, known),
    hasRoute: (route) => kernel.routes.has(route),
    entrance: (next = null) => entrancePath(kernel, next) ?? targets.logout,
    login: async (record, proven, step, next = null) => {
      checkRoute()
      exchange.next ??= next === null ? null : safeTarget(next, exchange.origin.origin)
      return reply(await enter(context, exchange, await firstEntry(exchange, record, proven, step)), targets.login)
    },
    prove: async (proven, step, to) => {
      if (exchange.ticket) checkRoute()
      const target = exchange.ticket ? targets.login : (to ?? targets.login)
      return reply(await prove(context, exchange, proven, step), target)
    },
    proveBy: async (method, value, step) => {
      const verified = await verifyBy(context, exchange, method, value)
      return context.prove(verified.proven, mergeSteps(step ?? {}, verified))
    },
    methods: async (record, as) => kindsFor(kernel, record, as, (exchange.ticket?.ticket ?? exchange.session?.session)?.proofs ?? []),
    reopen: (stamp) => reopen(exchange, stamp),
    logout: () => logout(context, exchange),
    sessionsOf: async ({ user, stamp }) => kernel.store.sessions.listOf(user.id, stamp, exchange.now),
    endSessions: (userId, which) => endSessions(exchange, userId, which),
    knownSince: ({ id }) => knownSince(exchange, id),
    recovery: kernel.features.find(({ recovery }) => recovery)?.recovery ?? null,
    newUserId: async () => newUserId(kernel),
    register: async (draft, proven) => {
      checkRoute()
      for (const { beforeAccount } of kernel.features) if (beforeAccount) return beforeAccount(context, draft)
      return reply(await enterUnproven(context, exchange, draft, proven), targets.register)
    },
    newAccount: (draft, method) => newAccount(exchange, draft, method),
    challenge: (ceremony, value, options) => sealChallenge(exchange, ceremony, value, options),
    challenged: (ceremony, id) => findChallenge(exchange, ceremony, id),
    newLink: (wish) => newLink(exchange, wish),
    link: (purpose, token) => findLink(exchange, purpose, token),
    linkByCode: (purpose, identified, code) => findLinkByCode(exchange, purpose, identified, code),
    addressProof: (record) => addressProof(exchange, record),
    holdAddress: (user, seconds) => holdAddress(exchange, user, seconds),
    mailLimits: (identified) => countMail(exchange, identified),
    unlock: (user) => unlockAccount(exchange, user),
    limit: () => countRegistration(exchange),
    setCookie: (name, value, seconds) => setCookie(exchange, `feature-${name}`, value, seconds),
    clearCookie: (name) => clearCookie(exchange, `feature-${name}`),
    cookie: (name) => cookieOf(exchange, `feature-${name}`),
    json: (members) => okReply(members),
    show: (view, page) => showBy(kernel, match?.route.route.template, view, page),
    page: async (title, body) => showPage(exchange, 200, title, body),
    goTo: (target) => redirectReply(target),
    done: async ({ members = {}, to }) => {
      if (context.wantsPage) return redirectReply(exchange.next ?? to)
      return okReply({ ...members, ...(exchange.next !== null && { next: exchange.next }) })
    },
    urlFor: (route, params) => pathFor(kernel, route, params),
  }

  /** What lists the ways to log in, the tests of second factors too, finds them by their routes. */
  function checkRoute(): void {
    const { route } = match?.route ?? {}
    if (route && !route.login) throw new Error(`The route "${route.name}" logs in: say so by login: true.`)
  }

  function reply(passage: Passage, target: string): Response {
    if (passage.continues !== null) return context.wantsPage ? redirectReply(pathFor(kernel, passage.continues)) : okReply(passage.members)
    const next = exchange.next ?? passage.next ?? target
    if (context.wantsPage && passage.detour !== null) return redirectReply(withNext(passage.detour, next))
    return context.wantsPage ? redirectReply(next) : okReply({ ...passage.members, next })
  }

  return context
}

async function readFields<const S extends Readonly<Record<string, Field>>>(exchange: Exchange, spec: S): Promise<FieldValues<S>> {
  const raw = await bodyOf(exchange)
  for (const [name, field] of Object.entries(spec)) {
    const value = raw.values.get(name)
    if (field.kind === 'text' && !field.secret && typeof value === 'string') exchange.typed.set(name, value)
  }
  return takeFields(raw, spec)
}

async function readOtherFields(exchange: Exchange, known: readonly string[]): Promise<Members> {
  const { values } = await bodyOf(exchange)
  const others = [...values].filter(
    ([name]) => ![...known, ...exchange.kernel.wishes.map((wish) => wish.name), 'csrf', 'next'].includes(name),
  )
  for (const [name, value] of others) if (typeof value === 'string') exchange.typed.set(name, value)
  return Object.fromEntries(others)
}

/** The wishes of this step of a login, and of the step before it. */
async function readWishes(exchange: Exchange): Promise<readonly string[]> {
  const { kernel, ticket } = exchange
  const wishes = kernel.wishes.map(({ name }) => name)
  if (wishes.length === 0) return []
  const flags = takeFields(await bodyOf(exchange), Object.fromEntries(wishes.map((wish) => [wish, flag()])))
  return wishes.filter((wish) => flags[wish] || ticket?.ticket.wishes.includes(wish))
}

/** Whom this browser acts for: a held ticket masks a session. */
async function subjectOf({ ticket, session, kernel }: Exchange): Promise<Subject> {
  if (ticket) return { record: ticket.record, proofs: ticket.ticket.proofs, by: ticket.ticket.kind }
  const record = session && (await kernel.store.reads.users.byId(session.user.id))
  if (record?.stamp !== session?.session.stamp || !record || !session) throw new AuthError('unauthenticated')
  return { record, proofs: session.session.proofs, by: 'session' }
}

async function firstEntry(exchange: Exchange, record: UserRecord, proven: Proven, step: Step = {}): Promise<Entry> {
  const proof = makeProof(exchange.kernel, proven, 'first', exchange.now)
  if (exchange.ticket) await dropTicket(exchange) // a login begins anew, whatever this browser held before
  return { record, proofs: [proof], step, wishes: await readWishes(exchange), next: exchange.next }
}

async function prove(context: Context, exchange: Exchange, proven: Proven, step: Step = {}): Promise<Passage> {
  const { kernel, ticket, now } = exchange
  if (!ticket) {
    const { record } = await subjectOf(exchange)
    const role = await roleAgain(kernel, record, proven.method)
    return proveAgain(context, exchange, record, makeProof(kernel, proven, role, now), step)
  }
  const proofs = addProof(ticket.ticket.proofs, makeProof(kernel, proven, 'second', now))
  const wishes = await readWishes(exchange)
  return enter(context, exchange, { record: ticket.record, proofs, step, wishes, next: ticket.ticket.next, ticket: ticket.hash })
}

/** Judges what was typed by a kind of proof that the subject has, under the throttle. */
async function verifyBy(context: Context, exchange: Exchange, method: string, value: string): Promise<Step & { readonly proven: Proven }> {
  const kind = kindOf(exchange.kernel, method)
  const { record } = await subjectOf(exchange)
  const guess = { key: context.keyOf(record), record, method, ...(kind.cheap && { cheap: kind.cheap }) }
  return judgeGuess(exchange, guess, async () => (await kind.verify?.(context, record, value)) ?? null)
}

/** Makes an account of an address that anybody may have typed, and logs in. @throws AuthError `email_taken`, also while it is held */
async function enterUnproven(context: Context, exchange: Exchange, draft: Draft, proven: Proven): Promise<Passage> {
  const { now } = exchange
  const { record, step } = await newAccount(exchange, draft, proven.method)
  const { id } = record.user
  const whole = mergeSteps(step, { changes: [unprovenAddress(id, now), ...unlessHeld(id, draft.email, now)] })
  try {
    return await enter(context, exchange, await firstEntry(exchange, record, proven, whole))
  } catch (error) {
    throw await sayHeld(exchange, draft.email, error)
  }
}

/** What makes an account of a draft. */
async function newAccount(exchange: Exchange, draft: Draft, method: string): Promise<NewAccount> {
  const { userId: id, email, username, usernameKey, passwordHash, extra } = draft
  const address = readAddress(email)
  if (!address) throw invalidFields({ email: [({ texts }) => texts['field.not_an_address']] })
  const stamp = Buffer.from(exchange.kernel.random(16)).toString('base64url')
  const columns = { id, email, username, active: true, createdAt: exchange.now, extra }
  const created = { ...columns, emailKey: address.key, usernameKey, passwordHash, stamp }
  const user = await foreseeUser(exchange.kernel, created)
  return {
    record: { user, stamp, passwordHash },
    step: {
      changes: [{ kind: 'users.create', user: created }, ...draft.changes],
      events: [{ name: 'user.registered', user, method }],
    },
  }
}

async function reopen(exchange: Exchange, stamp: string): Promise<void> {
  const held = exchange.session
  const opened =
    held &&
    (await openSession(exchange, {
      id: held.session.id,
      user: held.user,
      stamp,
      proofs: held.session.proofs,
      replaces: held,
      login: false,
    }))
  if (!opened) throw new AuthError('unauthenticated')
}

/** Also what features keep in this browser goes, and whether or not somebody is still logged in by it. */
async function logout(context: Context, exchange: Exchange): Promise<void> {
  const held = exchange.session
  await closeSession(exchange)
  await dropTicket(exchange)
  clearCookie(exchange, 'challenge') // it may hold the secret of an authenticator that was not set up
  const out = { name: 'user.logged_out', user: held?.user ?? null, sessionId: held?.session.id ?? '' } as const
  if (held) {
    await commitJoined(context, exchange, { events: [out] })
    return
  }
  const { changes = [], events = [] } = await joined(context, exchange, { events: [out] })
  await commit(exchange, { changes, events: events.filter(({ name }) => name !== out.name) }) // nobody was logged out
}

async function commitJoined(context: Context, exchange: Exchange, step: Step): Promise<Done> {
  const done = await writeJoined(context, exchange, step)
  exchange.kernel.emitter.emit(done.events)
  return done
}

async function endSessions(exchange: Exchange, userId: string, which: { readonly id: string } | 'others' | 'all'): Promise<number> {
  const { sessions } = exchange.kernel.store
  const current: Session | null = which === 'others' ? (exchange.session?.session ?? null) : null
  const count =
    typeof which === 'string' ? await sessions.endAll(userId, current?.id ?? null) : Number(await sessions.end(userId, which.id))
  if (count === 0 && which !== 'others') return 0 // with no other session live, features may still have something that opens one
  const own = exchange.session?.user
  const user = own?.id === userId ? own : ((await exchange.kernel.store.reads.users.byId(userId))?.user ?? null)
  const ended = { sessionId: typeof which === 'string' ? null : which.id, keptSessionId: current?.id ?? null }
  await commit(exchange, { events: [{ name: 'sessions.ended', user, count, by: 'user', ...ended }] })
  return count
}
