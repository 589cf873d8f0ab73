/** Removes expired rows, a bounded number at a time, from any table that has a column `expires_at`. */
import { sql } from 'kysely'
import type { Dialect } from './dialect.ts'
import type { Schema } from './schema.ts'
import { run, type Sequence } from './sequence.ts'
import { compilable, type Given, statement } from './statement.ts'

/** Removes up to `limit` rows that expired, and says how many. */
export type Purge = (now: number, limit: number) => Sequence<number>

/** Makes the purge of a table with this primary key. */
export function purgeFrom({ db, deleteSome }: Dialect, table: keyof Schema, key: readonly string[]): Purge {
  const purge = statement((given: Given<{ now: number; limit: number }>) => {
    const expired = sql<boolean>`expires_at <= ${given('now')}`
    return compilable(deleteSome({ table, key, where: expired, limit: given('limit') }), db)
  })
  return (now, limit) => run(purge, { now, limit })
}

/** Purges one after the other, up to `limit` rows in all. */
export function* purgeEach(purges: readonly Purge[], now: number, limit: number): Sequence<number> {
  let removed = 0
  for (const purge of purges) {
    if (removed < limit) removed += yield* purge(now, limit - removed)
  }
  return removed
}
