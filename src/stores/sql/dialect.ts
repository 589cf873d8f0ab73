/** The one place where databases differ: how SQL is spelt, how columns are typed; what is told by `catalogue.ts` and `native.ts` apart. */
import {
  type CreateIndexBuilder,
  DummyDriver,
  type Expression,
  Kysely,
  type Dialect as KyselyDialect,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import { type Catalogue, mysqlCatalogue, postgresCatalogue, sqliteCatalogue } from './catalogue.ts'
import { mysqlNative, type Native, postgresNative, sqliteNative } from './native.ts'
import { RenamingPlugin } from './renaming.ts'
import type { Schema } from './schema.ts'
import type { CheckedTables } from './tables.ts'

/** What a column holds. `key` is short text compared byte by byte, in a key or an index; `time` is milliseconds since 1970, UTC. */
export type ColumnKind = 'key' | 'text' | 'json' | 'integer' | 'time'

/** A bounded removal: up to `limit` rows of a table with this primary key. */
export interface Removal {
  readonly table: keyof Schema
  readonly key: readonly string[]
  readonly where: RawBuilder<boolean>
  readonly limit: RawBuilder<number>
}

/** What statements and migrations ask of a database. */
export interface Dialect {
  /** Writes SQL, with the names that the tables have; never executes any. */
  readonly db: Kysely<Schema>
  readonly tables: CheckedTables
  /** Whether several writes can be under way at once, so that they have to lock what they read. */
  readonly writesAtOnce: boolean
  readonly catalogue: Catalogue
  /** How a table of users is typed that the application made. */
  readonly native: Native
  /** How each kind of column is typed. */
  readonly types: Readonly<Record<ColumnKind, RawBuilder<unknown>>>
  /** What follows the closing bracket of `create table`. */
  tableEnd(wide: boolean): RawBuilder<unknown>
  /** Statements before and after migrations, so that one process at a time does them. */
  readonly lockMigrations: readonly RawBuilder<unknown>[]
  readonly unlockMigrations: readonly RawBuilder<unknown>[]
  /** What stands around migrations in a text to run by hand, so that all is done or nothing, as far as the database can undo it. */
  readonly script: { readonly begin: readonly string[]; readonly end: readonly string[] }
  /** Makes an index that may be there already, as far as the language can say so. */
  createIndex(index: CreateIndexBuilder): CreateIndexBuilder
  /** Aggregates texts into one JSON list. */
  jsonList(text: Expression<string>): RawBuilder<string>
  /** Removes some of the rows that a condition holds for. */
  deleteSome(removal: Removal): RawBuilder<unknown>
}

function writer(tables: CheckedTables, made: Omit<KyselyDialect, 'createDriver'>): Kysely<Schema> {
  const dialect = { ...made, createDriver: () => new DummyDriver() }
  return new Kysely<Schema>({ dialect, plugins: [new RenamingPlugin(tables.rename)] })
}

/** SQLite. Strict tables refuse a value of another type; without rowid a look-up by the primary key takes one
 * search, not two, which pays while rows are short (https://www.sqlite.org/withoutrowid.html, section 4). */
export function sqliteDialect(tables: CheckedTables): Dialect {
  return {
    db: writer(tables, {
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    }),
    tables,
    writesAtOnce: false,
    catalogue: sqliteCatalogue,
    native: sqliteNative,
    types: { key: sql`text`, text: sql`text`, json: sql`text`, integer: sql`integer`, time: sql`integer` },
    tableEnd: (wide) => (wide ? sql`strict` : sql`strict, without rowid`),
    // Nobody else writes while a transaction does.
    lockMigrations: [],
    unlockMigrations: [],
    script: { begin: ['begin immediate;'], end: ['commit;'] },
    createIndex: (index) => index.ifNotExists(),
    jsonList: (text) => sql<string>`json_group_array(${text})`,
    deleteSome: ({ table, key, where, limit }) =>
      sql`delete from ${sql.table(table)} where (${listed(key)}) in (select ${listed(key)} from ${sql.table(table)} where ${where} limit ${limit})`,
  }
}

/** PostgreSQL. The collation "C" compares bytes, in equality and in order, whatever the database was made with. */
export function postgresDialect(tables: CheckedTables): Dialect {
  return {
    db: writer(tables, {
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    }),
    tables,
    writesAtOnce: true,
    catalogue: postgresCatalogue,
    native: postgresNative,
    types: { key: sql`text collate "C"`, text: sql`text`, json: sql`text`, integer: sql`integer`, time: sql`bigint` },
    tableEnd: () => sql``,
    lockMigrations: [sql`select pg_advisory_xact_lock(hashtextextended('portcullis_migrations', 0))`],
    unlockMigrations: [],
    script: { begin: ['begin;'], end: ['commit;'] },
    createIndex: (index) => index.ifNotExists(),
    jsonList: (text) => sql<string>`coalesce(json_agg(${text})::text, '[]')`,
    // Rows that another transaction holds are left: it may be renewing them, and a later purge finds those that it does not.
    deleteSome: ({ table, key, where, limit }) =>
      sql`delete from ${sql.table(table)} where (${listed(key)}) in (select ${listed(key)} from ${sql.table(table)} where ${where} limit ${limit} for update skip locked)`,
  }
}

/**
 * MySQL and MariaDB. Keys are bytes, since their collations disagree about trailing spaces, and no name of one that pads nothing is
 * known to both. Two keys of 512 bytes fit into an index of 3072.
 */
export function mysqlDialect(tables: CheckedTables): Dialect {
  return {
    db: writer(tables, {
      createAdapter: () => new MysqlAdapter(),
      createIntrospector: (db) => new MysqlIntrospector(db),
      createQueryCompiler: () => new MysqlQueryCompiler(),
    }),
    tables,
    writesAtOnce: true,
    catalogue: mysqlCatalogue,
    native: mysqlNative,
    types: { key: sql`varbinary(512)`, text: sql`longtext`, json: sql`longtext`, integer: sql`integer`, time: sql`bigint` },
    tableEnd: () => sql`engine = innodb default character set utf8mb4 collate utf8mb4_bin`,
    // Each step commits by itself here, so no lock of a transaction would last.
    lockMigrations: [sql`select get_lock(concat('portcullis-', md5(database())), 300) as locked`],
    unlockMigrations: [sql`select release_lock(concat('portcullis-', md5(database())))`],
    script: { begin: [], end: [] },
    // MySQL cannot say "if not exists" here; the runner takes the error for an index that is there as done.
    createIndex: (index) => index,
    jsonList: (text) => sql<string>`coalesce(cast(json_arrayagg(convert(${text} using utf8mb4)) as char), '[]')`,
    // MySQL takes no limit within a subquery, and has one for the removal itself.
    deleteSome: ({ table, where, limit }) => sql`delete from ${sql.table(table)} where ${where} limit ${limit}`,
  }
}

function listed(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)))
}
