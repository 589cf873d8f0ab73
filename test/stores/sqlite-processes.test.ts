/** Two processes on one SQLite file: what may happen once happens once, however they meet. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sqlite } from '../../src/stores/sqlite.ts'
import { create, hashOf, now, ticketCalled } from '../../src/testing/store-contract/samples.ts'
import type { Task } from './contender.ts'

const folder = mkdtempSync(join(tmpdir(), 'portcullis-processes-'))
const file = join(folder, 'shared.db')
const contenders = [1, 2].map(() => fork(new URL('./contender.ts', import.meta.url)))

after(async () => {
  await both({ kind: 'close' })
  rmSync(folder, { recursive: true })
})

async function tell(contender: ChildProcess | undefined, task: Task): Promise<unknown> {
  assert.ok(contender)
  const answer = once(contender, 'message')
  contender.send(task)
  const [value] = await answer
  return value
}

/** Gives both a task at the same time. */
async function both(first: Task, second: Task = first): Promise<readonly unknown[]> {
  return Promise.all([tell(contenders[0], first), tell(contenders[1], second)])
}

function total(won: readonly unknown[]): number {
  return won.reduce<number>((sum, count) => sum + Number(count), 0)
}

test('two processes migrate one new file at once', async () => {
  for (let round = 0; round < 8; round++) {
    const fresh: Task = { kind: 'open', file: join(folder, `fresh-${round}.db`) }
    assert.deepEqual(await both(fresh), [1, 1])
  }
  assert.deepEqual(await both({ kind: 'open', file }), [1, 1])
})

test('of two processes that create a user of one address, one does, in every round', async () => {
  for (let round = 0; round < 40; round++) {
    const name = `user-${round}`
    const won = await both({ kind: 'create', name, by: `first-${round}` }, { kind: 'create', name, by: `second-${round}` })
    assert.equal(total(won), 1, `round ${round}`)
  }
})

test('two processes that count on one key let no more through than the limit', async () => {
  for (let round = 0; round < 10; round++) {
    assert.equal(total(await both({ kind: 'count', key: `key-${round}`, tries: 20, max: 7 })), 7, `round ${round}`)
  }
})

test('two processes open one session for one ticket, in every round', async () => {
  const store = sqlite(file)
  await store.durable.open()
  await store.durable.write([create('ada')])
  for (let round = 0; round < 20; round++) {
    const ticket = `ticket-${round}`
    await store.tickets.put(hashOf(ticket), ticketCalled(ticket))
    const won = await both({ kind: 'session', ticket, tries: 5, by: 'a' }, { kind: 'session', ticket, tries: 5, by: 'b' })
    assert.equal(total(won), 1, `round ${round}`)
  }
  assert.equal((await store.sessions.listOf('ada-id', 'ada-stamp', now)).length, 20)
  await store.durable.close()
})

test('of two processes that spend one id, one succeeds, in every round', async () => {
  for (let round = 0; round < 40; round++) assert.equal(total(await both({ kind: 'spend', id: `id-${round}` })), 1, `round ${round}`)
})

test('two processes settle on one epoch, which stays', async () => {
  const [first, second] = await both({ kind: 'epoch' })
  assert.equal(first, second)
  assert.deepEqual(await both({ kind: 'epoch' }), [first, first])
})
