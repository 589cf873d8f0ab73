/** The life of a Redis: rows may be missing after a restart, even where they are written to a disk, and after a failover to a copy. */
import { randomToken } from '../../crypto/random.ts'
import { type Commands, script } from './commands.ts'

/** For scripts: `life()` names the run of the server that answers. */
export const lifeOfServer: string = `
local function life()
  local server = redis.pcall('INFO', 'server')
  return type(server) == 'string' and string.match(server, 'run_id:(%w+)') or ''
end
`

const epoch = script(`${lifeOfServer}
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1]) .. '.' .. life()
`)

/** A value that is another one after Redis was emptied, was started again, or was replaced by a copy of it. */
export async function readEpoch({ key, runScript }: Commands): Promise<string> {
  return String(await runScript(epoch, [key('epoch')], [randomToken()]))
}
