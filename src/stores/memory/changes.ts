/** Every kind of change in memory: each checks its precondition and either does its work or says why not. */
import type { Change, ChangeKind, Conflict, NewUser } from '../../model/change.ts'
import type { Entry } from '../../model/entry.ts'
import type { Authenticator } from '../../model/second-factor.ts'
import { compareBytes, sortedNames } from '../byte-order.ts'
import { isChosen } from '../chosen-device.ts'
import { emailEntry, pairKey, type Tables, usernameEntry } from './tables.ts'

type Refusal = Omit<Conflict, 'index'>

type ChangeOf<K extends ChangeKind> = { [P in K]: Extract<Change, { readonly kind: P }> & { readonly kind: P } }[K]

type Doers = { readonly [K in ChangeKind]: (tables: Tables, change: Extract<Change, { readonly kind: K }>) => Refusal | null }

/** Does one change, or says why it is refused. */
export function doChange(tables: Tables, change: Change): Refusal | null {
  return dispatch(tables, change)
}

function dispatch<K extends ChangeKind>(tables: Tables, change: ChangeOf<K>): Refusal | null {
  const doers: Pick<Doers, K> = everyDoer
  return doers[change.kind](tables, change)
}

const everyDoer: Doers = {
  'users.create': (tables, { user }) => {
    const refusal = tables.users.has(user.id) ? takenBy('id') : takenKey(tables, user)
    if (refusal === null) putUser(tables, user)
    return refusal
  },

  'users.update': (tables, { id, set, when = {} }) => {
    const user = tables.users.get(id)
    if (user === undefined) return { reason: 'gone' }
    if (isStale(user, when)) return { reason: 'stale' }
    const { own = {}, ...columns } = set
    const next = { ...user, ...columns, extra: { ...(set.extra ?? user.extra), ...own } }
    const refusal = takenKey(tables, next)
    if (refusal === null) putUser(tables, next)
    return refusal
  },

  'users.expect': ({ users }, { id, stamp }) => {
    const user = users.get(id)
    if (user === undefined) return { reason: 'gone' }
    return user.active && user.stamp === stamp ? null : { reason: 'stale' }
  },

  'users.delete': (tables, { id, dueBy }) => {
    const { users, userRoles, links, records, devices, logins, deletions, audit, totp, recoveryCodes, outbox, sessions, tickets } = tables
    if (!users.has(id)) return { reason: 'gone' }
    if (dueBy !== undefined && (deletions.get(id)?.deletesAt ?? Number.POSITIVE_INFINITY) > dueBy) return { reason: 'stale' }
    dropKeys(tables, id)
    users.delete(id)
    userRoles.delete(id)
    for (const table of [links, records, devices, logins, deletions, audit, totp, recoveryCodes, outbox, sessions, tickets])
      table.deleteWhere((row: { readonly userId: string | null }) => row.userId === id)
    return null
  },

  'roles.put': ({ roles }, { name, description, permissions }) => {
    roles.set(name, { name, description, permissions: sortedNames(permissions) })
    return null
  },

  'roles.drop': ({ roles, users, userRoles }, { name }) => {
    if (!roles.delete(name)) return { reason: 'gone' }
    for (const { id } of users.rows()) {
      const held = userRoles.get(id)
      if (held?.includes(name))
        userRoles.set(
          id,
          held.filter((role) => role !== name),
        )
    }
    return null
  },

  'roles.set': ({ roles, users, userRoles }, { userId, add, remove }) => {
    if (!users.has(userId)) return { reason: 'gone', field: 'user' }
    if (!add.every((name) => roles.has(name))) return { reason: 'gone', field: 'role' }
    const kept = (userRoles.get(userId) ?? []).filter((name) => !remove.includes(name))
    userRoles.set(userId, sortedNames([...kept, ...add]))
    return null
  },

  'links.put': ({ links }, { link, keep }) => {
    links.set(link.hash, link)
    const others = links
      .rows()
      .filter(({ hash, purpose, subject }) => hash !== link.hash && purpose === link.purpose && subject === link.subject)
    for (const { hash } of [link, ...others.sort(newestFirst)].slice(keep)) links.delete(hash)
    return null
  },

  'links.take': ({ links }, { hash, purpose, now }) => {
    const link = links.get(hash)
    if (link === undefined || link.purpose !== purpose || link.expiresAt <= now) return { reason: 'gone' }
    links.delete(hash)
    return null
  },

  'links.drop': ({ links }, { purpose, subject }) => {
    links.deleteWhere((link) => link.purpose === purpose && link.subject === subject)
    return null
  },

  'devices.put': ({ users, devices }, { device }) => {
    const stamp = users.get(device.userId)?.stamp
    if (stamp === undefined) return { reason: 'gone' }
    devices.set(device.selector, { ...device, stamp })
    return null
  },

  'devices.rotate': ({ devices }, { kind: _, selector, from, to, now, ...used }) => {
    const device = devices.get(selector)
    if (device === undefined || device.expiresAt <= now) return { reason: 'gone' }
    if (device.verifier !== from) return { reason: 'stale' }
    devices.set(selector, { ...device, ...used, verifier: to, usedAt: now })
    return null
  },

  'devices.drop': ({ devices }, { userId, purpose, which }) => {
    devices.deleteWhere((device) => device.userId === userId && device.purpose === purpose && isChosen(device, which))
    return null
  },

  'logins.track': ({ logins }, { userId, at, ip, userAgent }) => {
    const before = logins.get(userId)
    logins.set(userId, {
      userId,
      count: (before?.count ?? 0) + 1,
      currentAt: at,
      currentIp: ip,
      currentUserAgent: userAgent,
      lastAt: before?.currentAt ?? at,
      lastIp: before === undefined ? ip : before.currentIp,
      lastUserAgent: before === undefined ? userAgent : before.currentUserAgent,
    })
    return null
  },

  'deletions.put': ({ users, deletions }, { deletion }) => {
    if (!users.has(deletion.userId)) return { reason: 'gone' }
    deletions.set(deletion.userId, deletion)
    return null
  },

  'deletions.drop': ({ deletions }, { userId }) => {
    deletions.delete(userId)
    return null
  },

  'audit.append': ({ audit, users }, { row }) => {
    audit.set(row.id, users.has(row.userId ?? '') ? row : { ...row, userId: null })
    return null
  },

  'totp.add': ({ totp }, { authenticator, most }) => {
    if (totp.has(authenticator.id)) return takenBy('id')
    if (totp.rows().filter(({ userId }) => userId === authenticator.userId).length >= most) return { reason: 'full' }
    totp.set(authenticator.id, authenticator)
    return null
  },

  'totp.advance': ({ totp }, { userId, id, step, now }) => {
    const authenticator = totp.get(id)
    if (authenticator?.userId !== userId) return { reason: 'gone' }
    if (authenticator.step >= step) return { reason: 'stale' }
    totp.set(id, { ...authenticator, step, usedAt: now })
    return null
  },

  'totp.drop': ({ totp }, { userId, which = { since: 0 } }) => {
    if ('id' in which && which.notLast && isOnly(totp.rows(), userId, which.id)) return { reason: 'last' }
    const dropped = totp.deleteWhere((row) => row.userId === userId && ('id' in which ? row.id === which.id : row.createdAt >= which.since))
    return 'id' in which && dropped === 0 ? { reason: 'gone' } : null
  },

  'recoveryCodes.replace': ({ recoveryCodes }, { userId, hashes, onlyIfNone }) => {
    if (onlyIfNone && recoveryCodes.get(userId)?.hashes.length) return null
    recoveryCodes.set(userId, { userId, hashes: sortedNames(hashes) })
    return null
  },

  'recoveryCodes.use': ({ recoveryCodes }, { userId, hash }) => {
    const hashes = recoveryCodes.get(userId)?.hashes ?? []
    if (!hashes.includes(hash)) return { reason: 'gone' }
    recoveryCodes.set(userId, { userId, hashes: hashes.filter((other) => other !== hash) })
    return null
  },

  'outbox.put': ({ outbox }, { row }) => {
    outbox.set(row.id, { ...row, attempts: 0, failure: null })
    return null
  },

  'outbox.drop': ({ outbox }, { id }) => {
    outbox.delete(id)
    return null
  },

  'outbox.fail': ({ outbox }, { id, attempts, now, reason, retryAt }) => {
    const mail = outbox.get(id)
    if (mail === undefined) return { reason: 'gone' }
    if (mail.failure !== null || mail.attempts !== attempts) return { reason: 'stale' }
    const ended = { ...mail, body: '', dueAt: null, failure: { at: now, reason } }
    outbox.set(id, retryAt === null ? ended : { ...mail, dueAt: retryAt })
    return null
  },

  'records.put': ({ records }, { kind: _, expect, now, ...entry }) => {
    const key = pairKey(entry.feature, entry.key)
    const stored = records.get(key)
    const version = stored && isLiveEntry(stored, now) ? stored.version : 0
    if (version !== expect) return { reason: 'stale' }
    records.set(key, { ...entry, version: expect + 1 })
    return null
  },

  'records.drop': ({ records }, { feature, key, expect }) => {
    const entry = records.get(pairKey(feature, key))
    if (expect !== undefined && entry === undefined) return { reason: 'gone' }
    if (expect !== undefined && entry?.version !== expect) return { reason: 'stale' }
    records.delete(pairKey(feature, key))
    return null
  },
}

