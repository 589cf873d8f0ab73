/** What is kept of an event for whoever asks later what happened. */
import type { Members } from './json.ts'

/** One event as it is kept. Times in milliseconds since 1970, UTC. */
export interface AuditRow {
  /** Unique; of events of one write, the later one compares greater. */
  readonly id: string
  /** The event's name. */
  readonly event: string
  /** Whose account it is about, if there is one. */
  readonly userId: string | null
  readonly at: number
  readonly ip: string | null
  readonly userAgent: string | null
  readonly requestId: string | null
  /** What the event says besides. */
  readonly details: Members
  /** When it may be forgotten, or `null` to keep it. */
  readonly expiresAt: number | null
}

/** Where a page of rows begins: after this one, which is newer. */
export interface AuditCursor {
  readonly at: number
  readonly id: string
}
