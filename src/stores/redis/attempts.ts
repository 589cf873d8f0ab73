/** The attempts drawer in Redis: a hash for each group, and in it a field for each count. */
import type { Attempt, AttemptKey, Attempts, Counted } from '../../model/store.ts'
import { type Commands, script } from './commands.ts'
import { lifetime } from './lifetime.ts'

/**
 * The arithmetic of `countAttempt`, `takeBack` and `answerOf`, so that judging and counting are one step. Times have more digits than
 * Lua prints of a number by itself.
 */
export const arithmetic: string = `
local function text(number) return string.format('%.0f', number) end
local function read(key, field)
  local stored = redis.call('HGET', key, field)
  if not stored then return nil end
  local count, first, last, before, expiresAt = string.match(stored, '^(%S+) (%S+) (%S+) (%S+) (%S+)$')
  return { count = tonumber(count), first = tonumber(first), last = tonumber(last), before = tonumber(before), expiresAt = tonumber(expiresAt) }
end
local function keep(key, field, counted)
  local parts = { text(counted.count), text(counted.first), text(counted.last), text(counted.before), text(counted.expiresAt) }
  redis.call('HSET', key, field, table.concat(parts, ' '))
end
local function refund(key, field)
  local counted = read(key, field)
  if counted and counted.count > 0 then
    counted.count = counted.count - 1
    counted.last = counted.before
    keep(key, field, counted)
  end
end
`

/** Many sources may fail on one account: what has lapsed leaves a group before it grows on. */
const crowded = 100

const judge = script(`${arithmetic}
local counts, now, grace = ARGV[1] == 'add', tonumber(ARGV[2]), tonumber(ARGV[3])
local outcomes, refusedUntil = {}, nil
for index, key in ipairs(KEYS) do
  local at = 3 + (index - 1) * 5
  local field = ARGV[at + 1]
  local max, window, first, most = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  local function lapse(counted) return (first and counted.last or counted.first) + window end
  local counted = read(key, field)
  local isNew = not counted
  if isNew or now >= lapse(counted) then counted = { count = 0, first = now, last = now, before = now } end
  if counted.count >= max then
    local retryAt = lapse(counted)
    if first then retryAt = counted.last + math.min(first * 2 ^ (counted.count - max), most) end
    if now < retryAt then refusedUntil = math.max(refusedUntil or retryAt, retryAt) end
  end
  local next = { count = counted.count + 1, first = counted.first, last = now, before = counted.last }
  next.expiresAt = lapse(next)
  outcomes[index] = { key = key, field = field, isNew = isNew, next = next }
end
if refusedUntil then return text(refusedUntil) end
if not counts then return '' end
for _, outcome in ipairs(outcomes) do
  if outcome.isNew and redis.call('HLEN', outcome.key) >= ${crowded} then
    for _, field in ipairs(redis.call('HKEYS', outcome.key)) do
      if read(outcome.key, field).expiresAt <= now then redis.call('HDEL', outcome.key, field) end
    end
  end
  keep(outcome.key, outcome.field, outcome.next)
  local life = outcome.next.expiresAt - now + grace
  if redis.call('PTTL', outcome.key) < life then redis.call('PEXPIRE', outcome.key, text(life)) end
end
return ''
`)

const takeBack = script(`${arithmetic}
for index, key in ipairs(KEYS) do refund(key, ARGV[index]) end
`)

/** Counts of tries. */
export function redisAttempts(commands: Commands): Attempts {
  const { run, runScript } = commands

  async function judged(how: 'add' | 'ask', attempts: readonly Attempt[], now: number): Promise<Counted> {
    if (attempts.length === 0) return { ok: true }
    const args = attempts.flatMap(({ key, limit: { max, window, wait } }) => [
      fieldOf(key),
      max,
      window,
      ...(wait === undefined ? ['', ''] : [wait.first, wait.most]),
    ])
    const keys = attempts.map(({ group }) => groupKey(commands, group))
    // Who was told that Redis is away has guessed nothing: what is counted for it later, when Redis is back, is taken back.
    const takeBackLate = (late: unknown): Promise<void> => (how === 'add' && late === '' ? refund(attempts) : Promise.resolve())
    const retryAt = await runScript(judge, keys, [how, now, lifetime(now, now), ...args], takeBackLate)
    return retryAt === '' ? { ok: true } : { ok: false, retryAt: Number(retryAt) }
  }

  async function refund(keys: readonly AttemptKey[]): Promise<void> {
    if (keys.length > 0) await runScript(takeBack, ...placesOf(commands, keys))
  }

  return {
    add: (attempts, now) => judged('add', attempts, now),
    ask: (attempts, now) => judged('ask', attempts, now),
    refund,
    async clearGroup(group) {
      await run('del', groupKey(commands, group))
    },
  }
}

/** Keys and fields of counts, one of each for every count. */
export function placesOf(commands: Commands, counts: readonly AttemptKey[]): [keys: readonly string[], fields: readonly string[]] {
  return [counts.map(({ group }) => groupKey(commands, group)), counts.map(({ key }) => fieldOf(key))]
}

function groupKey({ key }: Commands, group: string): string {
  return key('attempts', JSON.stringify(group))
}

/** Escapes what UTF-8 cannot carry, so that no two keys are one. */
function fieldOf(key: string): string {
  return JSON.stringify(key)
}
