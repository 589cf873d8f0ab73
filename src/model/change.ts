/** Every durable change as a plain value: what must agree goes into one `store.write`, all or none. */
import type { AuditRow } from './audit.ts'
import type { Deletion } from './deletion.ts'
import type { Device } from './device.ts'
import type { Json, Members } from './json.ts'
import type { Link } from './link.ts'
import type { OutboxRow } from './outbox.ts'
import type { Authenticator } from './second-factor.ts'
import type { TokenHash } from './session.ts'

/** A new user, with the canonical forms that uniqueness is judged by. */
export interface NewUser {
  readonly id: string
  readonly email: string
  /** NFC, lower case, ASCII domain; unique. */
  readonly emailKey: string
  readonly username: string | null
  readonly usernameKey: string | null
  readonly passwordHash: string | null
  readonly stamp: string
  readonly active: boolean
  readonly createdAt: number
  /** The application's own fields. A store may keep some of them in columns; then they are members of the user, and not of its `extra`. */
  readonly extra: Members
}

/** The columns of a user that `users.update` may set; what is absent stays. */
export interface UserFields {
  readonly email?: string
  readonly emailKey?: string
  readonly username?: string | null
  readonly usernameKey?: string | null
  readonly passwordHash?: string | null
  readonly stamp?: string
  readonly active?: boolean
  /** Takes the place of all own fields but those in columns, which change only where they are named. */
  readonly extra?: Members
  /** Own fields one by one, after `extra`: all others stay. */
  readonly own?: Members
}

/**
 * One durable change with its precondition. The first one whose precondition fails undoes all of the same write.
 *
 * | kind | holds when | otherwise |
 * |---|---|---|
 * | `users.create` | `emailKey`, `usernameKey` and `id` are free | `taken`, with `field` `email`, `username` or `id` |
 * | `users.update` | the user exists; what `when` names is equal; new keys are free | `gone`, `stale`, `taken` |
 * | `users.expect` | the user is active and has this stamp; changes nothing | `gone`, else `stale` |
 * | `users.delete` | the user exists, and with `dueBy` has a deletion that is due by then; takes every drawer's rows along | `gone`, `stale` |
 * | `roles.put` | always: the role is made or replaced | |
 * | `roles.drop` | the role exists; users lose it | `gone` |
 * | `roles.set` | the user and every role of `add` exist | `gone`, with `field` `user` or `role` |
 * | `links.put` | always; only the `keep` newest of its purpose and subject stay | |
 * | `links.take` | purpose fits, unspent, `expiresAt` after `now` | `gone` |
 * | `links.drop` | always: all of the purpose and subject | |
 * | `devices.put` | the user exists, whose stamp of that moment it takes | `gone` |
 * | `devices.rotate` | the device is there, unexpired by `now`, and its verifier is `from` | `gone`, `stale` |
 * | `devices.drop` | always: those of the user and purpose that `which` names, or all | |
 * | `logins.track` | always: what was current becomes the last, and one more is counted | |
 * | `deletions.put` | the user exists; takes the place of an earlier one | `gone` |
 * | `deletions.drop` | always | |
 * | `audit.append` | always; without the user where there is none of this id any more | |
 * | `totp.add` | the id is free, and the user has fewer than `most` | `taken`, `full` |
 * | `totp.advance` | it is the user's, and its step is lower than this one | `gone`, `stale` |
 * | `totp.drop` | with an `id`, it is the user's, and with `notLast` not the only one; else always: those made `since` then, or all | `gone`, `last` |
 * | `recoveryCodes.replace` | always; with `onlyIfNone` it changes nothing where there are any | |
 * | `recoveryCodes.use` | the user has it; it is gone then | `gone` |
 * | `outbox.put` | always | |
 * | `outbox.drop` | always: sent, or not wanted any more | |
 * | `outbox.fail` | the mail waits, and was claimed `attempts` times; it is due again at `retryAt`, or never, and its body goes | `gone`, `stale` |
 * | `records.put` | stored version is `expect` (0: absent, or expired by `now`); the new one is `expect + 1` | `stale` |
 * | `records.drop` | stored version is `expect`; always without it | `gone`, `stale` |
 */
