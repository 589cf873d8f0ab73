/** Every kind of durable change: it does its work on a copy that is thrown away when a later one is refused, or says why it is refused. */
import type { Change, ChangeKind, Conflict, NewUser, UserFields } from 'portcullis'
import { byBytes, type Data, type Durable, isLive, pair, removeWhere, sorted } from './data.ts'
import { addAuthenticator, advanceAuthenticator, dropAuthenticators, replaceCodes, useCode } from './factors.ts'
import { dropDevices, isDue, putDeletion, putDevice, rotateDevice, trackLogin } from './life.ts'

type Refusal = Omit<Conflict, 'index'>
type Of<K extends ChangeKind> = Extract<Change, { readonly kind: K }>

/** Does one change; null when it was done. */
export function doChange(durable: Durable, change: Change): Refusal | null {
  switch (change.kind) {
    case 'users.create':
      return createUser(durable, change)
    case 'users.update':
      return updateUser(durable, change)
    case 'users.expect':
      return expectUser(durable, change)
    case 'users.delete':
      return deleteUser(durable, change)
    case 'roles.put': {
      const { name, description, permissions } = change
      durable.roles.set(name, { name, description, permissions: sorted(permissions) })
      return null
    }
    case 'roles.drop':
      return dropRole(durable, change)
    case 'roles.set':
      return setRoles(durable, change)
    case 'links.put':
      return putLink(durable, change)
    case 'links.take': {
      const link = durable.links.get(change.hash)
      if (link?.purpose !== change.purpose || !isLive(link, change.now)) return { reason: 'gone' }
      durable.links.delete(change.hash)
      return null
    }
    case 'links.drop':
      removeWhere(durable.links, ({ purpose, subject }) => purpose === change.purpose && subject === change.subject)
      return null
    case 'devices.put':
      return putDevice(durable, change)
    case 'devices.rotate':
      return rotateDevice(durable, change)
    case 'devices.drop':
      return dropDevices(durable, change)
    case 'logins.track':
      return trackLogin(durable, change)
    case 'deletions.put':
      return putDeletion(durable, change)
    case 'deletions.drop':
      durable.deletions.delete(change.userId)
      return null
    case 'audit.append':
      durable.audit.set(change.row.id, durable.users.has(change.row.userId ?? '') ? change.row : { ...change.row, userId: null })
      return null
    case 'totp.add':
      return addAuthenticator(durable, change)
    case 'totp.advance':
      return advanceAuthenticator(durable, change)
    case 'totp.drop':
      return dropAuthenticators(durable, change)
    case 'recoveryCodes.replace':
      return replaceCodes(durable, change)
    case 'recoveryCodes.use':
      return useCode(durable, change)
    case 'outbox.put':
      durable.outbox.set(change.row.id, { ...change.row, attempts: 0, failure: null })
      return null
    case 'outbox.drop':
      durable.outbox.delete(change.id)
      return null
    case 'outbox.fail':
      return failMail(durable, change)
    case 'records.put':
      return putRecord(durable, change)
    case 'records.drop': {
      const { feature, key, expect } = change
      const version = durable.records.get(pair(feature, key))?.version
      if (expect !== undefined && version !== expect) return { reason: version === undefined ? 'gone' : 'stale' }
      durable.records.delete(pair(feature, key))
      return null
    }
  }
}

/** What a write takes along in the other half: sessions and tickets of deleted users. */
export function forgetDeleted({ fleeting }: Data, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.kind !== 'users.delete') continue
    removeWhere(fleeting.sessions, ({ userId }) => userId === change.id)
    removeWhere(fleeting.tickets, ({ userId }) => userId === change.id)
  }
}

function createUser({ users }: Durable, { user }: Of<'users.create'>): Refusal | null {
  const refusal = users.has(user.id) ? taken('id') : takenKey(users, user)
  if (refusal === null) users.set(user.id, user)
  return refusal
}