/** Whether an entry counts at this time. */
export function isLiveEntry({ expiresAt }: Entry, now: number): boolean {
  return expiresAt === null || expiresAt > now
}

/** Latest first; of the same moment by hash, so that every store has one order. */
export function newestFirst(
  a: { readonly createdAt: number; readonly hash: string },
  b: { readonly createdAt: number; readonly hash: string },
): number {
  return b.createdAt - a.createdAt || compareBytes(b.hash, a.hash)
}

function takenKey({ userIds }: Tables, { id, emailKey, usernameKey }: NewUser): Refusal | null {
  if ((userIds.get(emailEntry(emailKey)) ?? id) !== id) return takenBy('email')
  if (usernameKey !== null && (userIds.get(usernameEntry(usernameKey)) ?? id) !== id) return takenBy('username')
  return null
}

function putUser(tables: Tables, user: NewUser): void {
  dropKeys(tables, user.id)
  tables.users.set(user.id, user)
  tables.userIds.set(emailEntry(user.emailKey), user.id)
  if (user.usernameKey !== null) tables.userIds.set(usernameEntry(user.usernameKey), user.id)
}

function dropKeys({ users, userIds }: Tables, id: string): void {
  const user = users.get(id)
  if (user === undefined) return
  userIds.delete(emailEntry(user.emailKey))
  if (user.usernameKey !== null) userIds.delete(usernameEntry(user.usernameKey))
}

function isOnly(rows: readonly Authenticator[], userId: string, id: string): boolean {
  const [held, other] = rows.filter((row) => row.userId === userId)
  return held?.id === id && other === undefined
}

function takenBy(field: string): Refusal {
  return { reason: 'taken', field }
}

function isStale(user: NewUser, when: NonNullable<Extract<Change, { readonly kind: 'users.update' }>['when']>): boolean {
  return (
    (when.stamp !== undefined && when.stamp !== user.stamp) ||
    (when.passwordHash !== undefined && when.passwordHash !== user.passwordHash) ||
    (when.emailKey !== undefined && when.emailKey !== user.emailKey)
  )
}
