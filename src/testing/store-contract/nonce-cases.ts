/** Counts of nonces: each is used once, in whatever order they arrive. */
import assert from 'node:assert/strict'
import { minute, now } from './samples.ts'
import { countOf, type StoreCase, storeCase, together } from './store-case.ts'

const later = now + minute

/** Counts of nonces. */
export const nonceCases: readonly StoreCase[] = [
  storeCase('nonces.advance accepts each count of a nonce once, and each nonce has counts of its own', async ({ nonces }) => {
    for (const nonce of ['a', 'A', 'b']) {
      assert.equal(await nonces.advance(nonce, 1, later, now), true, nonce)
      assert.equal(await nonces.advance(nonce, 1, later, now), false, nonce)
    }
    assert.equal(await nonces.advance('a', 2, later, now), true)
  }),

  storeCase('AL-FD-5 THR-113 counts of a nonce may arrive in any order, 128 back from the highest', async ({ nonces }) => {
    for (const [count, isAccepted] of [
      [200, true],
      [73, true],
      [72, false],
      [150, true],
      [73, false],
      [199, true],
      [201, true],
      [74, true],
      [73, false],
    ] as const)
      assert.equal(await nonces.advance('nonce', count, later, now), isAccepted, String(count))
  }),

  storeCase('THR-111 a count that jumps opens none of those that it passes', async ({ nonces }) => {
    assert.equal(await nonces.advance('nonce', 1, later, now), true)
    assert.equal(await nonces.advance('nonce', 0xffff, later, now), true)
    for (const count of [1, 2, 3, 0xffff - 128, 0xffff])
      assert.equal(await nonces.advance('nonce', count, later, now), false, String(count))
    assert.equal(await nonces.advance('nonce', 0x7fffffff, later, now), true)
    assert.equal(await nonces.advance('nonce', 4, later, now), false)
  }),

  storeCase('what is no count is refused by nonces.advance, and uses none', async ({ nonces }) => {
    for (const count of [0, -1, 1.5, 0x80000000, 0xffffffff, Number.NaN])
      assert.equal(await nonces.advance('nonce', count, later, now), false)
    assert.equal(await nonces.advance('nonce', 1, later, now), true)
  }),

  storeCase('nonces.advance refuses from the moment a nonce expires, also after a purge', async (store) => {
    const { nonces } = store
    assert.equal(await nonces.advance('nonce', 1, later, later - 1), true)
    assert.equal(await nonces.advance('nonce', 2, later, later), false)
    assert.equal(await store.fleeting.purge(later - 1, 100), 0)
    assert.equal(await nonces.advance('nonce', 1, later, later - 1), false)
    await store.fleeting.purge(later, 100)
    assert.equal(await nonces.advance('nonce', 1, later, later), false)
  }),

  storeCase('of many callers with one count of a nonce, one succeeds', async ({ nonces }) => {
    const answers = await together(50, () => nonces.advance('nonce', 7, later, now))
    assert.equal(countOf(answers, Boolean), 1)
  }),

  storeCase('many callers with different counts of one nonce all succeed, in any order, and no repeat does', async ({ nonces }) => {
    const counts = Array.from({ length: 64 }, (_, index) => ((index * 37) % 64) + 1)
    const answers = await together(64, (index) => nonces.advance('nonce', counts[index] ?? 0, later, now))
    assert.equal(countOf(answers, Boolean), 64)
    const repeats = await together(64, (index) => nonces.advance('nonce', counts[index] ?? 0, later, now))
    assert.equal(countOf(repeats, Boolean), 0)
  }),
]
