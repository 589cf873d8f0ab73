/** Migrations in every database: as text to run by hand, from any earlier schema, and after an interruption at any step. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Store } from '../../src/model/store.ts'
import * as byMysql from '../../src/stores/mysql.ts'
import * as byPostgres from '../../src/stores/postgres.ts'
import { type Dialect, mysqlDialect, postgresDialect, sqliteDialect } from '../../src/stores/sql/dialect.ts'
import { migrate, migrationsText } from '../../src/stores/sql/migrate.ts'
import type { Migration } from '../../src/stores/sql/migration.ts'
import { migrations } from '../../src/stores/sql/migrations.ts'
import type { Sequence } from '../../src/stores/sql/sequence.ts'
import { type CheckedTables, checkTables, type SqlOptions } from '../../src/stores/sql/tables.ts'
import * as bySqlite from '../../src/stores/sqlite.ts'
import { create, hashOf, now, sessionCalled } from '../../src/testing/store-contract/samples.ts'
import { helpIn, hostileTables, inlined, type Place, places, sentenceOf } from './own-tables.ts'

interface Language {
  readonly dialect: (tables: CheckedTables) => Dialect
  migrationsAsSql(options?: { readonly tables?: SqlOptions['tables']; readonly after?: string }): Promise<string>
  /** What becomes of a transaction and of locks when the connection is lost. */
  readonly lost: string
  readonly begin: string
}

const languages: Readonly<Record<string, Language>> = {
  sqlite: { dialect: sqliteDialect, ...bySqlite, begin: 'begin immediate', lost: 'rollback' },
  postgres: { dialect: postgresDialect, ...byPostgres, begin: 'begin', lost: 'rollback' },
  mariadb: { dialect: mysqlDialect, ...byMysql, begin: 'start transaction', lost: 'rollback; select release_all_locks()' },
}

/** A migration of a release to come: a column that may be null, an index, a table. */
const later: Migration = {
  name: '9000-later',
  steps: [
    { column: 'later', to: 'portcullis_sessions', kind: 'text' },
    { index: 'portcullis_sessions_by_use', on: 'portcullis_sessions', columns: ['used_at'] },
    { table: 'portcullis_later', columns: { id: 'key', seen_at: 'time' }, primaryKey: ['id'], nullable: ['seen_at'] },
    { column: 'label', to: 'portcullis_later', kind: 'text' },
  ],
}

async function works(store: Store): Promise<void> {
  await store.durable.open()
  assert.deepEqual(await store.durable.write([create('ada')]), { ok: true })
  assert.equal(await store.sessions.open(hashOf('s'), sessionCalled('s'), { now }), true)
  assert.equal((await store.sessions.recognise(hashOf('s'), now, store.reads.users))?.user.id, 'ada-id')
  await store.durable.close()
}

/** Runs a sequence query by query, at most so many; how many there were. */
async function drive(place: Place, sequence: Sequence<void>, most: number = Number.POSITIVE_INFINITY): Promise<number> {
  let count = 0
  let step = sequence.next()
  for (; !step.done && count < most; count++) {
    const { statement } = step.value
    const text = inlined(step.value)
    const rows = statement.reads ? (await place.rows(text)).map(({ name }) => ({ name: String(name) })) : []
    if (!statement.reads) await tolerant(place, text)
    step = sequence.next({ rows, changes: 0 })
  }
  return count
}

/** As the store does it: what is there already is no error for MariaDB. */
async function tolerant(place: Place, sql: string): Promise<void> {
  try {
    await place.run(sql)
  } catch (error) {
    const number = error instanceof Error && 'errno' in error ? error.errno : null
    if (place.name !== 'mariadb' || (number !== 1060 && number !== 1061)) throw error
  }
}

for (const [name, { dialect, migrationsAsSql, begin, lost }] of Object.entries(languages)) {
  const make = places[name]
  if (make === undefined) continue

  describe(name, () => {
    async function on(prove: (place: Place) => Promise<void>): Promise<void> {
      const place = await make?.()
      assert.ok(place)
      try {
        await prove(place)
      } finally {
        await place.drop()
      }
    }

    test('whoever runs the SQL of the migrations by hand has a database that opens without them', () =>
      on(async (place) => {
        await place.run(await migrationsAsSql())
        await works(place.open({ migrate: false }))
        assert.deepEqual(
          (await place.rows('select name from portcullis_migrations order by name')).map((row) => String(row.name)),
          migrations.map((one) => one.name),
        )
        await place.run(await migrationsAsSql({ tables: { prefix: 'auth_' } }))
        await works(place.open({ migrate: false, tables: { prefix: 'auth_' } }))
      }))

    test('the SQL leaves a table of users of the application’s own alone, and quotes every name', () =>
      on(async (place) => {
        const options = { tables: hostileTables, migrate: false }
        const text = await migrationsAsSql(options)
        assert.ok(!text.includes(place.quote('order')))
        await place.run(text)
        await place.run(helpIn(await sentenceOf(place, options)))
        await works(place.open(options))
      }))

    test('the SQL is what opening a store runs, statement by statement', () =>
      on(async (place) => {
        const asks = /^select .* from /
        const done: string[] = []
        const sequence = migrate(dialect(checkTables({})))
        for (let step = sequence.next(); !step.done; step = sequence.next({ rows: [], changes: 0 }))
          if (!asks.test(step.value.statement.sql)) done.push(inlined(step.value))
        const written = (await migrationsAsSql()).split('\n').filter((line) => line !== '' && !line.startsWith('--'))
        const framed = /^(begin|commit)/
        assert.deepEqual(
          written.filter((line) => !framed.test(line)),
          done.map((sql) => `${sql};`),
        )
        assert.equal(place.name, name)
      }))

    test('a database with some of the migrations gets the rest, by opening a store or by hand after the last it has', () =>
      on(async (place) => {
        for (let count = 0; count < migrations.length; count++) {
          for (const byHand of [true, false]) {
            const tables = { prefix: `p${count}_${byHand}_` }
            const earlier = migrations.slice(0, count)
            await place.run(migrationsText(dialect(checkTables({ tables })), '', earlier))
            const last = earlier.at(-1)?.name
            if (byHand) await place.run(await migrationsAsSql({ tables, ...(last !== undefined && { after: last }) }))
            await works(place.open({ tables, migrate: !byHand }))
          }
        }
        await assert.rejects(() => migrationsAsSql({ after: '0002' }), /There is no migration "0002": the last is "\d{4}-/)
      }))

    test('a process that dies at any step of the migrations leaves them to be finished by the next', { timeout: 240_000 }, () =>
      on(async (place) => {
        const list = [...migrations, later]
        const whole = await drive(place, migrate(dialect(checkTables({ tables: { prefix: 'whole_' } })), list))
        assert.ok(whole > 30)
        for (let steps = 0; steps < whole; steps++) {
          const tables = { prefix: `at${steps}_` }
          const made = dialect(checkTables({ tables }))
          await place.run(begin)
          assert.equal(await drive(place, migrate(made, list), steps), steps)
          await place.run(lost)
          await works(place.open({ tables }))
          await drive(place, migrate(made, list))
          await place.run(`insert into at${steps}_later (id) values ('x')`)
        }
      }),
    )
  })
}
