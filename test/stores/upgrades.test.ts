/**
 * Every stored database of an earlier release is upgraded by the present one while a process of the earlier one serves requests. A later
 * release adds a folder to `upgrades/`, with a file for each database.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { createAuth, password, session } from '../../src/index.ts'
import { hashToken } from '../../src/kernel/exchange.ts'
import type { Store } from '../../src/model/store.ts'
import { type Dialect, mysqlDialect, postgresDialect, sqliteDialect } from '../../src/stores/sql/dialect.ts'
import { migrate } from '../../src/stores/sql/migrate.ts'
import type { Migration } from '../../src/stores/sql/migration.ts'
import { migrations } from '../../src/stores/sql/migrations.ts'
import { type CheckedTables, checkTables } from '../../src/stores/sql/tables.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { createBrowser } from '../../src/testing/browser.ts'
import { create, hashOf } from '../../src/testing/store-contract/samples.ts'
import { origin, secret } from '../flows/application.ts'
import { mysqlDatabase, mysqlUrl, postgresDatabase, postgresUrl, type TestDatabase } from './databases.ts'
import { inlined } from './own-tables.ts'
import type { Outcome, Traffic } from './upgrades/traffic.ts'

/** What a release to come may do: it adds, and what it adds may be empty. */
const later: Migration = {
  name: '9000-later',
  steps: [
    { column: 'later', to: 'portcullis_sessions', kind: 'text' },
    { column: 'seen_at', to: 'portcullis_users', kind: 'time' },
    { index: 'portcullis_sessions_by_use', on: 'portcullis_sessions', columns: ['used_at', 'user_id'] },
    { index: 'portcullis_users_by_creation', on: 'portcullis_users', columns: ['created_at'] },
    { table: 'portcullis_later', columns: { id: 'key', user_id: 'key' }, primaryKey: ['id'] },
    { column: 'label', to: 'portcullis_later', kind: 'text' },
  ],
}

type Place = Pick<TestDatabase, 'url' | 'run' | 'rows' | 'drop'> & { open(): Store }

/** A database that several processes can open, how SQL is run as one, and how statements are written for it. */
interface Language {
  readonly kind: Traffic['kind']
  readonly dialect: (tables: CheckedTables) => Dialect
  make(): Promise<Place>
  readonly begin: string
  readonly end: string
}

const languages: Readonly<Record<string, Language>> = {
  sqlite: { kind: 'sqlite', dialect: sqliteDialect, make: onFile, begin: 'begin immediate', end: 'commit' },
  ...(postgresUrl !== undefined && {
    postgres: {
      kind: 'postgres',
      dialect: postgresDialect,
      make: () => onServer(postgresDatabase, postgresUrl),
      begin: 'begin',
      end: 'commit',
    },
  }),
  ...(mysqlUrl !== undefined && {
    mysql: {
      kind: 'mysql',
      dialect: mysqlDialect,
      make: () => onServer(mysqlDatabase, mysqlUrl),
      begin: 'start transaction',
      end: 'commit',
    },
  }),
}

