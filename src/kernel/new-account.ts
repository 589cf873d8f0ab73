/** Accounts as operators make them. */
import { invalidFields } from '../http/fields.ts'
import { AuthError } from '../model/error.ts'
import type { Members } from '../model/json.ts'
import type { User } from '../model/user.ts'
import { readAddress } from './address.ts'
import type { Named } from './identifier.ts'
import type { Kernel } from './kernel.ts'
import { foreseeUser, newUserId } from './new-user.ts'
import { newStamp } from './stamp.ts'
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

async function nameOf(kernel: Kernel, typed: string | undefined): Promise<Named> {
  if (typed === undefined) return { username: null, usernameKey: null }
  const enrol = kernel.identifiers.find(({ name }) => name === 'username')?.enrol
  if (!enrol) throw new Error('A username needs username() among the features.')
  return enrol.read(kernel.store.reads, typed)
}

/** Makes an account. */
export async function createUser<U extends User>(kernel: Kernel<U>, wish: UserWish, more: (user: User) => Step = () => ({})): Promise<U> {
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
  const made = await kernel.store.reads.users.byId(id)
  if (!made) throw new AuthError('not_found', { cause: `${id} was deleted at once` })
  return made.user
}

/** The same without a password, and a mail with a link to choose one. */
export async function inviteUser<U extends User>(kernel: Kernel<U>, wish: Omit<UserWish, 'password' | 'active'>): Promise<U> {
  const invitation = kernel.features.find((feature) => feature.invitation)?.invitation
  if (!invitation) throw new Error('Nobody can be invited: no feature brings an invitation, as password() does.')
  return createUser(kernel, wish, (user) => ({
    changes: [{ kind: 'mail', mail: invitation.mail, user, to: user.email, send: true, link: invitation.link }],
    events: [{ name: 'user.invited', user, by: 'operator' }],
  }))
}
