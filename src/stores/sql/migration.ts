/** What a migration is made of: data, so that the start-up check reads it as well as the database. */
import type { Compilable, CreateTableBuilder } from 'kysely'
import type { ColumnKind, Dialect } from './dialect.ts'
import type { CheckedTables } from './tables.ts'

/** A table to make. */
export interface TableStep {
  readonly table: string
  readonly columns: Readonly<Record<string, ColumnKind>>
  readonly primaryKey: readonly string[]
  /** Rows are long: a database that could keep them within the tree of their keys keeps them apart from it. */
  readonly wide?: true
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

/** A column to add to a table that has rows. It may be null, since the release before writes rows without it. */
export interface ColumnStep {
  readonly column: string
  readonly to: string
  readonly kind: ColumnKind
}

/** What a migration does, one after the other. */
export type MigrationStep = TableStep | IndexStep | ColumnStep

/** Steps under a name that the database remembers. Once released, a migration never changes. */
export interface Migration {
  /** Four digits and words. One that takes something away, so that older releases no longer work, has `contract` for the first of them. */
  readonly name: string
  readonly steps: readonly MigrationStep[]
}

/** The steps that are done in a database: a table of users that the application made is neither made nor altered nor referred to. */
export function stepsIn({ users }: CheckedTables, { steps }: Migration): readonly MigrationStep[] {
  if (users === null) return steps
  const isOfUsers = (step: MigrationStep): boolean => tableOf(step) === 'portcullis_users'
  return steps.filter((step) => !isOfUsers(step)).map((step) => ('table' in step ? withoutReference(step) : step))
}

function withoutReference({ references = {}, ...step }: TableStep): TableStep {
  const kept = Object.entries(references).filter(([, { table }]) => table !== 'portcullis_users')
  return { ...step, references: Object.fromEntries(kept) }
}

/** The table that a step makes or alters. */
export function tableOf(step: MigrationStep): string {
  if ('table' in step) return step.table
  return 'index' in step ? step.on : step.to
}

/** A step as SQL; doing it twice does no harm where a database does not undo it by itself. */
export function sqlOf(step: MigrationStep, dialect: Dialect): Compilable {
  const { db, types, tables } = dialect
  if ('table' in step) return createTable(step, dialect)
  if ('column' in step) return db.schema.alterTable(step.to).addColumn(step.column, types[step.kind])
  const index = dialect.createIndex(db.schema.createIndex(tables.rename(step.index)))
  return index.on(step.on).columns([...step.columns])
}

function createTable(step: TableStep, dialect: Dialect): Compilable {
  const { table, columns, primaryKey, wide = false, nullable = [], unique = [], references = {} } = step
  const name = dialect.tables.rename(table)
  let made: CreateTableBuilder<string, string> = dialect.db.schema.createTable(table).ifNotExists()
  for (const [column, kind] of Object.entries(columns)) {
    made = made.addColumn(column, dialect.types[kind], (built) => (nullable.includes(column) ? built : built.notNull()))
  }
  made = made.addPrimaryKeyConstraint(`${name}_key`, [...primaryKey])
  for (const column of unique) made = made.addUniqueConstraint(`${name}_${column}_unique`, [column])
  for (const [column, target] of Object.entries(references)) {
    made = made.addForeignKeyConstraint(`${name}_${column}_exists`, [column], target.table, [target.column], (key) =>
      key.onDelete('cascade'),
    )
  }
  return made.modifyEnd(dialect.tableEnd(wide))
}
