/** What a database tells about its tables, columns and indexes, in one form. */
import { type RawBuilder, sql } from 'kysely'

/** A column that is there. */
export interface FoundColumn {
  readonly table_name: string
  readonly column_name: string
  /** In lower case, without a length. */
  readonly column_type: string
  /** Null where it has none, or where the database does not tell. */
  readonly collation: string | null
  /** 1 where it may not be null. */
  readonly needed: number
  /** 1 where the database fills it by itself. */
  readonly filled: number
}

/** A column's place in an index that is there: of all rows, on plain columns. */
export interface FoundIndexColumn {
  readonly table_name: string
  readonly index_name: string
  readonly is_unique: number
  /** From 0 or 1 on. */
  readonly place: number
  /** Null for an expression or a part of a column. */
  readonly column_name: string | null
}

/** Tables to select from: what is found of tables of these names. */
export interface Catalogue {
  columns(names: readonly string[]): RawBuilder<FoundColumn>
  indexes(names: readonly string[]): RawBuilder<FoundIndexColumn>
  /** A name as it is compared. */
  fold(name: string): string
}

/** SQLite tells a column's collation by the indexes that it is in. A primary key may be no index of its own. */
export const sqliteCatalogue: Catalogue = {
  columns: (names) => sql`(
    select made.name as table_name, part.name as column_name, lower(part.type) as column_type, part."notnull" as needed,
      (part.dflt_value is not null or part.pk > 0) as filled,
      (select max(upper(placed.coll)) from pragma_index_list(made.name) as listed, pragma_index_xinfo(listed.name) as placed
       where placed.name = part.name and placed.key = 1 and upper(placed.coll) <> 'BINARY') as collation
    from sqlite_master as made, pragma_table_info(made.name) as part
    where made.type = 'table' and made.name collate nocase in (${sql.join(names)}))`,
  indexes: (names) => sql`(
    select made.name as table_name, listed.name as index_name, listed."unique" as is_unique, part.seqno as place, part.name as column_name
    from sqlite_master as made, pragma_index_list(made.name) as listed, pragma_index_xinfo(listed.name) as part
    where made.type = 'table' and made.name collate nocase in (${sql.join(names)}) and listed.partial = 0 and part.key = 1
    union all
    select made.name, '', 1, part.pk, part.name
    from sqlite_master as made, pragma_table_info(made.name) as part
    where made.type = 'table' and made.name collate nocase in (${sql.join(names)}) and part.pk > 0)`,
  fold: (name) => name.toLowerCase(),
}

/** PostgreSQL: the tables that a name without a schema finds, as in every statement. */
export const postgresCatalogue: Catalogue = {
  columns: (names) => sql`(
    select made.relname as table_name, part.attname as column_name, pg_catalog.format_type(part.atttypid, null) as column_type,
      (select ordered.collname from pg_catalog.pg_collation as ordered where ordered.oid = part.attcollation) as collation,
      cast(part.attnotnull as integer) as needed, cast(part.atthasdef or part.attidentity <> '' as integer) as filled
    from pg_catalog.pg_class as made join pg_catalog.pg_attribute as part on part.attrelid = made.oid
    where made.relkind in ('r', 'p') and pg_catalog.pg_table_is_visible(made.oid)
      and part.attnum > 0 and not part.attisdropped and made.relname in (${sql.join(names)}))`,
  indexes: (names) => sql`(
    select made.relname as table_name, named.relname as index_name, cast(listed.indisunique as integer) as is_unique,
      cast(placed.place as integer) as place, part.attname as column_name
    from pg_catalog.pg_class as made
      join pg_catalog.pg_index as listed on listed.indrelid = made.oid
      join pg_catalog.pg_class as named on named.oid = listed.indexrelid
      cross join lateral unnest(cast(listed.indkey as smallint[])) with ordinality as placed (number, place)
      left join pg_catalog.pg_attribute as part on part.attrelid = made.oid and part.attnum = placed.number and placed.number > 0
    where pg_catalog.pg_table_is_visible(made.oid) and made.relname in (${sql.join(names)})
      and listed.indisvalid and listed.indpred is null and placed.place <= listed.indnkeyatts)`,
  fold: (name) => name,
}

/** MySQL and MariaDB: of an index on the beginning of a column, the column is not told. */
export const mysqlCatalogue: Catalogue = {
  columns: (names) => sql`(
    select table_name as table_name, column_name as column_name, data_type as column_type, collation_name as collation,
      is_nullable = 'NO' as needed, (column_default is not null or extra <> '') as filled
    from information_schema.columns
    where table_schema = database() and table_name in (${sql.join(names)}))`,
  indexes: (names) => sql`(
    select table_name as table_name, index_name as index_name, 1 - non_unique as is_unique, seq_in_index as place,
      case when sub_part is null then column_name end as column_name
    from information_schema.statistics
    where table_schema = database() and table_name in (${sql.join(names)}))`,
  fold: (name) => name.toLowerCase(),
}
