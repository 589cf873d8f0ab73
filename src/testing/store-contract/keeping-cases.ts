/** What keeps a store in order: opening, purging, meta values, the epoch, and the export of what is held about a user. */
import assert from 'node:assert/strict'
import type { Store } from '../../model/store.ts'
import {
  addTotp,
  append,
  create,
  hashOf,
  minute,
  now,
  oddText,
  putDeletion,
  putDevice,
  putLink,
  putMail,
  putRecord,
  replaceCodes,
  role,
  sessionCalled,
  ticketCalled,
  track,
} from './samples.ts'
import { type StoreCase, storeCase, together, write } from './store-case.ts'

const secrets = [
  'ada-stamp',
  'secret-password-hash',
  'secret-code',
  'secret-sealed',
  'secret-body',
  'secret-totp',
  'secret-recovery',
  'secret-data',
  'secret-epoch',
  'secret-carried',
]

/** Fills every drawer for ada; secrets are recognisable by their text. */
async function fill(store: Store): Promise<void> {
  await write(
    store,
    create('ada', { passwordHash: 'secret-password-hash', extra: { name: 'Ada' } }),
    create('bob'),
    role('admin', 'all'),
    { kind: 'roles.set', userId: 'ada-id', add: ['admin'], remove: [] },
    putLink('mailed', { codeHash: 'secret-code', data: { held: 'secret-data' } }),
    putMail('mailed'),
    putRecord('pin', { value: { shown: true }, secret: 'secret-sealed' }),
    putDevice('phone'),
    track(),
    putDeletion(),
    append('login', { details: { method: 'password' } }),
    addTotp('phone'),
    replaceCodes('secret-recovery'),
  )
  await store.sessions.open(hashOf('session'), sessionCalled('s'), { now })
  await store.tickets.put(hashOf('ticket'), ticketCalled('t', { epoch: 'secret-epoch', carried: { held: 'secret-carried' } }), now)
}

/** Purges in steps of `limit` until nothing is left to purge; how many rows each step removed. */
async function purgeAll(half: Pick<Store['fleeting'], 'purge'>, at: number, limit: number): Promise<readonly number[]> {
  const steps: number[] = []
  for (let removed = await half.purge(at, limit); removed > 0; removed = await half.purge(at, limit)) steps.push(removed)
  return steps
}

