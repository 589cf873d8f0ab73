/** The users drawer: accounts, with their role names read in the same statement. */
import type { Change, NewUser } from '../../model/change.ts'
import type { UserReads } from '../../model/store.ts'
import type { User, UserRecord } from '../../model/user.ts'
import { keyRange } from '../byte-order.ts'
import type { Dialect } from './dialect.ts'
import { all, type Changes, type Drawer, first, type Refusal, run, type Sequence, type Sequenced } from './sequence.ts'
import { type Given, givenEach, type Statement, statement, type Values } from './statement.ts'
import { decodeMembers, decodeUser, encodeUser, roleNames, type UserRow, type UserValues, userColumns } from './user-row.ts'

/** The users drawer. */
export interface UserDrawer<U extends User> extends Drawer {
  readonly reads: Sequenced<UserReads<U>>
  readonly changes: Changes<'users.create' | 'users.update' | 'users.expect'>
}

const columns = ['id', 'email', 'email_key', 'username', 'username_key', 'password_hash', 'stamp', 'active', 'created_at', 'extra'] as const

type UserUpdate = Extract<Change, { readonly kind: 'users.update' }>

/** A user with the columns that stay inside. */
interface RecordRow extends UserRow {
  readonly email_key: string
  readonly username_key: string | null
  readonly stamp: string
  readonly password_hash: string | null
}

/** Makes the users drawer. */
export function userDrawer<U extends User>(dialect: Dialect): UserDrawer<U> {
  const { db } = dialect
  const record = db
    .selectFrom('portcullis_users as user')
    .select(userColumns)
    .select(['user.email_key', 'user.username_key', 'user.stamp', 'user.password_hash'])
    .select(roleNames(dialect).as('roles'))
  const byId = statement((given: Given<{ id: string }>) => record.where('user.id', '=', given('id')))
  const byEmailKey = statement((given: Given<{ key: string }>) => record.where('user.email_key', '=', given('key')))
  const byUsernameKey = statement((given: Given<{ key: string }>) => record.where('user.username_key', '=', given('key')))
  const page = statement((given: Given<{ from: string; before: string; limit: number }>) =>
    record
      .where('user.email_key', '>=', given('from'))
      .where('user.email_key', '<', given('before'))
      .orderBy('user.email_key')
      .limit(given('limit')),
  )
  const insert = statement((given: Given<UserValues>) => db.insertInto('portcullis_users').values(givenEach(given, columns)))
  const update = statement((given: Given<UserValues>) =>
    db.updateTable('portcullis_users').set(givenEach(given, columns)).where('id', '=', given('id')),
  )
  const remove = statement((given: Given<{ id: string }>) => db.deleteFrom('portcullis_users').where('id', '=', given('id')))

  function* find<P extends Values>(by: Statement<P, RecordRow>, values: P): Sequence<UserRecord<U> | null> {
    const row = yield* first(by, values)
    return row && { user: decodeUser<U>(row), stamp: row.stamp, passwordHash: row.password_hash }
  }

  /** Which of the keys another user has. */
  function* taken(emailKey: string | null, usernameKey: string | null): Sequence<Refusal | null> {
    if (emailKey !== null && (yield* first(byEmailKey, { key: emailKey }))) return { reason: 'taken', field: 'email' }
    if (usernameKey !== null && (yield* first(byUsernameKey, { key: usernameKey }))) return { reason: 'taken', field: 'username' }
    return null
  }

  return {
    name: 'users',
    reads: {
      byId: (id) => find(byId, { id }),
      byEmailKey: (key) => find(byEmailKey, { key }),
      byUsernameKey: (key) => find(byUsernameKey, { key }),
      *list({ limit, after, prefix = '' }) {
        return (yield* all(page, { ...keyRange(prefix, after), limit })).map((row) => decodeUser<U>(row))
      },
    },
    changes: {
      *'users.create'({ user }) {
        if (yield* first(byId, { id: user.id })) return { reason: 'taken', field: 'id' }
        const refusal = yield* taken(user.emailKey, user.usernameKey)
        if (refusal === null) yield* run(insert, encodeUser(user))
        return refusal
      },
      *'users.update'({ id, set, when = {} }) {
        const row = yield* first(byId, { id })
        if (row === null) return { reason: 'gone' }
        if (isStale(row, when)) return { reason: 'stale' }
        const next = { ...decodeColumns(row), ...set }
        const refusal = yield* taken(
          next.emailKey === row.email_key ? null : next.emailKey,
          next.usernameKey === row.username_key ? null : next.usernameKey,
        )
        if (refusal === null) yield* run(update, encodeUser(next))
        return refusal
      },
      *'users.expect'({ id, stamp }) {
        const row = yield* first(byId, { id })
        if (row === null) return { reason: 'gone' }
        return row.active === 1 && row.stamp === stamp ? null : { reason: 'stale' }
      },
    },
    *held(userId) {
      const row = yield* first(byId, { id: userId })
      return row === null ? [] : [{ ...decodeUser(row) }]
    },
    *forget(userId) {
      yield* run(remove, { id: userId })
    },
  }
}

function isStale(row: RecordRow, when: NonNullable<UserUpdate['when']>): boolean {
  return (
    (when.stamp !== undefined && when.stamp !== row.stamp) ||
    (when.passwordHash !== undefined && when.passwordHash !== row.password_hash) ||
    (when.emailKey !== undefined && when.emailKey !== row.email_key)
  )
}

function decodeColumns(row: RecordRow): NewUser {
  return {
    id: row.user_id,
    email: row.email,
    emailKey: row.email_key,
    username: row.username,
    usernameKey: row.username_key,
    passwordHash: row.password_hash,
    stamp: row.stamp,
    active: row.active === 1,
    createdAt: row.user_created_at,
    extra: decodeMembers(row.extra),
  }
}
