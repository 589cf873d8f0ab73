/** For every kind of change: a refused write leaves nothing of it, and concurrent callers never see it done halfway or twice. */
import assert from 'node:assert/strict'
import type { Change, ChangeKind, Conflict, Written } from '../../model/change.ts'
import type { Store } from '../../model/store.ts'
import {
  append,
  create,
  hashOf,
  now,
  putDeletion,
  putDevice,
  putLink,
  putMail,
  putRecord,
  refused,
  role,
  rotateDevice,
  track,
} from './samples.ts'
import { countOf, type StoreCase, storeCase, together, write } from './store-case.ts'

/** What is needed to show a kind of change at work. */
interface Example {
  readonly kind: ChangeKind
  /** What must be there before. */
  readonly before: readonly Change[]
  /** A change that is done after `before`; several callers make it at once. */
  readonly change: (caller: number) => Change
  /** Of several callers that make it at once, how many it is done for. */
  readonly winners: 'one' | 'all'
  /** A change of this kind that is refused after `before`, for kinds that can be. */
  readonly refused?: { readonly change: Change; readonly conflict: Omit<Conflict, 'index'> }
}

const callers = 50

const examples: readonly Example[] = [
  {
    kind: 'users.create',
    before: [create('ada')],
    change: (caller) => create('bob', { id: `bob-${caller}` }),
    winners: 'one',
    refused: { change: create('ada', { id: 'other' }), conflict: { reason: 'taken', field: 'email' } },
  },
  {
    kind: 'users.update',
    before: [create('ada')],
    change: (caller) => ({ kind: 'users.update', id: 'ada-id', set: { stamp: `new-${caller}` }, when: { stamp: 'ada-stamp' } }),
    winners: 'one',
    refused: {
      change: { kind: 'users.update', id: 'ada-id', set: { active: false }, when: { stamp: 'old' } },
      conflict: { reason: 'stale' },
    },
  },
  {
    kind: 'users.expect',
    before: [create('ada')],
    change: () => ({ kind: 'users.expect', id: 'ada-id', stamp: 'ada-stamp' }),
    winners: 'all',
    refused: { change: { kind: 'users.expect', id: 'ada-id', stamp: 'old' }, conflict: { reason: 'stale' } },
  },
  {
    kind: 'users.delete',
    before: [
      create('ada'),
      role('admin', 'all'),
      { kind: 'roles.set', userId: 'ada-id', add: ['admin'], remove: [] },
      putLink('mailed'),
      putMail('mailed'),
      putRecord('pin'),
      putDevice('phone'),
      track(),
      putDeletion(),
      append('login'),
    ],
    change: () => ({ kind: 'users.delete', id: 'ada-id' }),
    winners: 'one',
    refused: { change: { kind: 'users.delete', id: 'nobody' }, conflict: { reason: 'gone' } },
  },
  {
    kind: 'roles.put',
    before: [create('ada'), role('admin', 'all')],
    change: (caller) => ({ kind: 'roles.put', name: 'admin', description: `by ${caller}`, permissions: [`of ${caller}`] }),
    winners: 'all',
  },
  {
    kind: 'roles.drop',
    before: [create('ada'), role('admin', 'all'), { kind: 'roles.set', userId: 'ada-id', add: ['admin'], remove: [] }],
    change: () => ({ kind: 'roles.drop', name: 'admin' }),
    winners: 'one',
    refused: { change: { kind: 'roles.drop', name: 'nothing' }, conflict: { reason: 'gone' } },
  },
  {
    kind: 'roles.set',
    before: [create('ada'), role('admin', 'all'), role('guest'), { kind: 'roles.set', userId: 'ada-id', add: ['guest'], remove: [] }],
    change: () => ({ kind: 'roles.set', userId: 'ada-id', add: ['admin'], remove: ['guest'] }),
    winners: 'all',
    refused: {
      change: { kind: 'roles.set', userId: 'ada-id', add: ['admin', 'nothing'], remove: ['guest'] },
      conflict: { reason: 'gone', field: 'role' },
    },
  },
  {
    kind: 'links.put',
    before: [create('ada'), putLink('mailed')],
    change: (caller) => putLink(`mailed-${caller}`, {}, 1),
    winners: 'all',
  },
  {
    kind: 'links.take',
    before: [create('ada'), putLink('mailed')],
    change: () => ({ kind: 'links.take', hash: hashOf('mailed'), purpose: 'reset-password', now }),
    winners: 'one',
    refused: {
      change: { kind: 'links.take', hash: hashOf('mailed'), purpose: 'confirm-email', now },
      conflict: { reason: 'gone' },
    },
  },
  {
    kind: 'links.drop',
    before: [create('ada'), putLink('mailed'), putLink('mailed-again')],
    change: () => ({ kind: 'links.drop', purpose: 'reset-password', subject: 'ada-id' }),
    winners: 'all',
  },
  {
    kind: 'records.put',
    before: [create('ada'), putRecord('pin', { value: 'first' })],
    change: (caller) => putRecord('pin', { value: caller, expect: 1 }),
    winners: 'one',
    refused: { change: putRecord('pin', { value: 'second', expect: 0 }), conflict: { reason: 'stale' } },
  },
  {
    kind: 'records.drop',
    before: [create('ada'), putRecord('pin', { value: 'first' })],
    change: () => ({ kind: 'records.drop', feature: 'pins', key: 'pin', expect: 1 }),
    winners: 'one',
    refused: { change: { kind: 'records.drop', feature: 'pins', key: 'pin', expect: 2 }, conflict: { reason: 'stale' } },
  },
  {
    kind: 'devices.put',
    before: [create('ada'), putDevice('phone')],
    change: (caller) => putDevice('phone', { id: `by-${caller}` }),
    winners: 'all',
    refused: { change: putDevice('other', { userId: 'nobody' }), conflict: { reason: 'gone' } },
  },
  {
    kind: 'devices.rotate',
    before: [create('ada'), putDevice('phone')],
    change: (caller) => rotateDevice('phone', `next-${caller}`),
    winners: 'one',
    refused: { change: rotateDevice('phone', 'next', 'other'), conflict: { reason: 'stale' } },
  },
  {
    kind: 'devices.drop',
    before: [create('ada'), putDevice('phone'), putDevice('tablet')],
    change: () => ({ kind: 'devices.drop', userId: 'ada-id', purpose: 'remember', which: { id: 'phone-device' } }),
    winners: 'all',
  },
  {
    kind: 'logins.track',
    before: [create('ada')],
    change: (caller) => track(now + caller),
    winners: 'all',
  },
  {
    kind: 'deletions.put',
    before: [create('ada'), putDeletion()],
    change: (caller) => putDeletion(now + caller),
    winners: 'all',
    refused: { change: putDeletion(now, 'nobody'), conflict: { reason: 'gone' } },
  },
  {
    kind: 'deletions.drop',
    before: [create('ada'), putDeletion()],
    change: () => ({ kind: 'deletions.drop', userId: 'ada-id' }),
    winners: 'all',
  },
  {
    kind: 'audit.append',
    before: [create('ada'), append('login')],
    change: (caller) => append(`caller-${caller}`),
    winners: 'all',
  },
  {
    kind: 'outbox.put',
    before: [create('ada')],
    change: (caller) => putMail(`mailed-${caller}`),
    winners: 'all',
  },
  {
    kind: 'outbox.drop',
    before: [create('ada'), putMail('mailed')],
    change: () => ({ kind: 'outbox.drop', id: 'mailed-mail' }),
    winners: 'all',
  },
  {
    kind: 'outbox.fail',
    before: [create('ada'), putMail('mailed')],
    change: () => ({ kind: 'outbox.fail', id: 'mailed-mail', attempts: 0, now, reason: 'no route', retryAt: null }),
    winners: 'one',
    refused: {
      change: { kind: 'outbox.fail', id: 'mailed-mail', attempts: 1, now, reason: 'no route', retryAt: null },
      conflict: { reason: 'stale' },
    },
  },
]

