/** Every store that flows are proven on, in one list: a new store takes part by one more line. */
import { test } from 'node:test'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import { sqlite } from '../../src/stores/sqlite.ts'

/** A store by its name; `make` gives an empty one each time. */
interface TestedStore {
  readonly name: string
  make(): Store
}

const stores: readonly TestedStore[] = [
  { name: 'memory', make: () => memory() },
  { name: 'sqlite', make: () => sqlite(':memory:') },
]

/** One test of the property for each store. */
export function onEveryStore(property: string, prove: (store: Store) => Promise<void>): void {
  for (const { name, make } of stores) test(`${property} (${name})`, () => prove(make()))
}
