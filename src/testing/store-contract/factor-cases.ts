/** Second factors: steps that only rise, and codes that go when they are used. */
import assert from 'node:assert/strict'
import type { Change } from '../../model/change.ts'
import type { Store } from '../../model/store.ts'
import { addTotp, advanceTotp, authenticatorCalled, create, now, oddText, replaceCodes, useCode } from './samples.ts'
import { countOf, refuses, type StoreCase, storeCase, together, write } from './store-case.ts'

async function namesOf(store: Store, userId: string = 'ada-id'): Promise<readonly string[]> {
  return (await store.reads.totp.listOf(userId)).map(({ name }) => name)
}

async function codesOf(store: Store, userId: string = 'ada-id'): Promise<readonly string[]> {
  return store.reads.recoveryCodes.listOf(userId)
}

const dropPhone: Change = { kind: 'totp.drop', userId: 'ada-id', which: { id: 'phone-totp' } }

/** Second factors. */
export const factorCases: readonly StoreCase[] = [
  storeCase(
    'totp.add keeps an authenticator as it was given; they are listed by their latest use',
    async (store) => {
      const shape = { algorithm: 'SHA-512', digits: 8, period: 60, name: oddText, secret: 's'.repeat(300), step: 63_115_200 } as const
      await write(store, create('ada'), addTotp('old', { usedAt: now - 1 }), addTotp('phone', shape), addTotp('bobs', { userId: 'bob-id' }))
      assert.deepEqual(await store.reads.totp.listOf('ada-id'), [
        authenticatorCalled('phone', shape),
        authenticatorCalled('old', { usedAt: now - 1 }),
      ])
      assert.deepEqual(await namesOf(store, 'bob-id'), ['bobs'])
    },
    { kind: 'totp.add', property: 'effect' },
  ),

  storeCase(
    'totp.add refuses an id that is taken, and one more than there may be',
    async (store) => {
      await write(store, create('ada'), addTotp('a'), addTotp('b', {}, 2), addTotp('bobs', { userId: 'bob-id' }, 1))
      await refuses(store, { reason: 'taken', field: 'id' }, addTotp('a', { userId: 'bob-id' }))
      await refuses(store, { reason: 'full' }, addTotp('c', {}, 2))
      assert.deepEqual(await namesOf(store), ['a', 'b'])
    },
    { kind: 'totp.add', property: 'refusal' },
  ),

  storeCase('of many callers that add the last authenticator there may be, one does', async (store) => {
    await write(store, create('ada'), addTotp('first'))
    const added = await together(50, (index) => store.durable.write([addTotp(`next-${index}`, {}, 2)]))
    assert.equal(
      countOf(added, ({ ok }) => ok),
      1,
    )
    assert.equal((await namesOf(store)).length, 2)
  }),

  storeCase(
    'totp.advance spends a step and notes the use',
    async (store) => {
      await write(store, create('ada'), addTotp('phone', { step: 5 }), addTotp('tablet'), advanceTotp('phone', 6), advanceTotp('phone', 8))
      assert.deepEqual(
        (await store.reads.totp.listOf('ada-id')).map(({ name, step, usedAt }) => [name, step, usedAt]),
        [
          ['phone', 8, now + 8],
          ['tablet', 0, now],
        ],
      )
    },
    { kind: 'totp.advance', property: 'effect' },
  ),

  storeCase(
    'totp.advance refuses a step that is spent, an earlier one, and what is not the user’s',
    async (store) => {
      await write(store, create('ada'), addTotp('phone', { step: 5 }))
      for (const step of [5, 4]) await refuses(store, { reason: 'stale' }, advanceTotp('phone', step))
      await refuses(store, { reason: 'gone' }, advanceTotp('phone', 6, 'bob-id'))
      await refuses(store, { reason: 'gone' }, advanceTotp('unknown', 6))
    },
    { kind: 'totp.advance', property: 'refusal' },
  ),

  storeCase(
    'totp.drop removes one of the user’s, those made since then, or all',
    async (store) => {
      await write(store, create('ada'), addTotp('phone'), addTotp('tablet'), addTotp('bobs', { userId: 'bob-id' }), dropPhone)
      assert.deepEqual(await namesOf(store), ['tablet'])
      const dropLater: Change = { kind: 'totp.drop', userId: 'ada-id', which: { since: now + 1 } }
      await write(store, addTotp('stranger', { createdAt: now + 1 }), addTotp('other', { createdAt: now + 2 }), dropLater, dropLater)
      assert.deepEqual(await namesOf(store), ['tablet'])
      const dropAll: Change = { kind: 'totp.drop', userId: 'ada-id' }
      await write(store, dropAll, dropAll)
      assert.deepEqual([await namesOf(store), await namesOf(store, 'bob-id')], [[], ['bobs']])
    },
    { kind: 'totp.drop', property: 'effect' },
  ),

  storeCase('totp.drop keeps the last one where it must: of two that go at once, one stays', async (store) => {
    const keep = (name: string): Change => ({ kind: 'totp.drop', userId: 'ada-id', which: { id: `${name}-totp`, notLast: true } })
    await write(store, create('ada'), addTotp('phone'), addTotp('tablet'), addTotp('bobs', { userId: 'bob-id' }))
    const dropped = await together(2, (at) => store.durable.write([keep(at === 0 ? 'phone' : 'tablet')]))
    assert.deepEqual([countOf(dropped, ({ ok }) => ok), (await namesOf(store)).length], [1, 1])
    const [left = ''] = await namesOf(store)
    await refuses(store, { reason: 'last' }, keep(left))
    await refuses(store, { reason: 'gone' }, keep('bobs'))
    assert.deepEqual(await namesOf(store), [left])
  }),

  storeCase(
    'totp.drop refuses what is not the user’s',
    async (store) => {
      await write(store, create('ada'), addTotp('phone', { userId: 'bob-id' }))
      await refuses(store, { reason: 'gone' }, dropPhone)
      assert.deepEqual(await namesOf(store, 'bob-id'), ['phone'])
    },
    { kind: 'totp.drop', property: 'refusal' },
  ),

  storeCase(
    'recoveryCodes.replace gives a user new codes in the place of all others, or only where there are none',
    async (store) => {
      const others: Change = { kind: 'recoveryCodes.replace', userId: 'bob-id', hashes: ['x'] }
      await write(store, create('ada'), others, replaceCodes('b', 'a', 'B'))
      assert.deepEqual(await codesOf(store), ['B', 'a', 'b'])
      await write(store, { kind: 'recoveryCodes.replace', userId: 'ada-id', hashes: ['c'], onlyIfNone: true })
      assert.deepEqual(await codesOf(store), ['B', 'a', 'b'])
      await write(store, replaceCodes('a', 'd'))
      assert.deepEqual(await codesOf(store), ['a', 'd'])
      await write(store, replaceCodes(), { kind: 'recoveryCodes.replace', userId: 'ada-id', hashes: ['e'], onlyIfNone: true })
      assert.deepEqual([await codesOf(store), await codesOf(store, 'bob-id')], [['e'], ['x']])
    },
    { kind: 'recoveryCodes.replace', property: 'effect' },
  ),

  storeCase(
    'recoveryCodes.use takes a code away',
    async (store) => {
      await write(store, create('ada'), replaceCodes('a', 'b'), useCode('a'))
      assert.deepEqual(await codesOf(store), ['b'])
    },
    { kind: 'recoveryCodes.use', property: 'effect' },
  ),

  storeCase(
    'recoveryCodes.use refuses a code that was used, is another user’s, or none',
    async (store) => {
      await write(store, create('ada'), replaceCodes('a', 'b'), useCode('a'))
      await refuses(store, { reason: 'gone' }, useCode('a'))
      await refuses(store, { reason: 'gone' }, useCode('b', 'bob-id'))
      await refuses(store, { reason: 'gone' }, useCode('c'))
      assert.deepEqual(await codesOf(store), ['b'])
    },
    { kind: 'recoveryCodes.use', property: 'refusal' },
  ),
]
