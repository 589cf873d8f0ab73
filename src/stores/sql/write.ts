/** All durable changes of one write, in order: the first that is refused ends it, and the runner undoes the ones before. */
import type { Change, ChangeKind, Written } from '../../model/change.ts'
import type { Changes, Refusal, Sequence } from './sequence.ts'

/** Does every change, or says which was refused and why. */
export function* writeAll(table: Changes<ChangeKind>, changes: readonly Change[]): Sequence<Written> {
  for (const [index, change] of changes.entries()) {
    const refusal = yield* doChange(table, change)
    if (refusal !== null) return { ok: false, conflict: { index, ...refusal } }
  }
  return { ok: true }
}

/** The changes of some kinds, in the form by which TypeScript sees that a table's function takes the change of its own kind. */
type ChangeOf<K extends ChangeKind> = { [P in K]: Extract<Change, { readonly kind: P }> & { readonly kind: P } }[K]

function doChange<K extends ChangeKind>(table: Changes<K>, change: ChangeOf<K>): Sequence<Refusal | null> {
  return table[change.kind](change)
}
