/** Bench `network`: recognising a session over a network beside the bare commands that it cannot do without, on the same connections. */
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Sessions, Store, TokenHash, UserReads } from 'portcullis'
import { postgres } from 'portcullis/stores/postgres'
import { redis } from 'portcullis/stores/redis'
import { findDatabases } from '../scripts/services.mjs'
import { alternate, median, medianRatio } from './kit/measure.ts'
import type { Line, Section } from './kit/results.ts'
import { seedPostgres, sessionHash, userId } from './scale/seed.ts'

const users = 1_000
const rounds = 31
const operations = 500
const most = { postgres: 1.3, both: 1.2 }
const now = 1_800_000_000_000

export async function run(): Promise<Section> {
  const { env, stop } = await findDatabases()
  const name = `portcullis_bench_${process.pid}`
  const url = new URL(env.PORTCULLIS_POSTGRES_URL ?? '')
  const admin = new pg.Client({ connectionString: url.href })
  await admin.connect()
  await admin.query(`create schema ${name}`)
  url.searchParams.set('options', `-c search_path=${name}`)
  const pool = new pg.Pool({ connectionString: url.href, max: 1 })
  const client = new Redis(env.PORTCULLIS_REDIS_URL ?? '')
  try {
    const lines = await measure(pool, client, name, url.href)
    return {
      title: 'Recognising a session over a network',
      how: `One after the other on one connection; median of ${rounds} alternating rounds of ${operations}, on ${users.toLocaleString('en')} users. The bare statements are prepared and find the same rows: a session with its user, a user, both without decoding.`,
      columns: { measured: 'each', ratio: 'beside the bare ones' },
      lines,
    }
  } finally {
    for await (const keys of client.scanStream({ match: `{${name}}:*` })) if (keys.length > 0) await client.unlink(...keys)
    await client.quit()
    await pool.end()
    await admin.query(`drop schema ${name} cascade`)
    await admin.end()
    await stop()
  }
}

async function measure(pool: pg.Pool, client: Redis, prefix: string, url: string): Promise<readonly Line[]> {
  const alone = postgres(pool)
  await alone.durable.open()
  await seedPostgres(url).fill(users)
  const joined: Store = { ...alone, ...redis(client, { prefix }) }
  for (let user = 1; user <= users; user++) {
    const [session] = await alone.sessions.listOf(userId(user), 'stamp', now)
    if (session) await joined.sessions.open(sessionHash(user, 0) as TokenHash, session, { now })
  }
  const took = await alternate(
    {
      bare: timed((user) => pool.query({ name: 'bare session', text: sessionAndUser, values: [sessionHash(user, 0), now] })),
      postgres: timed((user) => recognise(alone.sessions, user, alone.reads.users)),
      bareBoth: timed(async (user) => {
        await client.get(`{${prefix}}:session:${sessionHash(user, 0)}`)
        await pool.query({ name: 'bare user', text: justUser, values: [userId(user)] })
      }),
      both: timed((user) => recognise(joined.sessions, user, joined.reads.users)),
    },
    rounds,
  )
  return [
    { what: 'PostgreSQL, a bare prepared `select` of a session and its user', measured: shown(took.bare) },
    compared('PostgreSQL, a session is recognised', took.postgres, took.bare, most.postgres),
    { what: 'Redis and PostgreSQL, a bare `GET` and then a bare prepared `select` of a user', measured: shown(took.bareBoth) },
    compared('Redis and PostgreSQL, a session is recognised', took.both, took.bareBoth, most.both),
  ]
}

const sessionAndUser = `select s.id, s.stamp, s.proofs, s.created_at, s.used_at, s.expires_at, s.ends_at, s.ip, s.user_agent,
    u.id as user_id, u.email, u.username, u.active, u.extra, u.created_at as user_created_at,
    (select coalesce(json_agg(role)::text, '[]') from portcullis_user_roles where user_id = u.id) as roles
  from portcullis_sessions s join portcullis_users u on u.id = s.user_id and u.stamp = s.stamp
  where s.token_hash = $1 and s.expires_at > $2`

const justUser = `select u.*, (select coalesce(json_agg(role)::text, '[]') from portcullis_user_roles where user_id = u.id) as roles
  from portcullis_users u where u.id = $1`

async function recognise({ recognise: look }: Pick<Sessions, 'recognise'>, user: number, reads: Pick<UserReads, 'byId'>): Promise<void> {
  if ((await look(sessionHash(user, 0) as TokenHash, now, reads)) === null) throw new Error(`No session of user ${user} is recognised.`)
}

/** Microseconds for one. */
function timed(operation: (user: number) => unknown): () => Promise<number> {
  return async () => {
    const begin = performance.now()
    for (let count = 0; count < operations; count++) await operation(1 + (count % users))
    return ((performance.now() - begin) * 1000) / operations
  }
}

function shown(took: readonly number[]): string {
  return `${median(took).toFixed(0)} µs`
}

function compared(what: string, took: readonly number[], beside: readonly number[], atMost: number): Line {
  const ratio = medianRatio(took, beside)
  return { what, measured: shown(took), ratio: `${ratio.toFixed(2)} ×`, limit: `at most ${atMost} ×`, met: ratio <= atMost }
}
