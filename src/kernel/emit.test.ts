/** Listeners are told after the fact, in order, one after the other; a failing one is reported and breaks nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuthEvent } from '../model/event.ts'
import { createEmitter } from './emit.ts'

const about = { user: null, at: 1, ip: null, userAgent: null, requestId: null }

function failed(method: string): AuthEvent {
  return { name: 'user.authentication_failed', method, ...about }
}

const opened: AuthEvent = { name: 'user.activated', by: 'operator', ...about }

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

test('nobody is told before whoever emitted has gone on', async () => {
  const told: string[] = []
  const emitter = createEmitter(() => {})
  emitter.on('user.activated', () => void told.push('told'))
  emitter.emit([opened])
  await Promise.resolve()
  await Promise.resolve()
  assert.deepEqual(told, [])
  await emitter.settled()
  assert.deepEqual(told, ['told'])
})

test('events come in the order in which they were emitted, however long a listener takes', async () => {
  const told: string[] = []
  const emitter = createEmitter(() => {})
  emitter.on('user.authentication_failed', async ({ method }) => {
    await later(method === 'slow' ? 10 : 0)
    told.push(method)
  })
  emitter.on('user.activated', () => void told.push('activated'))
  emitter.emit([failed('slow'), opened])
  emitter.emit([failed('quick')])
  await emitter.settled()
  assert.deepEqual(told, ['slow', 'activated', 'quick'])
})

test('a listener that fails, at once or later, is reported, and the next ones are told', async () => {
  const told: string[] = []
  const reports: string[] = []
  const emitter = createEmitter((error, what) => reports.push(`${what}: ${error instanceof Error ? error.message : error}`))
  emitter.on('user.activated', () => {
    throw new Error('at once')
  })
  emitter.on('user.activated', async () => {
    await later(1)
    throw new Error('later')
  })
  emitter.on('user.activated', () => void told.push('told'))
  emitter.emit([opened])
  await emitter.settled()
  assert.deepEqual(told, ['told'])
  assert.deepEqual(reports, ['a listener of user.activated failed: at once', 'a listener of user.activated failed: later'])
})

test('a listener hears its own name only, until it is ended', async () => {
  const told: string[] = []
  const emitter = createEmitter(() => {})
  const end = emitter.on('user.authentication_failed', ({ method }) => void told.push(method))
  emitter.emit([opened, failed('one')])
  await emitter.settled()
  end()
  emitter.emit([failed('two')])
  await emitter.settled()
  assert.deepEqual(told, ['one'])
})

test('one function that listens twice is told twice, and ending one leaves the other', async () => {
  let count = 0
  const emitter = createEmitter(() => {})
  const listener = (): void => void count++
  const end = emitter.on('user.activated', listener)
  emitter.on('user.activated', listener)
  emitter.emit([opened])
  await emitter.settled()
  end()
  emitter.emit([opened])
  await emitter.settled()
  assert.equal(count, 3)
})

test('the platform is handed the work that is left after a reply, and none when nobody listens', async () => {
  const works: Promise<void>[] = []
  const told: string[] = []
  const emitter = createEmitter(
    () => {},
    (work) => works.push(work),
  )
  emitter.emit([opened])
  assert.equal(works.length, 0)
  emitter.on('user.activated', async () => {
    await later(5)
    told.push('told')
  })
  emitter.emit([opened])
  assert.equal(works.length, 1)
  await works[0]
  assert.deepEqual(told, ['told'])
})
