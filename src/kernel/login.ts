/** The door: every way of logging in ends here, and only here does a session open. */
import type { Change } from '../model/change.ts'
import { AuthError } from '../model/error.ts'
import type { Happening } from '../model/event.ts'
import type { Members } from '../model/json.ts'
import type { Proof, TokenHash } from '../model/session.ts'
import type { User, UserRecord } from '../model/user.ts'
import { rememberDevice } from './devices.ts'
import type { Exchange } from './exchange.ts'
import { addProof, debtOf, kindsFor, provedSecond } from './factors.ts'
import type { Context } from './flow.ts'
import { closeSession, newSessionId, openSession } from './session.ts'
import { stampSetBy } from './stamp.ts'
import type { Done, Step, Work } from './step.ts'
import { dropTicket, holdTicket } from './tickets.ts'
import { eventOf, eventSourceOf, write } from './write.ts'

/** What the door answers: a session, or what is still missing. */
export interface Passage {
  readonly members: Members
  /** The route of a form that goes on, or `null` when the login is complete. */
  readonly continues: string | null
  /** The checked target that the login form carried. */
  readonly next: string | null
  /** The path of a page to see first. */
  readonly detour: string | null
}

/** A login on its way through the door. */
export interface Entry {
  readonly record: UserRecord
  /** The newest proof last. */
  readonly proofs: readonly Proof[]
  readonly step: Step
  readonly wishes: readonly string[]
  readonly next: string | null
  /** The held login that this one completes. */
  readonly ticket?: TokenHash
}

/**
 * Lets a proven user in, or holds what was proven until a second factor is.
 *
 * @throws AuthError `invalid_credentials` when the user may not log in, the same as for a wrong guess
 */
export async function enter(context: Context, exchange: Exchange, entry: Entry): Promise<Passage> {
  const { kernel } = exchange
  await admit(exchange, entry.record, latest(entry.proofs).method)
  const debt = await debtOf(kernel, entry.record, entry.proofs)
  if (debt === 'setup' || (debt === 'owed' && !(await isExcused(context, exchange, entry.record))))
    return hold(context, exchange, entry, debt)
  return complete(context, exchange, entry)
}

/** Refuses users who may not log in; features may have reasons of their own. */
export async function admit(exchange: Pick<Exchange, 'kernel' | 'source'>, record: UserRecord, method: string): Promise<void> {
  if (!record.user.active) throw new AuthError('invalid_credentials', { cause: 'the account is deactivated' })
  for (const feature of exchange.kernel.features) await feature.admit?.(record, { method, source: exchange.source })
}

async function isExcused(context: Context, exchange: Exchange, record: UserRecord): Promise<boolean> {
  for (const { excuse } of exchange.kernel.features) if (excuse && (await excuse(context, record))) return true
  return false
}

/** No half-open session exists: what was proven waits in a ticket, and the session that this browser had ends. */
async function hold(context: Context, exchange: Exchange, entry: Entry, kind: 'owed' | 'setup'): Promise<Passage> {
  const { kernel } = exchange
  const { record, proofs, wishes, next } = entry
  const held: Happening = { name: 'user.factor_owed', user: record.user, method: latest(proofs).method, setup: kind === 'setup' }
  const { events, reply } = await writeJoined(context, exchange, withEvent(entry.step, held))
  await closeSession(exchange)
  if (entry.ticket) await dropTicket(exchange)
  await holdTicket(exchange, { kind, record, stamp: stampAfter(record, entry.step.changes), proofs, wishes, next })
  kernel.emitter.emit(events)
  if (kind === 'setup') {
    const routes = [...kernel.proofKinds.values()].flatMap(({ as, setup }) => (setup && as.includes('second') ? [setup] : []))
    return { members: { ...reply, status: 'second_factor_setup_required' }, continues: routes[0] ?? 'login', next, detour: null }
  }
  const kinds = await kindsFor(kernel, record, 'second', proofs)
  const methods = kinds.map(({ method }) => method)
  const route = kinds.length > 1 ? 'second-factor' : kinds[0]?.route
  return { members: { ...reply, status: 'second_factor_required', methods }, continues: route ?? 'login', next, detour: null }
}

