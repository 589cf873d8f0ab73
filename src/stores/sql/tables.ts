/** Which tables a store works on: what its own are called, and which one of the application's holds the users. */
import type { Json } from '../../model/json.ts'
import type { User } from '../../model/user.ts'

/** What the tables are called, and whose the users' is. */
export interface Tables {
  /** What the names of the store's own tables and indexes begin with; at most 24 characters. Default `portcullis_`. */
  readonly prefix?: string
  /** A table of users that the application has made. The store never makes or alters it. Without it the store has one of its own. */
  readonly users?: OwnUserTable
}

/** What an application's own key of users is: text, a whole number, or a UUID. In the API an id is text in any case. */
export type IdKind = 'text' | 'integer' | 'uuid'

/** A table of users that the application has made. */
export interface OwnUserTable {
  readonly name: string
  /** What its key is. Default `text`. */
  readonly id?: IdKind
  /**
   * Makes the id of a new user. Without it: for `integer` the next one that the database has, for `uuid` a random one, for `text` 22
   * random characters.
   */
  readonly makeId?: () => string
  /** What its columns are called, where that is not the name here in snake case (`email_key` for `emailKey`). */
  readonly columns?: UserColumnNames
}

type NeededColumn = 'id' | 'email' | 'emailKey' | 'passwordHash' | 'stamp' | 'active' | 'createdAt'
type SpareColumn = 'username' | 'usernameKey' | 'extra'

/** Names of columns by what they hold (see `NewUser`); `null` for one that the table does without. */
export type UserColumnNames = { readonly [C in NeededColumn]?: string } & { readonly [C in SpareColumn]?: string | null }

/** What a column of the application's own holds: `time` is a number, milliseconds since 1970, UTC. */
export type OwnKind = 'text' | 'integer' | 'boolean' | 'time' | 'json'

/** A column of users that is the application's own, for a member of the type `T`: one that is never `null` has a default. */
export type UserColumn<T = Json> = {
  readonly column: string
  readonly kind: KindFor<NonNullable<T>>
} & (null extends T ? { readonly default?: T } : { readonly default: T })

type KindFor<T> = T extends string
  ? 'text' | 'json'
  : T extends number
    ? 'integer' | 'time' | 'json'
    : T extends boolean
      ? 'boolean' | 'json'
      : 'json'

/** The columns of all members that an application's user has and `User` has not. */
export type UserColumns<U extends User> = [OwnMember<U>] extends [never]
  ? Readonly<Record<string, never>>
  : { readonly [M in OwnMember<U>]: UserColumn<U[M]> }

type OwnMember<U extends User> = Exclude<keyof U & string, keyof User>

/** What every SQL store may be told. */
export interface SqlOptions<U extends User = User> {
  /** Whether opening makes what is missing; with `false` it stops with a sentence that names it. Default `true`. */
  readonly migrate?: boolean
  /** Other names for the tables, or a table of users that is there already. */
  readonly tables?: Tables
  /** Columns of users that are the application's own, by the member of its user that each becomes. The application makes them. */
  readonly userColumns?: UserColumns<U>
}

/** A column of the application's own, as it was checked. */
export interface OwnColumn {
  /** The member of the user. */
  readonly member: string
  /** The name by which statements bind and read it. */
  readonly key: `own_${number}`
  /** Its name in the database. */
  readonly name: string
  readonly kind: OwnKind
  readonly default: Json
}

/** The users' table of an application, as it was checked. */
export interface CheckedUserTable {
  readonly name: string
  readonly id: IdKind
  readonly makeId: (() => string) | null
  /** The names of its columns by ours; `null` for one that it does without. */
  readonly columns: Readonly<Record<UserKey, string | null>>
}

/** The columns of every table of users, as the store's own names them. */
export const userKeys = [
  'id',
  'email',
  'email_key',
  'username',
  'username_key',
  'password_hash',
  'stamp',
  'active',
  'created_at',
  'extra',
] as const

/** One of them. */
export type UserKey = (typeof userKeys)[number]

/** The tables as they were checked. */
export interface CheckedTables {
  /** What a table or index of ours is called in this database. */
  rename(name: string): string
  /** `null` where the users' table is the store's own. */
  readonly users: CheckedUserTable | null
  readonly own: readonly OwnColumn[]
}

/** What both are called without options. */
const ownPrefix = 'portcullis_'

const members: Readonly<Record<keyof User, true>> = {
  id: true,
  email: true,
  username: true,
  active: true,
  roles: true,
  createdAt: true,
  extra: true,
}

/** A column of the application's own, whatever its member's type. */
interface AnyUserColumn {
  readonly column: string
  readonly kind: OwnKind
  readonly default?: Json
}

/** Checks what was told about tables. @throws Error with a sentence for the first mistake it finds */
export function checkTables({ tables = {}, userColumns = {} }: { readonly tables?: Tables; readonly userColumns?: object }): CheckedTables {
  const { prefix = ownPrefix } = tables
  checkName('tables.prefix', prefix, 24)
  const users = tables.users === undefined ? null : checkUsers(tables.users)
  const own = Object.entries(userColumns).map(([member, column], index) => checkColumn(member, column, index))
  const names = [...Object.values(users?.columns ?? {}), ...own.map(({ name }) => name)].filter((name) => name !== null)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    throw new Error(`The column ${JSON.stringify(twice)} of users is named for two things: each needs one of its own.`)
  return {
    rename(name) {
      if (users !== null && name === `${ownPrefix}users`) return users.name
      return name.startsWith(ownPrefix) ? prefix + name.slice(ownPrefix.length) : name
    },
    users,
    own,
  }
}

function checkUsers({ name, id = 'text', makeId, columns: given = {} }: OwnUserTable): CheckedUserTable {
  checkName('tables.users.name', name, 63)
  const columns = {
    id: given.id ?? 'id',
    email: given.email ?? 'email',
    email_key: given.emailKey ?? 'email_key',
    username: given.username === undefined ? 'username' : given.username,
    username_key: given.usernameKey === undefined ? 'username_key' : given.usernameKey,
    password_hash: given.passwordHash ?? 'password_hash',
    stamp: given.stamp ?? 'stamp',
    active: given.active ?? 'active',
    created_at: given.createdAt ?? 'created_at',
    extra: given.extra === undefined ? 'extra' : given.extra,
  }
  for (const [key, column] of Object.entries(columns)) if (column !== null) checkName(`The column of tables.users for ${key}`, column, 63)
  if ((columns.username === null) !== (columns.username_key === null))
    throw new Error('tables.users.columns must have both username and usernameKey, or null for both.')
  return { name, id, makeId: makeId ?? null, columns }
}

function checkColumn(member: string, { column, kind, default: filler = null }: AnyUserColumn, index: number): OwnColumn {
  if (!/^[A-Za-z_$][\w$]*$/.test(member) || member === '__proto__' || Object.hasOwn(members, member))
    throw new Error(`userColumns.${member}: a user cannot have a member of its own by this name.`)
  checkName(`userColumns.${member}.column`, column, 63)
  return { member, key: `own_${index}`, name: column, kind, default: filler }
}

/** Any name is quoted; what cannot even be quoted, or would be cut, is refused. */
function checkName(what: string, name: string, longest: number): void {
  if (name.length === 0 || Buffer.byteLength(name) > longest || name.includes('\0'))
    throw new Error(`${what} must be a name of 1 to ${longest} bytes; it is ${JSON.stringify(name)}.`)
}
