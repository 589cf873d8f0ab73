/** What the start-up says of a database that is not what the release needs, and that what it advises helps. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { User } from '../../src/model/user.ts'
import type { SqlOptions, Tables } from '../../src/stores/sql/tables.ts'
import { now } from '../../src/testing/store-contract/samples.ts'
import { onNew, openFollowing, type Place, places, sentenceOf } from './own-tables.ts'

/** The SQL that takes something of the store's own away, by the database. */
const losses: Readonly<Record<string, readonly (readonly [sql: string, said: RegExp])[]>> = {
  sqlite: [
    ['drop table portcullis_locks', /no table portcullis_locks\./],
    ['alter table portcullis_sessions drop column user_agent', /no column portcullis_sessions\.user_agent\./],
    ['drop index portcullis_links_by_subject', /no index on portcullis_links \(purpose, subject\)\./],
    [
      'drop index portcullis_links_by_expiry; create index mine on portcullis_links (subject, expires_at)',
      /no index on portcullis_links \(expires_at\)\./,
    ],
    [
      'drop index portcullis_tickets_by_user; create index mine on portcullis_tickets (user_id) where user_id > 5',
      /no index on portcullis_tickets \(user_id\)\./,
    ],
    [
      'drop table portcullis_spent; create table portcullis_spent (id text, expires_at integer); create index mine on portcullis_spent (expires_at)',
      /no unique index on portcullis_spent \(id\)\./,
    ],
    ["delete from portcullis_migrations where name = '0003-locks'", /no record of the migration 0003-locks\./],
  ],
  postgres: [
    ['drop table portcullis_locks', /no table portcullis_locks\./],
    ['alter table portcullis_sessions drop column user_agent', /no column portcullis_sessions\.user_agent\./],
    ['drop index portcullis_links_by_subject', /no index on portcullis_links \(purpose, subject\)\./],
    [
      'alter table portcullis_users drop constraint portcullis_users_email_key_unique',
      /no unique index on portcullis_users \(email_key\)\./,
    ],
    [
      'alter table portcullis_users drop constraint portcullis_users_email_key_unique; create unique index mine on portcullis_users (lower(email_key))',
      /no unique index on portcullis_users \(email_key\)\./,
    ],
    [
      'alter table portcullis_users drop constraint portcullis_users_email_key_unique; create unique index mine on portcullis_users (email_key) where active = 1',
      /no unique index on portcullis_users \(email_key\)\./,
    ],
    [
      'alter table portcullis_users drop constraint portcullis_users_email_key_unique; create unique index mine on portcullis_users (email_key, active)',
      /no unique index on portcullis_users \(email_key\)\./,
    ],
    ["delete from portcullis_migrations where name = '0003-locks'", /no record of the migration 0003-locks\./],
  ],
  mariadb: [
    ['drop table portcullis_locks', /no table portcullis_locks\./],
    ['alter table portcullis_sessions drop column user_agent', /no column portcullis_sessions\.user_agent\./],
    ['drop index portcullis_links_by_subject on portcullis_links', /no index on portcullis_links \(purpose, subject\)\./],
    ['alter table portcullis_users drop index portcullis_users_email_key_unique', /no unique index on portcullis_users \(email_key\)\./],
    [
      'alter table portcullis_users drop index portcullis_users_email_key_unique, add unique index mine (email_key(20))',
      /no unique index on portcullis_users \(email_key\)\./,
    ],
    ["delete from portcullis_migrations where name = '0003-locks'", /no record of the migration 0003-locks\./],
  ],
}

/** A table of users as an application might have had it, and what the start-up says of it. */
const unfit: Readonly<Record<string, readonly (readonly [columns: string, said: RegExp])[]>> = {
  sqlite: [
    [
      'id integer primary key, email_key text collate nocase unique',
      /people\.email_key compares text by NOCASE, where two that differ may be equal: declare it text\./,
    ],
    ['id integer primary key, tenant text not null', /people\.tenant may not be null, but is left without a value/],
    ['id integer, email_key text', /no unique index on people \(id\), no unique index on people \(email_key\)/],
  ],
  postgres: [
    ['id bigserial primary key, email_key text unique', /people\.email_key compares text by default, .*: declare it text collate "C"\./],
    ['id bigserial primary key, active integer', /people\.active is integer: declare it boolean\./],
    ['id bigserial primary key, created_at bigint', /people\.created_at is bigint: declare it timestamptz\./],
    ['id bigserial primary key, created_at timestamp', /people\.created_at is timestamp without time zone: declare it timestamptz\./],
    ['id bigserial primary key, extra jsonb', /people\.extra is jsonb: declare it json\./],
    ['id bigserial primary key, visits text', /people\.visits is text: declare it bigint\./],
    ['id bigserial primary key, tenant text not null', /people\.tenant may not be null, but is left without a value/],
    ['id bigserial primary key, visits bigint not null', /people\.visits may not be null, but is left without a value/],
    ['id bigserial, email_key text collate "C"', /no unique index on people \(id\), no unique index on people \(email_key\)/],
  ],
  mariadb: [
    [
      'id integer auto_increment primary key, email_key varchar(300) unique',
      /people\.email_key compares text by utf8mb4_general_ci, .*: declare it varbinary\(512\)\./,
    ],
    [
      'id integer auto_increment primary key, email_key varchar(300) collate utf8mb4_bin unique',
      /people\.email_key compares text by utf8mb4_bin/,
    ],
    ['id integer auto_increment primary key, created_at timestamp', /people\.created_at is timestamp: declare it datetime\(3\)\./],
    ['id integer auto_increment primary key, visits text', /people\.visits is text: declare it bigint\./],
    ['id integer auto_increment primary key, tenant varchar(9) not null', /people\.tenant may not be null, but is left without a value/],
    ['id integer, email_key varbinary(512)', /no unique index on people \(id\), no unique index on people \(email_key\)/],
  ],
}

