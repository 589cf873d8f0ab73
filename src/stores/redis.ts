/** The fleeting half of a store on Redis or Valkey, through `ioredis`. */
import { fleetingHalf } from '../model/half.ts'
import type { FleetingStore } from '../model/store.ts'
import { redisAttempts } from './redis/attempts.ts'
import { type RedisClient, redisCommands } from './redis/commands.ts'
import { readEpoch } from './redis/life.ts'
import { redisNonces } from './redis/nonces.ts'
import { checkServers } from './redis/server-check.ts'
import { redisSessions } from './redis/sessions.ts'
import { redisTickets } from './redis/tickets.ts'

export type { RedisClient } from './redis/commands.ts'

/** How the Redis half behaves. */
export interface RedisOptions {
  /** What all keys begin with, within braces: it is their hash tag. Applications on one Redis need different ones. Default `portcullis`. */
  readonly prefix?: string
  /**
   * Starts on a Redis that may evict keys when its memory is full. Evicted keys end sessions, and make spent codes and counted tries
   * forgotten. Default `false`.
   */
  readonly dangerouslyAllowEviction?: boolean
}

/**
 * Keeps sessions, tickets, attempt counts and nonces in Redis (6.2 or newer) or Valkey, single or cluster. Everything else is in the
 * store that it is joined to: `store: { ...postgres(pool), ...redis(client) }`. Rows expire by themselves.
 *
 * @param client - The application's own `Redis` or `Cluster` of `ioredis`, which is never closed; or the URL of a Redis.
 * @returns Half a store, beside users of any type. Recognising a session is one `GET`, and one read of the other half.
 * @throws TypeError when the prefix is empty or has braces. Error with the code `ERR_STORE_UNAVAILABLE`, from its methods, when Redis
 *   is gone or does not answer within 5 seconds.
 */
export function redis(
  client: string | RedisClient,
  { prefix = 'portcullis', dangerouslyAllowEviction = false }: RedisOptions = {},
): FleetingStore<never> {
  if (!/^[^{}]+$/.test(prefix)) throw new TypeError('The prefix of keys in Redis is some text without braces.')
  const connection = typeof client === 'string' ? connectionTo(client) : { client: () => client, open: () => {}, close: () => {} }
  const commands = redisCommands(connection.client, prefix)

  return fleetingHalf({
    fleeting: {
      async open() {
        await connection.open()
        await checkServers(commands, connection.client(), dangerouslyAllowEviction)
      },
      epoch: () => readEpoch(commands),
      purge: () => 0,
      close: connection.close,
    },
    sessions: redisSessions(commands),
    tickets: redisTickets(commands),
    attempts: redisAttempts(commands),
    nonces: redisNonces(commands),
  })
}

/** A connection of our own, made when the store is opened. */
function connectionTo(url: string): { client(): RedisClient; open(): Promise<void>; close(): void } {
  let own: (RedisClient & { disconnect(): void }) | null = null
  return {
    client() {
      if (own === null) throw new Error('This store is not open. Await `store.fleeting.open()` (or `auth.ready`) before using it.')
      return own
    },
    async open() {
      if (own !== null) return
      const { Redis } = await import('ioredis')
      // Each command has its own deadline, and a new connection is tried for all the while.
      const made = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: (times) => Math.min(times * 50, 1_000) })
      made.on('error', () => {}) // the commands tell
      own = made
    },
    close() {
      own?.disconnect()
      own = null
    },
  }
}
