/** Fills a database with users, three sessions each, and expired ones, by SQL of its own: through the store it would take hours. */
import { hash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'

/** How a database is filled. */
export interface Seeding {
  /** Users, and three live sessions for each. */
  fill(users: number): Promise<void>
  /** One expired session for each user. */
  addExpired(): Promise<void>
}

/** What never ends within a run, in milliseconds since 1970. */
const never = 32_503_680_000_000

/** A random-looking text, the same for the same name, as the database makes it too. */
export function textOf(name: string): string {
  return hash('sha256', name, 'base64url')
}

/** The id of a user, by number. */
export function userId(number: number): string {
  return textOf(`user ${number}`).slice(0, 22)
}

/** The address of a user: its beginning says nothing of the number. */
export function emailOf(number: number): string {
  return `${hash('sha256', `mail ${number}`, 'hex').slice(0, 16)}@example.com`
}

/** The hash by which a session of a user is found; there are 0, 1 and 2. */
export function sessionHash(user: number, number: number): string {
  return textOf(`${userId(user)} ${number}`)
}

/** What differs in SQL: numbers from 1 on, and the two texts of a name. */
interface Spelling {
  numbers(name: string, count: string): string
  base64(name: string): string
  hex(name: string): string
}

function usersSql({ numbers, base64, hex }: Spelling, count: number): string {
  return `insert into portcullis_users
      (id, email, email_key, password_hash, stamp, active, created_at, extra)
    select substr(${base64("'user ' || number")}, 1, 22), address, address, 'unused', 'stamp', 1, number, '{}'
    from (select number, substr(${hex("'mail ' || number")}, 1, 16) || '@example.com' as address from ${numbers('number', String(count))} as counted) as made
    order by 1`
}

/** The last value says when each ends, given the name of the number of its user. */
function sessionsSql({ numbers, base64 }: Spelling, first: number, last: number, expiresAt: string): string {
  const token = base64("users.id || ' ' || (each.number - 1)")
  return `insert into portcullis_sessions
      (token_hash, id, user_id, stamp, proofs, created_at, used_at, expires_at, ends_at, ip, user_agent)
    select ${token}, substr(${token}, 1, 22), users.id, 'stamp', '[{"method":"password","channel":"password","as":"first","factors":1,"at":1,"fresh":true,"phishingResistant":false}]',
      users.created_at, users.created_at + each.number, ${expiresAt}, ${never}, '203.0.113.9', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
    from portcullis_users as users, ${numbers('number', String(last + 1))} as each
    where each.number > ${first}
    order by 1`
}

const sqliteSpelling: Spelling = {
  numbers: (name, count) =>
    `(with recursive counted(${name}) as (select 1 union all select ${name} + 1 from counted where ${name} < ${count}) select ${name} from counted)`,
  base64: (name) => `text_of(${name})`,
  hex: (name) => `hex_of(${name})`,
}

const postgresSpelling: Spelling = {
  numbers: (name, count) => `(select ${name} from generate_series(1, ${count}) as ${name})`,
  base64: (name) => `translate(encode(sha256(convert_to(${name}, 'UTF8')), 'base64'), '+/=', '-_')`,
  hex: (name) => `encode(sha256(convert_to(${name}, 'UTF8')), 'hex')`,
}

/** Fills a SQLite file in which the store has made its tables. */
export function seedSqlite(file: string): Seeding {
  const run = async (sql: string): Promise<void> => {
    const database = new DatabaseSync(file)
    database.function('text_of', { deterministic: true }, (name) => textOf(String(name)))
    database.function('hex_of', { deterministic: true }, (name) => hash('sha256', String(name), 'hex'))
    database.exec('pragma synchronous = off; pragma cache_size = -1000000; pragma temp_store = memory')
    database.exec(sql)
    database.exec('pragma wal_checkpoint(truncate)')
    database.close()
  }
  return seeding(sqliteSpelling, run)
}

/** Fills the tables that the store has made in a PostgreSQL database. */
export function seedPostgres(url: string): Seeding {
  return seeding(postgresSpelling, async (sql) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(`set work_mem = '512MB'; set synchronous_commit = off`)
    await client.query(sql)
    await client.query('vacuum analyze portcullis_users')
    await client.query('vacuum analyze portcullis_sessions')
    await client.query('checkpoint')
    await client.end()
  })
}

function seeding(spelling: Spelling, run: (sql: string) => Promise<void>): Seeding {
  return {
    async fill(users) {
      await run(usersSql(spelling, users))
      await run(sessionsSql(spelling, 0, 2, String(never)))
    },
    addExpired: () => run(sessionsSql(spelling, 3, 3, '1000 + users.created_at')),
  }
}
