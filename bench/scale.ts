/** Bench `scale`: what a store costs with a million users beside what it costs with a thousand, and what a purge of a million rows stops. */
import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { createAuth, type Store, session, type TokenHash } from 'portcullis'
import { postgres } from 'portcullis/stores/postgres'
import { sqlite } from 'portcullis/stores/sqlite'
import { findDatabases } from '../scripts/services.mjs'
import { startChild } from './kit/child.ts'
import { databaseFile } from './kit/contend.ts'
import { alternate, median, medianRatio } from './kit/measure.ts'
import type { Line, Section } from './kit/results.ts'
import { emailOf, type Seeding, seedPostgres, seedSqlite, sessionHash, userId } from './scale/seed.ts'

const [few, many] = [1_000, Number(process.env.BENCH_USERS ?? 1_000_000)]
const rounds = 21
const operations = 500
/** So many at a time: how long one waits for another process to wake up says nothing of a database. */
const lanes = 10
const most = { ratio: 1.5, lockMs: 50, megabytes: 20 }
const now = 1_800_000_000_000

/** A database of one size. */
interface Place {
  readonly store: Store
  readonly seeding: Seeding
  /** For another process. */
  readonly address: string
  remove(): Promise<void>
}

/** What is asked of a store with so many users. */
const asked: Readonly<Record<string, (store: Store, user: number) => unknown>> = {
  'a session is recognised': (store, user) => store.sessions.recognise(sessionHash(user, user % 3) as TokenHash, now, store.reads.users),
  'an account is looked up by address': (store, user) => store.reads.users.byEmailKey(emailOf(user)),
  'the sessions of a user are listed': (store, user) => store.sessions.listOf(userId(user), 'stamp', now),
  'users are searched by prefix, 20 of them': (store, user) => store.reads.users.list({ prefix: emailOf(user).slice(0, 1), limit: 20 }),
}

export async function run(): Promise<Section> {
  const { env, stop } = await findDatabases()
  const lines: Line[] = []
  try {
    lines.push(...(await measure('SQLite', onSqlite)))
    lines.push(...(await measure('PostgreSQL', () => onPostgres(env.PORTCULLIS_POSTGRES_URL ?? ''))))
  } finally {
    await stop()
  }
  return {
    title: `${many.toLocaleString('en')} users`,
    how: `Each with three sessions, beside ${few.toLocaleString('en')} users; median of ${rounds} alternating rounds of ${operations} operations, ${lanes} at a time, in process: on users chosen at random of as many as the small one has, spread over the large one, and of all, which no memory holds. Then a million expired sessions are purged by \`auth.purge()\`, while another process asks for locks without a pause.`,
    columns: { measured: 'each', ratio: `beside ${few.toLocaleString('en')} users` },
    lines,
  }
}

async function measure(name: string, open: () => Promise<Place>): Promise<readonly Line[]> {
  const [small, large] = [await open(), await open()]
  try {
    await small.seeding.fill(few)
    await large.seeding.fill(many)
    const lines: Line[] = []
    for (const [what, ask] of Object.entries(asked)) {
      for (const crowd of [few, many]) lines.push(await compare(`${name}: ${what}`, [small, large], crowd, ask))
    }
    return [...lines, ...(await purged(name, large))]
  } finally {
    await small.remove()
    await large.remove()
  }
}

async function compare(
  what: string,
  [small, large]: readonly [Place, Place],
  crowd: number,
  ask: (store: Store, user: number) => unknown,
): Promise<Line> {
  const present = Array.from({ length: crowd === many ? 0 : crowd }, () => anyOf(many))
  const visitor = (): number => present[anyOf(present.length) - 1] ?? anyOf(many)
  const contenders = { small: () => timed(small.store, () => anyOf(few), ask), large: () => timed(large.store, visitor, ask) }
  await alternate(contenders, 10) // until those who are present are in memory, as far as they fit
  const took = await alternate(contenders, rounds)
  const ratio = medianRatio(took.large, took.small)
  return {
    what: `${what}, ${crowd === many ? 'of all' : `of ${crowd.toLocaleString('en')} who are there`}`,
    measured: `${median(took.large).toFixed(1)} µs`,
    ratio: `${ratio.toFixed(2)} ×`,
    ...(crowd !== many && { limit: `at most ${most.ratio} ×`, met: ratio <= most.ratio }),
  }
}