export type Change =
  | { readonly kind: 'users.create'; readonly user: NewUser }
  | {
      readonly kind: 'users.update'
      readonly id: string
      readonly set: UserFields
      readonly when?: { readonly stamp?: string; readonly passwordHash?: string | null; readonly emailKey?: string }
    }
  | { readonly kind: 'users.expect'; readonly id: string; readonly stamp: string }
  | { readonly kind: 'users.delete'; readonly id: string; readonly dueBy?: number }
  | { readonly kind: 'roles.put'; readonly name: string; readonly description: string; readonly permissions: readonly string[] }
  | { readonly kind: 'roles.drop'; readonly name: string }
  | { readonly kind: 'roles.set'; readonly userId: string; readonly add: readonly string[]; readonly remove: readonly string[] }
  | { readonly kind: 'links.put'; readonly link: Link; readonly keep: number }
  | { readonly kind: 'links.take'; readonly hash: TokenHash; readonly purpose: string; readonly now: number }
  | { readonly kind: 'links.drop'; readonly purpose: string; readonly subject: string }
  | { readonly kind: 'devices.put'; readonly device: Omit<Device, 'stamp'> }
  | {
      readonly kind: 'devices.rotate'
      readonly selector: TokenHash
      readonly from: TokenHash
      readonly to: TokenHash
      readonly now: number
      readonly sessionId: string
      readonly ip: string | null
      readonly userAgent: string | null
    }
  | { readonly kind: 'devices.drop'; readonly userId: string; readonly purpose: string; readonly which?: DeviceChoice }
  | {
      readonly kind: 'logins.track'
      readonly userId: string
      readonly at: number
      readonly ip: string | null
      readonly userAgent: string | null
    }
  | { readonly kind: 'deletions.put'; readonly deletion: Deletion }
  | { readonly kind: 'deletions.drop'; readonly userId: string }
  | { readonly kind: 'audit.append'; readonly row: AuditRow }
  | { readonly kind: 'totp.add'; readonly authenticator: Authenticator; readonly most: number }
  | { readonly kind: 'totp.advance'; readonly userId: string; readonly id: string; readonly step: number; readonly now: number }
  | { readonly kind: 'totp.drop'; readonly userId: string; readonly which?: AuthenticatorChoice }
  | {
      readonly kind: 'recoveryCodes.replace'
      readonly userId: string
      /** Keyed. */
      readonly hashes: readonly string[]
      readonly onlyIfNone?: true
    }
  | { readonly kind: 'recoveryCodes.use'; readonly userId: string; readonly hash: string }
  | { readonly kind: 'outbox.put'; readonly row: OutboxRow }
  | { readonly kind: 'outbox.drop'; readonly id: string }
  | {
      readonly kind: 'outbox.fail'
      readonly id: string
      readonly attempts: number
      readonly now: number
      readonly reason: string
      readonly retryAt: number | null
    }
  | {
      readonly kind: 'records.put'
      readonly feature: string
      readonly key: string
      readonly userId: string | null
      readonly value: Json
      readonly secret: string | null
      readonly expiresAt: number | null
      readonly expect: number
      readonly now: number
    }
  | { readonly kind: 'records.drop'; readonly feature: string; readonly key: string; readonly expect?: number }

/** Some devices of a user: one by its id, those beside a session, or all but those. */
export type DeviceChoice = { readonly id: string } | { readonly sessionId: string } | { readonly exceptSessionId: string }

/** Some authenticators of a user: one by its id, which with `notLast` must leave another, or those made since a time. */
export type AuthenticatorChoice = { readonly id: string; readonly notLast?: boolean } | { readonly since: number }

/** The kinds of change, for tables over all of them. */
export type ChangeKind = Change['kind']

/** Why a change was refused. */
export type ConflictReason = 'taken' | 'gone' | 'stale' | 'full' | 'last'

/** Which change of a write was refused, and why. */
export interface Conflict {
  /** Position in the array given to `write`. */
  readonly index: number
  readonly reason: ConflictReason
  /** The field or part that is to blame, where more than one could be. */
  readonly field?: string
}

/** What `store.write` answers. */
export type Written = { readonly ok: true } | { readonly ok: false; readonly conflict: Conflict }
