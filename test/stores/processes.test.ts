/** Two processes on one database: what may happen once happens once, however they meet. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { create, hashOf, now, ticketCalled } from '../../src/testing/store-contract/samples.ts'
import { type StorePlace, stores } from '../flows/stores.ts'
import { storeAt } from '../servers/store-at.ts'
import type { Task } from './contender.ts'

for (const { name, reach, place } of stores.filter((each) => each.reach !== 'one process')) {
  const rounds = reach === 'network' ? 20 : 40
  describe(name, () => {
    const contenders: ChildProcess[] = []
    const places: StorePlace[] = []
    let at = ''

    before(async () => {
      for (let count = 0; count < 2; count++) contenders.push(fork(new URL('./contender.ts', import.meta.url)))
      at = await newPlace()
    })

    after(async () => {
      await both({ kind: 'close' })
      for (const { remove } of places) await remove()
    })

    async function newPlace(): Promise<string> {
      const made = await place()
      places.push(made)
      return made.address
    }

    /** Gives both a task at the same time. */
    async function both(first: Task, second: Task = first): Promise<readonly unknown[]> {
      return Promise.all([tell(contenders[0], first), tell(contenders[1], second)])
    }

    test('two processes migrate one new database at once', async () => {
      for (let round = 0; round < rounds / 5; round++) {
        assert.deepEqual(await both({ kind: 'open', at: await newPlace() }), [1, 1])
      }
      assert.deepEqual(await both({ kind: 'open', at }), [1, 1])
    })

    test('of two processes that create a user of one address, one does, in every round', async () => {
      for (let round = 0; round < rounds; round++) {
        const user = `user-${round}`
        const won = await both({ kind: 'create', name: user, by: `first-${round}` }, { kind: 'create', name: user, by: `second-${round}` })
        assert.equal(total(won), 1, `round ${round}`)
      }
    })

    test('two processes that count on one key let no more through than the limit', async () => {
      for (let round = 0; round < rounds / 4; round++) {
        assert.equal(total(await both({ kind: 'count', key: `key-${round}`, tries: 20, max: 7 })), 7, `round ${round}`)
      }
    })

    test('two processes open one session for one ticket, in every round', async () => {
      const store = storeAt(at)
      await store.durable.open()
      await store.fleeting.open()
      await store.durable.write([create('ada')])
      for (let round = 0; round < rounds / 2; round++) {
        const ticket = `ticket-${round}`
        await store.tickets.put(hashOf(ticket), ticketCalled(ticket), now)
        const won = await both({ kind: 'session', ticket, tries: 5, by: 'a' }, { kind: 'session', ticket, tries: 5, by: 'b' })
        assert.equal(total(won), 1, `round ${round}`)
      }
      assert.equal((await store.sessions.listOf('ada-id', 'ada-stamp', now)).length, rounds / 2)
      await store.fleeting.close()
      await store.durable.close()
    })

    test('of two processes that spend one id, one succeeds, in every round', async () => {
      for (let round = 0; round < rounds; round++)
        assert.equal(total(await both({ kind: 'spend', id: `id-${round}` })), 1, `round ${round}`)
    })

    test('THR-107 two processes that use the same counts of one nonce use each once, in every round', async () => {
      for (let round = 0; round < rounds / 4; round++)
        assert.equal(total(await both({ kind: 'nonce', nonce: `nonce-${round}`, counts: 20 })), 20, `round ${round}`)
    })

    test('two processes settle on one epoch, which stays', async () => {
      const [first, second] = await both({ kind: 'epoch' })
      assert.equal(first, second)
      assert.deepEqual(await both({ kind: 'epoch' }), [first, first])
    })
  })
}

async function tell(contender: ChildProcess | undefined, task: Task): Promise<unknown> {
  assert.ok(contender)
  const answer = once(contender, 'message')
  contender.send(task)
  const [value] = await answer
  return value
}

function total(won: readonly unknown[]): number {
  return won.reduce<number>((sum, count) => sum + Number(count), 0)
}
