/** Sessions: recognised while they live and the user's stamp is theirs, opened all or nothing. */
import assert from 'node:assert/strict'
import type { TokenHash } from '../../model/session.ts'
import type { AttemptLimit, LiveSession, OpenOptions, Store } from '../../model/store.ts'
import { create, hashOf, minute, now, oddText, passwordProof, role, sessionCalled, ticketCalled } from './samples.ts'
import { countOf, type StoreCase, storeCase, together, write } from './store-case.ts'

const hour = 60 * minute

async function open(
  store: Store,
  name: string,
  parts: Parameters<typeof sessionCalled>[1] = {},
  options: Partial<OpenOptions> = {},
): Promise<boolean> {
  return store.sessions.open(hashOf(name), sessionCalled(name, parts), { now, ...options })
}

async function recognise(store: Store, hash: TokenHash, at: number = now): Promise<LiveSession | null> {
  return store.sessions.recognise(hash, at, store.reads.users)
}

async function isLive(store: Store, name: string, at: number = now): Promise<boolean> {
  return (await recognise(store, hashOf(name), at)) !== null
}

async function idsOf(store: Store, at: number = now): Promise<readonly string[]> {
  return (await store.sessions.listOf('ada-id', 'ada-stamp', at)).map(({ id }) => id)
}

