/** Known devices: browsers that completed a login, by a sealed cookie. It opens nothing; it only gives them tries of their own. */
import type { Json } from '../model/json.ts'
import type { UserRecord } from '../model/user.ts'
import { cookieOf, type Exchange, setCookie } from './exchange.ts'

const deviceSeconds = 180 * 86_400
const mostDevices = 5

/** The name of this browser as a known device of the user, from its sealed cookie. */
export function deviceOf(exchange: Exchange, userId: string): string | null {
  return knownDevices(exchange).find(([id]) => id === userId)?.[1] ?? null
}

/** Makes this browser a known device of the user, after a complete login. Not bound to the stamp: it opens nothing. */
export function rememberDevice(exchange: Exchange, record: UserRecord): void {
  const known = knownDevices(exchange)
  const { kernel } = exchange
  const own = known.find(([id]) => id === record.user.id) ?? [record.user.id, Buffer.from(kernel.random(16)).toString('base64url')]
  const devices = [own, ...known.filter(([id]) => id !== record.user.id)].slice(0, mostDevices)
  setCookie(exchange, 'device', kernel.keys.seal('device', 'device', JSON.stringify(devices)), deviceSeconds)
}

function knownDevices(exchange: Exchange): readonly (readonly [userId: string, device: string])[] {
  const sealed = cookieOf(exchange, 'device')
  const text = sealed && exchange.kernel.keys.unseal('device', 'device', sealed)
  if (!text) return []
  const devices: Json = JSON.parse(text)
  return Array.isArray(devices) ? devices.flatMap((entry) => (isDevice(entry) ? [entry] : [])) : []
}

function isDevice(entry: Json): entry is readonly [string, string] {
  return Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string')
}
