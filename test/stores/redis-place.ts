/** Redis beside a database: stores of both halves for tests, each with keys of its own. */
import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import type { Store } from '../../src/model/store.ts'
import { redis } from '../../src/stores/redis.ts'
import { postgresDatabase, type TestDatabase } from './databases.ts'

/** The server, as `scripts/test.mjs` names it; without one `undefined`. */
export const redisUrl: string | undefined = process.env.PORTCULLIS_REDIS_URL

/** A prefix that nobody else uses. */
export function newPrefix(): string {
  return `portcullis_test_${process.pid}_${randomBytes(4).toString('hex')}`
}

/** The address of a Redis half for another process, before that of the other half: see `test/servers/store-at.ts`. */
export function redisAddress(server: string, prefix: string): string {
  const url = new URL(server)
  url.hash = prefix
  return url.href
}

/** Redis and a schema of its own on a PostgreSQL server. */
export async function redisWithPostgres(redisServer: string, postgresServer: string): Promise<TestDatabase> {
  const database = await postgresDatabase(postgresServer)
  const client = new Redis(redisServer)
  const prefixes: string[] = []
  const prefix = (): string => {
    const made = newPrefix()
    prefixes.push(made)
    return made
  }
  return {
    ...database,
    url: `${redisAddress(redisServer, prefix())} ${database.url}`,
    make: async (): Promise<Store> => ({ ...(await database.make()), ...redis(client, { prefix: prefix() }) }),
    open: (options) => ({ ...database.open(options), ...redis(client, { prefix: prefix() }) }),
    async drop() {
      for (const made of prefixes) await removeKeys(client, made)
      await client.quit()
      await database.drop()
    },
  }
}

/** Removes what a prefix has. */
export async function removeKeys(client: Redis, prefix: string): Promise<void> {
  for await (const keys of client.scanStream({ match: `{${prefix}}:*`, count: 1_000 })) if (keys.length > 0) await client.unlink(...keys)
}
