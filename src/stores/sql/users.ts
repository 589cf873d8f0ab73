/** The users drawer: accounts, with their role names read in the same statement. */
import { sql } from 'kysely'
import type { Change, NewUser, UserFields } from '../../model/change.ts'
import type { UserReads } from '../../model/store.ts'
import type { User, UserRecord } from '../../model/user.ts'
import { firstKey } from '../byte-order.ts'
import type { Dialect } from './dialect.ts'
import { partFields } from './own-columns.ts'
import { all, type Changes, type Drawer, first, type Refusal, run, type Sequence, type Sequenced } from './sequence.ts'
import { compilable, type Statement, statement, type Values } from './statement.ts'
import type { UserKey } from './tables.ts'
import { decodeMembers, decodeUser, encodeAccount, encodeUser, roleNames, type UserRow } from './user-row.ts'
import type { UserTable, UserTableColumn } from './user-table.ts'

/** The users drawer. */
export interface UserDrawer<U extends User> extends Drawer {
  readonly reads: Sequenced<UserReads<U>>
  readonly changes: Changes<'users.create' | 'users.update' | 'users.expect'>
}

type UserUpdate = Extract<Change, { readonly kind: 'users.update' }>

/** A user with the columns that stay inside. */
interface RecordRow extends UserRow {
  readonly email_key: string
  readonly username_key: string | null
  /** Null for a row of the application's own that is no account yet. */
  readonly stamp: string | null
  readonly password_hash: string | null
}

/** A row that is an account. */
type AccountRow = RecordRow & { readonly stamp: string }

/** What `users.update` writes; ids and the time of creation stay, and other fields have statements of their own. */
const updated: readonly UserKey[] = ['email', 'email_key', 'username', 'username_key', 'password_hash', 'stamp', 'active']

