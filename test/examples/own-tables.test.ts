/** The example over an application's own tables, from registration to deletion, on every SQL database. */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { createPool, type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import type { Store } from 'portcullis'
import { mysql } from 'portcullis/stores/mysql'
import { postgres } from 'portcullis/stores/postgres'
import { sqlite } from 'portcullis/stores/sqlite'
import { createBrowser } from 'portcullis/testing'
import { createApp, type Notes } from '../../examples/own-tables/app.ts'
import { createMemberAuth, type Member, tables, userColumns } from '../../examples/own-tables/auth.ts'
import { backfill, schema } from '../../examples/own-tables/schema.ts'
import { mysqlDatabase, mysqlUrl, postgresDatabase, postgresUrl } from '../stores/databases.ts'

type Row = Readonly<Record<string, unknown>>

/** The application's own database: its tables are made, and it runs its own SQL. */
interface Place {
  readonly store: Store<Member>
  rows(sql: string, ...values: readonly (string | number)[]): Promise<readonly Row[]>
  drop(): Promise<void>
}

const places: Readonly<Record<string, () => Promise<Place>>> = {
  sqlite: async () => {
    const database = new DatabaseSync(':memory:')
    database.exec(schema.sqlite)
    return {
      store: sqlite<Member>(database, { tables, userColumns }),
      rows: async (sql, ...values) => database.prepare(sql).all(...values),
      drop: async () => database.close(),
    }
  },
  ...(postgresUrl !== undefined && {
    postgres: async () => {
      const { url, drop } = await postgresDatabase(postgresUrl ?? '')
      const pool = new pg.Pool({ connectionString: url })
      await pool.query(schema.postgres)
      return {
        store: postgres<Member>(pool, { tables, userColumns }),
        rows: async (sql: string, ...values: readonly (string | number)[]) => (await pool.query<Row>(numbered(sql), [...values])).rows,
        async drop() {
          await pool.end()
          await drop()
        },
      }
    },
  }),
  ...(mysqlUrl !== undefined && {
    mariadb: async () => {
      const { url, drop } = await mysqlDatabase(mysqlUrl ?? '')
      const pool = createPool({ uri: url, multipleStatements: true })
      await pool.query(schema.mysql)
      return {
        store: mysql<Member>(pool, { tables, userColumns }),
        async rows(sql: string, ...values: readonly (string | number)[]) {
          const [rows] = await pool.query<(Row & RowDataPacket)[]>(sql.replaceAll('"', '`'), [...values])
          return Array.isArray(rows) ? rows : []
        },
        async drop() {
          await pool.end()
          await drop()
        },
      }
    },
  }),
}

function numbered(sql: string): string {
  let count = 0
  return sql.replaceAll('?', () => `$${++count}`)
}

const phrase = 'purple otter juggles lamps'
const otherPhrase = 'seven quiet harbours at dusk'
const origin = 'http://localhost:3000'

for (const [name, make] of Object.entries(places)) {
  test(`an application keeps its own table of people, and its own columns are read and written (${name})`, {
    timeout: 60_000,
  }, async () => {
    const { store, rows, drop } = await make()
    try {
      const notes: Notes = {
        async add(author, content) {
          await rows('insert into notes (author, content) values (?, ?)', author, content)
        },
        async byPlan(plan) {
          const sql = 'select "Full name" as name, content from notes join people on person_id = author where plan = ?'
          return (await rows(sql, plan)).map((row) => ({ name: String(row.name), content: String(row.content) }))
        },
      }
      const auth = createMemberAuth(store, { origin, secret: 'w3zXb6mTqE9kLr2VnYc5HsPdJf8GtUaQ' })
      await auth.ready
      const app = createApp(auth, notes)
      const open = (): ReturnType<typeof createBrowser> => createBrowser(async (request) => app.fetch(request), origin)

      // Registration: the form's fields land in the application's columns; what it did not ask for does not.
      const ada = open()
      const account = { email: 'Ada@Example.com', password: phrase, fullName: ' Ada Lovelace ', newsletter: 'on' }
      assert.equal((await ada.post('/auth/register', { ...account, fullName: '' })).status, 400)
      assert.equal((await ada.post('/auth/register', { ...account, plan: 'paid', id: 99, stamp: 'x' })).status, 200)
      const me = { id: '1', email: 'Ada@Example.com', fullName: 'Ada Lovelace', plan: 'free', newsletter: true }
      assert.deepEqual((await ada.get('/me')).json, me)
      const [row] = await rows('select person_id, mail, "Full name", plan, newsletter, is_active from people')
      assert.deepEqual(
        { ...row, newsletter: Number(row?.newsletter), is_active: Number(row?.is_active) },
        {
          person_id: 1,
          mail: 'Ada@Example.com',
          'Full name': 'Ada Lovelace',
          plan: 'free',
          newsletter: 1,
          is_active: 1,
        },
      )

      // Login, sessions.
      const phone = open()
      assert.equal((await phone.post('/auth/login', { email: 'ada@example.COM', password: otherPhrase })).status, 401)
      assert.equal((await phone.post('/auth/login', { email: 'ada@example.COM', password: phrase })).status, 200)
      assert.equal((await auth.admin.users.sessions('1')).length, 2)
      assert.equal((await phone.post('/auth/logout')).status, 200)
      assert.equal((await phone.get('/me')).status, 401)
      assert.equal((await phone.post('/auth/login', { email: 'ada@example.com', password: phrase })).status, 200)

      // The application's own columns, written by both.
      assert.deepEqual((await ada.post('/plan')).json, { plan: 'paid' })
      assert.deepEqual((await phone.get('/me')).json, { ...me, plan: 'paid' })
      await rows('update people set "Full name" = ? where person_id = ?', 'Countess Lovelace', 1)
      assert.deepEqual((await ada.get('/me')).json, { ...me, plan: 'paid', fullName: 'Countess Lovelace' })

      // The application's own tables refer to its own key.
      assert.equal((await ada.post('/notes', { content: 'first note' })).status, 204)
      assert.deepEqual((await ada.get('/notes')).json, [{ name: 'Countess Lovelace', content: 'first note' }])

      // A change of password ends the other session and leaves the application's columns as they are.
      assert.equal((await ada.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })).status, 200)
      assert.deepEqual([(await ada.get('/me')).status, (await phone.get('/me')).status], [200, 401])
      assert.deepEqual((await ada.get('/me')).json.fullName, 'Countess Lovelace')

      // Accounts that an operator makes; the next number; roles.
      await auth.admin.roles.put({ name: 'editor' })
      const bob = await auth.admin.users.create({ email: 'bob@example.com', roles: ['editor'], extra: { fullName: 'Bob', plan: 'paid' } })
      assert.deepEqual([bob.id, bob.fullName, bob.plan, bob.newsletter, bob.roles], ['2', 'Bob', 'paid', false, ['editor']])

      // People whom the application has made itself are users once they have a stamp.
      const values = name === 'sqlite' ? "('old@Example.com', 0, 1)" : "('old@Example.com', '2020-01-01', true)"
      await rows(`insert into people (mail, joined_at, is_active) values ${values}`)
      assert.equal(await auth.admin.users.byEmail('old@example.com'), null)
      await rows(backfill[name === 'sqlite' || name === 'postgres' ? name : 'mysql'])
      const old = await auth.admin.users.byEmail('OLD@example.com')
      assert.deepEqual([old?.id, old?.email, old?.fullName, old?.plan], ['3', 'old@Example.com', null, 'free'])
      await auth.admin.users.changePassword('3', phrase)
      assert.equal((await open().post('/auth/login', { email: 'old@example.com', password: phrase })).status, 200)

      // Deleting takes along what is the account's, here and there.
      await auth.admin.users.delete('1')
      assert.equal((await ada.get('/me')).status, 401)
      assert.deepEqual(await rows('select * from notes'), [])
      assert.deepEqual(
        (await rows('select person_id from people order by person_id')).map((left) => left.person_id),
        [2, 3],
      )
      await auth.close()
    } finally {
      await drop()
    }
  })
}
