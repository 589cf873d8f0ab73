/** The sessions drawer in Redis: a key for each session, and for each user a sorted set of theirs. */
import type { Session, TokenHash } from '../../model/session.ts'
import type { OpenOptions, Sessions } from '../../model/store.ts'
import { compareBytes } from '../byte-order.ts'
import { arithmetic, placesOf } from './attempts.ts'
import { type Commands, script } from './commands.ts'
import { lifetime } from './lifetime.ts'
import { findingTickets } from './tickets.ts'

/**
 * A session is kept as `usedAt expiresAt endsAt`, a line break, and itself as JSON: scripts read and write the first line only. It is
 * also a member of its user's set, by the hash of its token; what is gone leaves the set as others join it, a few at a time.
 */
const open = script(`${arithmetic}${findingTickets}
local now, hash, value, life, endsAt, setLife = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local replaces, ends, ticket, clears = ARGV[7] == '1', ARGV[8] == '1', ARGV[9] == '1', tonumber(ARGV[10])
if replaces then
  local stored = redis.call('GET', KEYS[3])
  if not stored or tonumber(string.match(stored, '^%S+ (%S+) ')) <= now then return 0 end
end
if ticket and not ticketOf(KEYS[5], now) then return 0 end
if replaces then redis.call('DEL', KEYS[3]) end
if ends then redis.call('DEL', KEYS[4]) end
if ticket then redis.call('DEL', KEYS[5]) end
for index = 6, #KEYS do
  local field = ARGV[index + 5]
  if index - 5 <= clears then redis.call('HDEL', KEYS[index], field) else refund(KEYS[index], field) end
end
local prefix = string.sub(KEYS[1], 1, -#hash - 1)
for _, member in ipairs(redis.call('ZRANDMEMBER', KEYS[2], 16)) do
  if redis.call('EXISTS', prefix .. member) == 0 then redis.call('ZREM', KEYS[2], member) end
end
redis.call('SET', KEYS[1], value, 'PX', life)
redis.call('ZADD', KEYS[2], endsAt, hash)
if redis.call('PTTL', KEYS[2]) < setLife then redis.call('PEXPIRE', KEYS[2], text(setLife)) end
return 1
`)

const touch = script(`
local stored = redis.call('GET', KEYS[1])
if not stored then return end
local usedAt, expiresAt, grace = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local expired, endsAt, rest = string.match(stored, '^%S+ (%S+) (%S+)(\\n.*)$')
if tonumber(expired) <= usedAt then return end
expiresAt = math.min(expiresAt, tonumber(endsAt))
local head = string.format('%.0f %.0f ', usedAt, expiresAt) .. endsAt
redis.call('SET', KEYS[1], head .. rest, 'PX', string.format('%.0f', math.max(0, expiresAt - usedAt) + grace))
`)

/** In one step, so that no session takes the place of one that is being ended. Keys of sessions are in the slot of their user's set. */
const end = script(`
local prefix, which, id, ended = KEYS[2], ARGV[1], ARGV[2], 0
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local stored = redis.call('GET', prefix .. member)
  local own = stored and string.match(stored, '"id":"([^"]*)"') -- not cjson, which knows no half of a surrogate pair
  if not stored or which == 'all' or (which == 'one') == (own == id) then
    if stored then ended = ended + redis.call('DEL', prefix .. member) end
    redis.call('ZREM', KEYS[1], member)
  end
end
return ended
`)

/** Sessions. Each user comes from the store that holds users. */
export function redisSessions(commands: Commands): Sessions<never> {
  const { key, run, runScript } = commands

  /** What is there of the user's, whether it counts or not. */
  async function sessionsOf(userId: string): Promise<readonly (readonly [TokenHash, Session])[]> {
    const hashes = await run('zrange', setKey(commands, userId), 0, -1)
    if (!Array.isArray(hashes) || hashes.length === 0) return []
    const stored = await run('mget', ...hashes.map((hash: string) => key('session', hash)))
    const sessions = Array.isArray(stored) ? stored.map(decodeSession) : []
    return hashes.flatMap((hash: TokenHash, index) => {
      const session = sessions[index]
      return session ? [[hash, session] as const] : []
    })
  }

  async function remove(userId: string, which: 'one' | 'others' | 'all', id: string = ''): Promise<number> {
    return Number(await runScript(end, [setKey(commands, userId), key('session', '')], [which, id]))
  }

  return {
    async recognise(hash, now, users) {
      const session = decodeSession(await run('get', key('session', hash)))
      if (session === null || session.expiresAt <= now) return null
      const record = await users.byId(session.userId)
      return record?.stamp === session.stamp ? { session, user: record.user } : null
    },
    async open(hash, session, options) {
      return (await runScript(open, ...openingOf(commands, hash, session, options))) === 1
    },
    async touch(hash, usedAt, expiresAt) {
      await runScript(touch, [key('session', hash)], [usedAt, expiresAt, lifetime(usedAt, usedAt)])
    },
    async listOf(userId, stamp, now) {
      return (await sessionsOf(userId))
        .map(([, session]) => session)
        .filter((session) => session.stamp === stamp && session.expiresAt > now)
        .sort((a, b) => b.usedAt - a.usedAt || compareBytes(a.id, b.id))
    },
    end: async (userId, id) => (await remove(userId, 'one', id)) > 0,
    endAll: (userId, exceptId) => (exceptId === null ? remove(userId, 'all') : remove(userId, 'others', exceptId)),
  }
}

/** Keys and arguments of the script that opens a session. A key that is not asked for is the new session's own. */
function openingOf(
  commands: Commands,
  hash: TokenHash,
  session: Session,
  { now, replaces, ends, ticket, clears = [], refunds = [] }: OpenOptions,
): [keys: readonly string[], args: readonly (string | number)[]] {
  const { key } = commands
  const { usedAt, expiresAt, endsAt, userId } = session
  const [groups, fields] = placesOf(commands, [...clears, ...refunds])
  const keys = [
    key('session', hash),
    setKey(commands, userId),
    key('session', replaces ?? hash),
    key('session', ends ?? hash),
    ticket === undefined ? key('session', hash) : key('ticket', ticket),
  ]
  const flags = [replaces, ends, ticket].map((asked) => (asked === undefined ? 0 : 1))
  const value = `${usedAt} ${expiresAt} ${endsAt}\n${JSON.stringify(session)}`
  const args = [now, hash, value, lifetime(expiresAt, now), endsAt, lifetime(endsAt, now), ...flags, clears.length]
  return [
    [...keys, ...groups],
    [...args, ...fields],
  ]
}

function setKey({ key }: Commands, userId: string): string {
  return key('sessions', JSON.stringify(userId))
}

function decodeSession(stored: unknown): Session | null {
  if (typeof stored !== 'string') return null
  const lineBreak = stored.indexOf('\n')
  const [usedAt, expiresAt] = stored.slice(0, lineBreak).split(' ').map(Number)
  const session: Session = JSON.parse(stored.slice(lineBreak + 1)) // written by this drawer
  return { ...session, usedAt: usedAt ?? session.usedAt, expiresAt: expiresAt ?? session.expiresAt }
}