/** What the start-up takes as it is. */
const fit: Readonly<Record<string, readonly string[]>> = {
  sqlite: ['id integer primary key autoincrement, "E_MAIL" text, tenant text not null default 5, whole text generated always as (id || 1)'],
  postgres: [
    'id serial primary key, tenant text not null default 5, email_key varchar(254) collate "C" constraint mine unique, extra text, visits smallint',
    'id integer generated always as identity primary key, email varchar(254) unique, stamp varchar(40)',
  ],
  mariadb: [
    'id int unsigned auto_increment primary key, email_key varchar(254) collate utf8mb4_nopad_bin unique, active bool, created_at datetime, extra text',
    "id bigint auto_increment primary key, tenant varchar(9) not null default 'x', email varchar(254) unique, stamp char(32) character set ascii",
  ],
}

interface Visitor extends User {
  readonly visits: number | null
}

for (const [name, make] of Object.entries(places)) {
  if (name === 'pglite') continue // it is PostgreSQL, and slow to make

  describe(name, () => {
    const on = (prove: (place: Place) => Promise<void>): Promise<void> => onNew(make, prove)

    test('an empty database is told by every table, whole, without migrations; with them it is filled', () =>
      on(async (place) => {
        const said = await sentenceOf(place, { migrate: false, tables: { prefix: 'auth_' } })
        for (const table of [
          'users',
          'roles',
          'user_roles',
          'links',
          'records',
          'devices',
          'logins',
          'deletions',
          'audit',
          'totp',
          'recovery_codes',
          'meta',
          'sessions',
          'tickets',
          'spent',
          'attempts',
          'locks',
        ])
          assert.match(said ?? '', new RegExp(`no table auth_${table}[,.]`))
        assert.match(said ?? '', /migrate: false.*migrationsAsSql\(\)/)
        assert.equal(await sentenceOf(place, { tables: { prefix: 'auth_' } }), null)
        assert.equal(await sentenceOf(place, { migrate: false, tables: { prefix: 'auth_' } }), null)
      }))

    for (const [sql, said] of losses[name] ?? []) {
      test(`what is missing of the store’s own is named: ${sql}`, () =>
        on(async (place) => {
          assert.equal(await sentenceOf(place, {}), null)
          await place.run(sql)
          assert.match((await sentenceOf(place, { migrate: false })) ?? '', said)
        }))
    }

    for (const [columns, said] of unfit[name] ?? []) {
      test(`a table of the application’s own that will not do is told: ${columns}`, () =>
        on(async (place) => {
          await place.run(`create table people (${columns})`)
          const tables: Tables = { users: { name: 'people', id: 'integer' } }
          const options: SqlOptions<Visitor> = {
            tables,
            userColumns: { visits: { column: 'visits', kind: 'integer' } },
          }
          assert.match((await sentenceOf(place, options)) ?? '', said)
        }))
    }

    for (const columns of fit[name] ?? []) {
      test(`a table of the application’s own is neither made nor altered, and serves when it has what the sentence advises: ${columns}`, () =>
        on(async (place) => {
          const options: SqlOptions = { tables: { users: { name: 'people', id: 'integer' } } }
          assert.match(
            (await sentenceOf(place, options)) ?? '',
            /^The database has no table people\. The application makes this itself: run create table/,
          )
          await place.run(`create table people (${columns})`)
          const made = await columnsOf(place)
          const said = (await sentenceOf(place, options)) ?? ''
          assert.deepEqual(await columnsOf(place), made)
          assert.match(
            said,
            /^The database has no column people\.\w+, no column .*, no unique index on people \(\w+\).* itself: run alter table/,
          )
          const store = await openFollowing(place, options)
          const full = await columnsOf(place)
          const user = {
            email: 'ada@example.com',
            emailKey: 'ada@example.com',
            username: null,
            usernameKey: null,
            passwordHash: null,
            stamp: 'ada',
          }
          const id = (await store.ownUsers?.newId((size) => Buffer.alloc(size))) ?? ''
          const create = { kind: 'users.create', user: { ...user, id, active: true, createdAt: now, extra: { a: 1 } } } as const
          assert.deepEqual(await store.durable.write([create]), { ok: true })
          const record = await store.reads.users.byId(id)
          assert.deepEqual([record?.user.extra, record?.user.createdAt], [{ a: 1 }, now])
          await store.durable.close()
          assert.deepEqual(await columnsOf(place), full)
        }))
    }
  })
}

/** The columns of the table `people` as the database describes them. */
function columnsOf({ rows, name }: Place): Promise<unknown> {
  if (name === 'sqlite') return rows("select sql from sqlite_master where tbl_name = 'people' order by name")
  const here = name === 'mariadb' ? 'database()' : 'current_schema()'
  return rows(
    `select column_name, data_type, is_nullable from information_schema.columns where table_name = 'people' and table_schema = ${here} order by 1`,
  )
}
