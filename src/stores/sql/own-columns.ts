/** The application's own fields of users, as values of their columns and as members of a user. */
import { AuthError } from '../../model/error.ts'
import type { Json, Members } from '../../model/json.ts'
import type { Value } from './statement.ts'
import type { OwnColumn, OwnKind } from './tables.ts'
import type { UserTable } from './user-table.ts'

/** Own fields, parted: values by the keys of their columns, and what has no column. */
export interface PartedFields {
  readonly columns: Readonly<Record<string, Value>>
  readonly rest: Members
}

/** A row with columns of the application's own. */
export interface OwnRow {
  readonly [own: `own_${number}`]: unknown
}

/** The first and the last millisecond that every database can keep as a time: the years 1000 to 9999. */
const earliest = Date.UTC(1000, 0)
const latest = Date.UTC(10_000, 0) - 1

/** Parts fields by whether they have a column. @throws AuthError `invalid_fields` under the name of one that cannot be kept */
export function partFields({ own, has }: UserTable, fields: Members): PartedFields {
  const columns: Record<string, Value> = {}
  const rest = new Map(Object.entries(fields))
  for (const column of own) {
    const value = rest.get(column.member)
    if (value === undefined) continue
    columns[column.key] = encodeOwn(column, value)
    rest.delete(column.member)
  }
  const [homeless] = has('extra') ? [] : rest.keys()
  if (homeless !== undefined) throw unkept(homeless)
  return { columns, rest: Object.fromEntries(rest) }
}

/** The values of a new user's own columns: what is missing has its default. */
export function fillColumns(own: readonly OwnColumn[], given: PartedFields['columns']): PartedFields['columns'] {
  return Object.fromEntries(own.map((column) => [column.key, given[column.key] ?? encodeOwn(column, null)]))
}

/** The members that a row's own columns become. */
export function decodeOwn(own: readonly OwnColumn[], row: OwnRow): Members {
  return Object.fromEntries(own.map(({ member, key, kind, default: filler }) => [member, decode(kind, row[key]) ?? filler]))
}

/** `null` stands for the default. */
function encodeOwn({ member, kind, default: filler }: OwnColumn, given: Json): Value {
  const value = given ?? filler
  const encoded = value === null ? null : encode(kind, value)
  if (encoded === undefined) throw unkept(member)
  return encoded
}

/** The error for fields that have no place, or of which one does not fit into the one it has. */
export function unkept(...fields: readonly string[]): AuthError {
  return new AuthError('invalid_fields', {
    fields: Object.fromEntries(fields.map((field) => [field, [({ texts }) => texts['field.unkept']]])),
  })
}

/** The value for the column; `undefined` when it is none of this kind. */
function encode(kind: OwnKind, value: Json): Value | undefined {
  switch (kind) {
    case 'text':
      return typeof value === 'string' && isStorable(value) ? value : undefined
    case 'integer':
      return Number.isSafeInteger(value) ? Number(value) : undefined
    case 'time':
      return Number.isInteger(value) && Number(value) >= earliest && Number(value) <= latest ? Number(value) : undefined
    case 'boolean':
      return typeof value === 'boolean' ? Number(value) : undefined
    case 'json':
      return isStorable(value) ? JSON.stringify(value) : undefined
  }
}

function decode(kind: OwnKind, value: unknown): Json {
  if (value === null || value === undefined) return null
  switch (kind) {
    case 'text':
      return String(value)
    case 'boolean':
      return Number(value) === 1
    case 'json':
      return JSON.parse(String(value))
    case 'integer':
    case 'time':
      return Number(value)
  }
}

/** Not every database keeps NUL and halves of surrogate pairs. */
function isStorable(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, member]) => isStorable(name) && isStorable(member))
}
