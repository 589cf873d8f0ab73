/** Recognising a session reads each table by an index, whatever the key of users is and however its text is compared. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attemptDrawer } from '../../src/stores/sql/attempts.ts'
import { type Dialect, mysqlDialect, postgresDialect, sqliteDialect } from '../../src/stores/sql/dialect.ts'
import { sessionDrawer } from '../../src/stores/sql/sessions.ts'
import { checkTables, type IdKind, type SqlOptions } from '../../src/stores/sql/tables.ts'
import { ticketDrawer } from '../../src/stores/sql/tickets.ts'
import { userTable } from '../../src/stores/sql/user-table.ts'
import { hashOf, now, sessionCalled, userCalled } from '../../src/testing/store-contract/samples.ts'
import { inlined, openFollowing, type Place, places } from './own-tables.ts'

/** A database with what tells that it reads a table by an index. */
interface Language {
  readonly dialect: (tables: ReturnType<typeof checkTables>) => Dialect
  readonly keys: readonly (readonly [id: IdKind, type: string])[]
  plan(place: Place, sql: string): Promise<readonly string[]>
  isSearch(step: string): boolean
}

const languages: Readonly<Record<string, Language>> = {
  sqlite: {
    dialect: sqliteDialect,
    keys: [
      ['integer', 'integer'],
      ['text', 'text'],
      ['uuid', 'text'],
    ],
    plan: async ({ rows }, sql) =>
      (await rows(`explain query plan ${sql}`)).map(({ detail }) => String(detail)).filter((step) => !step.startsWith('CORRELATED')),
    isSearch: (step) => step.startsWith('SEARCH'),
  },
  postgres: {
    dialect: postgresDialect,
    keys: [
      ['integer', 'integer'],
      ['integer', 'bigint'],
      ['uuid', 'uuid'],
      ['text', 'text'],
      ['text', 'varchar(60)'],
      ['text', 'text collate "C"'],
      ['text', 'text collate "POSIX"'],
      ['text', 'text collate "en-x-icu"'],
    ],
    async plan({ run, rows }, sql) {
      await run('set enable_seqscan = off; set enable_bitmapscan = off')
      const lines = (await rows(`explain ${sql}`)).map((row) => String(row['QUERY PLAN']))
      return lines.filter((line) => / on \w+/.test(line))
    },
    isSearch: (step) => /Index (Only )?Scan using/.test(step),
  },
  mariadb: {
    dialect: mysqlDialect,
    keys: [
      ['integer', 'int unsigned'],
      ['integer', 'bigint'],
      ['uuid', 'uuid'],
      ['uuid', 'char(36) collate utf8mb4_unicode_ci'],
      ['uuid', 'char(36) character set ascii'],
      ['uuid', 'char(36) character set latin1'],
      ['text', 'varchar(60)'],
      ['text', 'varchar(60) collate utf8mb4_unicode_ci'],
      ['text', 'varchar(60) collate utf8mb4_bin'],
      ['text', 'varchar(60) character set latin1'],
      ['text', 'varbinary(60)'],
    ],
    plan: async ({ rows }, sql) => (await rows(`explain ${sql}`)).map(({ table, type }) => `${table} ${type}`),
    isSearch: (step) => / (const|eq_ref|ref)$/.test(step),
  },
}

for (const [name, { dialect, keys, plan, isSearch }] of Object.entries(languages)) {
  const make = places[name]
  for (const [id, type] of make === undefined ? [] : keys) {
    test(`a session is recognised by three searches, where the key of users is ${type} (${name})`, async () => {
      const place = (await make?.()) ?? assert.fail()
      try {
        await place.run(`create table people (id ${type} primary key)`)
        const options: SqlOptions = { tables: { users: { name: 'people', id } } }
        const store = await openFollowing(place, options)
        for (let count = 0; count < 50; count++) {
          const userId = id === 'integer' ? String(count + 1) : ((await store.ownUsers?.newId((size) => Buffer.alloc(size, count))) ?? '')
          const user = userCalled(`user${count}`, { id: userId })
          assert.deepEqual(await store.durable.write([{ kind: 'users.create', user }]), { ok: true })
          await store.sessions.open(hashOf(`s${count}`), sessionCalled(`s${count}`, { userId, stamp: user.stamp }), { now })
        }
        assert.equal((await store.sessions.recognise(hashOf('s7'), now, store.reads.users))?.user.email, 'user7@example.com')
        const steps = await plan(place, recognising(dialect(checkTables(options)), hashOf('s7')))
        assert.deepEqual([steps.length, steps.filter(isSearch).length], [3, 3], steps.join('; '))
        await store.durable.close()
      } finally {
        await place.drop()
      }
    })
  }
}

/** The statement that recognises a session, with its values in place. */
function recognising(dialect: Dialect, hash: ReturnType<typeof hashOf>): string {
  const users = userTable(dialect)
  const neighbours = { users, tickets: ticketDrawer(dialect), attempts: attemptDrawer(dialect) }
  const asked = sessionDrawer(dialect, neighbours)
    .sessions.recognise(hash, now, { byId: () => null })
    .next()
  assert.ok(!asked.done)
  return inlined(asked.value)
}
