/** Accounts that change: updated under conditions, expected unchanged, deleted with all that is theirs. */
import assert from 'node:assert/strict'
import type { UserFields } from '../../model/change.ts'
import type { Store } from '../../model/store.ts'
import { create, hashOf, linkCalled, minute, now, oddMembers, putLink, putRecord, role, sessionCalled, ticketCalled } from './samples.ts'
import { refuses, type StoreCase, storeCase, together, write } from './store-case.ts'

async function recordOf(store: Store, id: string): Promise<unknown> {
  return store.reads.users.byId(id)
}

async function extraOf(store: Store): Promise<object> {
  return (await store.reads.users.byId('ada-id'))?.user.extra ?? {}
}

async function update(store: Store, set: UserFields): Promise<void> {
  await write(store, { kind: 'users.update', id: 'ada-id', set })
}

/** Changes of accounts. */
export const userChangeCases: readonly StoreCase[] = [
  storeCase(
    'users.update sets what it names and leaves the rest',
    async (store) => {
      await write(store, create('ada', { username: 'Ada', usernameKey: 'ada', passwordHash: 'old', extra: { name: 'Ada' } }))
      await update(store, { passwordHash: 'new' })
      await update(store, { active: false, stamp: 'new-stamp' })
      await update(store, { email: 'New@example.com', emailKey: 'new@example.com' })
      await update(store, { extra: oddMembers })
      await update(store, { username: null, usernameKey: null })
      await update(store, {})
      assert.deepEqual(await recordOf(store, 'ada-id'), {
        user: { id: 'ada-id', email: 'New@example.com', username: null, active: false, roles: [], createdAt: now, extra: oddMembers },
        stamp: 'new-stamp',
        passwordHash: 'new',
      })
      assert.equal(await store.reads.users.byEmailKey('ada@example.com'), null)
      assert.equal(await store.reads.users.byUsernameKey('ada'), null)
    },
    { kind: 'users.update', property: 'effect' },
  ),

  storeCase('users.update sets own fields by name, after those that it replaces, and leaves the others', async (store) => {
    await write(store, create('ada', { extra: { name: 'Ada', plan: 'free' } }))
    await update(store, { own: { plan: 'paid', ['__proto__']: 'odd' } })
    assert.deepEqual(await extraOf(store), { name: 'Ada', plan: 'paid', ['__proto__']: 'odd' })
    await update(store, { extra: { name: 'Countess', plan: 'none' }, own: { plan: null } })
    assert.deepEqual(await extraOf(store), { name: 'Countess', plan: null })
  }),

  storeCase(
    'of many callers that set an own field each, none undoes what another did',
    async (store) => {
      await write(store, create('ada'))
      await together(50, (index) => update(store, { own: { [`field${index}`]: index } }))
      assert.equal(Object.keys(await extraOf(store)).length, 50)
    },
    { kind: 'users.update', property: 'concurrency' },
  ),

  storeCase(
    'users.update refuses a user who is not there',
    (store) => refuses(store, { reason: 'gone' }, { kind: 'users.update', id: 'nobody', set: { active: false } }),
    { kind: 'users.update', property: 'refusal' },
  ),

  storeCase(
    'users.update refuses when a stamp, password hash or e-mail key is no longer what it names',
    async (store) => {
      await write(store, create('ada', { passwordHash: 'hash' }), create('bob'))
      const set = { active: false }
      for (const when of [
        { stamp: 'old' },
        { passwordHash: 'old' },
        { passwordHash: null },
        { emailKey: 'old@example.com' },
        { stamp: 'ada-stamp', passwordHash: 'old' },
      ]) {
        await refuses(store, { reason: 'stale' }, { kind: 'users.update', id: 'ada-id', set, when })
      }
      await refuses(store, { reason: 'stale' }, { kind: 'users.update', id: 'bob-id', set, when: { passwordHash: 'hash' } })
      assert.equal((await store.reads.users.byId('ada-id'))?.user.active, true)
    },
    { kind: 'users.update', property: 'refusal' },
  ),

  storeCase(
    'users.update is done when all that it names is equal, no password included',
    async (store) => {
      await write(store, create('ada'))
      const when = { stamp: 'ada-stamp', passwordHash: null, emailKey: 'ada@example.com' }
      await write(store, { kind: 'users.update', id: 'ada-id', set: { passwordHash: 'first' }, when })
      assert.equal((await store.reads.users.byId('ada-id'))?.passwordHash, 'first')
    },
    { kind: 'users.update', property: 'effect' },
  ),

  storeCase(
    'users.update refuses keys of another user, but not its own',
    async (store) => {
      await write(store, create('ada', { usernameKey: 'ada' }), create('bob', { usernameKey: 'bob' }))
      await refuses(
        store,
        { reason: 'taken', field: 'email' },
        { kind: 'users.update', id: 'ada-id', set: { emailKey: 'bob@example.com' } },
      )
      await refuses(store, { reason: 'taken', field: 'username' }, { kind: 'users.update', id: 'ada-id', set: { usernameKey: 'bob' } })
      await update(store, { email: 'ADA@example.com', emailKey: 'ada@example.com', usernameKey: 'ada' })
    },
    { kind: 'users.update', property: 'refusal' },
  ),

  storeCase('a key that was given up is free in the same write', async (store) => {
    await write(store, create('ada'))
    await write(
      store,
      { kind: 'users.update', id: 'ada-id', set: { emailKey: 'new@example.com' } },
      create('bob', { emailKey: 'ada@example.com' }),
    )
    assert.equal((await store.reads.users.byEmailKey('ada@example.com'))?.user.id, 'bob-id')
  }),

  storeCase(
    'users.expect changes nothing, and holds only for an active user of that stamp',
    async (store) => {
      await write(store, create('ada'), create('bob', { active: false }))
      const old = await recordOf(store, 'ada-id')
      await write(store, { kind: 'users.expect', id: 'ada-id', stamp: 'ada-stamp' })
      assert.deepEqual(await recordOf(store, 'ada-id'), old)
      await refuses(store, { reason: 'gone' }, { kind: 'users.expect', id: 'nobody', stamp: 'ada-stamp' })
      await refuses(store, { reason: 'stale' }, { kind: 'users.expect', id: 'ada-id', stamp: 'old' })
      await refuses(store, { reason: 'stale' }, { kind: 'users.expect', id: 'bob-id', stamp: 'bob-stamp' })
    },
    { kind: 'users.expect', property: 'effect' },
    { kind: 'users.expect', property: 'refusal' },
  ),

  storeCase(
    'users.delete takes the rows of every durable drawer along, and nobody else’s',
    async (store) => {
      await write(store, role('admin', 'all'))
      for (const name of ['ada', 'bob']) {
        const user = { userId: `${name}-id` }
        await write(
          store,
          create(name, { usernameKey: name }),
          { kind: 'roles.set', ...user, add: ['admin'], remove: [] },
          putLink(`${name}-link`, { ...user, subject: `${name}-id` }),
          putRecord(`${name}-pin`, user),
        )
      }
      await write(store, putLink('nobodys', { userId: null, subject: 'eve@example.com' }), putRecord('nobodys', { userId: null }))
      await write(store, { kind: 'users.delete', id: 'ada-id' })

      for (const [drawer, rows] of Object.entries(await store.reads.everything('ada-id'))) assert.deepEqual(rows, [], drawer)
      assert.equal(await recordOf(store, 'ada-id'), null)
      assert.equal(await store.reads.users.byEmailKey('ada@example.com'), null)
      assert.equal(await store.reads.users.byUsernameKey('ada'), null)
      assert.deepEqual(await store.reads.roles.permissionsOf('ada-id'), [])
      assert.equal(await store.reads.links.byHash(hashOf('ada-link'), 'reset-password', now), null)
      assert.equal(await store.reads.records.get('pins', 'ada-pin', now), null)

      const { users = [], roles = [], links = [], records = [] } = await store.reads.everything('bob-id')
      assert.deepEqual([users.length, roles.length, links.length, records.length], [1, 1, 1, 1])
      assert.ok(await store.reads.links.byHash(hashOf('nobodys'), 'reset-password', now))
      assert.ok(await store.reads.records.get('pins', 'nobodys', now))
    },
    { kind: 'users.delete', property: 'effect' },
  ),

  storeCase('users.delete takes sessions and tickets along, and nobody else’s', async (store) => {
    await write(store, create('ada'), create('bob'))
    for (const name of ['ada', 'bob']) {
      const user = { userId: `${name}-id`, stamp: `${name}-stamp` }
      await store.sessions.open(hashOf(`${name}-session`), sessionCalled(name, user), { now })
      await store.tickets.put(hashOf(`${name}-ticket`), ticketCalled(name, user), now)
    }
    await write(store, { kind: 'users.delete', id: 'ada-id' })
    assert.equal(await store.sessions.recognise(hashOf('ada-session'), now, store.reads.users), null)
    // What another database holds of a user cannot go in the same write; without the user it serves nobody.
    const { sessions = [], tickets = [] } = await store.reads.everything('ada-id')
    assert.deepEqual([sessions, tickets], [[], []])
    assert.ok(await store.sessions.recognise(hashOf('bob-session'), now, store.reads.users))
    assert.ok(await store.tickets.find(hashOf('bob-ticket'), now))
  }),

  storeCase(
    'users.delete refuses a user who is not there, a second time too',
    async (store) => {
      await write(store, create('ada'))
      await write(store, { kind: 'users.delete', id: 'ada-id' })
      await refuses(store, { reason: 'gone' }, { kind: 'users.delete', id: 'ada-id' })
    },
    { kind: 'users.delete', property: 'refusal' },
  ),

  storeCase('a link about a user goes with the user whoever its subject is', async (store) => {
    await write(store, create('ada'))
    await write(store, {
      kind: 'links.put',
      link: linkCalled('new-address', { subject: 'new@example.com', expiresAt: now + minute }),
      keep: 1,
    })
    await write(store, { kind: 'users.delete', id: 'ada-id' })
    assert.equal(await store.reads.links.byHash(hashOf('new-address'), 'reset-password', now), null)
  }),
]
