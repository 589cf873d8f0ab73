/** The devices drawer: tokens that change with every use, of which none works twice. */
import assert from 'node:assert/strict'
import type { Change, DeviceChoice } from '../../model/change.ts'
import type { Device } from '../../model/device.ts'
import type { Store } from '../../model/store.ts'
import { create, deviceCalled, hashOf, minute, now, oddText, putDevice, rotateDevice } from './samples.ts'
import { countOf, refuses, type StoreCase, storeCase, together, write } from './store-case.ts'

async function find(store: Store, name: string, at: number = now): Promise<Device | null> {
  return store.reads.devices.bySelector(hashOf(name), 'remember', at)
}

async function idsOf(store: Store, userId: string = 'ada-id', stamp: string = 'ada-stamp', at: number = now): Promise<readonly string[]> {
  return (await store.reads.devices.listOf(userId, 'remember', stamp, at)).map(({ id }) => id)
}

function drop(which?: DeviceChoice, userId: string = 'ada-id', purpose: string = 'remember'): Change {
  return { kind: 'devices.drop', userId, purpose, ...(which && { which }) }
}

/** Devices. */
export const deviceCases: readonly StoreCase[] = [
  storeCase(
    'devices.put keeps a device as it was given, with the stamp that its user has at that moment',
    async (store) => {
      const device = deviceCalled('phone', { ip: null, userAgent: oddText.repeat(10) })
      const rotated: Change = { kind: 'users.update', id: 'ada-id', set: { stamp: 'new-stamp' } }
      await write(store, create('ada'), rotated, { kind: 'devices.put', device })
      assert.deepEqual(await find(store, 'phone'), { ...device, stamp: 'new-stamp' })
    },
    { kind: 'devices.put', property: 'effect' },
  ),

  storeCase(
    'devices.put refuses a device of nobody',
    async (store) => {
      await refuses(store, { reason: 'gone' }, putDevice('phone', { userId: 'nobody' }))
      assert.equal(await find(store, 'phone'), null)
    },
    { kind: 'devices.put', property: 'refusal' },
  ),

  storeCase('devices.put takes the place of a device with the same selector', async (store) => {
    await write(store, create('ada'), putDevice('phone'), putDevice('phone', { id: 'newer' }))
    assert.deepEqual(await idsOf(store), ['newer'])
  }),

  storeCase('a device is found until the moment it expires, and only for its purpose', async (store) => {
    await write(store, create('ada'), putDevice('phone', { expiresAt: now + minute }))
    assert.ok(await find(store, 'phone', now + minute - 1))
    assert.equal(await find(store, 'phone', now + minute), null)
    assert.equal(await find(store, 'unknown'), null)
    assert.equal(await store.reads.devices.bySelector(hashOf('phone'), 'trust', now), null)
  }),

  storeCase('devices.listOf gives one user’s live devices of a purpose and stamp, latest use first', async (store) => {
    await write(
      store,
      create('ada'),
      create('bob'),
      putDevice('old', { usedAt: now - 2 }),
      putDevice('b', { usedAt: now - 1 }),
      putDevice('a', { usedAt: now - 1 }),
      putDevice('new', { usedAt: now }),
      putDevice('expired', { expiresAt: now }),
      putDevice('trusted', { purpose: 'trust' }),
      putDevice('other', { userId: 'bob-id' }),
    )
    assert.deepEqual(await idsOf(store), ['new-device', 'a-device', 'b-device', 'old-device'])
    assert.deepEqual(await idsOf(store, 'bob-id', 'bob-stamp'), ['other-device'])
    assert.deepEqual(await idsOf(store, 'ada-id', 'older-stamp'), [])
  }),

  storeCase(
    'devices.rotate gives a device its next verifier, and notes by whom and when it was used',
    async (store) => {
      await write(store, create('ada'), putDevice('phone'), rotateDevice('phone', 'second', undefined, now + minute))
      const used = { sessionId: 'second-session', ip: '192.0.2.2', userAgent: 'Browser/2.0', usedAt: now + minute }
      const expected = { ...deviceCalled('phone'), stamp: 'ada-stamp', verifier: hashOf('second'), ...used }
      assert.deepEqual(await find(store, 'phone'), expected)
      await write(store, rotateDevice('phone', 'third', 'second'))
    },
    { kind: 'devices.rotate', property: 'effect' },
  ),

  storeCase(
    'devices.rotate refuses a verifier that is not the present one, and a device that is gone or expired',
    async (store) => {
      await write(store, create('ada'), putDevice('phone', { expiresAt: now + minute }), rotateDevice('phone', 'second'))
      await refuses(store, { reason: 'stale' }, rotateDevice('phone', 'third'))
      await refuses(store, { reason: 'gone' }, rotateDevice('phone', 'third', 'second', now + minute))
      await refuses(store, { reason: 'gone' }, rotateDevice('unknown', 'third'))
      assert.equal((await find(store, 'phone'))?.verifier, hashOf('second'))
    },
    { kind: 'devices.rotate', property: 'refusal' },
  ),

  storeCase('of many callers that rotate one device from one verifier, one does', async (store) => {
    await write(store, create('ada'), putDevice('phone'))
    const rotated = await together(50, (index) => store.durable.write([rotateDevice('phone', `next-${index}`)]))
    assert.equal(
      countOf(rotated, ({ ok }) => ok),
      1,
    )
  }),

  storeCase(
    'devices.drop removes one device by its id, those beside a session, all others, or all of a purpose',
    async (store) => {
      const names = ['a', 'b', 'c', 'd']
      const others = [putDevice('a2', { sessionId: 'a-session' }), putDevice('trusted', { purpose: 'trust' })]
      await write(
        store,
        create('ada'),
        create('bob'),
        putDevice('other', { userId: 'bob-id' }),
        ...names.map((name) => putDevice(name)),
        ...others,
      )
      await write(store, drop({ id: 'd-device' }))
      assert.deepEqual(await idsOf(store), ['a-device', 'a2-device', 'b-device', 'c-device'])
      await write(store, drop({ sessionId: 'a-session' }))
      assert.deepEqual(await idsOf(store), ['b-device', 'c-device'])
      await write(store, drop({ exceptSessionId: 'b-session' }))
      assert.deepEqual(await idsOf(store), ['b-device'])
      await write(store, drop())
      assert.deepEqual(await idsOf(store), [])
      assert.equal((await store.reads.devices.listOf('ada-id', 'trust', 'ada-stamp', now)).length, 1)
      assert.deepEqual(await idsOf(store, 'bob-id', 'bob-stamp'), ['other-device'])
    },
    { kind: 'devices.drop', property: 'effect' },
  ),

  storeCase('devices.drop leaves alone what is another user’s, whatever id it names', async (store) => {
    await write(store, create('ada'), create('bob'), putDevice('phone'), drop({ id: 'phone-device' }, 'bob-id'))
    assert.deepEqual(await idsOf(store), ['phone-device'])
  }),
]