/** Keeping a store in order. */
export const keepingCases: readonly StoreCase[] = [
  storeCase('a store that is open may be opened again, by either half, and keeps what it holds', async (store) => {
    await write(store, create('ada'))
    await store.durable.open()
    await store.fleeting.open()
    assert.ok(await store.reads.users.byId('ada-id'))
  }),

  storeCase('a store may be closed twice', async (store) => {
    await store.durable.close()
    await store.fleeting.close()
    await store.durable.close()
  }),

  storeCase('a write of no changes is done', async (store) => {
    assert.deepEqual(await store.durable.write([]), { ok: true })
  }),

  storeCase('everything tells what each durable drawer holds of a user', async (store) => {
    await fill(store)
    const { users, roles, links, records, outbox } = await store.reads.everything('ada-id')
    assert.deepEqual(
      users?.map(({ id, email, extra }) => ({ id, email, extra })),
      [{ id: 'ada-id', email: 'ada@example.com', extra: { name: 'Ada' } }],
    )
    assert.deepEqual(
      roles?.map(({ name }) => name),
      ['admin'],
    )
    assert.deepEqual(
      links?.map(({ purpose }) => purpose),
      ['reset-password'],
    )
    assert.deepEqual(
      records?.map(({ feature, key, value }) => ({ feature, key, value })),
      [{ feature: 'pins', key: 'pin', value: { shown: true } }],
    )
    const { devices, logins, deletions, audit } = await store.reads.everything('ada-id')
    assert.deepEqual(
      devices?.map(({ id, purpose, sessionId, ip }) => ({ id, purpose, sessionId, ip })),
      [{ id: 'phone-device', purpose: 'remember', sessionId: 'phone-session', ip: '192.0.2.1' }],
    )
    assert.deepEqual(
      logins?.map(({ count, currentAt, lastIp }) => ({ count, currentAt, lastIp })),
      [{ count: 1, currentAt: now, lastIp: '192.0.2.1' }],
    )
    assert.deepEqual(deletions, [{ requestedAt: now, deletesAt: now + 60 * minute }])
    assert.deepEqual(
      audit?.map(({ event, at, details }) => ({ event, at, details })),
      [{ event: 'user.logged_in', at: now, details: { method: 'password' } }],
    )
    const { totp, recoveryCodes } = await store.reads.everything('ada-id')
    const shape = { algorithm: 'SHA-1', digits: 6, period: 30, createdAt: now, usedAt: now }
    assert.deepEqual(totp, [{ id: 'phone-totp', name: 'phone', ...shape }])
    assert.deepEqual(recoveryCodes, [{ used: false }])
    assert.deepEqual(outbox, [{ mail: 'password.changed', to: 'ada@example.com', createdAt: now, failedAt: null }])
  }),

  storeCase('everything has the same drawers for everybody, empty for whom nothing is held', async (store) => {
    await fill(store)
    const held = await store.reads.everything('ada-id')
    const nothing = await store.reads.everything('nobody')
    assert.deepEqual(Object.keys(nothing), Object.keys(held))
    for (const [drawer, rows] of Object.entries(nothing)) assert.deepEqual(rows, [], drawer)
  }),

  storeCase('everything holds no secret', async (store) => {
    await fill(store)
    const text = JSON.stringify(await store.reads.everything('ada-id'))
    for (const secret of [...secrets, ...['mailed', 'session', 'ticket', 'phone', 'phone-verifier'].map(hashOf)])
      assert.ok(!text.includes(secret), secret)
  }),

  storeCase('durable.purge removes what expired, a bounded number at a time, and nothing live', async (store) => {
    await write(store, create('ada'), putLink('live', { expiresAt: now + 1 }), putRecord('live', { expiresAt: now + 1 }), putRecord('kept'))
    for (let index = 0; index < 7; index++) {
      await write(store, putLink(`dead-${index}`, { expiresAt: now - index }), putRecord(`dead-${index}`, { expiresAt: now - index }))
    }
    assert.deepEqual(await purgeAll(store.durable, now, 5), [5, 5, 4])
    assert.deepEqual((await store.reads.links.bySubject('ada-id', 'reset-password', now)).length, 1)
    assert.deepEqual(
      (await store.reads.records.listOf('pins', 'ada-id', now)).map(({ key }) => key),
      ['kept', 'live'],
    )
    await write(store, putRecord('dead-0'))
  }),

  storeCase('durable.purge removes devices and events that expired, and nothing live', async (store) => {
    await write(store, create('ada'), putDevice('dead', { expiresAt: now }), putDevice('live', { expiresAt: now + 1 }))
    await write(store, append('dead', { expiresAt: now }), append('live', { expiresAt: now + 1 }), append('kept'))
    assert.deepEqual(await purgeAll(store.durable, now, 5), [2])
    const { devices = [], audit = [] } = await store.reads.everything('ada-id')
    assert.deepEqual([...devices, ...audit].map(({ id }) => id).sort(), ['kept-event', 'live-device', 'live-event'])
  }),

  storeCase('fleeting.purge removes what expired, a bounded number at a time, and nothing live', async (store) => {
    await write(store, create('ada'))
    const limit = { max: 1, window: minute }
    for (let index = 0; index < 5; index++) {
      await store.sessions.open(hashOf(`s-${index}`), sessionCalled(`s-${index}`, { expiresAt: now + minute }), { now })
      await store.tickets.put(hashOf(`t-${index}`), ticketCalled(`t-${index}`, { expiresAt: now + minute }), now)
      await store.tickets.spend(`id-${index}`, now + minute, now)
      await store.attempts.add([{ group: 'group', key: `${index}`, limit }], now)
    }
    await store.sessions.open(hashOf('live'), sessionCalled('live', { expiresAt: now + minute + 1 }), { now })
    await store.tickets.put(hashOf('live'), ticketCalled('live', { expiresAt: now + minute + 1 }), now)
    await store.tickets.spend('live', now + minute + 1, now)
    const counted = { group: 'group', key: 'live', limit: { max: 1, window: minute, wait: { first: minute, most: minute } } }
    await store.attempts.add([counted], now + 1)

    assert.equal(await store.fleeting.purge(now + minute - 1, 100), 0)
    const steps = await purgeAll(store.fleeting, now + minute, 8)
    assert.deepEqual(steps, steps.length === 0 ? [] : [8, 8, 4], 'nothing at all where rows expire by themselves')
    assert.ok(await store.sessions.recognise(hashOf('live'), now + minute, store.reads.users))
    assert.ok(await store.tickets.find(hashOf('live'), now + minute))
    assert.equal(await store.tickets.spend('live', now + minute + 1, now + minute), false)
    assert.equal((await store.attempts.ask([counted], now + minute)).ok, false)
  }),

  storeCase('purge with a limit of nothing removes nothing', async (store) => {
    await write(store, putLink('dead', { expiresAt: now }))
    assert.equal(await store.durable.purge(now, 0), 0)
    assert.equal(await store.durable.purge(now, 1), 1)
  }),

  storeCase('meta keeps values by name and replaces them', async (store) => {
    assert.equal(await store.meta.get('policy'), null)
    await store.meta.put('policy', 'first')
    await store.meta.put('policy', oddText)
    await store.meta.put('Policy', '')
    assert.deepEqual([await store.meta.get('policy'), await store.meta.get('Policy')], [oddText, ''])
  }),

  storeCase('keys of 512 bytes are kept whole, and told apart by the last of them', async (store) => {
    const [key, other] = [`${'é'.repeat(255)}ab`, `${'é'.repeat(255)}aB`]
    const limit = { max: 1, window: minute }
    await write(store, create('ada', { emailKey: key, usernameKey: key }), create('bob', { emailKey: other, usernameKey: other }))
    assert.equal((await store.reads.users.byEmailKey(other))?.user.id, 'bob-id')
    assert.equal((await store.reads.users.byUsernameKey(other))?.user.id, 'bob-id')
    for (const [index, name] of [key, other].entries()) {
      await write(
        store,
        role(name),
        putRecord(name, { feature: name, userId: name }),
        putLink(`link-${index}`, { purpose: name, subject: name }),
      )
      assert.equal((await store.reads.roles.byName(name))?.name, name)
      assert.equal((await store.reads.records.get(name, name, now))?.version, 1)
      assert.equal((await store.reads.links.bySubject(name, name, now)).length, 1)
      assert.equal(await store.tickets.spend(name, now + 1, now), true)
      assert.deepEqual(await store.attempts.add([{ group: name, key: name, limit }], now), { ok: true })
      await store.meta.put(name, name)
    }
    assert.equal(await store.meta.get(key), key)
  }),

  storeCase('the epoch is one random value for all callers', async (store) => {
    const epochs = new Set(await together(20, () => store.fleeting.epoch()))
    const [epoch = ''] = epochs
    assert.equal(epochs.size, 1)
    assert.ok(epoch.length >= 22, 'at least 128 bits of base64url')
  }),
]
