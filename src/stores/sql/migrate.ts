/** Brings a database to the schema of this release: forward only, one process at a time, taken up where it was interrupted. */
import { type Compilable, type RawBuilder, sql } from 'kysely'
import { StoreBusyError } from './busy.ts'
import type { Dialect } from './dialect.ts'
import { type Migration, sqlOf, stepsIn } from './migration.ts'
import { migrations } from './migrations.ts'
import { all, type Query, run, type Sequence } from './sequence.ts'
import { compilable, type Given, statement } from './statement.ts'

/** The table that remembers which migrations were done. */
export const ledger = 'portcullis_migrations'

/**
 * Does every migration that the database does not remember. Of two processes one waits for the other. Where a database commits each
 * step by itself, an interrupted migration is taken up where it stopped.
 *
 * @throws Error when a newer release took something away that this one needs.
 */
export function* migrate(dialect: Dialect, list: readonly Migration[] = migrations): Sequence<void> {
  for (const lock of dialect.lockMigrations) yield* take(lock, dialect)
  yield* doMissing(dialect, list)
  for (const unlock of dialect.unlockMigrations) yield step(compilable(unlock, dialect.db))
}

/** @throws Error with the code `ERR_STORE_BUSY` when the database says that it waited for the lock in vain, as MariaDB does. */
function* take(lock: RawBuilder<unknown>, { db }: Dialect): Sequence<void> {
  const { rows } = yield { statement: { sql: compilable(lock, db).compile().sql, reads: true }, values: [] }
  const { locked } = rows[0] ?? {}
  if (locked === 0 || locked === null) throw new StoreBusyError(new Error('Another process is migrating the database.'))
}

function* doMissing(dialect: Dialect, list: readonly Migration[]): Sequence<void> {
  yield step(createLedger(dialect))
  const done = yield* recorded(dialect)
  refuseContracted(done, list)
  const record = statement((given: Given<{ name: string }>) => dialect.db.insertInto(ledger).values({ name: given('name') }))
  for (const migration of list.filter(({ name }) => !done.includes(name))) {
    for (const part of stepsIn(dialect.tables, migration)) yield step(sqlOf(part, dialect))
    yield* run(record, { name: migration.name })
  }
}

/** The names of the migrations that were done. */
export function* recorded({ db }: Dialect): Sequence<readonly string[]> {
  const rows = yield* all(
    statement(() => db.selectFrom(ledger).select('name')),
    {},
  )
  return rows.map(({ name }) => name)
}

/**
 * Migrations of newer releases only add, so this release goes on beside them; all but those that are named for taking something away.
 *
 * @throws Error when one of those was done.
 */
export function refuseContracted(done: readonly string[], list: readonly Migration[]): void {
  const unknown = done.filter((name) => /^\d+-contract\b/.test(name) && !list.some((migration) => migration.name === name))
  if (unknown.length === 0) return
  throw new Error(
    `A newer release of Portcullis has taken away from the database what this one needs (${unknown.join(', ')}). Run that release here too, or restore the database from before it.`,
  )
}

/**
 * What `migrate` does, as text to run by hand: the statements, and the rows that remember them.
 *
 * @param after - The last migration that the database has; without it, all are written.
 */
export function migrationsText(dialect: Dialect, after = '', list: readonly Migration[] = migrations): string {
  const { db, script, lockMigrations, unlockMigrations } = dialect
  if (after !== '' && !list.some(({ name }) => name === after))
    throw new Error(`There is no migration "${after}": the last is "${list.at(-1)?.name}".`)
  const lock = lockMigrations.map((raw) => ended(compilable(raw, db)))
  const unlock = unlockMigrations.map((raw) => ended(compilable(raw, db)))
  const parts = list
    .filter(({ name }) => name > after)
    .map((migration) => [
      `-- ${migration.name}`,
      ...stepsIn(dialect.tables, migration).map((part) => ended(sqlOf(part, dialect))),
      ended(compilable(sql`insert into ${sql.table(ledger)} (${sql.ref('name')}) values (${sql.lit(migration.name)})`, db)),
    ])
  return [...script.begin, ...lock, ended(createLedger(dialect)), ...parts.flat(), ...unlock, ...script.end, ''].join('\n')
}

function createLedger({ db, types }: Dialect): Compilable {
  return db.schema
    .createTable(ledger)
    .ifNotExists()
    .addColumn('name', types.key, (name) => name.primaryKey().notNull())
}

function ended(written: Compilable): string {
  return `${written.compile().sql};`
}

function step(written: Compilable): Query {
  return { statement: { sql: written.compile().sql, reads: false }, values: [] }
}
