/** Judges the columns of users that the application makes itself: what is missing or of another kind, and the SQL that helps. */
import { type RawBuilder, sql } from 'kysely'
import type { FoundColumn } from './catalogue.ts'
import type { Dialect } from './dialect.ts'
import { compilable } from './statement.ts'
import { type UserTableColumn, userTable } from './user-table.ts'

/** What was found in a database. */
export interface Found {
  columnsOf(table: string): readonly FoundColumn[]
  columnOf(table: string, column: string): FoundColumn | null
  /** Whether an index begins with these columns; a unique one must have exactly these. */
  hasIndex(table: string, columns: readonly string[], unique: boolean): boolean
}

/** One sentence for each thing that is wrong: all that is missing is one. */
export function wrongOfUsers(dialect: Dialect, found: Found): readonly string[] {
  const { users } = dialect.tables
  const table = dialect.tables.rename('portcullis_users')
  const columns = userTable(dialect).columns.filter(({ isOwn }) => isOwn || users !== null)
  const unique = columns.filter(({ key }) => ['id', 'email_key', 'username_key'].includes(key))
  const there = found.columnsOf(table)
  if (there.length === 0) return users === null ? [] : [tellMissing(dialect, [`table ${table}`], [createTable(dialect, columns, unique)])]

  const lacking = columns.filter(({ name }) => found.columnOf(table, name) === null)
  const repeatable = unique.filter(({ name }) => !found.hasIndex(table, [name], true))
  const missing = [
    ...lacking.map(({ name }) => `column ${table}.${name}`),
    ...repeatable.map(({ name }) => `unique index on ${table} (${name})`),
  ]
  const help = [
    ...lacking.map((column) => sql`alter table ${sql.id(table)} add column ${declare(dialect, column)}`),
    ...repeatable.map(
      ({ key, name }) =>
        sql`create unique index ${sql.id(dialect.tables.rename(`portcullis_users_${key}`))} on ${sql.id(table)} (${sql.id(name)})`,
    ),
  ]
  return [
    ...(missing.length > 0 ? [tellMissing(dialect, missing, help)] : []),
    ...columns.flatMap((column) => unfitOf(dialect, table, column, found.columnOf(table, column.name))),
    ...(users === null ? [] : there.flatMap((column) => unfilledOf(table, column, dialect, columns))),
  ]
}

function tellMissing(dialect: Dialect, missing: readonly string[], help: readonly RawBuilder<unknown>[]): string {
  const text = help.map((one) => `${compilable(one, dialect.db).compile().sql};`).join(' ')
  return `The database has no ${missing.join(', no ')}. The application makes this itself: run ${text}`
}

function createTable(dialect: Dialect, columns: readonly UserTableColumn[], unique: readonly UserTableColumn[]): RawBuilder<unknown> {
  const keys = unique.map(({ key, name }) => sql`${sql.raw(key === 'id' ? 'primary key' : 'unique')} (${sql.id(name)})`)
  const parts = [...columns.map((column) => sql`${declare(dialect, column)}${sql.raw(isNeeded(column) ? ' not null' : '')}`), ...keys]
  return sql`create table ${sql.id(dialect.tables.rename('portcullis_users'))} (${sql.join(parts)})`
}

function isNeeded({ key }: UserTableColumn): boolean {
  return ['id', 'email', 'email_key', 'stamp', 'active', 'created_at'].includes(key)
}

function declare(dialect: Dialect, { name, kind }: UserTableColumn): RawBuilder<unknown> {
  return sql`${sql.id(name)} ${sql.raw(typeOf(dialect, kind))}`
}

function typeOf({ native, tables }: Dialect, kind: UserTableColumn['kind']): string {
  return kind === 'id' ? native.idTypes[tables.users?.id ?? 'text'] : native.types[kind]
}

function unfitOf(dialect: Dialect, table: string, { name, kind }: UserTableColumn, there: FoundColumn | null): readonly string[] {
  if (there === null || kind === 'id' || dialect.native.fits(kind, { type: there.column_type, collation: there.collation })) return []
  const isOrdered = kind === 'key' && there.collation !== null
  const what = isOrdered ? `compares text by ${there.collation}, where two that differ may be equal` : `is ${there.column_type}`
  return [`The column ${table}.${name} ${what}: declare it ${typeOf(dialect, kind)}.`]
}

function unfilledOf(
  table: string,
  there: FoundColumn,
  { catalogue, tables }: Dialect,
  columns: readonly UserTableColumn[],
): readonly string[] {
  if (there.needed === 0 || there.filled === 1) return []
  const column = columns.find(({ name }) => catalogue.fold(name) === catalogue.fold(there.column_name))
  const mayBeNull = tables.own.find(({ key }) => key === column?.key)?.default === null
  if (column !== undefined && !mayBeNull && !['username', 'username_key', 'password_hash'].includes(column.key)) return []
  return [
    `The column ${table}.${there.column_name} may not be null, but is left without a value: give it a default, in the database or in userColumns, or allow null.`,
  ]
}
