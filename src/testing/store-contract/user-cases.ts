/** The users drawer: new accounts, their keys and their listing. */
import assert from 'node:assert/strict'
import type { Store } from '../../model/store.ts'
import { create, oddMembers, oddText, role, userCalled } from './samples.ts'
import { refuses, type StoreCase, storeCase, write } from './store-case.ts'

async function recordOf(store: Store, id: string): Promise<unknown> {
  return store.reads.users.byId(id)
}

async function emailsOf(store: Store, paging: Parameters<Store['reads']['users']['list']>[0]): Promise<readonly string[]> {
  return (await store.reads.users.list(paging)).map(({ email }) => email)
}

/** The last millisecond of the year 9999: further, not every database keeps a time. */
const lastTime = 253_402_300_799_999

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
        createdAt: lastTime,
        extra: oddMembers,
      })
      await write(store, { kind: 'users.create', user })
      const { id, email, username, active, createdAt, extra, stamp, passwordHash } = user
      assert.deepEqual(await recordOf(store, 'ada-id'), {
        user: { id, email, username, active, roles: [], createdAt, extra },
        stamp,
        passwordHash,
      })
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
      await refuses(
        store,
        { reason: 'taken', field: 'email' },
        role('admin'),
        create('bob'),
        create('eve', { emailKey: 'ada@example.com' }),
      )
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
    const keys = [
      'ada@example.com',
      'Ada@example.com',
      'äda@example.com',
      'a\u0308da@example.com',
      '\uff41da@example.com',
      'ada@example.com ',
      'ßa',
      'ssa',
    ]
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
]
