/** Pairs of calls that come at once: whichever is first, the other sees what it did. */
import assert from 'node:assert/strict'
import type { Change } from '../../model/change.ts'
import type { Store } from '../../model/store.ts'
import { create, hashOf, minute, now, putDeletion, sessionCalled, userCalled } from './samples.ts'
import { countOf, refuses, type StoreCase, storeCase, together, write } from './store-case.ts'

const rounds = 40

/** Writes both at once, now one first and now the other; which of them were done. */
async function both(store: Store, round: number, one: readonly Change[], other: readonly Change[]): Promise<readonly [boolean, boolean]> {
  const lists = round % 2 === 0 ? [one, other] : [other, one]
  const done = await together(2, async (caller) => (await store.durable.write(lists[caller] ?? [])).ok)
  const [first = false, second = false] = round % 2 === 0 ? done : done.toReversed()
  return [first, second]
}

/** Of many users who take one key at once, one gets it; the others are told that it is taken, and keep what they had. */
async function oneGets(store: Store, field: 'email' | 'username'): Promise<void> {
  const names = Array.from({ length: 20 }, (_, index) => `user${index}`)
  await write(store, ...names.map((name) => create(name, { username: name, usernameKey: name })))
  const set = field === 'email' ? { email: 'one@example.com', emailKey: 'one@example.com' } : { username: 'one', usernameKey: 'one' }
  const written = await together(names.length, (index) =>
    store.durable.write([{ kind: 'users.update', id: `${names[index]}-id`, set: { ...set, active: false } }]),
  )
  assert.equal(
    countOf(written, ({ ok }) => ok),
    1,
  )
  for (const [index, answer] of written.entries()) {
    if (!answer.ok) assert.deepEqual(answer.conflict, { index: 0, reason: 'taken', field })
    const found = await store.reads.users.byId(`${names[index]}-id`)
    assert.deepEqual(
      [found?.user.active, found?.user[field]],
      answer.ok ? [false, set[field]] : [true, userCalled(names[index] ?? '')[field] ?? names[index]],
    )
  }
}

/** Races. */
export const raceCases: readonly StoreCase[] = [
  storeCase(
    'a write that expects an account unchanged is refused once it has changed, and is complete before it changes',
    async (store) => {
      await write(store, create('ada'))
      for (let round = 0; round < rounds; round++) {
        const stamp = round === 0 ? 'ada-stamp' : `stamp-${round}`
        const note = (value: string): Change => ({ kind: 'roles.put', name: `role-${round}`, description: value, permissions: [] })
        const [expected] = await both(
          store,
          round,
          [{ kind: 'users.expect', id: 'ada-id', stamp }, note('expected')],
          [{ kind: 'users.update', id: 'ada-id', set: { stamp: `stamp-${round + 1}` } }, note('changed')],
        )
        const found = await store.reads.roles.byName(`role-${round}`)
        assert.equal(found?.description, 'changed', `round ${round}, ${expected ? 'done' : 'refused'}`)
      }
      await refuses(store, { reason: 'stale' }, { kind: 'users.expect', id: 'ada-id', stamp: 'ada-stamp' })
    },
    { kind: 'users.expect', property: 'concurrency' },
  ),

  storeCase(
    'an account whose deletion is called off at the last moment is either there or deleted, and whoever called it off is told which',
    async (store) => {
      for (let round = 0; round < rounds; round++) {
        await write(store, create('ada'), putDeletion(now))
        const [deleted, calledOff] = await both(
          store,
          round,
          [{ kind: 'users.delete', id: 'ada-id', dueBy: now }],
          [
            { kind: 'users.expect', id: 'ada-id', stamp: 'ada-stamp' },
            { kind: 'deletions.drop', userId: 'ada-id' },
          ],
        )
        assert.notEqual(deleted, calledOff, `round ${round}`)
        assert.equal((await store.reads.users.byId('ada-id')) === null, deleted)
        if (calledOff) await write(store, { kind: 'users.delete', id: 'ada-id' })
      }
    },
    { kind: 'users.delete', property: 'concurrency' },
  ),

  storeCase('of many accounts that take one address at once, one gets it', (store) => oneGets(store, 'email'), {
    kind: 'users.update',
    property: 'concurrency',
  }),

  storeCase('of many accounts that take one username at once, one gets it', (store) => oneGets(store, 'username'), {
    kind: 'users.update',
    property: 'concurrency',
  }),

  storeCase('a session that is used while it is ended stays ended, whoever comes first', async (store) => {
    await write(store, create('ada'))
    for (let round = 0; round < rounds; round++) {
      const hash = hashOf(`s-${round}`)
      await store.sessions.open(hash, sessionCalled(`s-${round}`), { now })
      const calls = [
        () => store.sessions.touch(hash, now + minute, now + 2 * minute),
        () => store.sessions.end('ada-id', sessionCalled(`s-${round}`).id),
      ]
      await together(2, async (caller) => calls[(caller + round) % 2]?.())
      assert.equal(await store.sessions.recognise(hash, now, store.reads.users), null, `round ${round}`)
    }
  }),

  storeCase('of many callers that end one session, one is told that it did', async (store) => {
    await write(store, create('ada'))
    await store.sessions.open(hashOf('s'), sessionCalled('s'), { now })
    const ended = await together(50, () => store.sessions.end('ada-id', sessionCalled('s').id))
    assert.equal(countOf(ended, Boolean), 1)
  }),
]