/** Sessions. */
export const sessionCases: readonly StoreCase[] = [
  storeCase('sessions.recognise gives the session and its user as they were given, roles included', async (store) => {
    const proofs = [
      passwordProof,
      { ...passwordProof, method: 'passkey', as: 'second', factors: 2, fresh: false, phishingResistant: true },
    ] as const
    const session = sessionCalled('s', { proofs, ip: null, userAgent: oddText.repeat(20) })
    await write(store, create('ada', { username: oddText, usernameKey: 'ada', extra: { name: oddText } }), role('b'), role('a'))
    await write(store, { kind: 'roles.set', userId: 'ada-id', add: ['b', 'a'], remove: [] })
    assert.equal(await store.sessions.open(hashOf('s'), session, { now }), true)
    const user = (await store.reads.users.byId('ada-id'))?.user
    assert.deepEqual(user?.roles, ['a', 'b'])
    assert.deepEqual(await recognise(store, hashOf('s')), { session, user })
  }),

  storeCase('sessions.recognise tells an inactive user by its flag', async (store) => {
    await write(store, create('ada'))
    await open(store, 's')
    await write(store, { kind: 'users.update', id: 'ada-id', set: { active: false } })
    assert.equal((await recognise(store, hashOf('s')))?.user.active, false)
  }),

  storeCase('a session is recognised until the moment it expires', async (store) => {
    await write(store, create('ada'))
    await open(store, 's', { expiresAt: now + minute })
    assert.equal(await isLive(store, 's', now + minute - 1), true)
    assert.equal(await isLive(store, 's', now + minute), false)
    assert.equal(await isLive(store, 'unknown'), false)
  }),

  storeCase('a session whose stamp is not the user’s is not recognised', async (store) => {
    await write(store, create('ada'))
    await open(store, 's')
    await open(store, 'older', { stamp: 'older-stamp' })
    assert.equal(await isLive(store, 'older'), false)
    await write(store, { kind: 'users.update', id: 'ada-id', set: { stamp: 'new-stamp' } })
    assert.equal(await isLive(store, 's'), false)
    await open(store, 'new', { stamp: 'new-stamp' })
    assert.equal(await isLive(store, 'new'), true)
  }),

  storeCase('a session of nobody is not recognised', async (store) => {
    await open(store, 's', { userId: 'nobody' })
    assert.equal(await isLive(store, 's'), false)
  }),

  storeCase('sessions.open lets a session take the place of a live one', async (store) => {
    await write(store, create('ada'))
    await open(store, 'old')
    assert.equal(await open(store, 'new', {}, { replaces: hashOf('old') }), true)
    assert.deepEqual([await isLive(store, 'old'), await isLive(store, 'new')], [false, true])
  }),

  storeCase('sessions.open opens nothing in the place of a session that ended or expired', async (store) => {
    await write(store, create('ada'))
    await open(store, 'expired', { expiresAt: now })
    assert.equal(await open(store, 'new', {}, { replaces: hashOf('expired') }), false)
    assert.equal(await open(store, 'new', {}, { replaces: hashOf('unknown') }), false)
    assert.equal(await isLive(store, 'new'), false)
  }),

  storeCase('of many callers that replace one session, one does', async (store) => {
    await write(store, create('ada'))
    await open(store, 'old')
    const opened = await together(50, (index) => open(store, `new-${index}`, {}, { replaces: hashOf('old') }))
    assert.equal(countOf(opened, Boolean), 1)
    assert.equal((await idsOf(store)).length, 1)
  }),

  storeCase('a session that is ended while another takes its place under the same name stays ended, whoever comes first', async (store) => {
    await write(store, create('ada'))
    for (let round = 0; round < 40; round++) {
      const id = `s-${round}`
      await open(store, `old-${round}`, { id })
      const ends = (): boolean | number | Promise<boolean | number> =>
        round % 2 === 0 ? store.sessions.end('ada-id', id) : store.sessions.endAll('ada-id', null)
      await together(2, (caller) => (caller === 0 ? open(store, `new-${round}`, { id }, { replaces: hashOf(`old-${round}`) }) : ends()))
      assert.equal(await isLive(store, `new-${round}`), false, `round ${round}`)
    }
  }),

  storeCase('many who count, log in and take tries back on one account at once get an answer each', async (store) => {
    await write(store, create('ada'))
    const limit: AttemptLimit = { max: 10_000, window: hour }
    const keys = ['source', 'all', 'devices'].map((key) => ({ group: 'ada', key }))
    await together(50, async (caller) => {
      const tried = [...keys, { group: `network-${caller % 5}`, key: 'failures' }]
      await store.attempts.add(
        tried.map((key) => ({ ...key, limit })),
        now,
      )
      if (caller % 5 === 0) await store.attempts.refund(tried)
      else await open(store, `s-${caller}`, {}, { clears: keys, refunds: tried.slice(3) })
    })
    assert.equal((await idsOf(store)).length, 40)
  }),

  storeCase('sessions.open spends a ticket, of many callers for one', async (store) => {
    await write(store, create('ada'))
    await store.tickets.put(hashOf('ticket'), ticketCalled('ticket'), now)
    const opened = await together(50, (index) => open(store, `s-${index}`, {}, { ticket: hashOf('ticket') }))
    assert.equal(countOf(opened, Boolean), 1)
    assert.equal(await store.tickets.find(hashOf('ticket'), now), null)
    assert.equal((await idsOf(store)).length, 1)
  }),

  storeCase('sessions.open opens nothing for a ticket that expired or was never there', async (store) => {
    await write(store, create('ada'))
    await store.tickets.put(hashOf('ticket'), ticketCalled('ticket', { expiresAt: now }), now)
    assert.equal(await open(store, 's', {}, { ticket: hashOf('ticket') }), false)
    assert.equal(await open(store, 's', {}, { ticket: hashOf('unknown') }), false)
    assert.equal(await isLive(store, 's'), false)
  }),

  storeCase('sessions.open ends a session if it is there', async (store) => {
    await write(store, create('ada'))
    await open(store, 'old')
    assert.equal(await open(store, 'new', {}, { ends: hashOf('old') }), true)
    assert.equal(await open(store, 'newer', {}, { ends: hashOf('unknown') }), true)
    assert.deepEqual([await isLive(store, 'old'), await isLive(store, 'new'), await isLive(store, 'newer')], [false, true, true])
  }),

  storeCase('sessions.open clears and refunds attempt counts', async (store) => {
    await write(store, create('ada'))
    const limit: AttemptLimit = { max: 2, window: hour }
    const [cleared, refunded, other] = ['cleared', 'refunded', 'other'].map((key) => ({ group: 'ada', key }))
    assert.ok(cleared && refunded && other)
    const full = [cleared, refunded, other].map((key) => ({ ...key, limit }))
    for (const _ of [1, 2]) await store.attempts.add(full, now)
    await open(store, 's', {}, { clears: [cleared], refunds: [refunded] })
    const allowed: boolean[] = []
    for (const key of [cleared, cleared, cleared, refunded, refunded, other])
      allowed.push((await store.attempts.add([{ ...key, limit }], now)).ok)
    assert.deepEqual(allowed, [true, true, false, true, false, false])
  }),

  storeCase('sessions.open that fails leaves all as it was', async (store) => {
    await write(store, create('ada'))
    const limit: AttemptLimit = { max: 1, window: hour }
    const key = { group: 'ada', key: 'login' }
    await store.attempts.add([{ ...key, limit }], now)
    await open(store, 'old')
    await open(store, 'other')
    await store.tickets.put(hashOf('ticket'), ticketCalled('ticket'), now)
    const rest = { ends: hashOf('other'), clears: [key], refunds: [key] }
    assert.equal(await open(store, 'new', {}, { ...rest, replaces: hashOf('old'), ticket: hashOf('unknown') }), false)
    assert.equal(await open(store, 'new', {}, { ...rest, replaces: hashOf('unknown'), ticket: hashOf('ticket') }), false)
    assert.deepEqual([await isLive(store, 'old'), await isLive(store, 'other'), await isLive(store, 'new')], [true, true, false])
    assert.ok(await store.tickets.find(hashOf('ticket'), now))
    assert.equal((await store.attempts.ask([{ ...key, limit }], now)).ok, false)
  }),

  storeCase('sessions.touch notes a use and moves the end of idleness', async (store) => {
    await write(store, create('ada'))
    await open(store, 's')
    await store.sessions.touch(hashOf('s'), now + minute, now + 2 * hour)
    const session = (await recognise(store, hashOf('s'), now + 2 * hour - 1))?.session
    assert.deepEqual([session?.usedAt, session?.expiresAt], [now + minute, now + 2 * hour])
  }),

  storeCase('sessions.touch never moves the end of a session beyond its absolute one', async (store) => {
    await write(store, create('ada'))
    await open(store, 's', { endsAt: now + 2 * hour })
    await store.sessions.touch(hashOf('s'), now + minute, now + 9 * hour)
    assert.equal(await isLive(store, 's', now + 2 * hour - 1), true)
    assert.equal(await isLive(store, 's', now + 2 * hour), false)
  }),

  storeCase('sessions.touch revives none that ended or expired', async (store) => {
    await write(store, create('ada'))
    await open(store, 'ended')
    await open(store, 'expired', { expiresAt: now + minute })
    await store.sessions.end('ada-id', 'ended-session')
    for (const name of ['ended', 'expired', 'unknown']) await store.sessions.touch(hashOf(name), now + minute, now + hour)
    assert.deepEqual(await idsOf(store, now + minute), [])
    for (const name of ['ended', 'expired', 'unknown']) assert.equal(await isLive(store, name, now + minute), false)
  }),

  storeCase('sessions.listOf gives the user’s live ones of the stamp, latest use first', async (store) => {
    await write(store, create('ada'))
    await open(store, 'first', { usedAt: now - 3 })
    await open(store, 'third', { usedAt: now - 1 })
    await open(store, 'second', { usedAt: now - 2 })
    await open(store, 'same', { usedAt: now - 1 })
    await open(store, 'bobs', { userId: 'bob-id' })
    await open(store, 'older', { stamp: 'older-stamp' })
    await open(store, 'expired', { expiresAt: now })
    assert.deepEqual(await idsOf(store), ['same-session', 'third-session', 'second-session', 'first-session'])
    assert.deepEqual((await store.sessions.listOf('ada-id', 'ada-stamp', now))[2], sessionCalled('second', { usedAt: now - 2 }))
  }),

  storeCase('sessions.end ends one of the user’s own', async (store) => {
    await write(store, create('ada'))
    await open(store, 'a')
    await open(store, 'b')
    assert.equal(await store.sessions.end('bob-id', 'a-session'), false)
    assert.equal(await store.sessions.end('ada-id', 'unknown'), false)
    assert.deepEqual(await idsOf(store), ['a-session', 'b-session'])
    assert.equal(await store.sessions.end('ada-id', 'a-session'), true)
    assert.equal(await store.sessions.end('ada-id', 'a-session'), false)
    assert.deepEqual([await isLive(store, 'a'), await isLive(store, 'b')], [false, true])
  }),

  storeCase('sessions.endAll ends the user’s own, all but one or all', async (store) => {
    await write(store, create('ada'), create('bob'))
    for (const name of ['a', 'b', 'c']) await open(store, name)
    await open(store, 'bobs', { userId: 'bob-id', stamp: 'bob-stamp' })
    assert.equal(await store.sessions.endAll('ada-id', 'b-session'), 2)
    assert.deepEqual(await idsOf(store), ['b-session'])
    assert.equal(await store.sessions.endAll('ada-id', 'bobs-session'), 1)
    assert.equal(await store.sessions.endAll('ada-id', null), 0)
    await open(store, 'd')
    assert.equal(await store.sessions.endAll('ada-id', null), 1)
    assert.equal(await isLive(store, 'bobs'), true)
  }),
]
