/** Looks at Redis before it is used: what it forgets by itself would be used twice. */
import type { Commands, RedisClient } from './commands.ts'

/** @throws Error with a sentence that says what to change */
export async function checkServers({ run }: Commands, client: RedisClient, allowsEviction: boolean): Promise<void> {
  await run('ping') // waits for the connection, and of a cluster for its map
  for (const server of client.nodes?.('master') ?? [client]) checkServer(String(await server.call('info')), allowsEviction)
}

function checkServer(info: string, allowsEviction: boolean): void {
  const [, version = '', major = '0', minor = '0'] = /^redis_version:((\d+)\.(\d+)\S*)/m.exec(info) ?? []
  if (Number(major) < 6 || (Number(major) === 6 && Number(minor) < 2))
    throw new Error(`Redis ${version} is too old: 6.2 or newer is needed.`)
  const [, policy = 'unknown'] = /^maxmemory_policy:(\S+)/m.exec(info) ?? []
  if (policy !== 'noeviction' && !allowsEviction) {
    throw new Error(
      `Redis may evict sessions, spent codes and attempt counts (maxmemory-policy is ${policy}): set it to noeviction, or use another Redis.`,
    )
  }
}
