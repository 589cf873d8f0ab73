/** A user as a row: shared by the users drawer and the statement that recognises a session. */
import { type RawBuilder, sql } from 'kysely'
import type { NewUser } from '../../model/change.ts'
import type { Members } from '../../model/json.ts'
import type { User } from '../../model/user.ts'
import { compareBytes, sortedNames } from '../byte-order.ts'
import type { Dialect } from './dialect.ts'
import type { UserTable } from './schema.ts'

/** What the application may see of a user, as columns; `roles` is a JSON list of names. */
export interface UserRow {
  readonly user_id: string
  readonly email: string
  readonly username: string | null
  readonly active: number
  readonly user_created_at: number
  readonly extra: string
  readonly roles: string
}

/** The columns of `UserRow` but `roles`, of a table known as `user`. */
export const userColumns = [
  'user.id as user_id',
  'user.email',
  'user.username',
  'user.active',
  'user.created_at as user_created_at',
  'user.extra',
] as const

/** The names of the roles of the user that a query knows as `user`, as a JSON list. */
export function roleNames({ jsonList }: Dialect): RawBuilder<string> {
  const user = sql.ref('user.id')
  return sql<string>`(select ${jsonList(sql.ref('held.role'))} from portcullis_user_roles as held where held.user_id = ${user})`
}

/** Decodes what the application may see of a user. The application answers for `U` being what it put into `extra`. */
export function decodeUser<U extends User>(row: UserRow): U {
  const user: User = {
    id: row.user_id,
    email: row.email,
    username: row.username,
    active: row.active === 1,
    roles: decodeRoles(row.roles),
    createdAt: row.user_created_at,
    extra: decodeMembers(row.extra),
  }
  return user as U
}

/** Decodes a JSON object; the empty one, which most are, without a parser. */
export function decodeMembers(text: string): Members {
  return text === '{}' ? {} : JSON.parse(text)
}

/** A user as values by the names of the columns. */
export type UserValues = { readonly [C in keyof UserTable]: UserTable[C] }

/** Encodes all columns of a user. */
export function encodeUser(user: NewUser): UserValues {
  return {
    id: user.id,
    email: user.email,
    email_key: user.emailKey,
    username: user.username,
    username_key: user.usernameKey,
    password_hash: user.passwordHash,
    stamp: user.stamp,
    active: user.active ? 1 : 0,
    created_at: user.createdAt,
    extra: JSON.stringify(user.extra),
  }
}

function decodeRoles(text: string): readonly string[] {
  if (text === '[]') return []
  const names: readonly string[] = JSON.parse(text)
  // They come in the order of the primary key as a rule, but no database promises an order within an aggregate.
  return names.every((name, index) => index === 0 || compareBytes(names[index - 1] ?? '', name) < 0) ? names : sortedNames(names)
}
