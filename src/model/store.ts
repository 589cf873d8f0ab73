/** What a database must offer: reads and fleeting operations as small methods, durable changes as values. */
import type { AuditCursor, AuditRow } from './audit.ts'
import type { Change, NewUser, Written } from './change.ts'
import type { Deletion } from './deletion.ts'
import type { Device } from './device.ts'
import type { Entry } from './entry.ts'
import type { Maybe, Members } from './json.ts'
import type { Link } from './link.ts'
import type { LoginTrack } from './login-track.ts'
import type { Outbox } from './outbox.ts'
import type { Authenticator } from './second-factor.ts'
import type { Session, Ticket, TokenHash } from './session.ts'
import type { Role, User, UserRecord } from './user.ts'

/** A page of a listing: at most `limit` items, after the item named by `after`. */
export interface Paging {
  readonly limit: number
  readonly after?: string
}

/** Users. Keys are canonical (see `NewUser`); stores compare them byte by byte. */
export interface UserReads<U extends User = User> {
  byId(id: string): Maybe<UserRecord<U> | null>
  byEmailKey(emailKey: string): Maybe<UserRecord<U> | null>
  byUsernameKey(usernameKey: string): Maybe<UserRecord<U> | null>
  /** In the order of `emailKey`; `prefix` narrows by its beginning; `after` is an `emailKey`. */
  list(paging: Paging & { readonly prefix?: string }): Maybe<readonly U[]>
}

/** Roles and what they allow. */
export interface RoleReads {
  /** All, by name. */
  list(): Maybe<readonly Role[]>
  byName(name: string): Maybe<Role | null>
  /** Sorted names of everything the user's roles allow. */
  permissionsOf(userId: string): Maybe<readonly string[]>
}

/** Links that may still be redeemed. */
export interface LinkReads {
  /** Unspent, unexpired, of this purpose. */
  byHash(hash: TokenHash, purpose: string, now: number): Maybe<Link | null>
  /** Unspent, unexpired ones of this purpose and subject, newest first. */
  bySubject(subject: string, purpose: string, now: number): Maybe<readonly Link[]>
}

/** Entries of the drawer `records`; an expired one is not there. */
export interface EntryReads {
  get(feature: string, key: string, now: number): Maybe<Entry | null>
  /** Of one user, by key. */
  listOf(feature: string, userId: string, now: number): Maybe<readonly Entry[]>
}

/** Devices; an expired one is not there. */
export interface DeviceReads {
  bySelector(selector: TokenHash, purpose: string, now: number): Maybe<Device | null>
  /** The user's devices of this purpose and stamp, latest use first. */
  listOf(userId: string, purpose: string, stamp: string, now: number): Maybe<readonly Device[]>
}

/** The last two logins of each user. */
export interface LoginReads {
  byUser(userId: string): Maybe<LoginTrack | null>
}

/** Accounts that are about to be deleted. */
export interface DeletionReads {
  byUser(userId: string): Maybe<Deletion | null>
  /** At most `limit` that are due by `now`, the longest due first; after one of the page before. */
  due(now: number, limit: number, after?: Deletion): Maybe<readonly Deletion[]>
}

/** What happened. */
export interface AuditReads {
  /** Newest first, of one user or of all; after a row of the page before. */
  list(page: { readonly limit: number; readonly before?: AuditCursor; readonly userId?: string }): Maybe<readonly AuditRow[]>
}

/** Authenticator applications. */
export interface TotpReads {
  /** The user's, the latest use first. */
  listOf(userId: string): Maybe<readonly Authenticator[]>
}

/** Recovery codes that were not used. */
export interface RecoveryCodeReads {
  /** Their keyed hashes, in byte order. */
  listOf(userId: string): Maybe<readonly string[]>
}

/** Values the installation itself keeps: small, by name. */
export interface Meta {
  get(name: string): Maybe<string | null>
  put(name: string, value: string): Maybe<void>
}

/** What a session request needs to know: both halves found in one go. */
export interface LiveSession<U extends User = User> {
  readonly session: Session
  readonly user: U
}

/** How `sessions.open` joins what must happen together with it. */
export interface OpenOptions {
  readonly now: number
  /** A live session that the new one takes the place of; without it nothing opens. */
  readonly replaces?: TokenHash
  /** A session that ends if it is there. */
  readonly ends?: TokenHash
  /** A held ticket that this spends; without it nothing opens. */
  readonly ticket?: TokenHash
  /** Attempt counts that a completed login clears. */
  readonly clears?: readonly AttemptKey[]
  /** Attempt counts whose latest try was none. */
  readonly refunds?: readonly AttemptKey[]
}

/** Sessions, found by the hash of their token. */
export interface Sessions<U extends User = User> {
  /**
   * The session behind a token and its user, while `expiresAt > now` and both stamps are equal.
   * A store that holds both in one database joins them in one statement; another asks `users`.
   */
  recognise(hash: TokenHash, now: number, users: Pick<UserReads<U>, 'byId'>): Maybe<LiveSession<U> | null>
  /** Opens a session, all or nothing. False when what it `replaces` or its `ticket` was gone. */
  open(hash: TokenHash, session: Session, options: OpenOptions): Maybe<boolean>
  /** Notes a use, of a session that is still there; revives none. */
  touch(hash: TokenHash, usedAt: number, expiresAt: number): Maybe<void>
  /** The user's sessions of this stamp with `expiresAt > now`, latest use first. */
  listOf(userId: string, stamp: string, now: number): Maybe<readonly Session[]>
  /** Ends one of the user's. False when the user has none of this id. */
  end(userId: string, id: string): Maybe<boolean>
  /** Ends all of the user's but the one named; how many. */
  endAll(userId: string, exceptId: string | null): Maybe<number>
}

