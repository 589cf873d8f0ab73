/** Locks for what no row stands for: a write can lock the rows that it finds, but not a list that others are adding to. */
import { hash } from 'node:crypto'
import type { Dialect } from './dialect.ts'
import { first, run, type Sequence } from './sequence.ts'
import { type Given, statement } from './statement.ts'

/** What a lock is named by. Different names may share a lock. */
export type LockName = readonly string[]

/**
 * Makes every other write that locks one of these names wait until this one is done. Those of one call are taken in one order, so that
 * two such calls never wait for each other; a write that calls twice may meet one that does, and then one of them is tried again.
 */
export type Lock = (...names: readonly LockName[]) => Sequence<void>

/** Makes the locks: at most 256 rows, each made when it is first needed. Where writes come one after the other anyway, there are none. */
export function lockDrawer({ db, writesAtOnce }: Dialect): Lock {
  const slotted = statement((given: Given<{ slot: number }>) =>
    db.selectFrom('portcullis_locks').select('slot').where('slot', '=', given('slot')),
  )
  const insert = statement((given: Given<{ slot: number }>) => db.insertInto('portcullis_locks').values({ slot: given('slot') }))

  return function* lock(...names) {
    const slots = new Set(writesAtOnce ? names.map((name) => hash('sha256', JSON.stringify(name), 'buffer')[0] ?? 0) : [])
    for (const slot of [...slots].sort((a, b) => a - b)) {
      if ((yield* first(slotted, { slot })) === null) yield* run(insert, { slot })
    }
  }
}
