/** What is kept of an account's life: devices that are remembered, logins, its deletion, and what happened. */
import type { AuditReads, Change, Conflict, Deletion, Device, DeviceReads, LoginTrack } from 'portcullis'
import { byBytes, type Durable, isLive, removeWhere } from './data.ts'

type Refusal = Omit<Conflict, 'index'>
type Of<K extends Change['kind']> = Extract<Change, { readonly kind: K }>

/** The user's stamp of this moment goes with the device, so that it dies with it. */
export function putDevice({ users, devices }: Durable, { device }: Of<'devices.put'>): Refusal | null {
  const stamp = users.get(device.userId)?.stamp
  if (stamp === undefined) return { reason: 'gone' }
  devices.set(device.selector, { ...device, stamp })
  return null
}

/** Only whoever has the present verifier gets the next one. */
export function rotateDevice(
  { devices }: Durable,
  { selector, from, to, now, sessionId, ip, userAgent }: Of<'devices.rotate'>,
): Refusal | null {
  const device = devices.get(selector)
  if (device === undefined || !isLive(device, now)) return { reason: 'gone' }
  if (device.verifier !== from) return { reason: 'stale' }
  devices.set(selector, { ...device, verifier: to, sessionId, usedAt: now, ip, userAgent })
  return null
}

/** Removes the devices of a user that are meant. */
export function dropDevices({ devices }: Durable, { userId, purpose, which }: Of<'devices.drop'>): null {
  removeWhere(devices, (device) => device.userId === userId && device.purpose === purpose && isMeant(device, which))
  return null
}

function isMeant({ id, sessionId }: Device, which: Of<'devices.drop'>['which']): boolean {
  if (which === undefined) return true
  if ('id' in which) return id === which.id
  return 'sessionId' in which ? sessionId === which.sessionId : sessionId !== which.exceptSessionId
}

/** The login before becomes the last one; the first is both. */
export function trackLogin({ logins }: Durable, { userId, at, ip, userAgent }: Of<'logins.track'>): null {
  const before = logins.get(userId)
  const current = { currentAt: at, currentIp: ip, currentUserAgent: userAgent }
  const { currentAt: lastAt, currentIp: lastIp, currentUserAgent: lastUserAgent } = before ?? current
  const login: LoginTrack = { userId, count: (before?.count ?? 0) + 1, ...current, lastAt, lastIp, lastUserAgent }
  logins.set(userId, login)
  return null
}

/** Keeps when an account may be deleted. */
export function putDeletion({ users, deletions }: Durable, { deletion }: Of<'deletions.put'>): Refusal | null {
  if (!users.has(deletion.userId)) return { reason: 'gone' }
  deletions.set(deletion.userId, deletion)
  return null
}

/** Whether an account may be deleted by a time. */
export function isDue({ deletions }: Durable, userId: string, by: number): boolean {
  const deletion = deletions.get(userId)
  return deletion !== undefined && deletion.deletesAt <= by
}

/** Deletions whose time has come, the longest due first. */
export function dueDeletions({ deletions }: Durable, now: number, limit: number, after?: Deletion): readonly Deletion[] {
  const byDue = (a: Deletion, b: Deletion): number => a.deletesAt - b.deletesAt || byBytes(a.userId, b.userId)
  const due = [...deletions.values()].filter((one) => one.deletesAt <= now && (after === undefined || byDue(after, one) < 0))
  return structuredClone(due.sort(byDue).slice(0, limit))
}

/** Live devices of a user, latest use first. */
export function devicesOf({ devices }: Durable, ...[userId, purpose, stamp, now]: Parameters<DeviceReads['listOf']>): readonly Device[] {
  const own = [...devices.values()].filter(
    (device) => device.userId === userId && device.purpose === purpose && device.stamp === stamp && isLive(device, now),
  )
  return structuredClone(own.sort((a, b) => b.usedAt - a.usedAt || byBytes(a.id, b.id)))
}

/** Events, newest first. */
export function eventsOf({ audit }: Durable, { limit, before, userId }: Parameters<AuditReads['list']>[0]): ReturnType<AuditReads['list']> {
  const found = [...audit.values()].filter(
    (row) =>
      (userId === undefined || row.userId === userId) &&
      (before === undefined || row.at < before.at || (row.at === before.at && byBytes(row.id, before.id) < 0)),
  )
  return structuredClone(found.sort((a, b) => b.at - a.at || byBytes(b.id, a.id)).slice(0, limit))
}
