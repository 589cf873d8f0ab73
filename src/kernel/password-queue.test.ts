/** The hashing queue bounds what runs and what waits, in order. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AuthError } from '../model/error.ts'
import { createPasswordQueue } from './password-queue.ts'

function isOverloaded(error: unknown): boolean {
  return error instanceof AuthError && error.code === 'overloaded' && error.status === 503 && error.detail.retryAfter === 1
}

test('no more jobs than allowed run at once, and they start in the order they came', async () => {
  const queue = createPasswordQueue({ concurrency: 2, waiting: 100 })
  const started: number[] = []
  let running = 0
  let most = 0
  const jobs = Array.from({ length: 20 }, (_, index) =>
    queue.run(async () => {
      started.push(index)
      running += 1
      most = Math.max(most, running)
      await new Promise(setImmediate)
      running -= 1
      return index
    }),
  )
  const indexes = Array.from({ length: 20 }, (_, index) => index)
  assert.deepEqual(await Promise.all(jobs), indexes)
  assert.deepEqual(started, indexes)
  assert.equal(most, 2)
})

test('a full queue refuses at once, and takes jobs again when there is room', async () => {
  const queue = createPasswordQueue({ concurrency: 1, waiting: 2 })
  const gate = Promise.withResolvers<void>()
  const held = [queue.run(() => gate.promise), queue.run(async () => {}), queue.run(async () => {})]
  let ran = false
  await assert.rejects(
    queue.run(async () => {
      ran = true
    }),
    isOverloaded,
  )
  assert.equal(ran, false)
  gate.resolve()
  await Promise.all(held)
  assert.equal(await queue.run(async () => 'room'), 'room')
})

test('a job that fails, even synchronously, fails alone and frees its place', async () => {
  const queue = createPasswordQueue({ concurrency: 1, waiting: 10 })
  const results = await Promise.allSettled([
    queue.run(() => Promise.reject(new Error('first'))),
    queue.run(() => {
      throw new Error('second')
    }),
    queue.run(async () => 'third'),
  ])
  assert.deepEqual(
    results.map((result) => result.status),
    ['rejected', 'rejected', 'fulfilled'],
  )
})

test('a queue without waiting room runs what it can and refuses the rest', async () => {
  const queue = createPasswordQueue({ concurrency: 1, waiting: 0 })
  const [first, second] = await Promise.allSettled([queue.run(async () => 1), queue.run(async () => 2)])
  assert.equal(first.status, 'fulfilled')
  assert.ok(second.status === 'rejected' && isOverloaded(second.reason))
})

test('two queues share nothing', async () => {
  const gate = Promise.withResolvers<void>()
  const busy = createPasswordQueue({ concurrency: 1, waiting: 0 })
  const held = busy.run(() => gate.promise)
  assert.equal(await createPasswordQueue({ concurrency: 1, waiting: 0 }).run(async () => 'free'), 'free')
  gate.resolve()
  await held
})

test('room is told one caller per turn of the event loop, and refused when all places are taken', async () => {
  const queue = createPasswordQueue({ concurrency: 1, waiting: 1 })
  const gate = Promise.withResolvers<void>()
  let turns = 0
  const count = (): void => {
    turns += 1
    if (turns < 100) setImmediate(count)
  }
  setImmediate(count)
  const seen = await Promise.all(Array.from({ length: 5 }, () => queue.room().then(() => turns)))
  assert.equal(new Set(seen).size, 5)
  const held = [queue.run(() => gate.promise), queue.run(async () => {})]
  await assert.rejects(queue.room(), (error: unknown) => error instanceof AuthError && error.code === 'overloaded')
  gate.resolve()
  await Promise.all(held)
  await queue.room()
})
