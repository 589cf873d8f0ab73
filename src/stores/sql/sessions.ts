/** The sessions drawer: who is logged in. Recognising one is the statement that every checked request runs. */
import { sql } from 'kysely'
import type { Session } from '../../model/session.ts'
import type { Sessions } from '../../model/store.ts'
import type { User } from '../../model/user.ts'
import { type AttemptDrawer, lockOf } from './attempts.ts'
import type { Dialect } from './dialect.ts'
import { type LockName, lockDrawer } from './locks.ts'
import { type Purge, purgeFrom } from './purge.ts'
import type { SessionTable } from './schema.ts'
import { all, type Drawer, first, run, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'
import type { TicketDrawer } from './tickets.ts'
import { decodeUser, roleNames, type UserRow } from './user-row.ts'
import type { UserTable } from './user-table.ts'

/** The sessions drawer. */
export interface SessionDrawer<U extends User> extends Drawer {
  readonly sessions: Sequenced<Sessions<U>>
  readonly purge: Purge
}

const columns = [
  'token_hash',
  'id',
  'user_id',
  'stamp',
  'proofs',
  'created_at',
  'used_at',
  'expires_at',
  'ends_at',
  'ip',
  'user_agent',
] as const

/** The columns of a session but its user's id, of a table known as `session`. */
const ownColumns = [
  'session.id',
  'session.stamp',
  'session.proofs',
  'session.created_at',
  'session.used_at',
  'session.expires_at',
  'session.ends_at',
  'session.ip',
  'session.user_agent',
] as const

/** What the drawer works with besides its own table. */
export interface SessionNeighbours {
  readonly users: UserTable
  readonly tickets: TicketDrawer
  readonly attempts: AttemptDrawer
}

/** Makes the sessions drawer. Opening one also takes a ticket and settles attempt counts. */
export function sessionDrawer<U extends User>(dialect: Dialect, { users, tickets, attempts }: SessionNeighbours): SessionDrawer<U> {
  const { db } = dialect
  const lock = lockDrawer(dialect)
  const live = statement<{ hash: string; now: number }, SessionRow & UserRow>((given) =>
    db
      .selectFrom('portcullis_sessions as session')
      .innerJoin('portcullis_users as user', (join) =>
        join.on(users.hasId(sql.ref('session.user_id'), 'user')).on(users.at('stamp'), '=', sql.ref('session.stamp')),
      )
      .select(ownColumns)
      .select(users.shown)
      .select(roleNames(dialect, users).as('roles'))
      .where('session.token_hash', '=', given('hash'))
      .where('session.expires_at', '>', given('now')),
  )
  const ofUser = statement((given: Given<{ userId: string }>) =>
    db
      .selectFrom('portcullis_sessions as session')
      .select(ownColumns)
      .select('session.user_id')
      .where('session.user_id', '=', given('userId'))
      .orderBy('session.used_at', 'desc')
      .orderBy('session.id'),
  )
  const insert = statement((given: Given<SessionTable>) => db.insertInto('portcullis_sessions').values(givenEach(given, columns)))
  const touch = statement((given: Given<{ hash: string; usedAt: number; expiresAt: number }>) =>
    db
      .updateTable('portcullis_sessions')
      .set((row) => ({
        used_at: given('usedAt'),
        expires_at: row.case().when('ends_at', '<', given('expiresAt')).then(row.ref('ends_at')).else(given('expiresAt')).end(),
      }))
      .where('token_hash', '=', given('hash'))
      .where('expires_at', '>', given('usedAt')),
  )
  const removeLive = statement((given: Given<{ hash: string; now: number }>) =>
    db.deleteFrom('portcullis_sessions').where('token_hash', '=', given('hash')).where('expires_at', '>', given('now')),
  )
  const remove = statement((given: Given<{ hash: string }>) => db.deleteFrom('portcullis_sessions').where('token_hash', '=', given('hash')))
  const end = statement((given: Given<{ userId: string; id: string }>) =>
    db.deleteFrom('portcullis_sessions').where('user_id', '=', given('userId')).where('id', '=', given('id')),
  )
  const endOthers = statement((given: Given<{ userId: string; id: string }>) =>
    db.deleteFrom('portcullis_sessions').where('user_id', '=', given('userId')).where('id', '<>', given('id')),
  )
  const forget = statement((given: Given<{ userId: string }>) =>
    db.deleteFrom('portcullis_sessions').where('user_id', '=', given('userId')),
  )

  return {
    name: 'sessions',
    sessions: {
      *recognise(hash, now) {
        const row = yield* first(live, { hash, now })
        return row && { session: decodeSession(row), user: decodeUser<U>(row, users) }
      },
      *open(hash, session, { now, replaces, ends, ticket, clears = [], refunds = [] }) {
        yield* lock(...(replaces === undefined ? [] : [lockOfUser(session.userId)]), ...[...clears, ...refunds].map(lockOf))
        if (replaces !== undefined && (yield* run(removeLive, { hash: replaces, now })) === 0) return false
        if (ticket !== undefined && (yield* tickets.remove(ticket, now)) === 0) return false
        if (ends !== undefined) yield* run(remove, { hash: ends })
        yield* attempts.settle(clears, refunds)
        yield* run(insert, { token_hash: hash, ...encodeSession(session) })
        return true
      },
      *touch(hash, usedAt, expiresAt) {
        yield* run(touch, { hash, usedAt, expiresAt })
      },
      *listOf(userId, stamp, now) {
        const sessions = (yield* all(ofUser, { userId })).map(decodeSession)
        return sessions.filter((session) => session.stamp === stamp && session.expiresAt > now)
      },
      *end(userId, id) {
        yield* lock(lockOfUser(userId))
        return (yield* run(end, { userId, id })) > 0
      },
      *endAll(userId, exceptId) {
        yield* lock(lockOfUser(userId))
        return yield* exceptId === null ? run(forget, { userId }) : run(endOthers, { userId, id: exceptId })
      },
    },
    *held(userId) {
      const sessions = (yield* all(ofUser, { userId })).map(decodeSession)
      return sessions.map(({ userId: _, stamp: __, proofs, ...session }) => ({ ...session, proofs: proofs.map((proof) => ({ ...proof })) }))
    },
    *forget(userId) {
      yield* run(forget, { userId })
    },
    purge: purgeFrom(dialect, 'portcullis_sessions', ['token_hash']),
  }
}

/** A session that takes the place of one that is ended at this moment must be ended too, or not open: its row is not there yet to be found. */
function lockOfUser(userId: string): LockName {
  return ['sessions', userId]
}

type SessionRow = Omit<SessionTable, 'token_hash'>

function encodeSession(session: Session): SessionRow {
  return {
    id: session.id,
    user_id: session.userId,
    stamp: session.stamp,
    proofs: JSON.stringify(session.proofs),
    created_at: session.createdAt,
    used_at: session.usedAt,
    expires_at: session.expiresAt,
    ends_at: session.endsAt,
    ip: session.ip,
    user_agent: session.userAgent,
  }
}

function decodeSession(row: SessionRow): Session {
  return {
    id: row.id,
    userId: row.user_id,
    stamp: row.stamp,
    proofs: JSON.parse(row.proofs),
    createdAt: row.created_at,
    usedAt: row.used_at,
    expiresAt: row.expires_at,
    endsAt: row.ends_at,
    ip: row.ip,
    userAgent: row.user_agent,
  }
}
