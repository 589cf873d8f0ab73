/** For every kind of change: a refused write leaves nothing of it, and concurrent callers never see it done halfway or twice. */
import assert from 'node:assert/strict'
import type { Written } from '../../model/change.ts'
import type { Store } from '../../model/store.ts'
import { type Example, examples } from './change-examples.ts'
import { append, create, now, putLink, putMail, putRecord, refused, role } from './samples.ts'
import { countOf, type StoreCase, storeCase, together, write } from './store-case.ts'

const callers = 50

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
    totp: await store.reads.totp.listOf('ada-id'),
    recoveryCodes: await store.reads.recoveryCodes.listOf('ada-id'),
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