/** Tickets, and ids of one-time things that were spent. */
export interface Tickets {
  put(hash: TokenHash, ticket: Ticket, now: number): Maybe<void>
  find(hash: TokenHash, now: number): Maybe<Ticket | null>
  /** Finds and removes in one step: of many callers one gets it. */
  take(hash: TokenHash, now: number): Maybe<Ticket | null>
  /** True for the first caller with this id until `expiresAt`, false for every later one. */
  spend(id: string, expiresAt: number, now: number): Maybe<boolean>
}

/** One count: of `key` within `group`. A group is cleared as a whole when an operator unlocks an account. */
export interface AttemptKey {
  readonly group: string
  readonly key: string
}

/** When a count refuses. Durations in milliseconds. */
export interface AttemptLimit {
  /** How many may be counted before it refuses. */
  readonly max: number
  /** After how long without a count it starts from nothing; with `wait` absent, measured from the first count. */
  readonly window: number
  /** Beyond `max`, one more is let in after a wait that doubles with each, from `first` to at most `most`. */
  readonly wait?: { readonly first: number; readonly most: number }
}

/** One count with the limit that judges it. */
export interface Attempt extends AttemptKey {
  readonly limit: AttemptLimit
}

/** What `attempts.add` answers: all counted, or none, with the latest time at which a refusing limit ends. */
export type Counted = { readonly ok: true } | { readonly ok: false; readonly retryAt: number }

/** Counts of tries. Each method is one atomic step. */
export interface Attempts {
  /** Counts one more on each, if every limit allows it; else on none. */
  add(attempts: readonly Attempt[], now: number): Maybe<Counted>
  /** What `add` would answer, counting nothing; of calls that were begun before it, it answers as after them. */
  ask(attempts: readonly Attempt[], now: number): Maybe<Counted>
  /** Takes the latest count back on each: the try was none, and its wait begins where it began before. */
  refund(keys: readonly AttemptKey[]): Maybe<void>
  /** Forgets every count of a group. */
  clearGroup(group: string): Maybe<void>
}

/** Counts of nonces that were used, of those nonces only that somebody with the right secret answered. */
export interface Nonces {
  /**
   * Uses a count of a nonce, in one atomic step: true for the first caller with this count. False for every later one, for counts 128 or
   * more below the highest that was used, and from `expiresAt` on, which is the same for each call about one nonce.
   */
  advance(nonce: string, count: number, expiresAt: number, now: number): Maybe<boolean>
}

/** Everything held about a user, one member per drawer, secrets left out. */
export type Everything = Readonly<Record<string, readonly Members[]>>

/** Everything that features may read. */
export interface Reads<U extends User = User> {
  readonly users: UserReads<U>
  readonly roles: RoleReads
  readonly links: LinkReads
  readonly records: EntryReads
  readonly devices: DeviceReads
  readonly logins: LoginReads
  readonly deletions: DeletionReads
  readonly audit: AuditReads
  readonly totp: TotpReads
  readonly recoveryCodes: RecoveryCodeReads
  /** One member per durable drawer that holds rows of the user. */
  everything(userId: string): Maybe<Everything>
}

/** What a store adds that keeps users in a table of the application's, or some of their fields in columns. */
export interface OwnUsers<U extends User = User> {
  /** An id for a user who is about to be made. Without this, the kernel makes it of 128 random bits. */
  newId(random: (size: number) => Uint8Array): Maybe<string>
  /**
   * The user that `users.create` will make of this. Without this, own fields are in `extra`.
   * @throws AuthError `invalid_fields` under the name of a field that cannot be kept
   */
  foresee(user: NewUser): Maybe<U>
}

/** The half that must survive: one database. */
export interface DurableStore<U extends User = User> {
  readonly durable: {
    /** Readies the database: connects, migrates when told to, checks the schema. Throws with a sentence that says what to do. */
    open(): Maybe<void>
    /** Does all changes or none, and says which was refused. */
    write(changes: readonly Change[]): Maybe<Written>
    /** Removes up to `limit` expired rows; how many it removed. */
    purge(now: number, limit: number): Maybe<number>
    close(): Maybe<void>
  }
  readonly reads: Reads<U>
  readonly outbox: Outbox
  readonly meta: Meta
  readonly ownUsers?: OwnUsers<U>
}

/** The half that may be lost: everybody logs in again, nothing one-time is used twice. */
export interface FleetingStore<U extends User = User> {
  readonly fleeting: {
    open(): Maybe<void>
    /** A random value that is a new one after the store was emptied, or may have lost something. Asked whenever it matters. */
    epoch(): Maybe<string>
    /** Removes up to `limit` expired rows; how many it removed: none where rows expire by themselves. */
    purge(now: number, limit: number): Maybe<number>
    close(): Maybe<void>
  }
  readonly sessions: Sessions<U>
  readonly tickets: Tickets
  readonly attempts: Attempts
  readonly nonces: Nonces
}

/** Where accounts and sessions are kept: `sqlite('app.db')`, or two halves joined by spread. */
export interface Store<U extends User = User> extends DurableStore<U>, FleetingStore<U> {}
