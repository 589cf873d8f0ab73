/** The tickets drawer in Redis: a key for each ticket, and one for each id that was spent. */
import type { Ticket } from '../../model/session.ts'
import type { Tickets } from '../../model/store.ts'
import { type Commands, script } from './commands.ts'
import { lifeOfServer } from './life.ts'
import { lifetime } from './lifetime.ts'

/**
 * For scripts: `ticketOf(key, now)` gives a live ticket as it is kept: `expiresAt life`, a line break, and itself as JSON. A ticket
 * ends with the run of the server: one that was taken might be there again after a restart.
 */
export const findingTickets: string = `${lifeOfServer}
local function ticketOf(key, now)
  local stored = redis.call('GET', key)
  if not stored then return nil end
  local expiresAt, kept, ticket = string.match(stored, '^(%S+) (%S*)\\n(.*)$')
  return tonumber(expiresAt) > now and kept == life() and ticket or nil
end
`

const put = script(`${lifeOfServer}
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. life() .. '\\n' .. ARGV[2], 'PX', ARGV[3])
`)

const find = script(`${findingTickets}
return ticketOf(KEYS[1], tonumber(ARGV[1]))
`)

const take = script(`${findingTickets}
local ticket = ticketOf(KEYS[1], tonumber(ARGV[1]))
if ticket then redis.call('DEL', KEYS[1]) end
return ticket
`)

/** Tickets and spent ids. */
export function redisTickets({ key, run, runScript }: Commands): Tickets {
  return {
    async put(hash, ticket, now) {
      const { expiresAt } = ticket
      await runScript(put, [key('ticket', hash)], [expiresAt, JSON.stringify(ticket), lifetime(expiresAt, now)])
    },
    find: async (hash, now) => decodeTicket(await runScript(find, [key('ticket', hash)], [now])),
    take: async (hash, now) => decodeTicket(await runScript(take, [key('ticket', hash)], [now])),
    async spend(id, expiresAt, now) {
      if (expiresAt <= now) return false
      return (await run('set', key('spent', JSON.stringify(id)), '', 'PX', lifetime(expiresAt, now), 'NX')) !== null
    },
  }
}

function decodeTicket(stored: unknown): Ticket | null {
  return typeof stored === 'string' ? JSON.parse(stored) : null // written by this drawer
}
