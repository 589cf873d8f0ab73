/** What is kept of an account's life: its logins, what happened to it, and its end. */
import assert from 'node:assert/strict'
import type { AuditRow } from '../../model/audit.ts'
import type { Change } from '../../model/change.ts'
import type { Store } from '../../model/store.ts'
import { append, create, minute, now, oddMembers, oddText, putDeletion, track } from './samples.ts'
import { refuses, type StoreCase, storeCase, together, write } from './store-case.ts'

function namesOf(rows: readonly AuditRow[]): readonly string[] {
  return rows.map(({ id }) => id.replace('-event', ''))
}

async function dueAt(store: Store, at: number, limit: number): Promise<readonly string[]> {
  return (await store.reads.deletions.due(at, limit)).map(({ userId }) => userId)
}

const deleteAda: Change = { kind: 'users.delete', id: 'ada-id', dueBy: now + 60 * minute }

/** Logins, events and deletions. */
export const lifeCases: readonly StoreCase[] = [
  storeCase(
    'logins.track makes the first login the last one too, then moves the current one to the last and counts',
    async (store) => {
      await write(store, create('ada'), track(now, '192.0.2.1', oddText))
      const first = { at: now, ip: '192.0.2.1', userAgent: oddText }
      const of = (current: typeof first | Unknown, last: typeof first | Unknown, count: number): object => ({
        userId: 'ada-id',
        count,
        currentAt: current.at,
        currentIp: current.ip,
        currentUserAgent: current.userAgent,
        lastAt: last.at,
        lastIp: last.ip,
        lastUserAgent: last.userAgent,
      })
      type Unknown = { readonly at: number; readonly ip: null; readonly userAgent: null }
      assert.deepEqual(await store.reads.logins.byUser('ada-id'), of(first, first, 1))
      const second: Unknown = { at: now + minute, ip: null, userAgent: null }
      await write(store, track(now + minute, null, null))
      assert.deepEqual(await store.reads.logins.byUser('ada-id'), of(second, first, 2))
      const third = { ...first, at: now + 2 * minute }
      await write(store, track(now + 2 * minute, '192.0.2.1', oddText))
      assert.deepEqual(await store.reads.logins.byUser('ada-id'), of(third, second, 3))
      assert.equal(await store.reads.logins.byUser('nobody'), null)
    },
    { kind: 'logins.track', property: 'effect' },
  ),

  storeCase('many logins at once are all counted', async (store) => {
    await write(store, create('ada'))
    await together(50, () => store.durable.write([track()]))
    assert.equal((await store.reads.logins.byUser('ada-id'))?.count, 50)
  }),

  storeCase(
    'deletions.put keeps when an account may be deleted, once for each',
    async (store) => {
      await write(store, create('ada'), putDeletion(now + minute), putDeletion(now + 2 * minute))
      const deletion = { userId: 'ada-id', requestedAt: now, deletesAt: now + 2 * minute }
      assert.deepEqual(await store.reads.deletions.byUser('ada-id'), deletion)
      assert.equal(await store.reads.deletions.byUser('bob-id'), null)
    },
    { kind: 'deletions.put', property: 'effect' },
  ),

  storeCase('deletions.put refuses whom there is not', (store) => refuses(store, { reason: 'gone' }, putDeletion(now, 'nobody')), {
    kind: 'deletions.put',
    property: 'refusal',
  }),

  storeCase(
    'deletions.drop calls a deletion off, and does no harm where there is none',
    async (store) => {
      const drop: Change = { kind: 'deletions.drop', userId: 'ada-id' }
      await write(store, create('ada'), drop, putDeletion(), drop, drop)
      assert.equal(await store.reads.deletions.byUser('ada-id'), null)
    },
    { kind: 'deletions.drop', property: 'effect' },
  ),

  storeCase('deletions.due gives those whose time has come, the longest due first, at most so many', async (store) => {
    const names = ['ada', 'bob', 'cyd', 'dee']
    await write(store, ...names.map((name) => create(name)))
    await write(
      store,
      putDeletion(now, 'bob-id'),
      putDeletion(now - 1, 'cyd-id'),
      putDeletion(now, 'ada-id'),
      putDeletion(now + 1, 'dee-id'),
    )
    assert.deepEqual(await dueAt(store, now, 10), ['cyd-id', 'ada-id', 'bob-id'])
    assert.deepEqual(await dueAt(store, now, 2), ['cyd-id', 'ada-id'])
    assert.deepEqual(await dueAt(store, now - 2, 10), [])
    const [, second] = await store.reads.deletions.due(now, 2)
    const others = await store.reads.deletions.due(now, 10, second)
    assert.deepEqual(
      others.map(({ userId }) => userId),
      ['bob-id'],
    )
  }),

  storeCase(
    'users.delete with a time refuses an account whose deletion is not due by then, or was called off',
    async (store) => {
      await write(store, create('ada'))
      await refuses(store, { reason: 'stale' }, deleteAda)
      await write(store, putDeletion(now + 60 * minute + 1))
      await refuses(store, { reason: 'stale' }, deleteAda)
      await write(store, putDeletion(now + 60 * minute), deleteAda)
      assert.equal(await store.reads.users.byId('ada-id'), null)
      assert.equal(await store.reads.deletions.byUser('ada-id'), null)
    },
    { kind: 'users.delete', property: 'refusal' },
  ),

  storeCase(
    'audit.append keeps an event as it was given',
    async (store) => {
      const odd = { event: 'mail.failed', ip: null, userAgent: oddText, requestId: null, details: oddMembers, expiresAt: now + minute }
      await write(store, create('ada'), append('plain'), append('odd', { userId: null, ...odd }))
      const source = { ip: '192.0.2.1', userAgent: 'Browser/1.0', requestId: 'request' }
      assert.deepEqual(await store.reads.audit.list({ limit: 10 }), [
        { id: 'plain-event', event: 'user.logged_in', userId: 'ada-id', at: now, ...source, details: {}, expiresAt: null },
        { id: 'odd-event', userId: null, at: now, ...odd },
      ])
    },
    { kind: 'audit.append', property: 'effect' },
  ),

  storeCase('audit.append names nobody who is not there any more', async (store) => {
    await write(
      store,
      create('ada'),
      append('before'),
      { kind: 'users.delete', id: 'ada-id' },
      append('after'),
      append('nobody', { userId: null }),
    )
    const rows = await store.reads.audit.list({ limit: 10 })
    assert.deepEqual(
      rows.map(({ id, userId }) => [id, userId]),
      [
        ['nobody-event', null],
        ['after-event', null],
      ],
    )
  }),

  storeCase('audit.list gives events newest first, of one user or of all, page by page', async (store) => {
    const rows = ['a', 'b', 'c', 'd', 'e'].map((name, index) => append(name, { at: now + Math.floor(index / 2) }))
    await write(store, create('ada'), create('bob'))
    await write(store, ...rows, append('bob', { userId: 'bob-id', at: now + 1 }), append('nobody', { userId: null, at: now - 1 }))
    assert.deepEqual(namesOf(await store.reads.audit.list({ limit: 10 })), ['e', 'd', 'c', 'bob', 'b', 'a', 'nobody'])
    assert.deepEqual(namesOf(await store.reads.audit.list({ limit: 10, userId: 'bob-id' })), ['bob'])
    const pages: (readonly string[])[] = []
    let before: AuditRow | undefined
    for (let page = 0; page < 3; page++) {
      const found = await store.reads.audit.list({
        limit: 2,
        userId: 'ada-id',
        ...(before && { before: { at: before.at, id: before.id } }),
      })
      pages.push(namesOf(found))
      before = found.at(-1)
    }
    assert.deepEqual(pages, [['e', 'd'], ['c', 'b'], ['a']])
    assert.deepEqual(namesOf(await store.reads.audit.list({ limit: 1, before: { at: now, id: 'a-event' } })), ['nobody'])
  }),
]
