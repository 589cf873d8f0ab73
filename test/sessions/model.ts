/** What sessions, held logins, browsers and accounts are to be after each step: the shortest statement of it, kept beside the real thing. */
import type { Phone } from '../flows/phone.ts'

export const hour = 3_600_000
export const day: number = 24 * hour
const idle = hour
const absolute = 30 * day
const remembered = 30 * day
const trusted = 30 * day
const waiting = 600_000
const stepMs = 30_000
export const coolingOff: number = 14 * day

/** An account. */
export interface ModelUser {
  readonly email: string
  readonly id: string
  password: string
  active: boolean
  exists: boolean
  /** Counts what ends everything of before. */
  stamp: number
  deletesAt: number | null
  /** The link that calls the deletion off, while it may. */
  restore: string | null
  readonly authenticators: ModelAuthenticator[]
  /** The recovery codes that are left. */
  codes: readonly string[]
  /** Those that were used, or are void. */
  readonly voidCodes: string[]
}

/** An authenticator that was set up. */
export interface ModelAuthenticator {
  readonly id: string
  readonly phone: Phone
  /** The latest step whose code was used. */
  spent: number
}

/** A login that waits for its second factor. */
export interface ModelTicket {
  readonly user: ModelUser
  readonly stamp: number
  readonly expiresAt: number
  /** How it began. */
  readonly how: string
  /** What was wished for then. */
  readonly remember: boolean
  readonly trustDevice: boolean
  isEnded: boolean
}

/** A browser that is excused from the second factor. */
export interface ModelTrust {
  readonly user: ModelUser
  readonly stamp: number
  readonly expiresAt: number
  isEnded: boolean
}

/** A session, whichever tokens it has had. */
export interface ModelSession {
  readonly id: string
  readonly user: ModelUser
  stamp: number
  usedAt: number
  expiresAt: number
  readonly endsAt: number
  isEnded: boolean
  /** The one token that counts. */
  token: string
  /** The methods that were proven for it. */
  readonly proofs: string[]
}

/** A remembered browser. */
export interface ModelDevice {
  readonly user: ModelUser
  stamp: number
  session: ModelSession | null
  readonly expiresAt: number
  isEnded: boolean
  /** The one token that counts; every other one with its first half is an older one. */
  token: string
}

/** The state of everything. */
export class Model {
  readonly sessions: Map<string, ModelSession> = new Map()
  readonly devices: ModelDevice[] = []
  /** Every token of a remembered browser that was ever given. */
  readonly given: string[] = []
  /** By token. */
  readonly tickets: Map<string, ModelTicket> = new Map()
  /** By token. */
  readonly trusts: Map<string, ModelTrust> = new Map()

  /** The session of a token, if it lives. */
  live(token: string | undefined, now: number): ModelSession | null {
    const session = token === undefined ? undefined : this.sessions.get(token)
    if (!session || session.token !== token || session.isEnded || session.expiresAt <= now) return null
    const { user } = session
    return user.exists && user.active && session.stamp === user.stamp ? session : null
  }

  /** A request notes the use of the session that it carries, once a minute at most. */
  touch(token: string | undefined, now: number): void {
    const session = this.live(token, now)
    if (!session || now - session.usedAt < 60_000) return
    session.usedAt = now
    session.expiresAt = Math.min(now + idle, session.endsAt)
  }

  open(user: ModelUser, id: string, token: string, now: number): ModelSession {
    const times = { usedAt: now, expiresAt: now + idle, endsAt: now + absolute }
    const session: ModelSession = { id, user, stamp: user.stamp, ...times, isEnded: false, token, proofs: [] }
    this.sessions.set(token, session)
    return session
  }

  /** The same session under another token, and the stamp that its user has by now. */
  replace(session: ModelSession, token: string, now: number): void {
    session.token = token
    session.stamp = session.user.stamp
    session.usedAt = now
    session.expiresAt = Math.min(now + idle, session.endsAt)
    this.sessions.set(token, session)
  }

