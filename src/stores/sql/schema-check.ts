/** Compares a database with what this release needs, and says in a sentence what is missing and what to do about it. */
import type { FoundColumn, FoundIndexColumn } from './catalogue.ts'
import type { Dialect } from './dialect.ts'
import { ledger, recorded, refuseContracted } from './migrate.ts'
import { type Migration, type MigrationStep, stepsIn, tableOf } from './migration.ts'
import { migrations } from './migrations.ts'
import { type Found, wrongOfUsers } from './own-table.ts'
import { all, type Sequence } from './sequence.ts'
import { statement } from './statement.ts'

/**
 * Compares the database with what this release needs.
 *
 * @throws Error when tables, columns, indexes or records of migrations are missing, or when a newer release took something away.
 */
export function* checkSchema(dialect: Dialect, list: readonly Migration[] = migrations): Sequence<void> {
  const { rename } = dialect.tables
  const steps = list.flatMap((migration) => stepsIn(dialect.tables, migration))
  const names = new Set([ledger, 'portcullis_users', ...steps.map(tableOf)].map(rename))
  const found = yield* lookUp(dialect, [...names])
  const done = yield* doneIn(found, dialect)
  refuseContracted(done, list)

  const missing = new Set(steps.flatMap((step) => missingOf(step, rename(tableOf(step)), found)))
  const undone = list.filter(({ name }) => !done.includes(name)).map(({ name }) => `record of the migration ${name}`)
  const lacking = missing.size > 0 ? [...missing] : undone
  const complaints = [...(lacking.length > 0 ? [tellOurs(lacking)] : []), ...wrongOfUsers(dialect, found)]
  if (complaints.length > 0) throw new Error(complaints.join(' '))
}

/** Whether every migration is recorded as done: then nobody has to wait for whoever is migrating. */
export function* isMigrated(dialect: Dialect, list: readonly Migration[] = migrations): Sequence<boolean> {
  const done = yield* doneIn(yield* lookUp(dialect, [dialect.tables.rename(ledger)]), dialect)
  return list.every(({ name }) => done.includes(name))
}

function* doneIn(found: Found, dialect: Dialect): Sequence<readonly string[]> {
  return found.columnsOf(dialect.tables.rename(ledger)).length === 0 ? [] : yield* recorded(dialect)
}

function tellOurs(missing: readonly string[]): string {
  return `The database has no ${missing.join(', no ')}. Let the store make what is missing (leave out migrate: false), or run the SQL that migrationsAsSql() writes before this release starts.`
}

function missingOf(step: MigrationStep, table: string, found: Found): readonly string[] {
  const there = found.columnsOf(table)
  if (there.length === 0) return [`table ${table}`]
  if ('index' in step) return missingIndex(table, step.columns, false, found)
  if ('column' in step) return missingColumns(table, [step.column], found)
  return [
    ...missingColumns(table, Object.keys(step.columns), found),
    ...[step.primaryKey, ...(step.unique ?? []).map((column) => [column])].flatMap((columns) => missingIndex(table, columns, true, found)),
  ]
}

function missingColumns(table: string, columns: readonly string[], found: Found): readonly string[] {
  return columns.filter((column) => found.columnOf(table, column) === null).map((column) => `column ${table}.${column}`)
}

function missingIndex(table: string, columns: readonly string[], unique: boolean, found: Found): readonly string[] {
  if (found.hasIndex(table, columns, unique)) return []
  return [`${unique ? 'unique index' : 'index'} on ${table} (${columns.join(', ')})`]
}

function* lookUp({ catalogue, db }: Dialect, names: readonly string[]): Sequence<Found> {
  const columnRows = statement(() =>
    db
      .selectFrom(catalogue.columns(names).as('found'))
      .select(['table_name', 'column_name', 'column_type', 'collation', 'needed', 'filled']),
  )
  const indexRows = statement(() =>
    db.selectFrom(catalogue.indexes(names).as('found')).select(['table_name', 'index_name', 'is_unique', 'place', 'column_name']),
  )
  return describe(yield* all(columnRows, {}), yield* all(indexRows, {}), catalogue.fold)
}

function describe(columns: readonly FoundColumn[], places: readonly FoundIndexColumn[], fold: (name: string) => string): Found {
  const byTable = Map.groupBy(columns, ({ table_name }) => fold(table_name))
  const byIndex = Map.groupBy(places, ({ table_name, index_name }) => JSON.stringify([fold(table_name), index_name]))
  const indexes = [...byIndex.values()].map((parts) => ({
    table: fold(parts[0]?.table_name ?? ''),
    isUnique: parts[0]?.is_unique === 1,
    columns: parts.toSorted((a, b) => a.place - b.place).map(({ column_name }) => (column_name === null ? null : fold(column_name))),
  }))

  function columnsOf(table: string): readonly FoundColumn[] {
    return byTable.get(fold(table)) ?? []
  }

  return {
    columnsOf,
    columnOf: (table, column) => columnsOf(table).find(({ column_name }) => fold(column_name) === fold(column)) ?? null,
    hasIndex(table, wanted, unique) {
      const names = wanted.map(fold)
      return indexes.some((index) => {
        if (index.table !== fold(table)) return false
        if (!unique) return names.every((name, place) => index.columns[place] === name)
        return index.isUnique && index.columns.length === names.length && names.every((name) => index.columns.includes(name))
      })
    },
  }
}
