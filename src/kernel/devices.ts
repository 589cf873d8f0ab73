/** Known devices: browsers that completed a login, by a sealed cookie. It opens nothing; it only gives them tries of their own. */
import type { Json } from '../model/json.ts'
import type { UserRecord } from '../model/user.ts'
import { cookieOf, type Exchange, setCookie } from './exchange.ts'

const deviceSeconds = 180 * 86_400
const mostDevices = 5

/** A user of this browser, its name as their device, and since when it is one, in milliseconds since 1970, UTC. */
type Known = readonly [userId: string, device: string, since: number]

/** The name of this browser as a known device of the user, from its sealed cookie. */
export function deviceOf(exchange: Exchange, userId: string): string | null {
  return knownDevices(exchange).find(([id]) => id === userId)?.[1] ?? null
}

/** Since when this browser is a known device of the user; `null` when it is none. */
export function knownSince(exchange: Exchange, userId: string): number | null {
  return knownDevices(exchange).find(([id]) => id === userId)?.[2] ?? null
}

/** Makes this browser a known device of the user, after a complete login. Not bound to the stamp: it opens nothing. */
export function rememberDevice(exchange: Exchange, record: UserRecord): void {
  const known = knownDevices(exchange)
  const { kernel, now } = exchange
  const name = deviceOf(exchange, record.user.id) ?? Buffer.from(kernel.random(16)).toString('base64url')
  const own: Known = [record.user.id, name, now]
  const devices = [own, ...known.filter(([id]) => id !== record.user.id)].slice(0, mostDevices)
  setCookie(exchange, 'device', kernel.keys.seal('device', 'device', JSON.stringify(devices)), deviceSeconds)
}

function knownDevices(exchange: Exchange): readonly Known[] {
  const sealed = cookieOf(exchange, 'device')
  const text = sealed && exchange.kernel.keys.unseal('device', 'device', sealed)
  if (!text) return []
  const devices: Json = JSON.parse(text)
  return Array.isArray(devices) ? devices.flatMap(readKnown) : []
}

/** Cookies of before say nothing of since when. */
function readKnown(entry: Json): readonly Known[] {
  if (!Array.isArray(entry)) return []
  const [userId, device, since = 0] = entry
  return typeof userId === 'string' && typeof device === 'string' && typeof since === 'number' ? [[userId, device, since]] : []
}