async function onFile(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-upgrade-'))
  const url = join(folder, 'old.db')
  const database = new DatabaseSync(url)
  database.exec('pragma busy_timeout = 3000; pragma journal_mode = wal')
  return {
    url,
    open: () => sqlite(url),
    run: async (sql) => database.exec(sql),
    rows: async (sql) => database.prepare(sql).all(),
    async drop() {
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function onServer(make: typeof postgresDatabase, server = ''): Promise<Place> {
  const database = await make(server)
  return { ...database, open: () => database.open({}) }
}

/** What a stored database says of itself in its comments. */
interface Stored {
  readonly now: number
  readonly tokens: readonly string[]
  readonly email: string
  readonly phrase: string
  /** What that release asks at every request, and notes of a use. */
  readonly statements: readonly string[]
}

function readStored(text: string): Stored {
  const values = (name: string): readonly string[] =>
    [...text.matchAll(new RegExp(`^-- ${name}: (.*)$`, 'gm'))].map(([, value = '']) => value)
  const now = Number(values('now')[0])
  const tokens = values('session')
  const [, email = '', phrase = ''] = /^(\S+) (.*)$/.exec(values('password')[0] ?? '') ?? []
  const asked = [...values('request'), ...values('use')]
  const statements = tokens.flatMap((token) =>
    asked.map((sql) => inPlace(sql, { hash: `'${hashToken('session', token)}'`, now: String(now), later: String(now + 3_600_000) })),
  )
  return { now, tokens, email, phrase, statements }
}

function inPlace(sql: string, values: Readonly<Record<string, string>>): string {
  return sql.replace(/:(hash|now|later)\b/g, (_, name) => values[name] ?? '')
}

/** Ended sessions in such a number that changing the table takes its time. */
function manySessions(count: number): string {
  const proofs = JSON.stringify([
    { method: 'password', channel: 'memory', as: 'first', factors: 1, at: 0, fresh: true, phishingResistant: false },
  ])
  const columns = 'token_hash, id, user_id, stamp, proofs, created_at, used_at, expires_at, ends_at'
  const rows = Array.from(
    { length: count },
    (_, at) => `('filler-${at}', 'id-${at}', 'user-${at % 999}', 'stamp', '${proofs}', ${at}, ${at}, 1, 1)`,
  )
  const statements: string[] = []
  while (rows.length > 0) statements.push(`insert into portcullis_sessions (${columns}) values ${rows.splice(0, 1000).join(', ')};`)
  return statements.join('\n')
}

/** Every row by its table, without what traffic changes. */
async function allRows(place: Place, tables: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, readonly string[]> = {}
  for (const table of tables) {
    const rows = await place.rows(`select * from ${table}`)
    found[table] = rows
      .map((row) => JSON.stringify(row, (name, value) => (['used_at', 'expires_at'].includes(name) ? undefined : value)))
      .sort()
  }
  return found
}

/** What a release to come does when it starts: in one transaction where the database can. */
async function upgradeFurther(place: Place, { dialect, begin, end }: Language): Promise<void> {
  await place.run(begin)
  const sequence = migrate(dialect(checkTables({})), [...migrations, later])
  for (let step = sequence.next(); !step.done; ) {
    const { statement } = step.value
    const text = inlined(step.value)
    const rows = statement.reads ? (await place.rows(text)).map(({ name }) => ({ name: String(name) })) : []
    if (!statement.reads) await place.run(text)
    step = sequence.next({ rows, changes: 0 })
  }
  await place.run(end)
}

/** A process that serves requests as the earlier release did. */
function startTraffic(traffic: Traffic): { until(more: number): Promise<void>; stop(): Promise<Outcome>; end(): void } {
  const child: ChildProcess = fork(new URL('./upgrades/traffic.ts', import.meta.url))
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  let asked = 0
  child.on('message', (message: { readonly asked: number } | { readonly outcome: Outcome }) => {
    if ('outcome' in message) resolve(message.outcome)
    else asked = message.asked
  })
  child.once('exit', (code) => reject(new Error(`The traffic ended with ${code}.`)))
  promise.catch(() => {}) // whoever waits for the outcome learns it
  child.send(traffic)
  return {
    async until(more) {
      for (const goal = asked + more; asked < goal; ) await new Promise((done) => setTimeout(done, 5))
    },
    stop() {
      child.send('stop')
      return promise
    },
    end: () => child.kill('SIGKILL'),
  }
}

for (const file of globSync('upgrades/*/*.sql', { cwd: import.meta.dirname }).sort()) {
  const release = basename(dirname(file))
  const name = basename(file, '.sql')
  const language = languages[name]
  if (language === undefined) continue

  test(`a database of release ${release} is upgraded while that release serves requests, and no valid session is refused (${name})`, async () => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8')
    const stored = readStored(text)
    assert.ok(stored.now > 0 && stored.tokens.length >= 3 && stored.statements.length >= 6)
    const place = await language.make()
    try {
      await place.run(text)
      await place.run(manySessions(20_000))
      const tables = [...text.matchAll(/insert into "?`?(portcullis_\w+)/g)].map(([, table = '']) => table)
      const old = await allRows(
        place,
        [...new Set(tables)].filter((table) => table !== 'portcullis_migrations'),
      )
      assert.ok(Object.keys(old).length >= 10)

      const traffic = startTraffic({ kind: language.kind, at: place.url, statements: stored.statements })
      const store = place.open()
      try {
        await traffic.until(100)
        await store.durable.open()
        await traffic.until(100)
        await upgradeFurther(place, language)
        await place.run("insert into portcullis_later (id, user_id) values ('x', 'y')")
        await traffic.until(100)
        const { refused, slowestMs, asked } = await traffic.stop()
        assert.deepEqual([...new Set(refused)], [])
        assert.ok(asked >= 300)
        assert.ok(slowestMs < 3_000, `a request waited ${slowestMs} ms`)
      } finally {
        traffic.end()
      }

      const now = await allRows(place, Object.keys(old))
      for (const [table, rows] of Object.entries(old)) {
        const added = /"(later|seen_at)":null/
        assert.deepEqual(
          now[table]?.map((row) => row.replace(new RegExp(`,${added.source}`), '')),
          rows,
          table,
        )
      }
      await serves(store, stored)
    } finally {
      await place.drop()
    }
  })
}

/** The present release serves what the earlier one had stored, beside what a later one has added. */
async function serves(store: Store, { now, tokens, email, phrase }: Stored): Promise<void> {
  const auth = createAuth({ origin, secret, store, clock: () => now, features: [session(), password()] })
  const open = (): ReturnType<typeof createBrowser> => createBrowser((request) => auth.handle(request), origin)
  for (const token of tokens) {
    const identity = await auth.identify(new Request(origin, { headers: { cookie: `portcullis-session-3000=${token}` } }))
    assert.ok(identity, token)
  }
  const login = await open().post('/auth/login', { email, password: phrase })
  assert.deepEqual([login.status, login.json.status], [200, 'authenticated'])
  const ada = await auth.admin.users.byEmail(email)
  assert.deepEqual(ada?.roles, ['admin', 'éditeur'])
  const [link] = await store.reads.links.bySubject(ada.id, 'reset-password', now)
  assert.ok(link)
  assert.deepEqual(await store.durable.write([{ kind: 'links.take', hash: link.hash, purpose: link.purpose, now }]), { ok: true })
  assert.equal((await store.reads.records.get('pins', 'pin', now))?.secret, 'sealed')
  assert.equal((await store.tickets.take(hashOf('ticket'), now))?.epoch, await store.fleeting.epoch())
  assert.equal(await store.tickets.spend('spent-id', now + 1, now), false)
  assert.deepEqual(await store.durable.write([create('new')]), { ok: true })
  await auth.close()
}