/** Everything that the examples touch. */
async function observe(store: Store): Promise<unknown> {
  const users = await store.reads.users.list({ limit: 100 })
  return {
    users: await Promise.all(users.map(({ id }) => store.reads.users.byId(id))),
    roles: await store.reads.roles.list(),
    permissions: await store.reads.roles.permissionsOf('ada-id'),
    links: await store.reads.links.bySubject('ada-id', 'reset-password', now),
    records: await store.reads.records.listOf('pins', 'ada-id', now),
    devices: await store.reads.devices.listOf('ada-id', 'remember', 'ada-stamp', now),
    audit: await store.reads.audit.list({ limit: 100 }),
    outbox: [await store.outbox.count(now), await store.outbox.nextDue(), await store.outbox.failed(100)],
    everything: await store.reads.everything('ada-id'),
  }
}

const marker = create('marker')

function undoneByLaterRefusal({ kind, before, change }: Example): StoreCase {
  return storeCase(
    `${kind} leaves nothing when a later change of the same write is refused`,
    async (store) => {
      await write(store, ...before)
      const old = await observe(store)
      const answer = await store.durable.write([marker, change(0), refused])
      assert.deepEqual(answer, { ok: false, conflict: { index: 2, reason: 'gone' } })
      assert.deepEqual(await observe(store), old)
    },
    { kind, property: 'rollback' },
  )
}