/** Makes the users drawer. */
export function userDrawer<U extends User>(dialect: Dialect, users: UserTable): UserDrawer<U> {
  const { db, native, tables } = dialect
  const table = sql.table('portcullis_users')
  const record = db
    .selectFrom('portcullis_users as user')
    .select([...users.shown, ...users.kept])
    .select(roleNames(dialect, users).as('roles'))
  const byId = statement<{ id: string }, RecordRow>((given) => record.where(users.hasId(given('id'))))
  const byEmailKey = statement<{ key: string }, RecordRow>((given) => record.where(users.at('email_key'), '=', given('key')))
  const byUsernameKey = statement<{ key: string }, RecordRow>((given) => record.where(users.at('username_key'), '=', given('key')))
  const pages = new Map<number, Statement<{ from: string }, RecordRow>>()

  const columnNames = sql.join(users.columns.map(({ name }) => sql.id(name)))
  const insert = statement<Values, unknown>((given) => {
    const overriding = tables.users?.id === 'integer' ? native.overriding : sql``
    const values = sql.join(users.columns.map(({ key, write }) => write(given(key))))
    return compilable(sql`insert into ${table} (${columnNames}) ${overriding}values (${values})`, db)
  })
  const update = updateOf(users.columns.filter(({ key }) => updated.some((one) => one === key)))
  /** For fields of the application's own, one by one: what nobody sets is never written, so it stays as exact as it was. */
  const updates = new Map(
    users.columns.filter(({ key, isOwn }) => isOwn || key === 'extra').map((column) => [column.key, updateOf([column])]),
  )
  const remove = statement<{ id: string }, unknown>((given) => compilable(sql`delete from ${table} where ${users.hasId(given('id'))}`, db))

  function updateOf(columns: readonly UserTableColumn[]): Statement<Values, unknown> {
    return statement<Values, unknown>((given) => {
      const values = sql.join(columns.map(({ key, name, write }) => sql`${sql.id(name)} = ${write(given(key))}`))
      return compilable(sql`update ${table} set ${values} where ${users.hasId(given('id'))}`, db)
    })
  }

  /**
   * So many rows from an address on. PostgreSQL keeps the plan of such a statement; for an end of the range, or a number of rows, that is
   * only given when it runs, it would plan anew each time, which takes as long as the search.
   */
  function pageOf(limit: number): Statement<{ from: string }, RecordRow> {
    const page =
      pages.get(limit) ??
      statement<{ from: string }, RecordRow>((given) =>
        record
          .where(users.at('email_key'), '>=', given('from'))
          .where(users.at('stamp'), 'is not', null)
          .orderBy(users.at('email_key'))
          .limit(sql.lit(limit)),
      )
    pages.set(limit, page)
    return page
  }

  function* rowOf(id: string): Sequence<RecordRow | null> {
    return users.canBeId(id) ? yield* first(byId, { id }) : null
  }

  /** A row with an account: one without a stamp has none. Some keys of an application compare so that an id finds another one. */
  function* accountOf(id: string): Sequence<AccountRow | null> {
    const row = yield* rowOf(id)
    return row?.user_id === id ? asAccount(row) : null
  }

  function* find<P extends Values>(by: Statement<P, RecordRow>, values: P): Sequence<UserRecord<U> | null> {
    return decodeRecord(asAccount(yield* first(by, values)))
  }

  function decodeRecord(row: AccountRow | null): UserRecord<U> | null {
    return row && { user: decodeUser<U>(row, users), stamp: row.stamp, passwordHash: row.password_hash }
  }

  /** Which of the keys another user has. */
  function* taken(emailKey: string | null, usernameKey: string | null): Sequence<Refusal | null> {
    if (emailKey !== null && (yield* first(byEmailKey, { key: emailKey }))) return { reason: 'taken', field: 'email' }
    if (usernameKey !== null && (yield* first(byUsernameKey, { key: usernameKey }))) return { reason: 'taken', field: 'username' }
    return null
  }

  /** Writes fields of the application's own: each into its column, all others into the object of them. */
  function* setOwn(row: AccountRow, { extra, own }: UserFields): Sequence<void> {
    if (extra === undefined && own === undefined) return
    const { columns, rest } = partFields(users, { ...extra, ...own })
    const kept = extra === undefined ? { ...decodeMembers(row.extra), ...rest } : rest
    for (const [key, value] of Object.entries({ ...columns, extra: JSON.stringify(kept) })) {
      const change = updates.get(key)
      if (change !== undefined && value !== row.extra) yield* run(change, { id: row.user_id, [key]: value })
    }
  }

  return {
    name: 'users',
    reads: {
      *byId(id) {
        return decodeRecord(yield* accountOf(id))
      },
      byEmailKey: (key) => find(byEmailKey, { key }),
      byUsernameKey: (key) => find(byUsernameKey, { key }),
      *list({ limit, after, prefix = '' }) {
        const rows = yield* all(pageOf(limit), { from: firstKey(prefix, after) })
        return rows.filter((row) => row.email_key.startsWith(prefix)).map((row) => decodeUser<U>(row, users))
      },
    },
    changes: {
      *'users.create'({ user }) {
        if (!users.canBeId(user.id)) throw new Error(`${JSON.stringify(user.id)} can be no id of this table of users.`)
        if (yield* rowOf(user.id)) return { reason: 'taken', field: 'id' }
        const refusal = yield* taken(user.emailKey, user.usernameKey)
        if (refusal === null) yield* run(insert, encodeUser(user, users))
        return refusal
      },
      *'users.update'({ id, set, when = {} }) {
        const row = yield* accountOf(id)
        if (row === null) return { reason: 'gone' }
        if (isStale(row, when)) return { reason: 'stale' }
        const next = { ...decodeColumns(row), ...set }
        const refusal = yield* taken(
          next.emailKey === row.email_key ? null : next.emailKey,
          next.usernameKey === row.username_key ? null : next.usernameKey,
        )
        if (refusal !== null) return refusal
        yield* run(update, encodeAccount(next))
        yield* setOwn(row, set)
        return null
      },
      *'users.expect'({ id, stamp }) {
        const row = yield* accountOf(id)
        if (row === null) return { reason: 'gone' }
        return row.active === 1 && row.stamp === stamp ? null : { reason: 'stale' }
      },
    },
    *held(userId) {
      const row = yield* accountOf(userId)
      return row === null ? [] : [{ ...decodeUser(row, users) }]
    },
    *forget(userId) {
      if (users.canBeId(userId)) yield* run(remove, { id: userId })
    },
  }
}

function asAccount(row: RecordRow | null): AccountRow | null {
  return row === null || row.stamp === null ? null : { ...row, stamp: row.stamp }
}

function isStale(row: AccountRow, when: NonNullable<UserUpdate['when']>): boolean {
  return (
    (when.stamp !== undefined && when.stamp !== row.stamp) ||
    (when.passwordHash !== undefined && when.passwordHash !== row.password_hash) ||
    (when.emailKey !== undefined && when.emailKey !== row.email_key)
  )
}

function decodeColumns(row: AccountRow): Omit<NewUser, 'createdAt' | 'extra'> {
  return {
    id: row.user_id,
    email: row.email,
    emailKey: row.email_key,
    username: row.username,
    usernameKey: row.username_key,
    passwordHash: row.password_hash,
    stamp: row.stamp,
    active: row.active === 1,
  }
}