/** A number from 1 on. */
function anyOf(count: number): number {
  return 1 + Math.floor(Math.random() * count)
}

/** Microseconds for one operation. Users are chosen before the clock starts. */
async function timed(store: Store, choose: () => number, ask: (store: Store, user: number) => unknown): Promise<number> {
  const chosen = Array.from({ length: operations }, choose)
  const begin = performance.now()
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let at = lane; at < operations; at += lanes) {
        const found = await ask(store, chosen[at] ?? 0)
        if (found === null || (Array.isArray(found) && found.length === 0)) throw new Error(`Nothing was found of user ${chosen[at]}.`)
      }
    }),
  )
  return ((performance.now() - begin) * 1000) / operations
}

async function purged(name: string, { store: measured, seeding, address }: Place): Promise<readonly Line[]> {
  await seeding.addExpired()
  const store = address.startsWith('postgres') ? measured : sqlite(address) // as it opens a path itself
  await store.durable.open()
  let longest = 0
  const timing: Store = {
    ...store,
    fleeting: {
      ...store.fleeting,
      async purge(at, limit) {
        const begin = performance.now()
        const removed = await store.fleeting.purge(at, limit)
        longest = Math.max(longest, performance.now() - begin)
        return removed
      },
    },
  }
  const auth = createAuth({
    origin: 'http://localhost:3000',
    secret: 'Vq3kTz8mRw1xYc5nHs7bLd2fJg9pEa4u',
    store: timing,
    features: [session()],
    clock: () => now,
    purgeEvery: false,
  })
  await auth.ready
  const writer = await startChild(`scale/writer.ts ${address}`)
  try {
    await writer.ask('start')
    const before = memory()
    const begin = performance.now()
    const removed = await auth.purge()
    const seconds = (performance.now() - begin) / 1000
    const grown = (memory() - before) / 1e6
    const waited = Number(await writer.ask('stop'))
    await auth.settled()
    const each = `${removed.toLocaleString('en')} rows in ${seconds.toFixed(0)} s`
    return [
      {
        what: `${name}: a purge lets another process wait for a lock for at most`,
        measured: `${waited.toFixed(1)} ms`,
        ratio: each,
        limit: `${most.lockMs} ms`,
        met: waited <= most.lockMs && removed >= many,
      },
      { what: `${name}: the longest of its batches, the commit included`, measured: `${longest.toFixed(1)} ms` },
      {
        what: `${name}: memory in use grows meanwhile by`,
        measured: `${grown.toFixed(1)} MB`,
        limit: `${most.megabytes} MB`,
        met: grown <= most.megabytes,
      },
    ]
  } finally {
    await writer.stop()
    await store.durable.close()
  }
}

/** Bytes in use after collection. */
function memory(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

let files = 0

/** As the store opens a path itself, but on a database that it remembers no sessions of. */
async function onSqlite(): Promise<Place> {
  const file = databaseFile(`scale-${files++}`)
  const store = sqlite(file)
  await store.durable.open()
  await store.durable.close()
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536; pragma busy_timeout = 20')
  const own = sqlite(database)
  await own.durable.open()
  return {
    store: own,
    seeding: seedSqlite(file),
    address: file,
    async remove() {
      await own.durable.close()
      database.close()
      for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
    },
  }
}

async function onPostgres(server: string): Promise<Place> {
  const name = `portcullis_bench_${process.pid}_${files++}`
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`create schema ${name}`)
  const url = new URL(server)
  url.searchParams.set('options', `-c search_path=${name}`)
  const store = postgres(url.href)
  await store.durable.open()
  return {
    store,
    seeding: seedPostgres(url.href),
    address: url.href,
    async remove() {
      await store.durable.close()
      await admin.query(`drop schema ${name} cascade`)
      await admin.end()
    },
  }
}
