/** The outbox in memory. */
import type { ClaimedMail, Outbox } from '../../model/outbox.ts'
import { compareBytes } from '../byte-order.ts'
import type { KeptMail, Tables } from './tables.ts'

/** Mails on their way out. */
export function memoryOutbox({ outbox }: Tables): Outbox {
  function waiting(): readonly Waiting[] {
    return outbox.rows().filter(isWaiting)
  }

  return {
    claim: (now, lease, limit) => {
      const due = waiting().filter(({ dueAt }) => dueAt <= now)
      const claimed = due.sort((a, b) => a.dueAt - b.dueAt || compareBytes(a.id, b.id)).slice(0, limit)
      return claimed.map((mail): ClaimedMail => {
        const next = { ...mail, attempts: mail.attempts + 1, dueAt: now + lease }
        outbox.set(mail.id, next)
        const { failure: _, ...row } = next
        return row
      })
    },
    nextDue: () => waiting().reduce<number | null>((first, { dueAt }) => (first === null ? dueAt : Math.min(first, dueAt)), null),
    count: (now) => {
      const due = waiting().filter(({ dueAt }) => dueAt <= now).length
      return { waiting: waiting().length, due, failed: outbox.rows().length - waiting().length }
    },
    failed: (limit) =>
      outbox
        .rows()
        .flatMap(({ id, mail, userId, to, createdAt, attempts, failure }) =>
          failure === null ? [] : [{ id, mail, userId, to, createdAt, attempts, failedAt: failure.at, reason: failure.reason }],
        )
        .sort((a, b) => b.failedAt - a.failedAt || compareBytes(a.id, b.id))
        .slice(0, limit),
  }
}

type Waiting = KeptMail & { readonly dueAt: number }

function isWaiting(mail: KeptMail): mail is Waiting {
  return mail.dueAt !== null
}
