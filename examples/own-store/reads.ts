/** What may be read of the durable half. */
import type { Everything, Link, NewUser, Reads, Role, User, UserRecord } from 'portcullis'
import { byBytes, type Data, isLive, pair, sorted } from './data.ts'
import { authenticatorsOf } from './factors.ts'
import { devicesOf, dueDeletions, eventsOf } from './life.ts'

/** The reads over this data. What they give is a copy. */
export function createReads(data: Data): Reads {
  function userOf({ id, email, username, active, createdAt, extra }: NewUser): User {
    return structuredClone({ id, email, username, active, roles: data.durable.userRoles.get(id) ?? [], createdAt, extra })
  }

  function recordOf(user: NewUser | undefined): UserRecord | null {
    return user === undefined ? null : { user: userOf(user), stamp: user.stamp, passwordHash: user.passwordHash }
  }

  function findUser(holds: (user: NewUser) => boolean): UserRecord | null {
    return recordOf([...data.durable.users.values()].find(holds))
  }

  function rolesOf(userId: string): readonly Role[] {
    const names = data.durable.userRoles.get(userId) ?? []
    return structuredClone(names.flatMap((name) => data.durable.roles.get(name) ?? []))
  }

  function linksWhere(holds: (link: Link) => boolean): readonly Link[] {
    const found = [...data.durable.links.values()].filter(holds)
    return structuredClone(found.sort((a, b) => b.createdAt - a.createdAt || byBytes(b.hash, a.hash)))
  }

  return {
    users: {
      byId: (id) => recordOf(data.durable.users.get(id)),
      byEmailKey: (key) => findUser(({ emailKey }) => emailKey === key),
      byUsernameKey: (key) => findUser(({ usernameKey }) => usernameKey === key),
      list: ({ limit, after, prefix = '' }) =>
        [...data.durable.users.values()]
          .filter(({ emailKey }) => emailKey.startsWith(prefix) && (after === undefined || byBytes(emailKey, after) > 0))
          .sort((a, b) => byBytes(a.emailKey, b.emailKey))
          .slice(0, limit)
          .map(userOf),
    },
    roles: {
      list: () => structuredClone([...data.durable.roles.values()].sort((a, b) => byBytes(a.name, b.name))),
      byName: (name) => structuredClone(data.durable.roles.get(name) ?? null),
      permissionsOf: (userId) => sorted(rolesOf(userId).flatMap(({ permissions }) => permissions)),
    },
    links: {
      byHash: (hash, purpose, now) => linksWhere((link) => link.hash === hash && link.purpose === purpose && isLive(link, now))[0] ?? null,
      bySubject: (subject, purpose, now) => linksWhere((link) => link.subject === subject && link.purpose === purpose && isLive(link, now)),
    },
    records: {
      get(feature, key, now) {
        const entry = data.durable.records.get(pair(feature, key))
        return entry !== undefined && isLive(entry, now) ? structuredClone(entry) : null
      },
      listOf: (feature, userId, now) =>
        structuredClone([...data.durable.records.values()])
          .filter((entry) => entry.feature === feature && entry.userId === userId && isLive(entry, now))
          .sort((a, b) => byBytes(a.key, b.key)),
    },
    devices: {
      bySelector(selector, purpose, now) {
        const device = data.durable.devices.get(selector)
        return device?.purpose === purpose && isLive(device, now) ? structuredClone(device) : null
      },
      listOf: (...asked) => devicesOf(data.durable, ...asked),
    },
    logins: { byUser: (userId) => structuredClone(data.durable.logins.get(userId) ?? null) },
    deletions: {
      byUser: (userId) => structuredClone(data.durable.deletions.get(userId) ?? null),
      due: (now, limit, after) => dueDeletions(data.durable, now, limit, after),
    },
    totp: { listOf: (userId) => authenticatorsOf(data.durable, userId) },
    recoveryCodes: { listOf: (userId) => [...(data.durable.recoveryCodes.get(userId)?.hashes ?? [])] },
    audit: { list: (page) => eventsOf(data.durable, page) },
    everything(userId) {
      const user = data.durable.users.get(userId)
      return {
        users: user === undefined ? [] : [{ ...userOf(user) }],
        roles: rolesOf(userId).map((role) => ({ ...role })),
        ...heldBesides(data, userId),
      }
    },
  }
}

/** The rows of a user in the other drawers, for the user to see: without secrets, hashes and stamps. */
function heldBesides({ durable, fleeting }: Data, userId: string): Everything {
  function own<V extends { readonly userId: string | null }>(rows: Map<string, V>): readonly V[] {
    return structuredClone([...rows.values()].filter((row) => row.userId === userId))
  }
  return {
    links: own(durable.links).map(({ purpose, subject, createdAt, expiresAt }) => ({ purpose, subject, createdAt, expiresAt })),
    records: own(durable.records).map(({ feature, key, value, version, expiresAt }) => ({ feature, key, value, version, expiresAt })),
    devices: own(durable.devices).map(({ userId: _, stamp: __, selector: ___, verifier: ____, ...device }) => device),
    logins: own(durable.logins).map(({ userId: _, ...login }) => login),
    deletions: own(durable.deletions).map(({ userId: _, ...deletion }) => deletion),
    audit: own(durable.audit).map(({ userId: _, expiresAt: __, ...event }) => event),
    totp: authenticatorsOf(durable, userId).map(({ userId: _, secret: __, step: ___, ...authenticator }) => authenticator),
    recoveryCodes: (durable.recoveryCodes.get(userId)?.hashes ?? []).map(() => ({ used: false })),
    outbox: own(durable.outbox).map(({ mail, to, createdAt, failure }) => ({ mail, to, createdAt, failedAt: failure?.at ?? null })),
    sessions: own(fleeting.sessions).map(({ id, createdAt, usedAt, expiresAt, ip, userAgent }) => ({
      id,
      createdAt,
      usedAt,
      expiresAt,
      ip,
      userAgent,
    })),
    tickets: own(fleeting.tickets).map(({ kind, next, expiresAt }) => ({ kind, next, expiresAt })),
  }
}
