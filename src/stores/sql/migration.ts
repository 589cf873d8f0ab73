/** What a migration is made of: data, so that the start-up check reads it as well as the database. */
import type { Compilable, CreateTableBuilder } from 'kysely'
import type { ColumnKind, Dialect } from './dialect.ts'

/** A table to make. */
export interface TableStep {
  readonly table: string
  readonly columns: Readonly<Record<string, ColumnKind>>
  readonly primaryKey: readonly string[]
  /** Columns that may be null; all others may not. */
  readonly nullable?: readonly string[]
  /** Columns of which each is unique by itself; nulls repeat. */
  readonly unique?: readonly string[]
  /** Columns that name a row of another table, and go with it. */
  readonly references?: Readonly<Record<string, { readonly table: string; readonly column: string }>>
}

/** An index to make. */
export interface IndexStep {
  readonly index: string
  readonly on: string
  readonly columns: readonly string[]
}

/** Steps under a name that the database remembers. Once released, a migration never changes. */
export interface Migration {
  readonly name: string
  readonly steps: readonly (TableStep | IndexStep)[]
}

/** A step as SQL; doing it twice does no harm. */
export function sqlOf(step: TableStep | IndexStep, dialect: Dialect): Compilable {
  return 'index' in step
    ? dialect
        .createIndex(dialect.db.schema.createIndex(step.index))
        .on(step.on)
        .columns([...step.columns])
    : tableOf(step, dialect)
}

function tableOf({ table, columns, primaryKey, nullable = [], unique = [], references = {} }: TableStep, dialect: Dialect): Compilable {
  let made: CreateTableBuilder<string, string> = dialect.db.schema.createTable(table).ifNotExists()
  for (const [name, kind] of Object.entries(columns)) {
    made = made.addColumn(name, dialect.types[kind], (column) => (nullable.includes(name) ? column : column.notNull()))
  }
  made = made.addPrimaryKeyConstraint(`${table}_key`, [...primaryKey])
  for (const name of unique) made = made.addUniqueConstraint(`${table}_${name}_unique`, [name])
  for (const [name, target] of Object.entries(references)) {
    made = made.addForeignKeyConstraint(`${table}_${name}_exists`, [name], target.table, [target.column], (key) => key.onDelete('cascade'))
  }
  return made.modifyEnd(dialect.tableEnd)
}
