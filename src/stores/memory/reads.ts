/** What features may read of the memory store. */
import type { NewUser } from '../../model/change.ts'
import type { Deletion } from '../../model/deletion.ts'
import { showAuthenticator } from '../../model/second-factor.ts'
import type { Everything, Reads } from '../../model/store.ts'
import type { Role, User, UserRecord } from '../../model/user.ts'
import { compareBytes, firstKey, sortedNames } from '../byte-order.ts'
import { isLiveEntry, newestFirst } from './changes.ts'
import { emailEntry, pairKey, type Tables, usernameEntry } from './tables.ts'

/** The reads over these tables. */
export function memoryReads<U extends User>(tables: Tables): Reads<U> {
  const { users, userIds, roles, userRoles, links, records, devices, logins, deletions, audit, totp, recoveryCodes } = tables

  function recordOf(user: NewUser | undefined): UserRecord<U> | null {
    return user === undefined ? null : { user: typed(user), stamp: user.stamp, passwordHash: user.passwordHash }
  }

  function userOf({ id, email, username, active, createdAt, extra }: NewUser): User {
    return Object.freeze({ id, email, username, active, roles: userRoles.get(id) ?? [], createdAt, extra })
  }

  /** The application answers for `U` being what it put into `extra`. */
  function typed(user: NewUser): U {
    return userOf(user) as U
  }

  function rolesOf(userId: string): readonly Role[] {
    return (userRoles.get(userId) ?? []).flatMap((name) => roles.get(name) ?? [])
  }

  return {
    users: {
      byId: (id) => recordOf(users.get(id)),
      byEmailKey: (key) => recordOf(users.get(userIds.get(emailEntry(key)) ?? '')),
      byUsernameKey: (key) => recordOf(users.get(userIds.get(usernameEntry(key)) ?? '')),
      list: ({ limit, after, prefix = '' }) => {
        const from = firstKey(prefix, after)
        return users
          .rows()
          .filter(({ emailKey }) => compareBytes(emailKey, from) >= 0 && emailKey.startsWith(prefix))
          .sort((a, b) => compareBytes(a.emailKey, b.emailKey))
          .slice(0, limit)
          .map(typed)
      },
    },
    roles: {
      list: () => roles.rows().toSorted((a, b) => compareBytes(a.name, b.name)),
      byName: (name) => roles.get(name) ?? null,
      permissionsOf: (userId) => sortedNames(rolesOf(userId).flatMap(({ permissions }) => permissions)),
    },
    links: {
      byHash: (hash, purpose, now) => {
        const link = links.get(hash)
        return link !== undefined && link.purpose === purpose && link.expiresAt > now ? link : null
      },
      bySubject: (subject, purpose, now) =>
        links
          .rows()
          .filter((link) => link.subject === subject && link.purpose === purpose && link.expiresAt > now)
          .sort(newestFirst),
    },
    records: {
      get: (feature, key, now) => {
        const entry = records.get(pairKey(feature, key))
        return entry !== undefined && isLiveEntry(entry, now) ? entry : null
      },
      listOf: (feature, userId, now) =>
        records
          .rows()
          .filter((entry) => entry.feature === feature && entry.userId === userId && isLiveEntry(entry, now))
          .sort((a, b) => compareBytes(a.key, b.key)),
    },
    devices: {
      bySelector: (selector, purpose, now) => {
        const device = devices.get(selector)
        return device !== undefined && device.purpose === purpose && device.expiresAt > now ? device : null
      },
      listOf: (userId, purpose, stamp, now) =>
        ofUser(devices.rows(), userId)
          .filter((device) => device.purpose === purpose && device.stamp === stamp && device.expiresAt > now)
          .toSorted((a, b) => b.usedAt - a.usedAt || compareBytes(a.id, b.id)),
    },
    logins: { byUser: (userId) => logins.get(userId) ?? null },
    deletions: {
      byUser: (userId) => deletions.get(userId) ?? null,
      due: (now, limit, after) =>
        deletions
          .rows()
          .filter((row) => row.deletesAt <= now && (after === undefined || byDue(after, row) < 0))
          .sort(byDue)
          .slice(0, limit),
    },
    audit: {
      list: ({ limit, before, userId }) =>
        (userId === undefined ? audit.rows() : ofUser(audit.rows(), userId))
          .filter(({ at, id }) => before === undefined || at < before.at || (at === before.at && compareBytes(id, before.id) < 0))
          .toSorted((a, b) => b.at - a.at || compareBytes(b.id, a.id))
          .slice(0, limit),
    },
    totp: {
      listOf: (userId) => ofUser(totp.rows(), userId).toSorted((a, b) => b.usedAt - a.usedAt || compareBytes(a.id, b.id)),
    },
    recoveryCodes: { listOf: (userId) => recoveryCodes.get(userId)?.hashes ?? [] },
    everything: (userId) => {
      const user = users.get(userId)
      return {
        users: user === undefined ? [] : [{ ...userOf(user) }],
        roles: rolesOf(userId).map((role) => ({ ...role })),
        ...belongings(tables, userId),
      }
    },
  }
}

/** The rows of a user in the other drawers, secrets left out. */
function belongings(tables: Tables, userId: string): Everything {
  const { links, records, devices, logins, deletions, audit, totp, recoveryCodes, outbox, sessions, tickets } = tables
  return {
    links: ofUser(links.rows(), userId).map(({ purpose, subject, createdAt, expiresAt }) => ({ purpose, subject, createdAt, expiresAt })),
    records: ofUser(records.rows(), userId).map(({ feature, key, value, version, expiresAt }) => ({
      feature,
      key,
      value,
      version,
      expiresAt,
    })),
    devices: ofUser(devices.rows(), userId)
      .toSorted((a, b) => b.usedAt - a.usedAt || compareBytes(a.id, b.id))
      .map(({ userId: _, stamp: __, selector: ___, verifier: ____, ...device }) => device),
    logins: ofUser(logins.rows(), userId).map(({ userId: _, ...login }) => login),
    deletions: ofUser(deletions.rows(), userId).map(({ userId: _, ...deletion }) => deletion),
    audit: ofUser(audit.rows(), userId)
      .toSorted((a, b) => a.at - b.at || compareBytes(a.id, b.id))
      .map(({ userId: _, expiresAt: __, ...event }) => event),
    totp: ofUser(totp.rows(), userId)
      .toSorted((a, b) => b.usedAt - a.usedAt || compareBytes(a.id, b.id))
      .map((one) => ({ ...showAuthenticator(one) })),
    recoveryCodes: (recoveryCodes.get(userId)?.hashes ?? []).map(() => ({ used: false })),
    outbox: ofUser(outbox.rows(), userId).map(({ mail, to, createdAt, failure }) => ({
      mail,
      to,
      createdAt,
      failedAt: failure?.at ?? null,
    })),
    sessions: ofUser(sessions.rows(), userId).map(({ userId: _, stamp: __, proofs, ...session }) => ({
      ...session,
      proofs: proofs.map((proof) => ({ ...proof })),
    })),
    tickets: ofUser(tickets.rows(), userId).map(({ kind, proofs, next, expiresAt }) => ({
      kind,
      proofs: proofs.map((proof) => ({ ...proof })),
      next,
      expiresAt,
    })),
  }
}

/** The longest due first. */
function byDue(a: Deletion, b: Deletion): number {
  return a.deletesAt - b.deletesAt || compareBytes(a.userId, b.userId)
}

function ofUser<T extends { readonly userId: string | null }>(rows: readonly T[], userId: string): readonly T[] {
  return rows.filter((row) => row.userId === userId)
}
