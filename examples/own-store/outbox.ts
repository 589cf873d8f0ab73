/** Mails on their way out: claimed by one caller at a time, kept when they could not be sent. */
import type { ClaimedMail, Outbox, OutboxRow } from 'portcullis'
import { byBytes, type Durable } from './data.ts'

/** A mail as it is kept: it waits until `dueAt`, or `failure` says why it does not. */
export interface KeptMail extends OutboxRow {
  readonly attempts: number
  readonly failure: { readonly at: number; readonly reason: string } | null
}

/** The drawer over this data; `change` keeps what it is told to change. */
export function createOutbox(read: () => Durable, change: (work: (durable: Durable) => void) => void): Outbox {
  const waiting = (): readonly KeptMail[] => [...read().outbox.values()].filter(({ failure }) => failure === null)
  const failed = (): readonly KeptMail[] => [...read().outbox.values()].filter(({ failure }) => failure !== null)

  return {
    claim(now, lease, limit) {
      const due = waiting().filter(({ dueAt }) => dueAt <= now)
      const claimed = due.sort((a, b) => a.dueAt - b.dueAt || byBytes(a.id, b.id)).slice(0, limit)
      const taken = claimed.map((mail) => ({ ...mail, attempts: mail.attempts + 1, dueAt: now + lease }))
      if (taken.length > 0) change(({ outbox }) => void taken.map((mail) => outbox.set(mail.id, mail)))
      return taken.map(({ failure: _, ...mail }): ClaimedMail => mail)
    },
    nextDue: () => (waiting().length === 0 ? null : Math.min(...waiting().map(({ dueAt }) => dueAt))),
    count: (now) => ({ waiting: waiting().length, due: waiting().filter(({ dueAt }) => dueAt <= now).length, failed: failed().length }),
    failed: (limit) =>
      failed()
        .map(({ id, mail, userId, to, createdAt, attempts, failure }) => ({
          ...{ id, mail, userId, to, createdAt, attempts },
          failedAt: failure?.at ?? 0,
          reason: failure?.reason ?? '',
        }))
        .sort((a, b) => b.failedAt - a.failedAt || byBytes(a.id, b.id))
        .slice(0, limit),
  }
}
