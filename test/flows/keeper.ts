/** A process that keeps a database small by itself, and says each time it begins to: run by `upkeep.test.ts`. */
import { createAuth } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { mysql } from '../../src/stores/mysql.ts'
import { postgres } from '../../src/stores/postgres.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { origin, secret } from './application.ts'

/** What it is told. */
export interface Keeper {
  readonly store: 'sqlite' | 'postgres' | 'mysql'
  readonly at: string
  /** Whether its first batch never ends. */
  readonly holds: boolean
}

const stores: Readonly<Record<Keeper['store'], (at: string) => Store>> = { sqlite, postgres, mysql }

// A listener that stays keeps the process running, which the timer does not.
process.on('message', async ({ store: kind, at, holds }: Keeper) => {
  const store = stores[kind](at)
  const { fleeting } = store
  const watched: Store = {
    ...store,
    fleeting: {
      ...fleeting,
      async purge(now, limit) {
        process.send?.('began')
        if (holds) await new Promise(() => {})
        return fleeting.purge(now, limit)
      },
    },
  }
  await createAuth({ origin, secret, store: watched, features: [], purgeEvery: '1s' }).ready
})
