/** Operator calls on accounts. */
import type { AuditCursor, AuditRow } from '../model/audit.ts'
import type { Device } from '../model/device.ts'
import { AuthError } from '../model/error.ts'
import type { Maybe, Members } from '../model/json.ts'
import type { LoginTrack } from '../model/login-track.ts'
import { type ShownAuthenticator, showAuthenticator } from '../model/second-factor.ts'
import type { Session } from '../model/session.ts'
import type { Paging } from '../model/store.ts'
import type { User, UserRecord } from '../model/user.ts'
import { readAddress } from './address.ts'
import type { Kernel } from './kernel.ts'
import { createUser, inviteUser, type UserWish } from './new-account.ts'
import { newStamp } from './stamp.ts'
import { accountKey } from './throttle.ts'
import { commitOwn } from './write.ts'

/** What a user has to prove a second factor with. */
export interface UserFactors {
  /** The latest use first. */
  readonly authenticators: readonly ShownAuthenticator[]
  /** How many recovery codes are left. */
  readonly recoveryCodes: number
}

/** Operator calls on accounts. Methods that change something answer whether they did; an unknown user is `not_found`. */
export interface UserAdmin<U extends User = User> {
  /** @throws AuthError `invalid_fields`, `email_taken`, or `not_found` for an unknown role */
  create(wish: UserWish): Promise<U>
  /**
   * The same for somebody who chooses a password by a mailed link (`password({ invitation })` says how long it works).
   * @throws AuthError as `create`; Error when no feature brings an invitation
   */
  invite(wish: Omit<UserWish, 'password' | 'active'>): Promise<U>
  byId(id: string): Promise<U | null>
  /** Any spelling of the address. */
  byEmail(email: string): Promise<U | null>
  /** At most 1,000, in the order of addresses; `prefix` narrows by the beginning of one, `after` is the last address of the page before. */
  list(paging?: Partial<Paging> & { readonly prefix?: string }): Promise<readonly U[]>
  /** Sets own fields by name; the others stay. @throws AuthError `invalid_fields` for one that the store cannot keep */
  update(id: string, own: Members): Promise<U>
  activate(id: string): Promise<boolean>
  /** Ends every session too. */
  deactivate(id: string): Promise<boolean>
  /** Forgets failed tries, so that waits end. */
  unlock(id: string): Promise<void>
  addRole(id: string, role: string): Promise<boolean>
  removeRole(id: string, role: string): Promise<boolean>
  /** Sets a password that the policy accepts, and ends every session. */
  changePassword(id: string, password: string): Promise<void>
  sessions(id: string): Promise<readonly Session[]>
  /** When and where from the user logged in, this time and the time before; `null` without `loginTracking()`, and before the first login. */
  logins(id: string): Promise<LoginTrack | null>
  /** At most 1,000 events of the account, newest first, as `audit()` keeps it; after an event of the page before. */
  history(id: string, page?: { readonly limit?: number; readonly before?: AuditCursor }): Promise<readonly AuditRow[]>
  /** The user's devices of a purpose, for example `remember`, latest use first. */
  devices(id: string, purpose: string): Promise<readonly Device[]>
  /** The user's authenticators, without their secrets, and how many recovery codes are left. */
  factors(id: string): Promise<UserFactors>
  /** Ends one session, or all; how many. Remembered devices beside them are forgotten. */
  endSessions(id: string, sessionId?: string): Promise<number>
  /** Ends every session, remembered device and pending login by rotating the user's stamp; features drop their factors. */
  resetAccess(id: string): Promise<void>
  delete(id: string): Promise<void>
}

/** @throws RangeError with a sentence for what is no number of rows */
function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new RangeError(`limit must be a whole number from 1 to 1000; it is ${limit}.`)
}

/** A text with NUL names nothing: not every database can even be asked for it. */
function findRecord<U extends User>(kernel: Kernel<U>, id: string): Maybe<UserRecord<U> | null> {
  return id.includes('\0') ? null : kernel.store.reads.users.byId(id)
}

async function recordOf<U extends User>(kernel: Kernel<U>, id: string): Promise<UserRecord<U>> {
  await kernel.ready()
  const record = await findRecord(kernel, id)
  if (!record) throw new AuthError('not_found', { cause: `there is no user ${id}` })
  return record
}

