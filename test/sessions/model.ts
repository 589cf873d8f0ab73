/** What sessions, remembered browsers and accounts are to be after each step: the shortest statement of it, kept beside the real thing. */

export const hour = 3_600_000
export const day: number = 24 * hour
const idle = hour
const absolute = 30 * day
const remembered = 30 * day
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

  callOff(user: ModelUser): void {
    user.deletesAt = null // the link that was mailed is kept, to be tried in vain
  }

  /** Deletes whose time has come. */
  purge(users: readonly ModelUser[], now: number): void {
    for (const user of users) if (user.deletesAt !== null && user.deletesAt <= now) user.exists = false
  }
}
