/** Logic apart from drivers: an operation is a sequence of queries, which one runner drives at once and another by waiting. */
import type { Change, ChangeKind, Conflict } from '../../model/change.ts'
import type { Members } from '../../model/json.ts'
import type { Row, Statement, Value, Values } from './statement.ts'

/** A statement with its values, in the order of its placeholders. */
export interface Query {
  readonly statement: { readonly sql: string; readonly reads: boolean }
  readonly values: readonly Value[]
}

/** What a driver answers: rows of a statement that reads, the number of rows that another one changed. */
export interface Answer {
  readonly rows: readonly Row[]
  readonly changes: number
}

/** Queries, one after the other, and what they amount to. */
export type Sequence<T> = Generator<Query, T, Answer>

/** An interface whose methods are sequences. */
export type Sequenced<T> = {
  readonly [K in keyof T]: T[K] extends (...given: infer A) => infer R ? (...given: A) => Sequence<Awaited<R>> : never
}

/** Why a change was refused; `write` adds which. */
export type Refusal = Omit<Conflict, 'index'>

/** How each kind of change is done; null when it was. */
export type Changes<K extends ChangeKind> = {
  readonly [P in K]: (change: Extract<Change, { readonly kind: P }>) => Sequence<Refusal | null>
}

/** What every drawer does besides its own reads and changes. */
export interface Drawer {
  /** Its name in `reads.everything`. */
  readonly name: string
  /** Its rows of a user, secrets left out. */
  held(userId: string): Sequence<readonly Members[]>
  /** Removes its rows of a user. */
  forget(userId: string): Sequence<void>
}

/** All rows. */
export function* all<P extends Values, R>(statement: Statement<P, R>, values: P): Sequence<readonly R[]> {
  const { rows } = yield { statement, values: statement.bind(values) }
  return statement.typed(rows)
}

/** The first row, or null. */
export function* first<P extends Values, R>(statement: Statement<P, R>, values: P): Sequence<R | null> {
  const { rows } = yield { statement, values: statement.bind(values) }
  return statement.typed(rows)[0] ?? null
}

/** How many rows it changed. */
export function* run<P extends Values, R>(statement: Statement<P, R>, values: P): Sequence<number> {
  const { changes } = yield { statement, values: statement.bind(values) }
  return changes
}
