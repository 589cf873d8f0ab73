/** Sessions: recognised by one read, opened and replaced only for the door and for flows that change what it stood on. */
import { randomToken } from '../crypto/random.ts'
import { readCookie } from '../http/cookies.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Maybe } from '../model/json.ts'
import type { Proof, Session, TokenHash } from '../model/session.ts'
import type { AttemptKey, LiveSession } from '../model/store.ts'
import type { User } from '../model/user.ts'
import { clearCookie, type Exchange, type HeldSession, hashToken, isToken, originOf, setCookie } from './exchange.ts'
import type { Kernel } from './kernel.ts'
import { clearedByLogin } from './throttle.ts'

const minute = 60_000

/**
 * The live session of a request, or `null`. Writes no cookie; notes the use at most once in a while.
 * A store that answers at once makes nobody wait.
 */
export function recogniseSession<U extends User>(kernel: Kernel<U>, head: RequestHead, now: number): Maybe<HeldSession<U> | null> {
  const token = readCookie(head.header('cookie'), originOf(kernel, head).sessionCookie)
  if (!isToken(token)) return null
  const hash = hashToken('session', token)
  const live = kernel.store.sessions.recognise(hash, now, kernel.store.reads.users)
  return live instanceof Promise ? live.then((found) => holdSession(kernel, hash, found, now)) : holdSession(kernel, hash, live, now)
}

function holdSession<U extends User>(
  kernel: Kernel<U>,
  hash: TokenHash,
  live: LiveSession<U> | null,
  now: number,
): Maybe<HeldSession<U> | null> {
  if (!live?.user.active) return null
  const held = { hash, session: live.session, user: live.user }
  return now - live.session.usedAt < touchInterval(kernel) ? held : touch(kernel, hash, live.session, now).then(() => held)
}

/** How often a use is noted: often enough to keep the idle limit honest, rarely enough to keep requests to reads. */
function touchInterval(kernel: Pick<Kernel, 'settings'>): number {
  return Math.min(minute, kernel.settings.sessionLimits.idle / 10)
}

async function touch(kernel: Kernel, hash: TokenHash, session: Session, now: number): Promise<void> {
  try {
    await kernel.store.sessions.touch(hash, now, Math.min(now + kernel.settings.sessionLimits.idle, session.endsAt))
  } catch (error) {
    kernel.report(error, 'noting the use of a session failed') // the request itself was recognised
  }
}

/** A public name for a session that is about to be opened. */
export function newSessionId({ kernel }: Pick<Exchange, 'kernel'>): string {
  return randomToken(16, kernel.random)
}

/** What a new session is opened with. */
export interface Opening {
  /** Its public name: a new one, or that of the session that it replaces. */
  readonly id: string
  readonly user: User
  readonly stamp: string
  readonly proofs: readonly Proof[]
  /** A live session that it takes the place of, keeping its beginning and end; without it nothing opens. */
  readonly replaces?: HeldSession
  /** A ticket that it spends; without it nothing opens. */
  readonly ticket?: TokenHash
  /** Whether it completes a login: then the account's counts are cleared, else only taken back. */
  readonly login: boolean
}

/**
 * Opens a session in this browser, in one operation of the store. False when what it depends on was gone.
 * The session that the browser held ends; its form token changes.
 */
export async function openSession(exchange: Exchange, opening: Opening): Promise<boolean> {
  const { kernel, now, source } = exchange
  const { idle, absolute } = kernel.settings.sessionLimits
  const token = randomToken(32, kernel.random)
  const endsAt = opening.replaces?.session.endsAt ?? now + absolute
  const session: Session = {
    id: opening.id,
    userId: opening.user.id,
    stamp: opening.stamp,
    proofs: opening.proofs,
    createdAt: opening.replaces?.session.createdAt ?? now,
    usedAt: now,
    expiresAt: Math.min(now + idle, endsAt),
    endsAt,
    ip: source.ip,
    userAgent: source.userAgent,
  }
  const hash = hashToken('session', token)
  const ends = opening.replaces ? null : sentSessionHash(exchange)
  const opened = await kernel.store.sessions.open(hash, session, {
    now,
    ...(opening.replaces && { replaces: opening.replaces.hash }),
    ...(opening.ticket && { ticket: opening.ticket }),
    ...(ends && { ends }),
    ...settledTries(exchange, opening),
  })
  if (!opened) return false
  exchange.tries.length = 0
  exchange.ticket = null
  exchange.session = { hash, session, user: opening.user }
  setCookie(exchange, 'session', token)
  clearCookie(exchange, 'ticket')
  clearCookie(exchange, 'form')
  return true
}

/** A login clears what was counted against the account; every other try of this request is taken back. */
function settledTries(exchange: Exchange, { login, user }: Opening): { clears: readonly AttemptKey[]; refunds: readonly AttemptKey[] } {
  const clears = login ? clearedByLogin(exchange, user) : []
  const isCleared = (tried: AttemptKey): boolean => clears.some(({ group, key }) => group === tried.group && key === tried.key)
  return { clears, refunds: exchange.tries.filter((tried) => !isCleared(tried)) }
}

/** The hash of the session token that the browser sent, live or not. */
function sentSessionHash(exchange: Exchange): TokenHash | null {
  const token = readCookie(exchange.head.header('cookie'), exchange.origin.sessionCookie)
  return isToken(token) ? hashToken('session', token) : null
}

/** Ends the session of this browser, if it has one. */
export async function closeSession(exchange: Exchange): Promise<void> {
  if (exchange.session) await exchange.kernel.store.sessions.end(exchange.session.user.id, exchange.session.session.id)
  exchange.session = null
  clearCookie(exchange, 'session')
  clearCookie(exchange, 'form')
}