function updateUser({ users }: Durable, { id, set, when = {} }: Of<'users.update'>): Refusal | null {
  const user = users.get(id)
  if (user === undefined) return { reason: 'gone' }
  const named = Object.entries(when) as [keyof typeof when, string | null][]
  if (named.some(([column, value]) => value !== undefined && value !== user[column])) return { reason: 'stale' }
  const next = withFields(user, set)
  const refusal = takenKey(users, next)
  if (refusal === null) users.set(id, next)
  return refusal
}

function withFields(user: NewUser, { own = {}, ...set }: UserFields): NewUser {
  return { ...user, ...set, extra: { ...(set.extra ?? user.extra), ...own } }
}

function expectUser({ users }: Durable, { id, stamp }: Of<'users.expect'>): Refusal | null {
  const user = users.get(id)
  if (user === undefined) return { reason: 'gone' }
  return user.active && user.stamp === stamp ? null : { reason: 'stale' }
}

function deleteUser(durable: Durable, { id, dueBy }: Of<'users.delete'>): Refusal | null {
  if (!durable.users.has(id)) return { reason: 'gone' }
  if (dueBy !== undefined && !isDue(durable, id, dueBy)) return { reason: 'stale' }
  durable.users.delete(id)
  durable.userRoles.delete(id)
  const { links, records, devices, logins, deletions, audit, totp, recoveryCodes, outbox } = durable
  for (const rows of [links, records, devices, logins, deletions, audit, totp, recoveryCodes, outbox] as readonly Map<
    string,
    { readonly userId: string | null }
  >[])
    removeWhere(rows, ({ userId }) => userId === id)
  return null
}

function takenKey(users: Durable['users'], { id, emailKey, usernameKey }: NewUser): Refusal | null {
  const others = [...users.values()].filter((other) => other.id !== id)
  if (others.some((other) => other.emailKey === emailKey)) return taken('email')
  return usernameKey !== null && others.some((other) => other.usernameKey === usernameKey) ? taken('username') : null
}

function taken(field: string): Refusal {
  return { reason: 'taken', field }
}

function dropRole({ roles, userRoles }: Durable, { name }: Of<'roles.drop'>): Refusal | null {
  if (!roles.delete(name)) return { reason: 'gone' }
  for (const [id, names] of userRoles) {
    userRoles.set(
      id,
      names.filter((held) => held !== name),
    )
  }
  return null
}

function setRoles({ users, roles, userRoles }: Durable, { userId, add, remove }: Of<'roles.set'>): Refusal | null {
  if (!users.has(userId)) return { reason: 'gone', field: 'user' }
  if (!add.every((name) => roles.has(name))) return { reason: 'gone', field: 'role' }
  const kept = (userRoles.get(userId) ?? []).filter((name) => !remove.includes(name))
  userRoles.set(userId, sorted([...kept, ...add]))
  return null
}

/** Of one purpose and subject the newest stay, this one first of all. */
function putLink({ links }: Durable, { link, keep }: Of<'links.put'>): Refusal | null {
  links.delete(link.hash)
  const older = [...links.values()]
    .filter(({ purpose, subject }) => purpose === link.purpose && subject === link.subject)
    .sort((a, b) => b.createdAt - a.createdAt || byBytes(b.hash, a.hash))
  links.set(link.hash, link)
  for (const { hash } of [link, ...older].slice(keep)) links.delete(hash)
  return null
}

/** Due again later, or never: then its body, which may hold a live link, goes. */
function failMail({ outbox }: Durable, { id, attempts, now, reason, retryAt }: Of<'outbox.fail'>): Refusal | null {
  const mail = outbox.get(id)
  if (mail === undefined) return { reason: 'gone' }
  if (mail.failure !== null || mail.attempts !== attempts) return { reason: 'stale' }
  outbox.set(id, retryAt === null ? { ...mail, body: '', failure: { at: now, reason } } : { ...mail, dueAt: retryAt })
  return null
}

function putRecord({ records }: Durable, { kind: _, expect, now, ...entry }: Of<'records.put'>): Refusal | null {
  const key = pair(entry.feature, entry.key)
  const stored = records.get(key)
  const version = stored !== undefined && isLive(stored, now) ? stored.version : 0
  if (version !== expect) return { reason: 'stale' }
  records.set(key, { ...entry, version: expect + 1 })
  return null
}
