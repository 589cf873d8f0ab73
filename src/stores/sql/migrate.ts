/** Brings a database to the schema of this release, or says in a sentence why it cannot be used. */
import type { Compilable } from 'kysely'
import type { Dialect } from './dialect.ts'
import { sqlOf } from './migration.ts'
import { migrations } from './migrations.ts'
import { all, type Query, run, type Sequence } from './sequence.ts'
import { type Given, statement } from './statement.ts'

const ledger = 'portcullis_migrations'

/**
 * Does every migration that the database does not remember. Of two processes one waits for the other. Where a database commits each
 * step by itself, an interrupted migration is taken up where it stopped.
 *
 * @throws Error when a newer release migrated the database.
 */
export function* migrate(dialect: Dialect): Sequence<void> {
  for (const lock of dialect.lockMigrations) yield step({ compile: () => lock.compile(dialect.db) })
  yield* doMissing(dialect)
  for (const unlock of dialect.unlockMigrations) yield step({ compile: () => unlock.compile(dialect.db) })
}

function* doMissing(dialect: Dialect): Sequence<void> {
  yield step(
    dialect.db.schema
      .createTable(ledger)
      .ifNotExists()
      .addColumn('name', dialect.types.key, (name) => name.primaryKey().notNull()),
  )
  const done = yield* recorded(dialect)
  refuseNewer(done)
  const record = statement((given: Given<{ name: string }>) => dialect.db.insertInto(ledger).values({ name: given('name') }))
  for (const { name, steps } of migrations.filter((migration) => !done.includes(migration.name))) {
    for (const part of steps) yield step(sqlOf(part, dialect))
    yield* run(record, { name })
  }
}

/**
 * Compares the database with what this release needs.
 *
 * @throws Error when tables or columns are missing, or when a newer release migrated the database.
 */
export function* checkSchema(dialect: Dialect): Sequence<void> {
  const found = yield* catalogued(dialect)
  if (found.has(ledger)) refuseNewer(yield* recorded(dialect))
  const missing = migrations
    .flatMap(({ steps }) => steps)
    .flatMap((part) => ('table' in part ? lacking(part.table, Object.keys(part.columns), found.get(part.table)) : []))
  if (missing.length === 0) return
  throw new Error(
    `The database has no ${missing.join(', no ')}. Let the store make what is missing (leave out migrate: false), or run this release's migrations before it starts.`,
  )
}

function* recorded({ db }: Dialect): Sequence<readonly string[]> {
  const rows = yield* all(
    statement(() => db.selectFrom(ledger).select('name')),
    {},
  )
  return rows.map(({ name }) => name)
}

/** Names of columns by table. */
function* catalogued({ catalogue, db }: Dialect): Sequence<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = yield* all(
    statement(() => db.selectFrom(catalogue.as('catalogue')).select(['table_name', 'column_name'])),
    {},
  )
  const tables = new Map<string, Set<string>>()
  for (const row of rows) tables.set(row.table_name, (tables.get(row.table_name) ?? new Set()).add(row.column_name))
  return tables
}

function lacking(table: string, columns: readonly string[], found: ReadonlySet<string> | undefined): readonly string[] {
  if (found === undefined) return [`table ${table}`]
  return columns.filter((column) => !found.has(column)).map((column) => `column ${table}.${column}`)
}

function refuseNewer(done: readonly string[]): void {
  const unknown = done.filter((name) => !migrations.some((migration) => migration.name === name))
  if (unknown.length === 0) return
  throw new Error(
    `The database was migrated by a newer release of Portcullis (${unknown.join(', ')}). Run that release here too, or restore the database from before it.`,
  )
}

function step(written: Compilable): Query {
  return { statement: { sql: written.compile().sql, reads: false }, values: [] }
}
