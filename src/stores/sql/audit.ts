/** The audit drawer: what happened, one row for each event. */
import type { AuditRow } from '../../model/audit.ts'
import type { AuditReads } from '../../model/store.ts'
import type { User } from '../../model/user.ts'
import type { Dialect } from './dialect.ts'
import { type Purge, purgeFrom } from './purge.ts'
import type { AuditTable } from './schema.ts'
import { all, type Changes, type Drawer, run, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'
import type { UserDrawer } from './users.ts'

/** The audit drawer. */
export interface AuditDrawer extends Drawer {
  readonly reads: Sequenced<AuditReads>
  readonly changes: Changes<'audit.append'>
  readonly purge: Purge
}

const columns = ['id', 'event', 'user_id', 'at', 'ip', 'user_agent', 'request_id', 'details', 'expires_at'] as const

/** Before every row. */
const end = { at: Number.MAX_SAFE_INTEGER, id: '' }

/** Makes the audit drawer. */
export function auditDrawer<U extends User>(dialect: Dialect, users: Pick<UserDrawer<U>, 'reads'>): AuditDrawer {
  const { db } = dialect
  const event = db.selectFrom('portcullis_audit').select(columns)
  const page = statement((given: Given<{ at: number; id: string; limit: number }>) =>
    event
      .where((row) => row.or([row('at', '<', given('at')), row.and([row('at', '=', given('at')), row('id', '<', given('id'))])]))
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(given('limit')),
  )
  const pageOfUser = statement((given: Given<{ userId: string; at: number; id: string; limit: number }>) =>
    event
      .where('user_id', '=', given('userId'))
      .where((row) => row.or([row('at', '<', given('at')), row.and([row('at', '=', given('at')), row('id', '<', given('id'))])]))
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(given('limit')),
  )
  const ofUser = statement((given: Given<{ userId: string }>) => event.where('user_id', '=', given('userId')).orderBy('at').orderBy('id'))
  const insert = statement((given: Given<AuditTable>) => db.insertInto('portcullis_audit').values(givenEach(given, columns)))
  const forget = statement((given: Given<{ userId: string }>) => db.deleteFrom('portcullis_audit').where('user_id', '=', given('userId')))

  return {
    name: 'audit',
    reads: {
      *list({ limit, before = end, userId }) {
        const from = { at: before.at, id: before.id, limit }
        const rows = yield* userId === undefined ? all(page, from) : all(pageOfUser, { ...from, userId })
        return rows.map(decodeRow)
      },
    },
    changes: {
      *'audit.append'({ row }) {
        const isThere = row.userId !== null && (yield* users.reads.byId(row.userId)) !== null
        yield* run(insert, encodeRow(isThere ? row : { ...row, userId: null }))
        return null
      },
    },
    *held(userId) {
      const rows = (yield* all(ofUser, { userId })).map(decodeRow)
      return rows.map(({ userId: _, expiresAt: __, ...shown }) => shown)
    },
    *forget(userId) {
      yield* run(forget, { userId })
    },
    purge: purgeFrom(dialect, 'portcullis_audit', ['id']),
  }
}

function encodeRow(row: AuditRow): AuditTable {
  return {
    id: row.id,
    event: row.event,
    user_id: row.userId,
    at: row.at,
    ip: row.ip,
    user_agent: row.userAgent,
    request_id: row.requestId,
    details: JSON.stringify(row.details),
    expires_at: row.expiresAt,
  }
}

function decodeRow(row: AuditTable): AuditRow {
  return {
    id: row.id,
    event: row.event,
    userId: row.user_id,
    at: row.at,
    ip: row.ip,
    userAgent: row.user_agent,
    requestId: row.request_id,
    details: JSON.parse(row.details),
    expiresAt: row.expires_at,
  }
}
