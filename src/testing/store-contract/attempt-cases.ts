/** Attempt counts: the limit holds however many count at once. */
import assert from 'node:assert/strict'
import type { Attempt, AttemptLimit, Counted, Store } from '../../model/store.ts'
import { minute, now } from './samples.ts'
import { countOf, type StoreCase, storeCase, together } from './store-case.ts'

const hour = 60 * minute

/** Three in an hour, from the first on. */
const plain: AttemptLimit = { max: 3, window: hour }

/** Three, then one after a wait of 30 s that doubles up to 5 minutes; forgotten after an hour without any. */
const waiting: AttemptLimit = { max: 3, window: hour, wait: { first: 30_000, most: 5 * minute } }

function attempt(key: string, limit: AttemptLimit, group = 'group'): Attempt {
  return { group, key, limit }
}

async function add(store: Store, tried: Attempt, at: number = now): Promise<Counted> {
  return store.attempts.add([tried], at)
}

async function addTimes(store: Store, times: number, tried: Attempt, at: number = now): Promise<void> {
  for (let count = 0; count < times; count++) assert.deepEqual(await add(store, tried, at), { ok: true })
}

/** Attempt counts. */
export const attemptCases: readonly StoreCase[] = [
  storeCase('attempts.add counts up to the limit, then tells when the window ends', async (store) => {
    const tried = attempt('login', plain)
    await addTimes(store, 1, tried)
    await addTimes(store, 2, tried, now + minute)
    assert.deepEqual(await add(store, tried, now + 2 * minute), { ok: false, retryAt: now + hour })
    assert.deepEqual(await add(store, tried, now + hour - 1), { ok: false, retryAt: now + hour })
  }),

  storeCase('without a wait the count starts anew when the window that began with the first is over', async (store) => {
    const tried = attempt('login', plain)
    await addTimes(store, 1, tried)
    await addTimes(store, 2, tried, now + hour - 1)
    await addTimes(store, 3, tried, now + hour)
    assert.deepEqual(await add(store, tried, now + hour), { ok: false, retryAt: now + 2 * hour })
  }),

  storeCase('with a wait one more is let in after it, and the wait doubles up to the most', async (store) => {
    const tried = attempt('login', waiting)
    await addTimes(store, 3, tried)
    let at = now
    for (const wait of [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]) {
      assert.deepEqual(await add(store, tried, at), { ok: false, retryAt: at + wait })
      assert.deepEqual(await add(store, tried, at + wait - 1), { ok: false, retryAt: at + wait })
      at += wait
      assert.deepEqual(await add(store, tried, at), { ok: true })
    }
  }),

  storeCase('with a wait the count starts anew when none was counted for the whole window', async (store) => {
    const tried = attempt('login', waiting)
    await addTimes(store, 2, tried)
    await addTimes(store, 1, tried, now + hour - 1)
    assert.equal((await add(store, tried, now + hour)).ok, false)
    const later = now + 2 * hour - 1
    await addTimes(store, 3, tried, later)
    assert.equal((await add(store, tried, later)).ok, false)
  }),

  storeCase('a refused try counts for nothing', async (store) => {
    const tried = attempt('login', waiting)
    await addTimes(store, 3, tried)
    for (let count = 0; count < 10; count++) assert.deepEqual(await add(store, tried, now + 1), { ok: false, retryAt: now + 30_000 })
    assert.deepEqual(await add(store, tried, now + 30_000), { ok: true })
  }),

  storeCase('attempts.add lets no more through than the limit, however many try at once', async (store) => {
    const counted = await together(50, () => add(store, attempt('login', { max: 7, window: hour })))
    assert.equal(
      countOf(counted, ({ ok }) => ok),
      7,
    )
    const waited = await together(50, () => add(store, attempt('login', { ...waiting, max: 7 }), now + minute))
    assert.equal(
      countOf(waited, ({ ok }) => ok),
      1,
    )
  }),

  storeCase('attempts.add counts on all or on none, and tells the latest refusal', async (store) => {
    const [a, b, c] = [attempt('a', plain), attempt('b', { max: 1, window: hour }), attempt('c', { max: 1, window: 2 * hour })]
    await addTimes(store, 1, b)
    await addTimes(store, 1, c)
    assert.deepEqual(await store.attempts.add([a, b, c], now), { ok: false, retryAt: now + 2 * hour })
    assert.deepEqual(await store.attempts.add([a, b], now), { ok: false, retryAt: now + hour })
    await addTimes(store, 3, a)
    assert.deepEqual(await store.attempts.add([attempt('d', plain), attempt('e', plain)], now), { ok: true })
    await addTimes(store, 2, attempt('e', plain))
    assert.equal((await add(store, attempt('e', plain))).ok, false)
    assert.deepEqual(await store.attempts.add([], now), { ok: true })
  }),

  storeCase('keys and groups count apart', async (store) => {
    const once: AttemptLimit = { max: 1, window: hour }
    for (const [group, key] of [
      ['a', 'b'],
      ['a', 'B'],
      ['A', 'b'],
      ['ab', ''],
      ['', 'ab'],
    ] as const)
      await addTimes(store, 1, attempt(key, once, group))
  }),

  storeCase('attempts.ask answers as add would, and counts nothing', async (store) => {
    const tried = attempt('login', waiting)
    for (let count = 0; count < 10; count++) assert.deepEqual(await store.attempts.ask([tried], now), { ok: true })
    await addTimes(store, 3, tried)
    assert.deepEqual(await store.attempts.ask([tried, attempt('other', plain)], now), { ok: false, retryAt: now + 30_000 })
    assert.deepEqual(await store.attempts.ask([tried], now + 30_000), { ok: true })
    assert.deepEqual(await store.attempts.ask([], now), { ok: true })
  }),

  storeCase('attempts.refund takes one count back on each, never under none', async (store) => {
    const tried = attempt('login', plain)
    await store.attempts.refund([tried, attempt('unknown', plain)])
    await addTimes(store, 1, tried)
    await store.attempts.refund([tried])
    await store.attempts.refund([tried])
    await addTimes(store, 3, tried)
    await store.attempts.refund([tried])
    await addTimes(store, 1, tried)
    assert.equal((await add(store, tried)).ok, false)
  }),

  storeCase('attempts.refund leaves no trace of the try: its wait begins where it began before', async (store) => {
    const tried = attempt('login', waiting)
    await addTimes(store, 3, tried)
    await addTimes(store, 1, tried, now + minute)
    await store.attempts.refund([tried])
    await addTimes(store, 1, tried, now + minute)
    assert.deepEqual(await add(store, tried, now + minute), { ok: false, retryAt: now + 2 * minute })
  }),

  storeCase('refunds at once are each counted', async (store) => {
    const tried = attempt('login', { max: 50, window: hour })
    await addTimes(store, 50, tried)
    await together(20, () => store.attempts.refund([tried]))
    const counted = await together(50, () => add(store, tried))
    assert.equal(
      countOf(counted, ({ ok }) => ok),
      20,
    )
  }),

  storeCase('attempts.clearGroup forgets every count of a group, and no other', async (store) => {
    const once: AttemptLimit = { max: 1, window: hour }
    const [a, b, other] = [attempt('a', once), attempt('b', once), attempt('a', once, 'Group')]
    await store.attempts.add([a, b, other], now)
    await store.attempts.clearGroup('group')
    await addTimes(store, 1, a)
    await addTimes(store, 1, b)
    assert.equal((await add(store, other)).ok, false)
  }),
]
