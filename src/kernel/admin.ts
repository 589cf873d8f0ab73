/** Operator calls: accounts and roles without a browser. Who may make them is the application's business. */
import { randomToken } from '../crypto/random.ts'
import { invalidFields } from '../http/fields.ts'
import { AuthError } from '../model/error.ts'
import type { Maybe, Members } from '../model/json.ts'
import type { FailedMail, OutboxCount } from '../model/outbox.ts'
import type { Session } from '../model/session.ts'
import type { Paging } from '../model/store.ts'
import type { Role, User, UserRecord } from '../model/user.ts'
import { type Address, readAddress } from './address.ts'
import type { Named } from './identifier.ts'
import type { Kernel } from './kernel.ts'
import { foreseeUser, newUserId } from './new-user.ts'
import type { Step } from './step.ts'
import { commitOwn } from './write.ts'

/** A user as an operator makes one. */
export interface UserWish {
  readonly email: string
  /** With `username()` among the features. */
  readonly username?: string
  /** Judged by the policy; without one, the user sets it later. */
  readonly password?: string
  /** Names of existing roles. */
  readonly roles?: readonly string[]
  /** Default true. */
  readonly active?: boolean
  /** The application's own fields, also those that are in columns. */
  readonly extra?: Members
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
  /** In the order of addresses; `prefix` narrows by the beginning of one, `after` is the last address of the page before. */
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
  /** Ends one session, or all; how many. */
  endSessions(id: string, sessionId?: string): Promise<number>
  /** Ends every session, remembered device and pending login by rotating the user's stamp; features drop their factors. */
  resetAccess(id: string): Promise<void>
  delete(id: string): Promise<void>
}

/** Operator calls on roles. */
export interface RoleAdmin {
  list(): Promise<readonly Role[]>
  byName(name: string): Promise<Role | null>
  /** Makes a role or replaces what it allows. */
  put(role: { readonly name: string; readonly description?: string; readonly permissions?: readonly string[] }): Promise<Role>
  /** Users lose it. @throws AuthError `not_found` */
  drop(name: string): Promise<void>
}

/** Mails that wait, and those that could not be sent. */
export interface MailAdmin {
  count(): Promise<OutboxCount>
  /** The latest first. They are kept for 30 days. */
  failed(limit?: number): Promise<readonly FailedMail[]>
}

/** `auth.admin`. */
export interface Admin<U extends User = User> {
  readonly users: UserAdmin<U>
  readonly roles: RoleAdmin
  readonly mails: MailAdmin
}

/** Makes the operator calls. */
export function createAdmin<U extends User>(kernel: Kernel<U>): Admin<U> {
  return { users: createUserAdmin(kernel), roles: createRoleAdmin(kernel), mails: createMailAdmin(kernel) }
}

function createMailAdmin(kernel: Kernel): MailAdmin {
  return {
    count: async () => {
      await kernel.ready()
      return kernel.store.outbox.count(kernel.clock())
    },
    failed: async (limit = 50) => {
      await kernel.ready()
      return kernel.store.outbox.failed(limit)
    },
  }
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

function newStamp({ random }: Pick<Kernel, 'random'>): string {
  return randomToken(16, random)
}

function createUserAdmin<U extends User>(kernel: Kernel<U>): UserAdmin<U> {
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
      await kernel.store.attempts.clearGroup(kernel.keys.keyed('throttle', addressOf(user).key))
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
    endSessions: async (id, sessionId) => {
      const { user } = await recordOf(kernel, id)
      const { sessions } = kernel.store
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

function addressOf({ email }: User): Address {
  const address = readAddress(email)
  if (!address) throw invalidFields({ email: [({ texts }) => texts['field.not_an_address']] })
  return address
}

async function nameOf(kernel: Kernel, typed: string | undefined): Promise<Named> {
  if (typed === undefined) return { username: null, usernameKey: null }
  const enrol = kernel.identifiers.find(({ name }) => name === 'username')?.enrol
  if (!enrol) throw new Error('A username needs username() among the features.')
  return enrol.read(kernel.store.reads, typed)
}

async function createUser<U extends User>(kernel: Kernel<U>, wish: UserWish, more: (user: User) => Step = () => ({})): Promise<U> {
  await kernel.ready()
  const { password, roles = [], active = true, extra = {} } = wish
  const address = readAddress(wish.email)
  if (!address) throw invalidFields({ email: [({ texts }) => texts['field.not_an_address']] })
  const named = await nameOf(kernel, wish.username)
  const about = { email: address.email, username: named.username, secondFactor: false }
  const passwordHash = password === undefined ? null : await kernel.passwords.hash(password, about, 'password')
  const id = await newUserId(kernel)
  const columns = { id, email: address.email, ...named, active, createdAt: kernel.clock(), extra }
  const created = { ...columns, emailKey: address.key, passwordHash, stamp: newStamp(kernel) }
  const user = { ...(await foreseeUser(kernel, created)), roles: [...roles].sort() }
  const { changes = [], events = [] } = more(user)
  await commitOwn(kernel, {
    changes: [
      { kind: 'users.create', user: created },
      ...(roles.length > 0 ? [{ kind: 'roles.set', userId: id, add: roles, remove: [] } as const] : []),
      ...changes,
    ],
    events: [{ name: 'user.created', user, by: 'operator' }, ...events],
  })
  return (await recordOf(kernel, id)).user
}

/** The same without a password, and a mail with a link to choose one. */
async function inviteUser<U extends User>(kernel: Kernel<U>, wish: Omit<UserWish, 'password' | 'active'>): Promise<U> {
  const invitation = kernel.features.find((feature) => feature.invitation)?.invitation
  if (!invitation) throw new Error('Nobody can be invited: no feature brings an invitation, as password() does.')
  return createUser(kernel, wish, (user) => ({
    changes: [{ kind: 'mail', mail: invitation.mail, user, to: user.email, send: true, link: invitation.link }],
    events: [{ name: 'user.invited', user, by: 'operator' }],
  }))
}

function createRoleAdmin(kernel: Kernel): RoleAdmin {
  return {
    list: async () => {
      await kernel.ready()
      return kernel.store.reads.roles.list()
    },
    byName: async (name) => {
      await kernel.ready()
      return name.includes('\0') ? null : kernel.store.reads.roles.byName(name)
    },
    put: async ({ name, description = '', permissions = [] }) => {
      await kernel.ready()
      if (!/^[\p{L}\p{N}][\p{L}\p{N} _.:-]{0,62}$/u.test(name)) throw invalidFields({ name: [({ texts }) => texts['role.bad_name']] })
      const role = { name, description, permissions: [...new Set(permissions)].sort() }
      await commitOwn(kernel, { changes: [{ kind: 'roles.put', ...role }] })
      return role
    },
    drop: async (name) => {
      await kernel.ready()
      await commitOwn(kernel, { changes: [{ kind: 'roles.drop', name }] })
    },
  }
}
