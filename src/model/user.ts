/** Who an account belongs to, and what only the kernel reads of it. */
import type { Members } from './json.ts'

/**
 * A user as the application sees one. It holds no secret, so it may be logged or sent as JSON.
 *
 * An application's own fields live in `extra`; narrow it to type them:
 * `interface Member extends User { readonly extra: { readonly name: string } }`. Those that a SQL store keeps in columns are members of
 * the user itself: `interface Member extends User { readonly name: string }`.
 */
export interface User {
  readonly id: string
  /** As the user typed it: the spelling that mail goes to. At most 254 octets. */
  readonly email: string
  readonly username: string | null
  readonly active: boolean
  /** Names of roles, sorted. */
  readonly roles: readonly string[]
  /** Milliseconds since 1970, UTC. */
  readonly createdAt: number
  readonly extra: Members
}

/** A user with the private columns that features need to judge a proof. Never sent, logged or emitted. */
export interface UserRecord<U extends User = User> {
  readonly user: U
  /** Rotating it ends every session, remembered device and pending ticket of the user. */
  readonly stamp: string
  /** PHC string, led by `nfkd:` when the password was normalised that way; `null` without a password. */
  readonly passwordHash: string | null
}

/** A role and what it allows. */
export interface Role {
  readonly name: string
  readonly description: string
  /** Sorted names; a guard's rule may ask for one. */
  readonly permissions: readonly string[]
}
