/** Mails on their way out: queued in the write that they belong to, sent later, kept when they could not be. */
import type { Maybe } from './json.ts'

/** A mail that waits. Times in milliseconds since 1970, UTC. */
export interface OutboxRow {
  readonly id: string
  /** Which mail it is, for example `password.changed`. */
  readonly mail: string
  /** Whose account it is about: with the user, the row goes. */
  readonly userId: string | null
  readonly to: string
  /** What is needed to write the mail, sealed, since it may hold a live link. */
  readonly body: string
  readonly createdAt: number
  /** When it is to be sent. */
  readonly dueAt: number
  /** When it may be removed, sent or not. */
  readonly expiresAt: number
}

/** A mail that somebody is sending. */
export interface ClaimedMail extends OutboxRow {
  /** How often it was claimed, this time included. `outbox.fail` names it, so that whoever comes too late changes nothing. */
  readonly attempts: number
}

/** A mail that could not be sent, and is tried no more. Its body is gone. */
export interface FailedMail {
  readonly id: string
  readonly mail: string
  readonly userId: string | null
  readonly to: string
  readonly createdAt: number
  readonly attempts: number
  readonly failedAt: number
  readonly reason: string
}

/** How many mails there are. */
export interface OutboxCount {
  /** Those that are sent now or later. */
  readonly waiting: number
  /** Those of them that are due. */
  readonly due: number
  /** Those that could not be sent. */
  readonly failed: number
}

/** The drawer `outbox`, besides its changes. */
export interface Outbox {
  /**
   * Takes up to `limit` mails that are due, the longest due first, and makes them due again after `lease` milliseconds. One atomic
   * step: of many callers, one gets a mail, until it is due again.
   */
  claim(now: number, lease: number, limit: number): Maybe<readonly ClaimedMail[]>
  /** When the next mail is due; `null` when none waits. */
  nextDue(): Maybe<number | null>
  count(now: number): Maybe<OutboxCount>
  /** Mails that could not be sent, the latest first. */
  failed(limit: number): Maybe<readonly FailedMail[]>
}
