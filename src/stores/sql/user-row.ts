/** A user as a row: shared by the users drawer and the statement that recognises a session. */
import { type RawBuilder, sql } from 'kysely'
import type { NewUser } from '../../model/change.ts'
import type { Members } from '../../model/json.ts'
import type { User } from '../../model/user.ts'
import { compareBytes, sortedNames } from '../byte-order.ts'
import type { Dialect } from './dialect.ts'
import { decodeOwn, fillColumns, type OwnRow, partFields, unkept } from './own-columns.ts'
import type { Values } from './statement.ts'
import type { UserTable } from './user-table.ts'

/**
 * What the application may see of a user, as columns; `roles` is a JSON list of names. In a table of the application's own a time or an
 * object may be missing.
 */
export interface UserRow extends OwnRow {
  readonly user_id: string
  readonly email: string
  readonly username: string | null
  readonly active: number
  readonly user_created_at: number | null
  readonly extra: string | null
  readonly roles: string
}

/** The names of the roles of the user that a query knows as `user`, as a JSON list. */
export function roleNames({ jsonList }: Dialect, users: UserTable): RawBuilder<string> {
  const held = sql.table('portcullis_user_roles')
  return sql<string>`(select ${jsonList(sql.ref('held.role'))} from ${held} as held where held.user_id = ${users.at('id')})`
}

/** Decodes what the application may see of a user. The application answers for `U` being what it put into its own fields. */
export function decodeUser<U extends User>(row: UserRow, { own }: UserTable): U {
  const user: User = {
    id: row.user_id,
    email: row.email,
    username: row.username,
    active: row.active === 1,
    roles: decodeRoles(row.roles),
    createdAt: row.user_created_at ?? 0,
    extra: decodeMembers(row.extra),
  }
  return (own.length === 0 ? user : { ...user, ...decodeOwn(own, row) }) as U
}

/** The user that a new one will be read as. @throws AuthError `invalid_fields` for a value that does not fit its column */
export function foreseeUser<U extends User>(user: NewUser, users: UserTable): U {
  const { id, email, username, active, createdAt } = user
  const { columns, rest } = partFields(users, user.extra)
  const own = decodeOwn(users.own, fillColumns(users.own, columns))
  const foreseen: User = { id, email, username, active, roles: [], createdAt, extra: rest, ...own }
  return foreseen as U
}

/** Decodes a JSON object; the empty one, which most are, without a parser. */
export function decodeMembers(text: string | null): Members {
  return text === '{}' || text === null ? {} : JSON.parse(text)
}

/** Encodes what every account has, by the keys of the columns. */
export function encodeAccount(user: Omit<NewUser, 'createdAt' | 'extra'>): Values {
  return {
    id: user.id,
    email: user.email,
    email_key: user.emailKey,
    username: user.username,
    username_key: user.usernameKey,
    password_hash: user.passwordHash,
    stamp: user.stamp,
    active: user.active ? 1 : 0,
  }
}

/** Encodes all columns of a new user. @throws AuthError `invalid_fields` for a value that does not fit its column */
export function encodeUser(user: NewUser, users: UserTable): Values {
  if (user.username !== null && !users.has('username')) throw unkept('username')
  const { columns, rest } = partFields(users, user.extra)
  return { ...encodeAccount(user), created_at: user.createdAt, extra: JSON.stringify(rest), ...fillColumns(users.own, columns) }
}

function decodeRoles(text: string): readonly string[] {
  if (text === '[]') return []
  const names: readonly string[] = JSON.parse(text)
  // They come in the order of the primary key as a rule, but no database promises an order within an aggregate.
  return names.every((name, index) => index === 0 || compareBytes(names[index - 1] ?? '', name) < 0) ? names : sortedNames(names)
}
