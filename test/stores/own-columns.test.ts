/** Fields of users in columns that the application has made, in every SQL database: what they keep, and what they cannot. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createAuth, password, registration, session } from '../../src/index.ts'
import { AuthError } from '../../src/model/error.ts'
import type { Json, Members } from '../../src/model/json.ts'
import type { Store } from '../../src/model/store.ts'
import type { User } from '../../src/model/user.ts'
import type { SqlOptions } from '../../src/stores/sql/tables.ts'
import { hashOf, now, sessionCalled } from '../../src/testing/store-contract/samples.ts'
import { codeOf, fieldError, origin, phrase, secret, serve } from '../flows/application.ts'
import { add, helpIn, newUser, onNew, openFollowing, ownOf, type Place, places, sentenceOf, userOf } from './own-tables.ts'

/** A user with a column of each kind. */
interface Member extends User {
  readonly displayName: string | null
  readonly plan: 'free' | 'paid'
  readonly visits: number
  readonly staff: boolean
  readonly born: number | null
  readonly tags: readonly string[]
}

const memberColumns: NonNullable<SqlOptions<Member>['userColumns']> = {
  displayName: { column: 'Display "Name"', kind: 'text' },
  plan: { column: 'plan', kind: 'text', default: 'free' },
  visits: { column: 'order', kind: 'integer', default: 0 },
  staff: { column: 'is_staff', kind: 'boolean', default: false },
  born: { column: 'born', kind: 'time' },
  tags: { column: 'tags', kind: 'json', default: [] },
}

/** A user with columns that have rules of their own. */
interface Ruled extends User {
  readonly nick: string | null
  readonly small: number | null
  readonly plan: string | null
  readonly motto: string | null
}

const ruledColumns: NonNullable<SqlOptions<Ruled>['userColumns']> = {
  nick: { column: 'nick', kind: 'text' },
  small: { column: 'small', kind: 'integer' },
  plan: { column: 'plan', kind: 'text' },
  motto: { column: 'motto', kind: 'text' },
}

/** The rules by column, in the words of databases that have such types, and of SQLite. */
const rules: Readonly<Record<string, readonly [typed: string, checked: string]>> = {
  nick: ['varchar(40) unique', 'text unique check (length(nick) <= 40)'],
  small: ['smallint', 'integer check (small between -32768 and 32767)'],
  plan: ["varchar(20) check (plan in ('free', 'paid'))", "text check (plan in ('free', 'paid'))"],
  motto: ['varchar(10)', 'text check (length(motto) <= 10)'],
  email: ['varchar(50)', 'text check (length(email) <= 50)'],
  password_hash: ['varchar(150)', 'text check (length(password_hash) <= 150)'],
}

/** A store over a table of users whose columns have rules. */
async function openRuled(place: Place): Promise<Store<Ruled>> {
  const options: SqlOptions<Ruled> = { tables: { users: { name: 'people' } }, userColumns: ruledColumns }
  let help = helpIn(await sentenceOf(place, options))
  for (const [column, [typed, checked]] of Object.entries(rules)) {
    const plain = new RegExp(`(?<=[(,] ?["\`]${column}["\`] )(varchar\\(\\d+\\)|\\w+)`)
    assert.match(help, plain)
    help = help.replace(plain, place.name === 'sqlite' ? checked : typed)
  }
  await place.run(help)
  return openFollowing(place, options)
}

/** Whether an error names the field. */
function refusing(field: string) {
  return (error: unknown): boolean =>
    error instanceof AuthError && error.code === 'invalid_fields' && error.detail.fields?.[field] !== undefined
}

const noOwn: Members = { displayName: null, plan: 'free', visits: 0, staff: false, born: null, tags: [] }

