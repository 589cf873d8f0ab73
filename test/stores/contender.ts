/** A process of its own that works on a database beside another: run by `processes.test.ts`, told by messages what to do. */
import assert from 'node:assert/strict'
import type { Store } from '../../src/model/store.ts'
import { create, hashOf, now, sessionCalled } from '../../src/testing/store-contract/samples.ts'
import { storeAt } from '../servers/store-at.ts'

/** What a contender may be told; it answers how often it won. */
export type Task =
  | { readonly kind: 'open'; readonly at: string }
  /** Creates one user of this name. */
  | { readonly kind: 'create'; readonly name: string; readonly by: string }
  /** Counts so many tries on one key that allows `max`. */
  | { readonly kind: 'count'; readonly key: string; readonly tries: number; readonly max: number }
  /** Opens so many sessions, all for one ticket. */
  | { readonly kind: 'session'; readonly ticket: string; readonly tries: number; readonly by: string }
  /** Spends one id. */
  | { readonly kind: 'spend'; readonly id: string }
  /** Uses so many counts of one nonce. */
  | { readonly kind: 'nonce'; readonly nonce: string; readonly counts: number }
  | { readonly kind: 'epoch' }
  | { readonly kind: 'close' }

let store: Store | null = null

async function work(task: Task): Promise<number | string> {
  if (task.kind === 'open') {
    await close()
    store = storeAt(task.at)
    await store.durable.open()
    await store.fleeting.open()
    return 1
  }
  assert.ok(store)
  const { durable, sessions, tickets, attempts, nonces, fleeting } = store
  switch (task.kind) {
    case 'create':
      return (await durable.write([create(task.name, { id: task.by })])).ok ? 1 : 0
    case 'count': {
      const tried = { group: 'group', key: task.key, limit: { max: task.max, window: 60_000 } }
      return sum(task.tries, async () => (await attempts.add([tried], now)).ok)
    }
    case 'session': {
      const options = { now, ticket: hashOf(task.ticket) }
      return sum(task.tries, async (index) => {
        const name = `${task.by}-${task.ticket}-${index}`
        return sessions.open(hashOf(name), sessionCalled(name), options)
      })
    }
    case 'spend':
      return (await tickets.spend(task.id, now + 60_000, now)) ? 1 : 0
    case 'nonce':
      return sum(task.counts, async (index) => nonces.advance(task.nonce, index + 1, now + 60_000, now))
    case 'epoch':
      return fleeting.epoch()
    case 'close':
      await close()
      return 1
  }
}

async function close(): Promise<void> {
  await store?.fleeting.close()
  await store?.durable.close()
}

/** How many of so many calls, all under way at once, came out true. */
async function sum(count: number, call: (index: number) => Promise<boolean>): Promise<number> {
  const results = await Promise.all(Array.from({ length: count }, (_, index) => call(index)))
  return results.filter(Boolean).length
}

process.on('message', async (task: Task) => {
  process.send?.(await work(task))
  if (task.kind === 'close') process.disconnect?.()
})
