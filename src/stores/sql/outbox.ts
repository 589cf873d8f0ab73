/** The outbox drawer: mails that wait to be sent, and those that could not be. */
import type { ClaimedMail, Outbox, OutboxRow } from '../../model/outbox.ts'
import type { Dialect } from './dialect.ts'
import { lockDrawer } from './locks.ts'
import { type Purge, purgeFrom } from './purge.ts'
import type { OutboxTable } from './schema.ts'
import { all, type Changes, type Drawer, first, run, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'

/** The outbox drawer. */
export interface OutboxDrawer extends Drawer {
  readonly outbox: Sequenced<Outbox>
  readonly changes: Changes<'outbox.put' | 'outbox.drop' | 'outbox.fail'>
  readonly purge: Purge
}

const columns = [
  'id',
  'mail',
  'user_id',
  'recipient',
  'body',
  'created_at',
  'due_at',
  'attempts',
  'failed_at',
  'reason',
  'expires_at',
] as const

type Failure = Pick<OutboxTable, 'id' | 'body' | 'due_at' | 'failed_at' | 'reason'>

/** Makes the outbox drawer. */
export function outboxDrawer(dialect: Dialect): OutboxDrawer {
  const { db } = dialect
  const lock = lockDrawer(dialect)
  const mail = db.selectFrom('portcullis_outbox').select(columns)
  const due = statement((given: Given<{ now: number; limit: number }>) =>
    mail.where('due_at', '<=', given('now')).orderBy('due_at').orderBy('id').limit(given('limit')),
  )
  const claim = statement((given: Given<{ id: string; due_at: number; attempts: number }>) =>
    db
      .updateTable('portcullis_outbox')
      .set(givenEach(given, ['due_at', 'attempts']))
      .where('id', '=', given('id')),
  )
  const next = statement(() =>
    db.selectFrom('portcullis_outbox').select('due_at').where('due_at', 'is not', null).orderBy('due_at').limit(1),
  )
  const counts = statement(() =>
    db
      .selectFrom('portcullis_outbox')
      .select(({ fn }) => [fn.count<number>('due_at').as('waiting'), fn.count<number>('failed_at').as('failed')]),
  )
  const dueCount = statement((given: Given<{ now: number }>) =>
    db
      .selectFrom('portcullis_outbox')
      .select(({ fn }) => fn.countAll<number>().as('due'))
      .where('due_at', '<=', given('now')),
  )
  const failures = statement((given: Given<{ limit: number }>) =>
    mail.where('failed_at', 'is not', null).orderBy('failed_at', 'desc').orderBy('id').limit(given('limit')),
  )
  const stored = statement((given: Given<{ id: string }>) => mail.where('id', '=', given('id')))
  const insert = statement((given: Given<OutboxTable>) => db.insertInto('portcullis_outbox').values(givenEach(given, columns)))
  const fail = statement((given: Given<Failure>) =>
    db
      .updateTable('portcullis_outbox')
      .set(givenEach(given, ['body', 'due_at', 'failed_at', 'reason']))
      .where('id', '=', given('id')),
  )
  const remove = statement((given: Given<{ id: string }>) => db.deleteFrom('portcullis_outbox').where('id', '=', given('id')))
  const ofUser = statement((given: Given<{ userId: string }>) =>
    mail.where('user_id', '=', given('userId')).orderBy('created_at').orderBy('id'),
  )
  const forget = statement((given: Given<{ userId: string }>) => db.deleteFrom('portcullis_outbox').where('user_id', '=', given('userId')))

  return {
    name: 'outbox',
    outbox: {
      *claim(now, lease, limit) {
        yield* lock(['outbox']) // else the second of two callers would wait for the rows of the first, and then find them taken
        const claimed: ClaimedMail[] = []
        for (const row of yield* all(due, { now, limit })) {
          const taken = { due_at: now + lease, attempts: row.attempts + 1 }
          yield* run(claim, { id: row.id, ...taken })
          claimed.push(decodeMail({ ...row, ...taken }))
        }
        return claimed
      },
      *nextDue() {
        return (yield* first(next, {}))?.due_at ?? null
      },
      *count(now) {
        const { waiting = 0, failed = 0 } = (yield* first(counts, {})) ?? {}
        return { waiting, due: (yield* first(dueCount, { now }))?.due ?? 0, failed }
      },
      *failed(limit) {
        return (yield* all(failures, { limit })).map(({ id, mail: name, user_id, recipient, created_at, attempts, failed_at, reason }) => ({
          id,
          mail: name,
          userId: user_id,
          to: recipient,
          createdAt: created_at,
          attempts,
          failedAt: failed_at ?? 0,
          reason: reason ?? '',
        }))
      },
    },
    changes: {
      *'outbox.put'({ row }) {
        yield* run(insert, encodeMail(row))
        return null
      },
      *'outbox.drop'({ id }) {
        yield* run(remove, { id })
        return null
      },
      *'outbox.fail'({ id, attempts, now, reason, retryAt }) {
        const row = yield* first(stored, { id })
        if (row === null) return { reason: 'gone' }
        if (row.due_at === null || row.attempts !== attempts) return { reason: 'stale' }
        const ended = { body: null, due_at: null, failed_at: now, reason }
        yield* run(fail, { id, ...(retryAt === null ? ended : { body: row.body, due_at: retryAt, failed_at: null, reason }) })
        return null
      },
    },
    *held(userId) {
      const rows = yield* all(ofUser, { userId })
      return rows.map(({ mail: name, recipient, created_at, failed_at }) => ({
        mail: name,
        to: recipient,
        createdAt: created_at,
        failedAt: failed_at,
      }))
    },
    *forget(userId) {
      yield* run(forget, { userId })
    },
    purge: purgeFrom(dialect, 'portcullis_outbox', ['id']),
  }
}

function encodeMail(row: OutboxRow): OutboxTable {
  return {
    id: row.id,
    mail: row.mail,
    user_id: row.userId,
    recipient: row.to,
    body: row.body,
    created_at: row.createdAt,
    due_at: row.dueAt,
    attempts: 0,
    failed_at: null,
    reason: null,
    expires_at: row.expiresAt,
  }
}

function decodeMail(row: OutboxTable): ClaimedMail {
  return {
    id: row.id,
    mail: row.mail,
    userId: row.user_id,
    to: row.recipient,
    body: row.body ?? '',
    createdAt: row.created_at,
    dueAt: row.due_at ?? 0,
    attempts: row.attempts,
    expiresAt: row.expires_at,
  }
}
