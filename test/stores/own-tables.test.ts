/** A table of users that the application has made, in every SQL database: its names and its keys. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { systemRandom } from '../../src/crypto/random.ts'
import type { Change } from '../../src/model/change.ts'
import {
  addTotp,
  append,
  hashOf,
  now,
  putDeletion,
  putDevice,
  putLink,
  putMail,
  putRecord,
  role,
  sessionCalled,
  ticketCalled,
} from '../../src/testing/store-contract/samples.ts'
import { storeContract } from '../../src/testing/store-contract.ts'
import {
  add,
  empty,
  helpIn,
  hostileTables,
  newUser,
  onNew,
  openFollowing,
  ownOf,
  type Place,
  places,
  sentenceOf,
  userOf,
} from './own-tables.ts'

/** The values of `active` and `created_at` as the application writes them. */
const activeAndCreated: Readonly<Record<string, string>> = {
  sqlite: '1, 1',
  postgres: 'true, now()',
  mariadb: '1, now()',
}

for (const [name, make] of Object.entries(places)) {
  describe(`${name}: the contract on a table of users of the application’s own, under names that trip SQL`, () => {
    const options = { tables: hostileTables }
    let place: Place
    before(async () => {
      place = await make()
      await (await openFollowing(place, options)).durable.close()
    })
    after(() => place.drop())

    for (const { name: property, run } of storeContract) {
      test(property, async () => {
        await empty(place, options)
        await run(async () => {
          const store = place.open({ ...options, migrate: false })
          await store.durable.open()
          return store
        })
      })
    }
  })

  if (name === 'pglite') continue // it is PostgreSQL, and slow to make

  describe(`${name}: keys of the application’s own`, () => {
    const on = (prove: (place: Place) => Promise<void>): Promise<void> => onNew(make, prove)

    for (const id of ['integer', 'uuid', 'text'] as const) {
      test(`AL-FST-F4: users with a key of the kind ${id} have all that others have, and deleting one takes it along`, () =>
        on(async (place) => {
          const store = await openFollowing(place, { tables: { users: { ...hostileTables.users, name: 'people', id } } })
          const [ada, bob] = [await add(store, 'ada'), await add(store, 'bob')]
          assert.match(
            ada,
            { integer: /^[1-9]\d*$/, uuid: /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/, text: /^.{22}$/ }[id],
          )
          for (const userId of [ada, bob]) {
            const given: readonly Change[] = [
              role('admin', 'all'),
              { kind: 'roles.set', userId, add: ['admin'], remove: [] },
              putLink(`link-${userId}`, { userId, subject: userId }),
              putRecord(`pin-${userId}`, { userId }),
              putMail(`mail-${userId}`, { userId }),
              putDevice(`device-${userId}`, { userId }),
              { kind: 'logins.track', userId, at: now, ip: null, userAgent: null },
              putDeletion(now, userId),
              append(`event-${userId}`, { userId }),
              addTotp(`phone-${userId}`, { userId }),
              { kind: 'recoveryCodes.replace', userId, hashes: ['code'] },
            ]
            assert.deepEqual(await store.durable.write(given), { ok: true })
            const stamp = userId === ada ? 'ada-stamp' : 'bob-stamp'
            assert.equal(await store.sessions.open(hashOf(`s-${userId}`), sessionCalled('s', { userId, stamp }), { now }), true)
            await store.tickets.put(hashOf(`t-${userId}`), ticketCalled('t', { userId, stamp }), now)
            const live = await store.sessions.recognise(hashOf(`s-${userId}`), now, store.reads.users)
            assert.deepEqual([live?.user.id, live?.user.roles, live?.session.userId], [userId, ['admin'], userId])
            assert.deepEqual(await store.reads.roles.permissionsOf(userId), ['all'])
          }
          assert.equal((await store.reads.users.byEmailKey('ada@example.com'))?.user.id, ada)
          assert.deepEqual(
            (await store.reads.users.list({ limit: 9 })).map((user) => user.id),
            [ada, bob],
          )

          const update: Change = { kind: 'users.update', id: ada, set: { active: false, stamp: 'new' }, when: { stamp: 'ada-stamp' } }
          assert.deepEqual(await store.durable.write([update]), { ok: true })
          assert.equal(await store.sessions.recognise(hashOf(`s-${ada}`), now, store.reads.users), null)

          assert.deepEqual(await store.durable.write([{ kind: 'users.delete', id: ada }]), { ok: true })
          for (const [drawer, rows] of Object.entries(await store.reads.everything(ada))) assert.deepEqual(rows, [], drawer)
          const held = Object.values(await store.reads.everything(bob))
          assert.deepEqual(
            held.map((rows) => rows.length),
            held.map(() => 1),
          )
          await store.durable.close()
        }))
    }

    test('what is no id of the kind of key finds nobody and reaches no database', () =>
      on(async (place) => {
        for (const id of ['integer', 'uuid'] as const) {
          const store = await openFollowing(place, { tables: { prefix: `${id}_`, users: { name: `people_${id}`, id } } })
          const ada = await add(store, 'ada')
          const odd = [
            `${ada} `,
            `0${ada}`,
            `${ada}.0`,
            `+${ada}`,
            `${ada}abc`,
            '-1',
            '9223372036854775808',
            '1e0',
            '0x1',
            '',
            'ada-id',
            `${ada}'`,
          ]
          if (id === 'uuid') odd.push(ada.toUpperCase(), `{${ada}}`, ada.replaceAll('-', ''))
          for (const wrong of odd) {
            assert.equal(await store.reads.users.byId(wrong), null, wrong)
            for (const change of [
              { kind: 'users.update', id: wrong, set: { active: false } },
              { kind: 'users.delete', id: wrong },
              { kind: 'users.expect', id: wrong, stamp: 'ada-stamp' },
            ] as const) {
              assert.deepEqual(await store.durable.write([change]), { ok: false, conflict: { index: 0, reason: 'gone' } }, wrong)
            }
            const set = await store.durable.write([{ kind: 'roles.set', userId: wrong, add: [], remove: [] }])
            assert.deepEqual(set, { ok: false, conflict: { index: 0, reason: 'gone', field: 'user' } })
          }
          await store.durable.close()
        }
      }))

    test('numbers beyond what JavaScript counts exactly are ids like others', () =>
      on(async (place) => {
        const ids = ['9007199254740993', '9223372036854775807']
        const tables = { users: { name: 'people', id: 'integer', makeId: () => ids.shift() ?? '' } } as const
        const store = await openFollowing(place, { tables })
        assert.equal((await userOf(store, await add(store, 'ada'))).id, '9007199254740993')
        const last = await add(store, 'bob')
        assert.equal((await store.reads.users.byEmailKey('bob@example.com'))?.user.id, last)
        assert.equal(await store.sessions.open(hashOf('s'), sessionCalled('s', { userId: last, stamp: 'bob-stamp' }), { now }), true)
        assert.equal((await store.sessions.recognise(hashOf('s'), now, store.reads.users))?.user.id, last)
        await store.durable.close()
      }))

    test('ids are given to one each: beside rows that the application makes, to two stores at once, and never again', () =>
      on(async (place) => {
        const tables = { users: { name: 'people', id: 'integer' } } as const
        const store = await openFollowing(place, { tables })
        const other = place.open({ tables })
        await other.durable.open()
        await place.run(
          `insert into people (email, email_key, stamp, active, created_at) values ('x', 'x', 'x', ${activeAndCreated[name]})`,
        )
        const given = await Promise.all(Array.from({ length: 40 }, (_, at) => ownOf(at % 2 === 0 ? store : other).newId(systemRandom)))
        assert.equal(new Set(given).size, 40)
        const ada = await add(store, 'ada')
        assert.ok(given.every((id) => BigInt(id) > 1n && BigInt(id) < BigInt(ada)))
        assert.deepEqual(await store.durable.write([{ kind: 'users.delete', id: ada }]), { ok: true })
        const bob = await add(store, 'bob')
        assert.ok(BigInt(bob) > BigInt(ada))
        await place.run(
          `insert into people (email, email_key, stamp, active, created_at) values ('y', 'y', 'y', ${activeAndCreated[name]})`,
        )
        assert.equal((await store.reads.users.list({ limit: 9 })).length, 3)
        await other.durable.close()
        await store.durable.close()
      }))

    test('a number that an account had which the application deleted by itself brings nothing of it along', () =>
      on(async (place) => {
        const tables = { users: { name: 'people', id: 'integer', makeId: () => '7' } } as const
        const store = await openFollowing(place, { tables })
        await add(store, 'ada')
        assert.deepEqual(
          await store.durable.write([role('admin', 'all'), { kind: 'roles.set', userId: '7', add: ['admin'], remove: [] }]),
          { ok: true },
        )
        await store.sessions.open(hashOf('s'), sessionCalled('s', { userId: '7', stamp: 'same' }), { now })
        await place.run('delete from people')
        await add(store, 'eve', { stamp: 'same' })
        assert.deepEqual((await userOf(store, '7')).roles, [])
        assert.equal(await store.sessions.recognise(hashOf('s'), now, store.reads.users), null)
        await store.durable.close()
      }))

    test('a row of the application’s own that has no stamp is nobody, and its address is taken', () =>
      on(async (place) => {
        const tables = { users: { name: 'people', id: 'integer' } } as const
        await place.run(helpIn(await sentenceOf(place, { tables })).replaceAll(' not null', ''))
        const store = await openFollowing(place, { tables })
        await add(store, 'ada')
        await place.run('update people set stamp = null')
        const [{ id = '' } = {}] = await place.rows('select id from people')
        assert.equal(await store.reads.users.byId(String(id)), null)
        assert.equal(await store.reads.users.byEmailKey('ada@example.com'), null)
        assert.deepEqual(await store.reads.users.list({ limit: 9 }), [])
        const again = await newUser(store, 'ada')
        const conflict = { index: 0, reason: 'taken', field: 'email' }
        assert.deepEqual(await store.durable.write([{ kind: 'users.create', user: again }]), { ok: false, conflict })
        await store.durable.close()
      }))
  })
}
