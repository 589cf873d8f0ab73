/** The roles drawer: what roles allow and who has them. */
import assert from 'node:assert/strict'
import type { Change } from '../../model/change.ts'
import type { Store } from '../../model/store.ts'
import { create, oddText, role } from './samples.ts'
import { refuses, type StoreCase, storeCase, together, write } from './store-case.ts'

function give(userId: string, ...add: readonly string[]): Change {
  return { kind: 'roles.set', userId, add, remove: [] }
}

async function rolesOf(store: Store, userId: string): Promise<readonly string[] | undefined> {
  return (await store.reads.users.byId(userId))?.user.roles
}

/** The roles drawer. */
export const roleCases: readonly StoreCase[] = [
  storeCase(
    'roles.put makes a role, or replaces what it says and allows',
    async (store) => {
      await write(store, role('admin', 'all'), {
        kind: 'roles.put',
        name: 'admin',
        description: oddText,
        permissions: [oddText, 'b', 'a', 'b'],
      })
      const admin = { name: 'admin', description: oddText, permissions: [oddText, 'a', 'b'].sort() }
      assert.deepEqual(await store.reads.roles.byName('admin'), admin)
      assert.deepEqual(await store.reads.roles.list(), [admin])
      assert.equal(await store.reads.roles.byName('Admin'), null)
    },
    { kind: 'roles.put', property: 'effect' },
  ),

  storeCase('roles.put leaves a role with those who have it', async (store) => {
    await write(store, create('ada'), role('admin', 'read'), give('ada-id', 'admin'), role('admin', 'write'))
    assert.deepEqual(await rolesOf(store, 'ada-id'), ['admin'])
    assert.deepEqual(await store.reads.roles.permissionsOf('ada-id'), ['write'])
  }),

  storeCase('roles are listed by name in byte order', async (store) => {
    await write(store, role('b'), role('ä'), role('a'), role('Z'))
    assert.deepEqual(
      (await store.reads.roles.list()).map(({ name }) => name),
      ['Z', 'a', 'b', 'ä'],
    )
  }),

  storeCase(
    'roles.set gives and takes roles; a user’s names are sorted, each once',
    async (store) => {
      await write(store, create('ada'), create('bob'), role('b'), role('a'), role('\uffee'), role('\u{10348}'))
      await write(store, give('ada-id', 'b', '\u{10348}', '\uffee', 'a', 'b'), give('bob-id', 'b'))
      assert.deepEqual(await rolesOf(store, 'ada-id'), ['a', 'b', '\uffee', '\u{10348}'])
      await write(store, give('ada-id', 'a'), { kind: 'roles.set', userId: 'ada-id', add: [], remove: ['b', '\uffee', 'never-there'] })
      assert.deepEqual(await rolesOf(store, 'ada-id'), ['a', '\u{10348}'])
      assert.deepEqual(await rolesOf(store, 'bob-id'), ['b'])
      assert.deepEqual(
        (await store.reads.users.list({ limit: 10 })).map(({ roles }) => roles),
        [['a', '\u{10348}'], ['b']],
      )
    },
    { kind: 'roles.set', property: 'effect' },
  ),

  storeCase('roles.set lets a role stay that it both gives and takes', async (store) => {
    await write(store, create('ada'), role('a'), { kind: 'roles.set', userId: 'ada-id', add: ['a'], remove: ['a'] })
    assert.deepEqual(await rolesOf(store, 'ada-id'), ['a'])
  }),

  storeCase(
    'roles.set refuses a user or a role that is not there',
    async (store) => {
      await write(store, create('ada'), role('a'))
      await refuses(store, { reason: 'gone', field: 'user' }, give('nobody', 'a'))
      await refuses(store, { reason: 'gone', field: 'user' }, give('nobody', 'nothing'))
      await refuses(store, { reason: 'gone', field: 'role' }, give('ada-id', 'a', 'nothing'))
      assert.deepEqual(await rolesOf(store, 'ada-id'), [])
    },
    { kind: 'roles.set', property: 'refusal' },
  ),

  storeCase('of many callers who give different roles, none undoes another', async (store) => {
    const names = Array.from({ length: 20 }, (_, index) => `role-${String(index).padStart(2, '0')}`)
    await write(store, create('ada'), ...names.map((name) => role(name)))
    await together(names.length, (index) => store.durable.write([give('ada-id', names[index] ?? '')]))
    assert.deepEqual(await rolesOf(store, 'ada-id'), names)
  }),

  storeCase(
    'roles.drop takes the role from everybody',
    async (store) => {
      await write(store, create('ada'), create('bob'), role('a', 'read'), role('b', 'write'), give('ada-id', 'a', 'b'), give('bob-id', 'a'))
      await write(store, { kind: 'roles.drop', name: 'a' })
      assert.deepEqual([await rolesOf(store, 'ada-id'), await rolesOf(store, 'bob-id')], [['b'], []])
      assert.equal(await store.reads.roles.byName('a'), null)
      assert.deepEqual(await store.reads.roles.permissionsOf('ada-id'), ['write'])
      await write(store, role('a', 'read'))
      assert.deepEqual(await rolesOf(store, 'bob-id'), [], 'a new role of the same name is nobody’s')
    },
    { kind: 'roles.drop', property: 'effect' },
  ),

  storeCase(
    'roles.drop refuses a role that is not there',
    (store) => refuses(store, { reason: 'gone' }, { kind: 'roles.drop', name: 'nothing' }),
    { kind: 'roles.drop', property: 'refusal' },
  ),

  storeCase('permissionsOf joins what all of a user’s roles allow, sorted, each once', async (store) => {
    await write(store, create('ada'), create('bob'), role('a', 'read', 'write'), role('b', 'write', 'admin'), role('c', 'never'))
    await write(store, give('ada-id', 'a', 'b'))
    assert.deepEqual(await store.reads.roles.permissionsOf('ada-id'), ['admin', 'read', 'write'])
    assert.deepEqual(await store.reads.roles.permissionsOf('bob-id'), [])
    assert.deepEqual(await store.reads.roles.permissionsOf('nobody'), [])
  }),
]
