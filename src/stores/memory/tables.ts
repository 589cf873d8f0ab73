/** What the memory store holds. */
import type { AuditRow } from '../../model/audit.ts'
import type { NewUser } from '../../model/change.ts'
import type { Deletion } from '../../model/deletion.ts'
import type { Device } from '../../model/device.ts'
import type { Entry } from '../../model/entry.ts'
import type { Link } from '../../model/link.ts'
import type { LoginTrack } from '../../model/login-track.ts'
import type { ClaimedMail } from '../../model/outbox.ts'
import type { Authenticator } from '../../model/second-factor.ts'
import type { Session, Ticket } from '../../model/session.ts'
import type { Role } from '../../model/user.ts'
import type { AttemptCount } from '../attempt-count.ts'
import type { NonceWindow } from '../nonce-window.ts'
import { Journal, Table } from './table.ts'

/** An attempt count with the group that it is cleared by. */
export interface GroupedCount extends AttemptCount {
  readonly group: string
}

/** A mail that waits, or has failed for good. */
export interface KeptMail extends Omit<ClaimedMail, 'dueAt'> {
  readonly dueAt: number | null
  readonly failure: { readonly at: number; readonly reason: string } | null
}

/** Every table, with the one journal that undoes changes to any of them. */
export class Tables {
  readonly journal: Journal = new Journal()
  /** By id. */
  readonly users: Table<string, NewUser> = new Table(this.journal)
  /** Ids of users by what each has alone: see `emailEntry` and `usernameEntry`. */
  readonly userIds: Table<string, string> = new Table(this.journal)
  /** By name. */
  readonly roles: Table<string, Role> = new Table(this.journal)
  /** Names of roles by the user's id. */
  readonly userRoles: Table<string, readonly string[]> = new Table(this.journal)
  /** By token hash. */
  readonly links: Table<string, Link> = new Table(this.journal)
  /** By feature and key. */
  readonly records: Table<string, Entry> = new Table(this.journal)
  /** By selector. */
  readonly devices: Table<string, Device> = new Table(this.journal)
  /** By the user's id. */
  readonly logins: Table<string, LoginTrack> = new Table(this.journal)
  /** By the user's id. */
  readonly deletions: Table<string, Deletion> = new Table(this.journal)
  /** By id. */
  readonly audit: Table<string, AuditRow> = new Table(this.journal)
  /** By id. */
  readonly totp: Table<string, Authenticator> = new Table(this.journal)
  /** Keyed hashes by the user's id. */
  readonly recoveryCodes: Table<string, { readonly userId: string; readonly hashes: readonly string[] }> = new Table(this.journal)
  /** By id. */
  readonly outbox: Table<string, KeptMail> = new Table(this.journal)
  readonly meta: Table<string, string> = new Table(this.journal)
  /** By token hash. */
  readonly sessions: Table<string, Session> = new Table(this.journal)
  /** By token hash. */
  readonly tickets: Table<string, Ticket> = new Table(this.journal)
  /** By id. */
  readonly spent: Table<string, { readonly expiresAt: number }> = new Table(this.journal)
  /** By group and key. */
  readonly attempts: Table<string, GroupedCount> = new Table(this.journal)
  /** By nonce. */
  readonly nonces: Table<string, NonceWindow & { readonly expiresAt: number }> = new Table(this.journal)
}

/** What a user is found by in `userIds`, by address. */
export function emailEntry(emailKey: string): string {
  return pairKey('email', emailKey)
}

/** What a user is found by in `userIds`, by username. */
export function usernameEntry(usernameKey: string): string {
  return pairKey('username', usernameKey)
}

/** One key out of two texts, whatever they hold. */
export function pairKey(first: string, second: string): string {
  return JSON.stringify([first, second])
}
