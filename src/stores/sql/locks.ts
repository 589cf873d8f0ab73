/** Locks for what no row stands for: a write can lock the rows that it finds, but not a list that others are adding to. */
import { hash } from 'node:crypto'
import type { Dialect } from './dialect.ts'
import { first, run, type Sequence } from './sequence.ts'
import { type Given, statement } from './statement.ts'

/** Makes every other write that locks the same names wait until this one is done. Different names may share a lock. */
export type Lock = (...names: readonly string[]) => Sequence<void>

/** Makes the locks: at most 256 rows, each made when it is first needed. */
export function lockDrawer({ db }: Dialect): Lock {
  const slotted = statement((given: Given<{ slot: number }>) =>
    db.selectFrom('portcullis_locks').select('slot').where('slot', '=', given('slot')),
  )
  const insert = statement((given: Given<{ slot: number }>) => db.insertInto('portcullis_locks').values({ slot: given('slot') }))

  return function* lock(...names) {
    const slot = hash('sha256', JSON.stringify(names), 'buffer')[0] ?? 0
    if ((yield* first(slotted, { slot })) === null) yield* run(insert, { slot })
  }
}