/** One durable write of all that the login changes, then the session, in one operation. */
async function complete(context: Context, exchange: Exchange, entry: Entry): Promise<Passage> {
  const { record, proofs, step, next } = entry
  const proof = latest(proofs)
  const id = newSessionId(exchange)
  const entered: Happening = {
    name: 'user.logged_in',
    user: record.user,
    method: proof.method,
    methods: proofs.map(({ method }) => method),
    sessionId: id,
    factors: provedSecond(proofs) ? 2 : 1,
  }
  const stamp = stampAfter(record, step.changes)
  const expect: Change = { kind: 'users.expect', id: record.user.id, stamp }
  const { events, reply, detour } = await writeJoined(context, exchange, withEvent(step, entered), expect)
  const opened = await openSession(exchange, {
    id,
    user: record.user,
    stamp,
    proofs,
    login: true,
    ...(entry.ticket && { ticket: entry.ticket }),
  })
  if (!opened) throw new AuthError('unauthenticated', { cause: 'the held login was spent by another request' })
  rememberDevice(exchange, record)
  exchange.kernel.emitter.emit(events)
  return { members: { ...reply, status: 'authenticated', user: publicUser(record.user) }, continues: null, next, detour }
}

/** Proves a user of a live session again: a new token, and one more proof. @throws AuthError `unauthenticated` when the session ended meanwhile */
export async function proveAgain(context: Context, exchange: Exchange, record: UserRecord, proof: Proof, step: Step): Promise<Passage> {
  const held = exchange.session
  if (!held) throw new AuthError('unauthenticated')
  await admit(exchange, record, proof.method)
  const proven: Happening = { name: 'user.reauthenticated', user: record.user, method: proof.method }
  const stamp = stampAfter(record, step.changes)
  const expect: Change = { kind: 'users.expect', id: record.user.id, stamp }
  const { events, reply, detour } = await writeJoined(context, exchange, withEvent(step, proven), expect)
  const opened = await openSession(exchange, {
    id: held.session.id,
    user: held.user,
    stamp,
    proofs: addProof(held.session.proofs, proof),
    replaces: held,
    login: false,
  })
  if (!opened) throw new AuthError('unauthenticated', { cause: 'the session ended meanwhile' })
  exchange.kernel.emitter.emit(events)
  return { members: { ...reply, status: 'authenticated', user: publicUser(record.user) }, continues: null, next: null, detour }
}

/** Writes a step of a browser's flow with what features join to it. Cookies that they set are kept only if it was written. */
export async function writeJoined(context: Context, exchange: Exchange, step: Step, expect?: Change): Promise<Done> {
  const cookies = [...exchange.cookies]
  try {
    return await write(exchange, await joined(context, exchange, step), expect)
  } catch (error) {
    exchange.cookies.clear()
    for (const [name, cookie] of cookies) exchange.cookies.set(name, cookie)
    throw error
  }
}

/** Adds what features join to the events of a browser's flow. */
export async function joined(context: Context, exchange: Exchange, step: Step): Promise<Step> {
  const origin = eventSourceOf(exchange)
  let whole = step
  for (const happening of step.events ?? []) {
    const event = eventOf(happening, origin)
    for (const { join } of exchange.kernel.features)
      if (join?.at.includes(event.name)) whole = mergeSteps(whole, await join.run(context, event))
  }
  return whole
}

/** Two steps as one. */
export function mergeSteps(first: Step, second: Step): Step {
  const detour = second.detour ?? first.detour
  return {
    changes: [...(first.changes ?? []), ...(second.changes ?? [])],
    events: [...(first.events ?? []), ...(second.events ?? [])],
    reply: { ...first.reply, ...second.reply },
    ...(detour !== undefined && { detour }),
  }
}

function withEvent(step: Step, event: Happening): Step {
  return mergeSteps(step, { events: [event] })
}

/** The user's stamp when these changes are done. */
function stampAfter({ user, stamp }: UserRecord, work: Work = []): string {
  return stampSetBy(work, user.id) ?? stamp
}

/** What replies say of a user. */
function publicUser({ id, email, roles }: User): Members {
  return { id, email, roles }
}

function latest(proofs: readonly Proof[]): Proof {
  const proof = proofs.at(-1)
  if (!proof) throw new Error('A login needs a proof.')
  return proof
}
