/** The one place where databases differ: how SQL is spelt, how columns are typed, where the catalogue is. */
import {
  type CreateIndexBuilder,
  DummyDriver,
  type Expression,
  Kysely,
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
import type { Schema } from './schema.ts'

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
  /** Writes SQL; never executes any. */
  readonly db: Kysely<Schema>
  /** How each kind of column is typed. */
  readonly types: Readonly<Record<ColumnKind, RawBuilder<unknown>>>
  /** What follows the closing bracket of `create table`. */
  readonly tableEnd: RawBuilder<unknown>
  /** Every column of the tables whose names begin with `portcullis_`. */
  readonly catalogue: RawBuilder<{ readonly table_name: string; readonly column_name: string }>
  /** Statements before and after migrations, so that one process at a time does them. */
  readonly lockMigrations: readonly RawBuilder<unknown>[]
  readonly unlockMigrations: readonly RawBuilder<unknown>[]
  /** Makes an index that may be there already, as far as the language can say so. */
  createIndex(index: CreateIndexBuilder): CreateIndexBuilder
  /** Aggregates texts into one JSON list. */
  jsonList(text: Expression<string>): RawBuilder<string>
  /** Removes some of the rows that a condition holds for. */
  deleteSome(removal: Removal): RawBuilder<unknown>
}

/** SQLite. Strict tables refuse a value of another type; without rowid a look-up by the primary key takes one search, not two. */
export const sqliteDialect: Dialect = {
  db: new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  }),
  types: { key: sql`text`, text: sql`text`, json: sql`text`, integer: sql`integer`, time: sql`integer` },
  tableEnd: sql`strict, without rowid`,
  catalogue: sql`(
    select made.name as table_name, part.name as column_name
    from sqlite_master as made, pragma_table_info(made.name) as part
    where made.type = 'table' and substr(made.name, 1, 11) = 'portcullis_')`,
  // Nobody else writes while a transaction does.
  lockMigrations: [],
  unlockMigrations: [],
  createIndex: (index) => index.ifNotExists(),
  jsonList: (text) => sql<string>`json_group_array(${text})`,
  deleteSome: ({ table, key, where, limit }) =>
    sql`delete from ${sql.table(table)} where (${listed(key)}) in (select ${listed(key)} from ${sql.table(table)} where ${where} limit ${limit})`,
}

/** PostgreSQL. The collation "C" compares bytes, in equality and in order, whatever the database was made with. */
export const postgresDialect: Dialect = {
  db: new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }),
  types: { key: sql`text collate "C"`, text: sql`text`, json: sql`text`, integer: sql`integer`, time: sql`bigint` },
  tableEnd: sql``,
  // The tables that a name without a schema finds, as in every statement.
  catalogue: sql`(
    select made.relname as table_name, part.attname as column_name
    from pg_catalog.pg_class as made join pg_catalog.pg_attribute as part on part.attrelid = made.oid
    where made.relkind in ('r', 'p') and pg_catalog.pg_table_is_visible(made.oid)
      and part.attnum > 0 and not part.attisdropped and left(made.relname, 11) = 'portcullis_')`,
  lockMigrations: [sql`select pg_advisory_xact_lock(hashtextextended('portcullis_migrations', 0))`],
  unlockMigrations: [],
  createIndex: (index) => index.ifNotExists(),
  jsonList: (text) => sql<string>`coalesce(json_agg(${text})::text, '[]')`,
  // Rows that another transaction holds are left: it may be renewing them, and a later purge finds those that it does not.
  deleteSome: ({ table, key, where, limit }) =>
    sql`delete from ${sql.table(table)} where (${listed(key)}) in (select ${listed(key)} from ${sql.table(table)} where ${where} limit ${limit} for update skip locked)`,
}

/**
 * MySQL and MariaDB. Keys are bytes, since their collations disagree about trailing spaces, and no name of one that pads nothing is
 * known to both. Two keys of 512 bytes fit into an index of 3072.
 */
export const mysqlDialect: Dialect = {
  db: new Kysely<Schema>({
    dialect: {
      createAdapter: () => new MysqlAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new MysqlIntrospector(db),
      createQueryCompiler: () => new MysqlQueryCompiler(),
    },
  }),
  types: { key: sql`varbinary(512)`, text: sql`longtext`, json: sql`longtext`, integer: sql`integer`, time: sql`bigint` },
  tableEnd: sql`engine = innodb default character set utf8mb4 collate utf8mb4_bin`,
  catalogue: sql`(
    select table_name as table_name, column_name as column_name
    from information_schema.columns
    where table_schema = database() and left(table_name, 11) = 'portcullis_')`,
  // Each step commits by itself here, so no lock of a transaction would last.
  lockMigrations: [sql`select get_lock(concat('portcullis-', md5(database())), 300)`],
  unlockMigrations: [sql`select release_lock(concat('portcullis-', md5(database())))`],
  // MySQL cannot say "if not exists" here; the runner takes the error for an index that is there as done.
  createIndex: (index) => index,
  jsonList: (text) => sql<string>`coalesce(cast(json_arrayagg(convert(${text} using utf8mb4)) as char), '[]')`,
  // MySQL takes no limit within a subquery, and has one for the removal itself.
  deleteSome: ({ table, where, limit }) => sql`delete from ${sql.table(table)} where ${where} limit ${limit}`,
}

function listed(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)))
}
