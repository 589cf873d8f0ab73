/** The nonces drawer in Redis: for each nonce the counts that were used, as far as its window reaches. */
import type { Nonces } from '../../model/store.ts'
import { isCount, windowWidth } from '../nonce-window.ts'
import { type Commands, script } from './commands.ts'
import { lifetime } from './lifetime.ts'

/** The same as `useCount` does; a sorted set holds at most as many counts as the window is wide. */
const advance = script(`
local count, width = tonumber(ARGV[1]), tonumber(ARGV[2])
local latest = redis.call('ZRANGE', KEYS[1], -1, -1)[1]
if latest and count <= tonumber(latest) - width then return 0 end
if redis.call('ZADD', KEYS[1], 'NX', count, ARGV[1]) == 0 then return 0 end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', math.max(count, tonumber(latest or 0)) - width)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`)

/** Counts of nonces that were used. */
export function redisNonces({ key, runScript }: Commands): Nonces {
  return {
    async advance(nonce, count, expiresAt, now) {
      if (expiresAt <= now || !isCount(count)) return false
      const args = [count, windowWidth, lifetime(expiresAt, now)]
      return (await runScript(advance, [key('nonce', JSON.stringify(nonce))], args)) === 1
    },
  }
}
