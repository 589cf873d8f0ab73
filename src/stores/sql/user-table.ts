/** The table of users as statements see it, whoever made it: what its columns are called, and how each is read and written. */
import { type AliasedRawBuilder, type RawBuilder, sql } from 'kysely'
import type { Dialect } from './dialect.ts'
import type { Conversion, NativeKind } from './native.ts'
import { type IdKind, type OwnColumn, type UserKey, userKeys } from './tables.ts'

/** A column of the table of users. */
export interface UserTableColumn extends Conversion {
  /** The name by which statements bind and read it. */
  readonly key: string
  /** Its name in the database. */
  readonly name: string
  readonly kind: NativeKind | 'id'
  /** Whether the application has it for itself. */
  readonly isOwn: boolean
}

/** The table of users. */
export interface UserTable {
  /** All columns that it has of ours, then the application's own that it was told of. */
  readonly columns: readonly UserTableColumn[]
  readonly own: readonly OwnColumn[]
  has(key: UserKey): boolean
  /** Whether a text could be the id of a user at all. */
  canBeId(text: string): boolean
  /** A column of the table that a query knows as `user`, as it is read; null where there is none. */
  at(key: UserKey): RawBuilder<unknown>
  /** Whether a user has an id, given as other tables hold it; where a query has more tables, `user` is this one. */
  hasId(id: RawBuilder<unknown>, as?: 'user'): RawBuilder<boolean>
  /** What the application may see of `user`. */
  readonly shown: readonly AliasedRawBuilder<unknown, string>[]
  /** What stays inside. */
  readonly kept: readonly AliasedRawBuilder<unknown, string>[]
}

const kinds: Readonly<Record<UserKey, NativeKind | 'id'>> = {
  id: 'id',
  email: 'text',
  email_key: 'key',
  username: 'text',
  username_key: 'key',
  password_hash: 'text',
  stamp: 'text',
  active: 'boolean',
  created_at: 'time',
  extra: 'members',
}

const asItIs: Conversion = { read: (column) => column, write: (value) => value }

/** Reads the table of users from what the store was told. */
export function userTable({ tables: { users, own }, native }: Dialect): UserTable {
  const id: Conversion = users === null ? asItIs : native.ids[users.id]
  const ours = userKeys.flatMap((key): readonly UserTableColumn[] => {
    const kind = kinds[key]
    const name = users === null ? key : users.columns[key]
    const conversion = users === null ? asItIs : kind === 'id' ? id : native.kinds[kind]
    return name === null ? [] : [{ key, name, kind, isOwn: false, ...conversion }]
  })
  const others = own.map(({ key, name, kind }) => ({ key, name, kind, isOwn: true, ...native.kinds[kind] }))

  function at(key: string): RawBuilder<unknown> {
    const column = [...ours, ...others].find((one) => one.key === key)
    return column === undefined ? sql`null` : column.read(sql.id('user', column.name))
  }

  return {
    columns: [...ours, ...others],
    own,
    canBeId: (text) => users === null || isIdOf(users.id, text),
    has: (key) => ours.some((column) => column.key === key),
    at,
    hasId: (text, as) => sql<boolean>`${sql.id(...(as ? [as] : []), users?.columns.id ?? 'id')} = ${id.write(text)}`,
    shown: [
      at('id').as('user_id'),
      at('created_at').as('user_created_at'),
      ...['email', 'username', 'active', 'extra', ...own.map(({ key }) => key)].map((key) => at(key).as(key)),
    ],
    kept: ['email_key', 'username_key', 'stamp', 'password_hash'].map((key) => at(key).as(key)),
  }
}

const mostInteger = 2n ** 63n - 1n

/** In one spelling only: two that the database takes for one would be two users to everybody else. */
function isIdOf(kind: IdKind, text: string): boolean {
  if (kind === 'integer') return /^(0|[1-9]\d{0,18})$/.test(text) && BigInt(text) <= mostInteger
  return kind === 'text' || /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text)
}
