/** The users drawer: accounts, their keys, their listing, and that nothing stays of a deleted one. */
import assert from 'node:assert/strict'
import type { UserFields } from '../../model/change.ts'
import type { Store } from '../../model/store.ts'
import { create, hashOf, linkCalled, minute, now, oddMembers, oddText, putLink, putRecord, role, sessionCalled, ticketCalled, userCalled } from './samples.ts'
import { refuses, type StoreCase, storeCase, write } from './store-case.ts'

async function recordOf(store: Store, id: string): Promise<unknown> {
  return store.reads.users.byId(id)
}

async function emailsOf(store: Store, paging: Parameters<Store['reads']['users']['list']>[0]): Promise<readonly string[]> {
  return (await store.reads.users.list(paging)).map(({ email }) => email)
}

async function update(store: Store, set: UserFields): Promise<void> {
  await write(store, { kind: 'users.update', id: 'ada-id', set })
}

/** The users drawer. */
export const userCases: readonly StoreCase[] = [
  storeCase(
    'users.create keeps every field as it was given',
    async (store) => {
      const user = userCalled('ada', {
        email: `${'a'.repeat(64)}@${'b'.repeat(185)}.com`,
        emailKey: 'Key-of-ada@example.com',
        username: oddText,
        usernameKey: oddText,
        passwordHash: `nfkd:$argon2id$${'x'.repeat(500)}`,
        active: false,
        createdAt: 8_640_000_000_000_000,
        extra: oddMembers,
      })
      await write(store, { kind: 'users.create', user })
      const { id, email, username, active, createdAt, extra, stamp, passwordHash } = user
      assert.deepEqual(await recordOf(store, 'ada-id'), { user: { id, email, username, active, roles: [], createdAt, extra }, stamp, passwordHash })
    },
    { kind: 'users.create', property: 'effect' },
  ),

  storeCase('users.create keeps null and empty apart', async (store) => {
    await write(store, create('ada'), create('bob', { username: '', usernameKey: '', passwordHash: '' }))
    const ada = await store.reads.users.byId('ada-id')
    const bob = await store.reads.users.byId('bob-id')
    assert.deepEqual([ada?.user.username, ada?.passwordHash], [null, null])
    assert.deepEqual([bob?.user.username, bob?.passwordHash], ['', ''])
  }),

  storeCase('a user given to the store or got from it can be changed without changing the store', async (store) => {
    const tags = ['first']
    await write(store, create('ada', { extra: { tags } }))
    tags.push('second')
    const got = await store.reads.users.byId('ada-id')
    assert.ok(got)
    try {
      Object.assign(got.user, { email: 'other@example.com' })
      Object.assign(got.user.extra, { tags: [] })
    } catch (error) {
      assert.ok(error instanceof TypeError, 'a store may also freeze what it gives')
    }
    const again = await store.reads.users.byId('ada-id')
    assert.deepEqual([again?.user.email, again?.user.extra], ['ada@example.com', { tags: ['first'] }])
  }),

  storeCase(
    'users.create refuses a taken e-mail key and leaves nothing of the same write',
    async (store) => {
      await write(store, create('ada'))
      await refuses(store, { reason: 'taken', field: 'email' }, role('admin'), create('bob'), create('eve', { emailKey: 'ada@example.com' }))
      assert.deepEqual([await recordOf(store, 'bob-id'), await recordOf(store, 'eve-id'), await store.reads.roles.list()], [null, null, []])
    },
    { kind: 'users.create', property: 'refusal' },
    { kind: 'users.create', property: 'rollback' },
  ),

  storeCase(
    'users.create refuses a taken username key',
    async (store) => {
      await write(store, create('ada', { usernameKey: 'ada' }))
      await refuses(store, { reason: 'taken', field: 'username' }, create('bob', { usernameKey: 'ada' }))
    },
    { kind: 'users.create', property: 'refusal' },
  ),

  storeCase(
    'users.create refuses a taken id',
    async (store) => {
      await write(store, create('ada'))
      await refuses(store, { reason: 'taken', field: 'id' }, create('bob', { id: 'ada-id' }))
    },
    { kind: 'users.create', property: 'refusal' },
  ),

  storeCase('users.create refuses a key that an earlier change of the same write took', async (store) => {
    await refuses(store, { reason: 'taken', field: 'email' }, create('ada'), create('eve', { emailKey: 'ada@example.com' }))
    assert.equal(await recordOf(store, 'ada-id'), null)
  }),

  storeCase('keys are compared byte by byte: case, accents, width and trailing spaces tell them apart', async (store) => {
    const keys = ['ada@example.com', 'Ada@example.com', 'äda@example.com', 'a\u0308da@example.com', '\uff41da@example.com', 'ada@example.com ', 'ßa', 'ssa']
    await write(store, ...keys.map((key, index) => create(`user${index}`, { emailKey: key, usernameKey: key })))
    for (const [index, key] of keys.entries()) {
      assert.equal((await store.reads.users.byEmailKey(key))?.user.id, `user${index}-id`)
      assert.equal((await store.reads.users.byUsernameKey(key))?.user.id, `user${index}-id`)
    }
  }),

  storeCase('many users have no username', async (store) => {
    await write(store, create('ada'), create('bob'), create('eve'))
    assert.equal((await store.reads.users.list({ limit: 10 })).length, 3)
  }),

  storeCase('users are found by id and by their keys, and by nothing else', async (store) => {
    await write(store, create('ada', { email: 'Ada@Example.com', username: 'Ada', usernameKey: 'ada' }))
    const byId = await store.reads.users.byId('ada-id')
    assert.ok(byId)
    assert.deepEqual(await store.reads.users.byEmailKey('ada@example.com'), byId)
    assert.deepEqual(await store.reads.users.byUsernameKey('ada'), byId)
    assert.equal(await store.reads.users.byEmailKey('Ada@Example.com'), null)
    assert.equal(await store.reads.users.byUsernameKey('Ada'), null)
    assert.equal(await store.reads.users.byId('ada@example.com'), null)
    assert.equal(await store.reads.users.byEmailKey(''), null)
  }),

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
      for (const when of [{ stamp: 'old' }, { passwordHash: 'old' }, { passwordHash: null }, { emailKey: 'old@example.com' }, { stamp: 'ada-stamp', passwordHash: 'old' }]) {
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
      await refuses(store, { reason: 'taken', field: 'email' }, { kind: 'users.update', id: 'ada-id', set: { emailKey: 'bob@example.com' } })
      await refuses(store, { reason: 'taken', field: 'username' }, { kind: 'users.update', id: 'ada-id', set: { usernameKey: 'bob' } })
      await update(store, { email: 'ADA@example.com', emailKey: 'ada@example.com', usernameKey: 'ada' })
    },
    { kind: 'users.update', property: 'refusal' },
  ),

  storeCase('a key that was given up is free in the same write', async (store) => {
    await write(store, create('ada'))
    await write(store, { kind: 'users.update', id: 'ada-id', set: { emailKey: 'new@example.com' } }, create('bob', { emailKey: 'ada@example.com' }))
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
      await store.tickets.put(hashOf(`${name}-ticket`), ticketCalled(name, user))
    }
    await write(store, { kind: 'users.delete', id: 'ada-id' })
    assert.equal(await store.sessions.recognise(hashOf('ada-session'), now, store.reads.users), null)
    assert.deepEqual(await store.sessions.listOf('ada-id', 'ada-stamp', now), [])
    assert.equal(await store.tickets.find(hashOf('ada-ticket'), now), null)
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

  storeCase('users.list pages through all, in the byte order of their e-mail keys', async (store) => {
    const keys = ['Z', 'a', 'a1', 'b', 'ä', '\uffee', '\u{10348}']
    await write(store, ...keys.toReversed().map((key) => create(key, { emailKey: key })))
    const found: string[] = []
    for (let after: string | undefined; ; after = found.at(-1)) {
      const page = await store.reads.users.list(after === undefined ? { limit: 3 } : { limit: 3, after })
      if (page.length === 0) break
      assert.ok(page.length <= 3)
      found.push(...page.map(({ email }) => email.replace('@example.com', '')))
    }
    assert.deepEqual(found, keys)
  }),

  storeCase('users.list narrows by a prefix, in which no character is special', async (store) => {
    const keys = ['a%b@x', 'aXb@x', 'a_b@x', 'A%b@x', 'a\\b@x', 'ab@x', 'b@x', '\ud7ff1', '\ue0001', '\u{10ffff}1']
    await write(store, ...keys.map((key, index) => create(`user${index}`, { email: key, emailKey: key })))
    assert.deepEqual(await emailsOf(store, { limit: 10, prefix: 'a%' }), ['a%b@x'])
    assert.deepEqual(await emailsOf(store, { limit: 10, prefix: 'a_' }), ['a_b@x'])
    assert.deepEqual(await emailsOf(store, { limit: 10, prefix: 'a\\' }), ['a\\b@x'])
    assert.deepEqual(await emailsOf(store, { limit: 10, prefix: 'a' }), ['a%b@x', 'aXb@x', 'a\\b@x', 'a_b@x', 'ab@x'])
    assert.deepEqual(await emailsOf(store, { limit: 10, prefix: 'a', after: 'aXb@x' }), ['a\\b@x', 'a_b@x', 'ab@x'])
    assert.deepEqual(await emailsOf(store, { limit: 2, prefix: 'a' }), ['a%b@x', 'aXb@x'])
    assert.deepEqual(await emailsOf(store, { limit: 10, prefix: '\ud7ff' }), ['\ud7ff1'])
    assert.deepEqual(await emailsOf(store, { limit: 10, prefix: 'c' }), [])
  }),

  storeCase('a link about a user goes with the user whoever its subject is', async (store) => {
    await write(store, create('ada'))
    await write(store, { kind: 'links.put', link: linkCalled('new-address', { subject: 'new@example.com', expiresAt: now + minute }), keep: 1 })
    await write(store, { kind: 'users.delete', id: 'ada-id' })
    assert.equal(await store.reads.links.byHash(hashOf('new-address'), 'reset-password', now), null)
  }),
]