for (const [name, make] of Object.entries(places)) {
  if (name === 'pglite') continue // it is PostgreSQL, and slow to make

  describe(`${name}: columns of the application’s own`, () => {
    const on = (prove: (place: Place) => Promise<void>): Promise<void> => onNew(make, prove)

    for (const [whose, tables] of [
      ['the application’s own', { users: { name: 'people' } }],
      ['the store’s', {}],
    ] as const) {
      test(`fields of the application are kept in columns of a table that is ${whose}, typed, with defaults, and found on every read`, () =>
        on(async (place) => {
          const options: SqlOptions<Member> = { tables, userColumns: memberColumns }
          const store = await openFollowing(place, options)
          const plain = await add(store, 'plain', { extra: { theme: 'dark' } })
          assert.deepEqual(ownFields(await userOf(store, plain)), { ...noOwn, extra: { theme: 'dark' } })

          const own = {
            displayName: 'Zoë \u{1f469}\u200d\u{1f680} "x"',
            plan: 'paid',
            visits: -5,
            staff: true,
            born: -1_234_567,
            tags: ['a', { b: null }],
          }
          const user = await newUser(store, 'ada', { extra: { ...own, theme: 'light' } })
          const foreseen = await ownOf(store).foresee(user)
          assert.deepEqual(await store.durable.write([{ kind: 'users.create', user }]), { ok: true })
          assert.deepEqual(await userOf(store, user.id), foreseen)
          assert.deepEqual(ownFields(foreseen), { ...own, extra: { theme: 'light' } })
          await store.sessions.open(hashOf('s'), sessionCalled('s', { userId: user.id }), { now })
          const live = await store.sessions.recognise(hashOf('s'), now, store.reads.users)
          assert.deepEqual(live?.user, foreseen)
          assert.deepEqual((await store.reads.users.list({ limit: 1 }))[0], foreseen)
          assert.deepEqual((await store.reads.everything(user.id)).users, [foreseen])

          const changed = { ...own, plan: 'free', displayName: null }
          const set = { own: { plan: 'free', displayName: null, colour: 'red' } }
          assert.deepEqual(await store.durable.write([{ kind: 'users.update', id: user.id, set }]), { ok: true })
          assert.deepEqual(ownFields(await userOf(store, user.id)), { ...changed, extra: { theme: 'light', colour: 'red' } })
          assert.deepEqual(await store.durable.write([{ kind: 'users.update', id: user.id, set: { extra: { visits: 6 } } }]), { ok: true })
          assert.deepEqual(ownFields(await userOf(store, user.id)), { ...changed, visits: 6, extra: {} })
          await store.durable.close()
        }))
    }

    test('what does not fit its column is refused under its name, and nothing is written', () =>
      on(async (place) => {
        const tables = { users: { name: 'people', columns: { username: null, usernameKey: null, extra: null } } }
        const store = await openFollowing<Member>(place, { tables, userColumns: memberColumns })
        const ada = await add(store, 'ada')
        const wrong: Readonly<Record<string, readonly Json[]>> = {
          displayName: [1, true, ['a'], {}, 'a\0b', 'half \ud83d'],
          visits: ['1', 1.5, true, 2 ** 53, Number.MAX_VALUE],
          staff: ['true', 1, 0, {}],
          born: ['2020-01-01', 0.5, 253_402_300_800_000, -30_610_224_000_001],
          tags: ['a\0', ['half \ud83d'], [{ 'a\0': 1 }]],
          unknown: ['there is no column for it, and no extra'],
        }
        for (const [field, values] of Object.entries(wrong)) {
          for (const value of values) {
            const user = await newUser(store, 'bob', { extra: { [field]: value } })
            const isRefused = refusing(field)
            await assert.rejects(async () => ownOf(store).foresee(user), isRefused, `${field} ${JSON.stringify(value)}`)
            await assert.rejects(async () => store.durable.write([{ kind: 'users.create', user }]), isRefused)
            const set = { own: { [field]: value } }
            await assert.rejects(
              async () => store.durable.write([{ kind: 'users.update', id: ada, set: { active: false, ...set } }]),
              isRefused,
            )
          }
        }
        assert.deepEqual([(await userOf(store, ada)).active, (await store.reads.users.list({ limit: 9 })).length], [true, 1])
        const named = await newUser(store, 'bob', { username: 'bob', usernameKey: 'bob' })
        await assert.rejects(async () => store.durable.write([{ kind: 'users.create', user: named }]), { code: 'invalid_fields' })
        assert.equal(await store.reads.users.byUsernameKey('bob'), null)
        await store.durable.close()
      }))

    test('what nobody sets is not written: a value that is finer than ours stays as it was', () =>
      on(async (place) => {
        const store = await openFollowing<Member>(place, { tables: { users: { name: 'people' } }, userColumns: memberColumns })
        const ada = await add(store, 'ada', { extra: { born: 1_000 } })
        const finer = { sqlite: '1.5', mariadb: 'born' }[name] ?? "'2020-02-03 04:05:06.789123Z'"
        await place.run(`update people set born = ${finer}`)
        const old = await place.rows('select created_at, born from people')
        await store.durable.write([{ kind: 'users.update', id: ada, set: { passwordHash: 'new', own: { visits: 1 } } }])
        assert.deepEqual(await place.rows('select created_at, born from people'), old)
        await store.durable.close()
      }))

    test('what a column’s own rules refuse is the user’s mistake and no fault: too long, out of range, not unique or against a check', () =>
      on(async (place) => {
        const store = await openRuled(place)
        const ada = await add(store, 'ada', { extra: { nick: 'ada', small: 1, plan: 'free' } })
        const bob = await add(store, 'bob', { extra: { nick: 'bob' } })
        const wrong: Members = { nick: 'ada', small: 70_000, plan: 'gold', motto: 'twelve words' }
        for (const [field, value] of Object.entries(wrong)) {
          const eve = await newUser(store, 'eve', { extra: { nick: 'eve', [field]: value } })
          await assert.rejects(async () => store.durable.write([{ kind: 'users.create', user: eve }]), refusing(field), field)
          const change = { kind: 'users.update', id: bob, set: { active: false, own: { [field]: value } } } as const
          await assert.rejects(async () => store.durable.write([change]), refusing(field), field)
        }
        const long = `${'e'.repeat(60)}@example.com`
        const set = { email: long, emailKey: long }
        await assert.rejects(async () => store.durable.write([{ kind: 'users.update', id: bob, set }]), refusing('email'))
        const ofOurs = { kind: 'users.update', id: ada, set: { passwordHash: 'h'.repeat(200) } } as const
        await assert.rejects(async () => store.durable.write([ofOurs]), { name: 'UnfitValueError', message: /cannot keep a value/ })

        assert.deepEqual(
          (await store.reads.users.list({ limit: 9 })).map(({ email, active }) => [email, active]),
          [
            ['ada@example.com', true],
            ['bob@example.com', true],
          ],
        )
        await add(store, 'eve', { extra: { nick: 'eve' } })
        await store.durable.close()
      }))

    test('a form that gives a column what it cannot take is answered with the name of the field, however many come at once', () =>
      on(async (place) => {
        const store = await openRuled(place)
        const reported: unknown[] = []
        const auth = createAuth({
          origin,
          secret,
          store,
          features: [session(), password(), registration({ extra: { schema: z.object({ nick: z.string() }), fields: [] } })],
          passwords: { dangerouslyCheapHash: true },
          report: (error) => void reported.push(error),
        })
        const open = serve(auth)
        const replies = await Promise.all(
          Array.from({ length: 12 }, (_, at) =>
            open().post('/auth/register', { email: `user${at}@example.com`, password: phrase, nick: 'same' }),
          ),
        )
        assert.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array.from({ length: 11 }, () => 400)])
        const long = await open().post('/auth/register', { email: 'long@example.com', password: phrase, nick: 'n'.repeat(41) })
        assert.deepEqual([long.status, codeOf(long)], [400, 'invalid_fields'])
        assert.equal(fieldError(long, 'nick'), 'This cannot be kept here.')
        assert.deepEqual(reported, [])
        await auth.close()
      }))
  })
}

/** What a user has besides what every user has, and `extra`. */
function ownFields(user: User): Members {
  const { id: _, email: __, username: ___, active: ____, roles: _____, createdAt: ______, ...fields } = user
  return fields
}
