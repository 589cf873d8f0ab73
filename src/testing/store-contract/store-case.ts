/** What a case of the store contract is, and how one is written. */
import assert from 'node:assert/strict'
import type { Change, ChangeKind, Conflict } from '../../model/change.ts'
import type { Store } from '../../model/store.ts'

/** What is shown of a kind of change. */
export interface Coverage {
  readonly kind: ChangeKind
  readonly property: 'effect' | 'refusal' | 'rollback' | 'concurrency'
}

/** One property that every store has. */
export interface StoreCase {
  /** The property, in the present tense; unique. */
  readonly name: string
  /** For cases about a change: which kind, and what of it. */
  readonly covers?: readonly Coverage[]
  /**
   * Shows the property on a store.
   *
   * @param make - Gives a fresh, opened, empty store. The case closes it.
   * @throws AssertionError when the store does not have the property.
   */
  run(make: () => Promise<Store>): Promise<void>
}

/** Makes a case; the store is closed after it. */
export function storeCase(name: string, show: (store: Store) => Promise<void>, ...covers: readonly Coverage[]): StoreCase {
  return {
    name,
    covers,
    async run(make) {
      const store = await make()
      try {
        await show(store)
      } finally {
        await store.fleeting.close()
        await store.durable.close()
      }
    },
  }
}

/** Writes changes that must all be done. */
export async function write(store: Store, ...changes: readonly Change[]): Promise<void> {
  assert.deepEqual(await store.durable.write(changes), { ok: true })
}

/** Writes changes of which the last must be refused like this. */
export async function refuses(store: Store, conflict: Omit<Conflict, 'index'>, ...changes: readonly Change[]): Promise<void> {
  assert.deepEqual(await store.durable.write(changes), { ok: false, conflict: { index: changes.length - 1, ...conflict } })
}

/** Starts so many calls before any of them can end, and waits for all. */
export async function together<T>(count: number, call: (index: number) => T | Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: count }, async (_, index) => call(index)))
}

/** How many of these hold. */
export function countOf<T>(values: readonly T[], holds: (value: T) => boolean): number {
  return values.filter(holds).length
}