/** Makes them. */
export function createUserAdmin<U extends User>(kernel: Kernel<U>): UserAdmin<U> {
  async function setActive(id: string, active: boolean): Promise<boolean> {
    const { user } = await recordOf(kernel, id)
    if (user.active === active) return false
    const set = active ? { active } : { active, stamp: newStamp(kernel) }
    await commitOwn(kernel, {
      changes: [{ kind: 'users.update', id, set }],
      events: [{ name: active ? 'user.activated' : 'user.deactivated', user, by: 'operator' }],
    })
    if (!active) await kernel.store.sessions.endAll(id, null)
    return true
  }

  async function setRole(id: string, role: string, held: boolean): Promise<boolean> {
    const { user } = await recordOf(kernel, id)
    if (role.includes('\0')) throw new AuthError('not_found', { cause: 'no role has such a name' })
    if (user.roles.includes(role) === held) return false
    const [added, removed] = held ? [[role], []] : [[], [role]]
    await commitOwn(kernel, {
      changes: [{ kind: 'roles.set', userId: id, add: added, remove: removed }],
      events: [{ name: 'roles.changed', user, added, removed, by: 'operator' }],
    })
    return true
  }

  return {
    create: (wish) => createUser(kernel, wish),
    invite: (wish) => inviteUser(kernel, wish),
    byId: async (id) => {
      await kernel.ready()
      return (await findRecord(kernel, id))?.user ?? null
    },
    byEmail: async (email) => {
      await kernel.ready()
      const address = readAddress(email)
      return address && ((await kernel.store.reads.users.byEmailKey(address.key))?.user ?? null)
    },
    list: async ({ limit = 50, after, prefix } = {}) => {
      checkLimit(limit)
      await kernel.ready()
      if (prefix?.includes('\0')) return []
      const start = after === undefined ? undefined : (readAddress(after)?.key ?? after.replaceAll('\0', ''))
      return kernel.store.reads.users.list({
        limit,
        ...(start !== undefined && { after: start }),
        ...(prefix !== undefined && { prefix: prefix.normalize('NFC').toLowerCase() }),
      })
    },
    update: async (id, own) => {
      await recordOf(kernel, id)
      await commitOwn(kernel, { changes: [{ kind: 'users.update', id, set: { own } }] })
      return (await recordOf(kernel, id)).user
    },
    activate: (id) => setActive(id, true),
    deactivate: (id) => setActive(id, false),
    unlock: async (id) => {
      const { user } = await recordOf(kernel, id)
      await kernel.store.attempts.clearGroup(kernel.keys.keyed('throttle', accountKey(user)))
      await commitOwn(kernel, { events: [{ name: 'user.unlocked', user, by: 'operator' }] })
    },
    addRole: (id, role) => setRole(id, role, true),
    removeRole: (id, role) => setRole(id, role, false),
    changePassword: async (id, password) => {
      const { user } = await recordOf(kernel, id)
      const secondFactor = kernel.settings.requireSecondFactor(user)
      const passwordHash = await kernel.passwords.hash(password, { email: user.email, username: user.username, secondFactor }, 'password')
      await commitOwn(kernel, {
        changes: [{ kind: 'users.update', id, set: { passwordHash, stamp: newStamp(kernel) } }],
        events: [{ name: 'password.changed', user, by: 'operator' }],
      })
      await kernel.store.sessions.endAll(id, null)
    },
    sessions: async (id) => {
      const { stamp } = await recordOf(kernel, id)
      return kernel.store.sessions.listOf(id, stamp, kernel.clock())
    },
    logins: async (id) => {
      await recordOf(kernel, id)
      return kernel.store.reads.logins.byUser(id)
    },
    history: async (id, { limit = 50, before } = {}) => {
      checkLimit(limit)
      await recordOf(kernel, id)
      return kernel.store.reads.audit.list({ limit, userId: id, ...(before && { before }) })
    },
    devices: async (id, purpose) => {
      const { stamp } = await recordOf(kernel, id)
      return kernel.store.reads.devices.listOf(id, purpose, stamp, kernel.clock())
    },
    factors: async (id) => {
      await recordOf(kernel, id)
      const { totp, recoveryCodes } = kernel.store.reads
      const [held, codes] = await Promise.all([totp.listOf(id), recoveryCodes.listOf(id)])
      return { authenticators: held.map(showAuthenticator), recoveryCodes: codes.length }
    },
    endSessions: async (id, sessionId) => {
      const { user } = await recordOf(kernel, id)
      const { sessions } = kernel.store
      if (sessionId?.includes('\0')) return 0
      const count = sessionId === undefined ? await sessions.endAll(id, null) : Number(await sessions.end(id, sessionId))
      if (count > 0 || sessionId === undefined)
        await commitOwn(kernel, {
          events: [{ name: 'sessions.ended', user, count, by: 'operator', sessionId: sessionId ?? null, keptSessionId: null }],
        })
      return count
    },
    resetAccess: async (id) => {
      const { user } = await recordOf(kernel, id)
      await commitOwn(kernel, {
        changes: [{ kind: 'users.update', id, set: { stamp: newStamp(kernel) } }],
        events: [{ name: 'access.reset', user, by: 'operator' }],
      })
      await kernel.store.sessions.endAll(id, null)
    },
    delete: async (id) => {
      const { user } = await recordOf(kernel, id)
      await kernel.store.sessions.endAll(id, null)
      await commitOwn(kernel, { changes: [{ kind: 'users.delete', id }], events: [{ name: 'user.deleted', user, by: 'operator' }] })
    },
  }
}
