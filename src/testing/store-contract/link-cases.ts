/** The links drawer: one-time, expiring, of one purpose. */
import assert from 'node:assert/strict'
import type { Change } from '../../model/change.ts'
import type { Store } from '../../model/store.ts'
import { create, hashOf, linkCalled, minute, now, oddMembers, oddText, putLink } from './samples.ts'
import { refuses, type StoreCase, storeCase, together, write } from './store-case.ts'

const purpose = 'reset-password'

function take(name: string, parts: { readonly purpose?: string; readonly now?: number } = {}): Change {
  return { kind: 'links.take', hash: hashOf(name), purpose, now, ...parts }
}

async function hashesOf(store: Store, subject: string, at: number = now): Promise<readonly string[]> {
  return (await store.reads.links.bySubject(subject, purpose, at)).map(({ hash }) => hash)
}

/** The links drawer. */
export const linkCases: readonly StoreCase[] = [
  storeCase(
    'links.put keeps every field as it was given',
    async (store) => {
      const full = linkCalled('full', {
        subject: oddText,
        userId: null,
        stamp: null,
        codeHash: 'code-hash',
        data: { ...oddMembers, list: [1, null] },
      })
      const plain = linkCalled('plain', { data: null })
      await write(store, { kind: 'links.put', link: full, keep: 1 }, { kind: 'links.put', link: plain, keep: 1 })
      assert.deepEqual(await store.reads.links.byHash(full.hash, purpose, now), full)
      assert.deepEqual(await store.reads.links.byHash(plain.hash, purpose, now), plain)
      assert.deepEqual(await store.reads.links.bySubject(oddText, purpose, now), [full])
    },
    { kind: 'links.put', property: 'effect' },
  ),

  storeCase(
    'links.put keeps the newest of its purpose and subject, and touches no others',
    async (store) => {
      const others = [putLink('other-subject', { subject: 'bob-id' }), putLink('other-purpose', { purpose: 'confirm-email' })]
      await write(store, ...others)
      for (const index of [1, 2, 3, 4]) await write(store, putLink(`link-${index}`, { createdAt: now + index }, 2))
      assert.deepEqual(await hashesOf(store, 'ada-id'), [hashOf('link-4'), hashOf('link-3')])
      assert.deepEqual(await hashesOf(store, 'bob-id'), [hashOf('other-subject')])
      assert.ok(await store.reads.links.byHash(hashOf('other-purpose'), 'confirm-email', now))
    },
    { kind: 'links.put', property: 'effect' },
  ),

  storeCase('links.put always keeps the link that it puts, whatever the clocks said', async (store) => {
    await write(store, putLink('z', { createdAt: now + minute }, 1), putLink('a', { createdAt: now }, 1))
    assert.deepEqual(await hashesOf(store, 'ada-id'), [hashOf('a')])
    await write(store, putLink('0', { createdAt: now }, 1))
    assert.deepEqual(await hashesOf(store, 'ada-id'), [hashOf('0')])
  }),

  storeCase('a link is found only by its own purpose, and until it expires', async (store) => {
    await write(store, create('ada'), putLink('mailed', { expiresAt: now + minute }))
    const { links } = store.reads
    assert.ok(await links.byHash(hashOf('mailed'), purpose, now + minute - 1))
    assert.equal(await links.byHash(hashOf('mailed'), purpose, now + minute), null)
    assert.equal(await links.byHash(hashOf('mailed'), 'confirm-email', now), null)
    assert.equal(await links.byHash(hashOf('unknown'), purpose, now), null)
    assert.equal((await links.bySubject('ada-id', purpose, now + minute - 1)).length, 1)
    assert.deepEqual(await links.bySubject('ada-id', purpose, now + minute), [])
    assert.deepEqual(await links.bySubject('ada-id', 'confirm-email', now), [])
    assert.deepEqual(await links.bySubject('Ada-id', purpose, now), [])
  }),

  storeCase(
    'links.take takes a link once',
    async (store) => {
      await write(store, putLink('mailed'), putLink('other'))
      await write(store, take('mailed'))
      assert.equal(await store.reads.links.byHash(hashOf('mailed'), purpose, now), null)
      assert.deepEqual(await hashesOf(store, 'ada-id'), [hashOf('other')])
      await refuses(store, { reason: 'gone' }, take('mailed'))
    },
    { kind: 'links.take', property: 'effect' },
    { kind: 'links.take', property: 'refusal' },
  ),

  storeCase(
    'links.take refuses an expired link, another purpose and an unknown hash, and spends nothing',
    async (store) => {
      await write(store, putLink('mailed', { expiresAt: now + minute }))
      await refuses(store, { reason: 'gone' }, take('mailed', { now: now + minute }))
      await refuses(store, { reason: 'gone' }, take('mailed', { purpose: 'confirm-email' }))
      await refuses(store, { reason: 'gone' }, take('unknown'))
      await write(store, take('mailed', { now: now + minute - 1 }))
    },
    { kind: 'links.take', property: 'refusal' },
  ),

  storeCase('a link taken in a write that was refused can still be taken', async (store) => {
    await write(store, putLink('mailed'))
    await refuses(store, { reason: 'gone' }, take('mailed'), { kind: 'users.delete', id: 'nobody' })
    await write(store, take('mailed'))
  }),

  storeCase(
    'links.drop removes all of a purpose and subject, and no others',
    async (store) => {
      const others = [putLink('other-subject', { subject: 'bob-id' }), putLink('other-purpose', { purpose: 'confirm-email' })]
      await write(store, putLink('a'), putLink('b'), ...others, { kind: 'links.drop', purpose, subject: 'ada-id' })
      assert.deepEqual(await hashesOf(store, 'ada-id'), [])
      assert.deepEqual(await hashesOf(store, 'bob-id'), [hashOf('other-subject')])
      assert.ok(await store.reads.links.byHash(hashOf('other-purpose'), 'confirm-email', now))
      await write(store, { kind: 'links.drop', purpose, subject: 'nobody' })
    },
    { kind: 'links.drop', property: 'effect' },
  ),

  storeCase('of many callers who put links at once, the newest of them stay', async (store) => {
    await together(50, (index) => store.durable.write([putLink(`link-${index}`, { createdAt: now + index }, 3)]))
    assert.equal((await hashesOf(store, 'ada-id')).length, 3)
  }),
]
