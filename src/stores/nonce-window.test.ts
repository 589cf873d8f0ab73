/** The window accepts each count once, in any order within its width, and nothing that it cannot tell. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type NonceWindow, useCount } from './nonce-window.ts'

const seed = Number(process.env.PORTCULLIS_SEED ?? 1)

/** Which of these counts are accepted, one after the other. */
function accepted(counts: readonly number[]): readonly boolean[] {
  let window: NonceWindow | null = null
  return counts.map((count) => {
    const next = useCount(window, count)
    window = next ?? window
    return next !== null
  })
}

test('AL-FD-5 THR-113 counts may arrive in any order within 128, each once', () => {
  assert.deepEqual(accepted([3, 1, 2, 3, 1, 2, 4]), [true, true, true, false, false, false, true])
  assert.deepEqual(accepted([128, 1, 1, 129, 2, 1]), [true, true, false, true, true, false])
  assert.deepEqual(accepted([129, 1]), [true, false])
})

test('THR-111 a jump opens nothing: what it leaves behind is refused, and so is what was used before it', () => {
  assert.deepEqual(accepted([1, 0xffff, 2, 2, 0xffff - 128, 0xffff - 127, 0xffff - 127, 0xffff]), [
    true,
    true,
    false,
    false,
    false,
    true,
    false,
    false,
  ])
})

test('what is no count from 1 is refused', () => {
  for (const count of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 0xffff_ffff]) assert.equal(useCount(null, count), null)
  assert.deepEqual(accepted([0x7fffffff, 0x7ffffffe]), [true, true])
})

test('a window is always 32 digits, and agrees with a set of all counts that were used', () => {
  const counts = fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 0x7fffffff })), { maxLength: 200 })
  fc.assert(
    fc.property(counts, (list) => {
      let window: NonceWindow | null = null
      const used = new Set<number>()
      for (const count of list) {
        const isFresh: boolean = !used.has(count) && count > Math.max(0, ...used) - 128
        const next = useCount(window, count)
        assert.equal(next !== null, isFresh, `${count} after ${[...used]}`)
        if (next === null) continue
        assert.match(next.used, /^[0-9a-f]{32}$/)
        used.add(count)
        window = next
      }
    }),
    { seed, numRuns: 500 },
  )
})