  /** Ends sessions of a user, and the devices beside them. */
  end(user: ModelUser, fits: (session: ModelSession) => boolean): void {
    for (const session of this.sessions.values()) if (session.user === user && fits(session)) session.isEnded = true
  }

  remember(user: ModelUser, session: ModelSession, token: string, now: number): void {
    this.devices.push({ user, stamp: user.stamp, session, expiresAt: now + remembered, isEnded: false, token })
    this.given.push(token)
  }

  give(device: ModelDevice, token: string): void {
    device.token = token
    this.given.push(token)
  }

  /** The device that a token is of, whether or not the token is its present one. */
  deviceOf(token: string | undefined, now: number): ModelDevice | null {
    const half = token?.split('.')[0]
    const found = this.devices.find((device) => device.token.split('.')[0] === half && !device.isEnded && device.expiresAt > now)
    return found?.user.exists ? found : null
  }

  endDevices(user: ModelUser, fits: (device: ModelDevice) => boolean): void {
    for (const device of this.devices) if (device.user === user && fits(device)) device.isEnded = true
  }

  /** Whether a token opens a session. */
  resumes(token: string | undefined, now: number): ModelDevice | null {
    const device = this.deviceOf(token, now)
    if (!device || device.token !== token || device.stamp !== device.user.stamp || !device.user.active) return null
    return device
  }

  /** A login waits for its second factor under a token. */
  hold(token: string, wish: Pick<ModelTicket, 'user' | 'how' | 'remember' | 'trustDevice'>, now: number): void {
    this.tickets.set(token, { ...wish, stamp: wish.user.stamp, expiresAt: now + waiting, isEnded: false })
  }

  /** The held login of a token, if it can be completed. */
  held(token: string | undefined, now: number): ModelTicket | null {
    const ticket = token === undefined ? undefined : this.tickets.get(token)
    if (!ticket || ticket.isEnded || ticket.expiresAt <= now) return null
    const { user } = ticket
    return user.exists && user.active && ticket.stamp === user.stamp ? ticket : null
  }

  /** Whoever begins a login anew, or logs out, gives up the one that was held. */
  drop(token: string | undefined): void {
    const ticket = token === undefined ? undefined : this.tickets.get(token)
    if (ticket) ticket.isEnded = true
  }

  trust(user: ModelUser, token: string, now: number): void {
    this.trusts.set(token, { user, stamp: user.stamp, expiresAt: now + trusted, isEnded: false })
  }

  /** The trust in a browser, if it excuses its user. */
  trustOf(token: string | undefined, now: number): ModelTrust | null {
    const trust = token === undefined ? undefined : this.trusts.get(token)
    if (!trust || trust.isEnded || trust.expiresAt <= now || !trust.user.exists) return null
    return trust.stamp === trust.user.stamp ? trust : null
  }

  /** Whether a login of a user in a browser with this trust has to prove a second factor. */
  owes(user: ModelUser, trust: string | undefined, now: number): boolean {
    return user.authenticators.length > 0 && this.trustOf(trust, now)?.user !== user
  }

  callOff(user: ModelUser): void {
    user.deletesAt = null // the link that was mailed is kept, to be tried in vain
  }

  /** Deletes whose time has come. */
  purge(users: readonly ModelUser[], now: number): void {
    for (const user of users) if (user.deletesAt !== null && user.deletesAt <= now) user.exists = false
  }
}

/** Codes in the place of those there were. */
export function giveCodes(user: ModelUser, codes: readonly string[]): void {
  user.voidCodes.push(...user.codes.filter((code) => !codes.includes(code)))
  user.codes = codes
}

/** The steps from now whose codes an authenticator still accepts, the earliest first. */
export function freeSteps({ spent }: ModelAuthenticator, now: number): readonly number[] {
  const current = Math.floor(now / stepMs)
  return [-1, 0, 1].filter((away) => current + away > spent)
}

/** A code of so many steps from now is spent, and every earlier one. */
export function spend(authenticator: ModelAuthenticator, away: number, now: number): void {
  authenticator.spent = Math.floor(now / stepMs) + away
}
