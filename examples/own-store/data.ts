/** What the store holds: maps of plain values, which `structuredClone` copies and which JSON can hold. */
import type { AuditRow, Authenticator, Deletion, Device, Entry, Link, LoginTrack, NewUser, Role, Session, Ticket } from 'portcullis'
import type { KeptMail } from './outbox.ts'

/** The half that is kept in the file. */
export interface Durable {
  /** By id. */
  readonly users: Map<string, NewUser>
  /** By name. */
  readonly roles: Map<string, Role>
  /** Names of roles by the user's id. */
  readonly userRoles: Map<string, readonly string[]>
  /** By token hash. */
  readonly links: Map<string, Link>
  /** By feature and key, see `pair`. */
  readonly records: Map<string, Entry>
  /** By selector. */
  readonly devices: Map<string, Device>
  /** By the user's id. */
  readonly logins: Map<string, LoginTrack>
  /** By the user's id. */
  readonly deletions: Map<string, Deletion>
  /** By id. */
  readonly audit: Map<string, AuditRow>
  /** By id. */
  readonly totp: Map<string, Authenticator>
  /** Keyed hashes by the user's id. */
  readonly recoveryCodes: Map<string, { readonly userId: string; readonly hashes: readonly string[] }>
  /** By id. */
  readonly outbox: Map<string, KeptMail>
  readonly meta: Map<string, string>
}

/** A count of tries: how many, when the first, the latest and the one before it were, and when it lapses. */
export interface Tries {
  readonly group: string
  readonly count: number
  readonly first: number
  readonly last: number
  readonly before: number
  readonly expiresAt: number
}

/** The half that ends with the process: then everybody logs in again. */
export interface Fleeting {
  /** By token hash. */
  readonly sessions: Map<string, Session>
  /** By token hash. */
  readonly tickets: Map<string, Ticket>
  /** By id. */
  readonly spent: Map<string, { readonly expiresAt: number }>
  readonly nonces: Map<string, UsedCounts>
  /** By group and key, see `pair`. */
  readonly tries: Map<string, Tries>
}

/** Both halves. The durable one is replaced as a whole, so that a write is seen whole or not at all. */
export interface Data {
  durable: Durable
  readonly fleeting: Fleeting
}

/** An empty durable half. */
export function emptyDurable(): Durable {
  return {
    users: new Map(),
    roles: new Map(),
    userRoles: new Map(),
    links: new Map(),
    records: new Map(),
    devices: new Map(),
    logins: new Map(),
    deletions: new Map(),
    audit: new Map(),
    totp: new Map(),
    recoveryCodes: new Map(),
    outbox: new Map(),
    meta: new Map(),
  }
}

/** An empty fleeting half. */
export function emptyFleeting(): Fleeting {
  return { sessions: new Map(), tickets: new Map(), spent: new Map(), nonces: new Map(), tries: new Map() }
}

/** One key of two texts, whatever they hold. */
export function pair(first: string, second: string): string {
  return JSON.stringify([first, second])
}

/** The order of all listings and names: by the bytes of UTF-8, as databases compare. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Each name once, in order. */
export function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort(byBytes)
}

/** Whether something counts at a time: the moment at which it expires is the first at which it does not. */
export function isLive({ expiresAt }: { readonly expiresAt: number | null }, now: number): boolean {
  return expiresAt === null || expiresAt > now
}

/** Removes rows that fit, at most so many; how many. */
export function removeWhere<V>(rows: Map<string, V>, fits: (row: V) => boolean, limit: number = Number.POSITIVE_INFINITY): number {
  let removed = 0
  for (const [key, row] of rows) {
    if (removed >= limit) break
    if (fits(row) && rows.delete(key)) removed++
  }
  return removed
}

/** Which counts of a nonce were used. */
export interface UsedCounts {
  latest: number
  readonly used: Set<number>
  readonly expiresAt: number
}
