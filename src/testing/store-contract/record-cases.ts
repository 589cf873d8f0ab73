/** The records drawer: entries of other people's features, guarded by their version. */
import assert from 'node:assert/strict'
import type { Change } from '../../model/change.ts'
import type { Store } from '../../model/store.ts'
import { minute, now, oddMembers, oddText, putRecord } from './samples.ts'
import { refuses, type StoreCase, storeCase, write } from './store-case.ts'

function drop(key: string, expect?: number): Change {
  return expect === undefined ? { kind: 'records.drop', feature: 'pins', key } : { kind: 'records.drop', feature: 'pins', key, expect }
}

async function keysOf(store: Store, userId: string, at: number = now): Promise<readonly string[]> {
  return (await store.reads.records.listOf('pins', userId, at)).map(({ key }) => key)
}

/** The records drawer. */
export const recordCases: readonly StoreCase[] = [
  storeCase(
    'records.put keeps every field as it was given, at version 1',
    async (store) => {
      const full = { userId: 'ada-id', value: oddMembers, secret: 'sealed', expiresAt: now + minute }
      const plain = { userId: null, value: null, secret: null, expiresAt: null }
      await write(store, putRecord(oddText, full), putRecord('', plain))
      assert.deepEqual(await store.reads.records.get('pins', oddText, now), { feature: 'pins', key: oddText, ...full, version: 1 })
      assert.deepEqual(await store.reads.records.get('pins', '', now), { feature: 'pins', key: '', ...plain, version: 1 })
    },
    { kind: 'records.put', property: 'effect' },
  ),

  storeCase(
    'records.put replaces the version that it expects by the next one',
    async (store) => {
      await write(store, putRecord('pin', { value: 'a', secret: 'sealed', expiresAt: now + minute }))
      await write(
        store,
        putRecord('pin', { value: { b: 2 }, userId: 'bob-id', expect: 1 }),
        putRecord('pin', { value: [3], userId: 'bob-id', expect: 2 }),
      )
      assert.deepEqual(await store.reads.records.get('pins', 'pin', now + minute), {
        feature: 'pins',
        key: 'pin',
        userId: 'bob-id',
        value: [3],
        secret: null,
        version: 3,
        expiresAt: null,
      })
      assert.deepEqual(await keysOf(store, 'ada-id'), [])
    },
    { kind: 'records.put', property: 'effect' },
  ),

  storeCase(
    'records.put takes an expired entry for an absent one',
    async (store) => {
      await write(store, putRecord('pin', { value: 'old', expiresAt: now }), putRecord('pin', { value: 'new' }))
      assert.equal((await store.reads.records.get('pins', 'pin', now))?.version, 1)
      await write(store, putRecord('code', { expiresAt: now + 1 }))
      await refuses(store, { reason: 'stale' }, putRecord('code'))
    },
    { kind: 'records.put', property: 'effect' },
  ),

  storeCase(
    'records.put refuses any version but the stored one',
    async (store) => {
      await refuses(store, { reason: 'stale' }, putRecord('pin', { expect: 1 }))
      await write(store, putRecord('pin', { value: 'kept' }))
      await refuses(store, { reason: 'stale' }, putRecord('pin', { expect: 0 }))
      await refuses(store, { reason: 'stale' }, putRecord('pin', { expect: 2 }))
      assert.equal((await store.reads.records.get('pins', 'pin', now))?.value, 'kept')
    },
    { kind: 'records.put', property: 'refusal' },
  ),

  storeCase('an entry is its feature’s own', async (store) => {
    await write(store, putRecord('pin', { value: 'pins' }), putRecord('pin', { feature: 'cards', value: 'cards' }))
    assert.equal((await store.reads.records.get('pins', 'pin', now))?.value, 'pins')
    assert.equal((await store.reads.records.get('cards', 'pin', now))?.value, 'cards')
    assert.equal(await store.reads.records.get('Pins', 'pin', now), null)
    await write(store, drop('pin'))
    assert.ok(await store.reads.records.get('cards', 'pin', now))
  }),

  storeCase('an entry is read until it expires, or for good', async (store) => {
    await write(store, putRecord('kept'), putRecord('passing', { expiresAt: now + minute }))
    assert.ok(await store.reads.records.get('pins', 'passing', now + minute - 1))
    assert.equal(await store.reads.records.get('pins', 'passing', now + minute), null)
    assert.deepEqual(await keysOf(store, 'ada-id', now + minute - 1), ['kept', 'passing'])
    assert.deepEqual(await keysOf(store, 'ada-id', now + minute), ['kept'])
  }),

  storeCase('records.listOf gives one user’s, by key in byte order', async (store) => {
    await write(
      store,
      ...['b', '\u{10348}', '\uffee', 'a', 'Z'].map((key) => putRecord(key)),
      putRecord('c', { userId: 'bob-id' }),
      putRecord('d', { userId: null }),
    )
    assert.deepEqual(await keysOf(store, 'ada-id'), ['Z', 'a', 'b', '\uffee', '\u{10348}'])
    assert.deepEqual(await keysOf(store, 'bob-id'), ['c'])
    assert.deepEqual(await store.reads.records.listOf('cards', 'ada-id', now), [])
  }),

  storeCase(
    'records.drop removes an entry, which then may be made anew',
    async (store) => {
      await write(store, putRecord('pin'), putRecord('other'), drop('pin', 1), putRecord('pin'))
      await write(store, drop('pin'))
      assert.deepEqual(await keysOf(store, 'ada-id'), ['other'])
      await write(store, drop('pin'))
    },
    { kind: 'records.drop', property: 'effect' },
  ),

  storeCase(
    'records.drop refuses another version than the one it expects',
    async (store) => {
      await refuses(store, { reason: 'gone' }, drop('pin', 1))
      await write(store, putRecord('pin'))
      await refuses(store, { reason: 'stale' }, drop('pin', 2))
      assert.deepEqual(await keysOf(store, 'ada-id'), ['pin'])
    },
    { kind: 'records.drop', property: 'refusal' },
  ),
]
