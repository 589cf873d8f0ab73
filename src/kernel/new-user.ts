/** A user who is about to be made: the id, and what the store will make of the draft. */
import { randomToken } from '../crypto/random.ts'
import type { NewUser } from '../model/change.ts'
import type { Maybe } from '../model/json.ts'
import type { User } from '../model/user.ts'
import type { Kernel } from './kernel.ts'

/** An id for a new user: where the key is the database's to make, the next one of it. */
export function newUserId({ store, random }: Pick<Kernel, 'store' | 'random'>): Maybe<string> {
  return store.ownUsers === undefined ? randomToken(16, random) : store.ownUsers.newId(random)
}

/** The user as the application will see it. @throws AuthError `invalid_fields` for a field that the store cannot keep */
export function foreseeUser({ store }: Pick<Kernel, 'store'>, created: NewUser): Maybe<User> {
  if (store.ownUsers !== undefined) return store.ownUsers.foresee(created)
  const { id, email, username, active, createdAt, extra } = created
  return { id, email, username, active, roles: [], createdAt, extra }
}