function undoesEarlierChanges({ kind, before, refused: refusal }: Example): readonly StoreCase[] {
  if (refusal === undefined) return []
  const show = async (store: Store): Promise<void> => {
    await write(store, ...before)
    const old = await observe(store)
    const earlier = [marker, role('marker', 'mark'), putLink('marker'), putMail('marker'), putRecord('marker'), append('marker')]
    const answer = await store.durable.write([...earlier, refusal.change])
    assert.deepEqual(answer, { ok: false, conflict: { index: earlier.length, ...refusal.conflict } })
    assert.deepEqual(await observe(store), old)
  }
  return [
    storeCase(
      `${kind} refused as the last of several changes undoes all of them`,
      show,
      { kind, property: 'rollback' },
      { kind, property: 'refusal' },
    ),
  ]
}

function concurrent({ kind, before, change, winners }: Example): StoreCase {
  const done = winners === 'one' ? 1 : callers
  return storeCase(
    `${kind} by ${callers} callers at once is done for ${winners === 'one' ? 'exactly one' : 'all, as if one after the other'}`,
    async (store) => {
      await write(store, ...before)
      const answers = await together(callers, (caller) => store.durable.write([create(`caller-${caller}`), change(caller)]))
      assert.equal(
        countOf(answers, ({ ok }) => ok),
        done,
      )
      assert.deepEqual(await callersFound(store), callersDone(answers))
      const links = await store.reads.links.bySubject('ada-id', 'reset-password', now)
      if (kind === 'links.put') assert.equal(links.length, 1)
    },
    { kind, property: 'concurrency' },
  )
}

/** Which callers' users are there: the change beside each must have shared its fate. */
async function callersFound(store: Store): Promise<readonly string[]> {
  const users = await store.reads.users.list({ limit: 2 * callers, prefix: 'caller-' })
  return users.map(({ id }) => id).sort()
}

function callersDone(answers: readonly Written[]): readonly string[] {
  return answers.flatMap(({ ok }, caller) => (ok ? [`caller-${caller}-id`] : [])).sort()
}

/** Rollback and concurrency of every kind of change. */
export const changeCases: readonly StoreCase[] = examples.flatMap((example) => [
  undoneByLaterRefusal(example),
  ...undoesEarlierChanges(example),
  concurrent(example),
])
