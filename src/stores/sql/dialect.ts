/** The one place where databases differ: how SQL is spelt, how columns are typed, where the catalogue is. */
import {
  DummyDriver,
  type Expression,
  type InsertQueryBuilder,
  type InsertResult,
  Kysely,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import type { Schema } from './schema.ts'

/** What a column holds. `key` is short text compared byte by byte, in a key or an index; `time` is milliseconds since 1970, UTC. */
export type ColumnKind = 'key' | 'text' | 'json' | 'integer' | 'time'

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
  /** Aggregates texts into one JSON list. */
  jsonList(text: Expression<string>): RawBuilder<string>
  /** Inserts nothing where the key is there already. */
  insertOrIgnore<T extends keyof Schema>(insert: InsertQueryBuilder<Schema, T, InsertResult>): InsertQueryBuilder<Schema, T, InsertResult>
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
  jsonList: (text) => sql<string>`json_group_array(${text})`,
  insertOrIgnore: (insert) => insert.orIgnore(),
}
