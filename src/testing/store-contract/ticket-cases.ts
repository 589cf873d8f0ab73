/** Tickets and spent ids: each is had by one caller only. */
import assert from 'node:assert/strict'
import { hashOf, minute, now, oddMembers, oddText, passwordProof, ticketCalled } from './samples.ts'
import { countOf, type StoreCase, storeCase, together } from './store-case.ts'

/** Tickets and spent ids. */
export const ticketCases: readonly StoreCase[] = [
  storeCase('tickets.put keeps every field as it was given', async (store) => {
    const full = ticketCalled('full', {
      kind: 'setup',
      proofs: [passwordProof, passwordProof],
      wishes: ['remember', oddText],
      next: `/?${oddText}`,
      carried: oddMembers,
    })
    const plain = ticketCalled('plain', { proofs: [] })
    await store.tickets.put(hashOf('full'), full, now)
    await store.tickets.put(hashOf('plain'), plain, now)
    assert.deepEqual(await store.tickets.find(hashOf('full'), now), full)
    assert.deepEqual(await store.tickets.find(hashOf('plain'), now), plain)
    assert.deepEqual(await store.tickets.take(hashOf('full'), now), full)
  }),

  storeCase('tickets.put replaces a ticket of the same token', async (store) => {
    await store.tickets.put(hashOf('ticket'), ticketCalled('first'), now)
    await store.tickets.put(hashOf('ticket'), ticketCalled('second'), now)
    assert.equal((await store.tickets.take(hashOf('ticket'), now))?.id, 'second-ticket')
    assert.equal(await store.tickets.find(hashOf('ticket'), now), null)
  }),

  storeCase('a ticket is found and taken until the moment it expires', async (store) => {
    await store.tickets.put(hashOf('ticket'), ticketCalled('ticket', { expiresAt: now + minute }), now)
    assert.equal(await store.tickets.find(hashOf('ticket'), now + minute), null)
    assert.equal(await store.tickets.take(hashOf('ticket'), now + minute), null)
    assert.ok(await store.tickets.find(hashOf('ticket'), now + minute - 1))
    assert.ok(await store.tickets.take(hashOf('ticket'), now + minute - 1))
  }),

  storeCase('tickets.find takes nothing, tickets.take takes once', async (store) => {
    await store.tickets.put(hashOf('ticket'), ticketCalled('ticket'), now)
    await store.tickets.put(hashOf('other'), ticketCalled('other'), now)
    assert.ok(await store.tickets.find(hashOf('ticket'), now))
    assert.ok(await store.tickets.take(hashOf('ticket'), now))
    assert.equal(await store.tickets.take(hashOf('ticket'), now), null)
    assert.equal(await store.tickets.take(hashOf('unknown'), now), null)
    assert.ok(await store.tickets.find(hashOf('other'), now))
  }),

  storeCase('of many callers that take one ticket, one gets it', async (store) => {
    await store.tickets.put(hashOf('ticket'), ticketCalled('ticket'), now)
    const taken = await together(50, () => store.tickets.take(hashOf('ticket'), now))
    assert.equal(
      countOf(taken, (ticket) => ticket !== null),
      1,
    )
  }),

  storeCase('of many callers that spend one id, one succeeds', async (store) => {
    const spent = await together(50, () => store.tickets.spend('challenge', now + minute, now))
    assert.equal(countOf(spent, Boolean), 1)
  }),

  storeCase('tickets.spend succeeds once for each id until it expires, and never from then on', async (store) => {
    const { tickets } = store
    assert.equal(await tickets.spend('a', now + minute, now), true)
    assert.equal(await tickets.spend('a', now + minute, now + minute - 1), false)
    assert.equal(await tickets.spend('a', now + minute, now + minute), false)
    assert.equal(await tickets.spend('A', now + minute, now), true)
    assert.equal(await tickets.spend('b', now + minute, now + minute), false)
    await store.fleeting.purge(now + minute, 100)
    assert.equal(await tickets.spend('a', now + minute, now + minute), false)
  }),
]
