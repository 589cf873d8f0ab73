/** Statements are written by Kysely once, when a store is made, and run prepared ever after: this is where they are compiled. */
import { type Compilable, type QueryExecutorProvider, type RawBuilder, sql } from 'kysely'

/** What a driver can bind. */
export type Value = string | number | null

/** Values by the names that a statement gives its parameters. */
export type Values = Readonly<Record<string, Value>>

/** A row as drivers give it. */
export type Row = Readonly<Record<string, unknown>>

/** SQL text that runs with the values `P` and reads rows of `R`. */
export interface Statement<P extends Values, R> {
  readonly sql: string
  /** Whether it gives rows; otherwise a number of changed ones. */
  readonly reads: boolean
  /** The values in the order of the placeholders. */
  bind(values: P): readonly Value[]
  /** The driver's rows by their type. */
  typed(rows: readonly Row[]): readonly R[]
}

/** Stands for a value that is given when the statement runs. */
export type Given<P extends Values> = <K extends keyof P & string>(name: K) => RawBuilder<P[K]>

/**
 * Compiles a statement.
 *
 * @example
 * ```ts
 * const byId = statement((given: Given<{ id: string }>) => db.selectFrom('portcullis_users').selectAll().where('id', '=', given('id')))
 * const user = yield* first(byId, { id })
 * ```
 */
export function statement<P extends Values, R>(build: (given: Given<P>) => Compilable<R>): Statement<P, R> {
  const compiled = build((name) => sql`${new Placeholder(name)}`).compile()
  return {
    sql: compiled.sql,
    reads: compiled.query.kind === 'SelectQueryNode',
    bind: (values) => compiled.parameters.map((parameter) => valueFor(parameter, values)),
    // The row decoder: Kysely inferred these columns from the schema, which the start-up check compared with the database.
    typed: (rows) => rows as readonly R[],
  }
}

/** A piece of SQL as a whole statement. */
export function compilable<R>(raw: RawBuilder<R>, db: QueryExecutorProvider): Compilable<R> {
  return { compile: () => raw.compile(db) }
}

/** Several values by the names of their columns, for an insert or an update. */
export function givenEach<P extends Values, K extends keyof P & string>(
  given: Given<P>,
  names: readonly K[],
): { readonly [N in K]: RawBuilder<P[N]> }
export function givenEach(
  given: (name: string) => RawBuilder<Value>,
  names: readonly string[],
): Readonly<Record<string, RawBuilder<Value>>> {
  return Object.fromEntries(names.map((name) => [name, given(name)]))
}

class Placeholder {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

function valueFor(parameter: unknown, values: Values): Value {
  const value = parameter instanceof Placeholder ? values[parameter.name] : parameter
  if (typeof value === 'string' || typeof value === 'number' || value === null) return value
  throw new TypeError(`A statement was given ${typeof value} where it takes text, a number or null.`)
}
