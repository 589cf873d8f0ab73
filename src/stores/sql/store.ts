/** Puts drawers and a runner together: the store over any SQL database. */
import { randomToken } from '../../crypto/random.ts'
import type { ChangeKind } from '../../model/change.ts'
import { wholeStore } from '../../model/half.ts'
import type { Maybe, Members } from '../../model/json.ts'
import type { Everything, Store } from '../../model/store.ts'
import type { User } from '../../model/user.ts'
import { attemptDrawer } from './attempts.ts'
import type { Dialect } from './dialect.ts'
import { linkDrawer } from './links.ts'
import { metaDrawer } from './meta.ts'
import { migrate } from './migrate.ts'
import { nonceDrawer } from './nonces.ts'
import { purgeEach } from './purge.ts'
import { recordDrawer } from './records.ts'
import { roleDrawer } from './roles.ts'
import type { Runner } from './runner.ts'
import { checkSchema } from './schema-check.ts'
import type { Changes, Drawer, Sequence } from './sequence.ts'
import { sessionDrawer } from './sessions.ts'
import type { SqlOptions } from './tables.ts'
import { ticketDrawer } from './tickets.ts'
import { userIds } from './user-ids.ts'
import { foreseeUser } from './user-row.ts'
import { userTable } from './user-table.ts'
import { userDrawer } from './users.ts'
import { writeAll } from './write.ts'

/** Makes the store that `runner` and `dialect` carry. */
export function sqlStore<U extends User>(
  dialect: Dialect,
  runner: Runner,
  { migrate: migrates = true }: Pick<SqlOptions, 'migrate'>,
): Store<U> {
  const { tables } = dialect
  const table = userTable(dialect)
  const users = userDrawer<U>(dialect, table)
  const roles = roleDrawer(dialect, table)
  const links = linkDrawer(dialect)
  const records = recordDrawer(dialect)
  const tickets = ticketDrawer(dialect)
  const attempts = attemptDrawer(dialect)
  const nonces = nonceDrawer(dialect)
  const sessions = sessionDrawer<U>(dialect, { users: table, tickets, attempts })
  const meta = metaDrawer(dialect)
  const drawers: readonly Drawer[] = [users, roles, links, records, sessions, tickets]
  const { read, write } = runner
  const ids = userIds(dialect, meta, runner)

  const changes: Changes<ChangeKind> = {
    ...users.changes,
    ...roles.changes,
    ...links.changes,
    ...records.changes,
    *'users.create'(change) {
      // A number may have been given out before, to an account that the application deleted by itself: nothing of it is passed on.
      if (tables.users?.id === 'integer' && (yield* users.reads.byId(change.user.id)) === null)
        for (const drawer of drawers) if (drawer !== users) yield* drawer.forget(change.user.id)
      return yield* users.changes['users.create'](change)
    },
    *'users.delete'({ id }) {
      if ((yield* users.reads.byId(id)) === null) return { reason: 'gone' }
      for (const drawer of drawers) yield* drawer.forget(id)
      return null
    },
  }

  function* everything(userId: string): Sequence<Everything> {
    const held: Record<string, readonly Members[]> = {}
    for (const drawer of drawers) held[drawer.name] = yield* drawer.held(userId)
    return held
  }

  let opening: Promise<void> | null = null

  /** Both halves are opened, closed and purged by the same hands, so each may be used without the other. */
  function open(): Promise<void> {
    opening ??= ready().catch(async (error: unknown) => {
      await close()
      throw error
    })
    return opening
  }

  async function ready(): Promise<void> {
    await runner.open()
    if (migrates) await runner.alter(() => migrate(dialect))
    await read(() => checkSchema(dialect))
  }

  function close(): Maybe<void> {
    opening = null
    return runner.close()
  }

  return wholeStore({
    durable: {
      open,
      close,
      write: (list) =>
        write(
          () => writeAll(changes, list),
          ({ ok }) => ok,
        ),
      purge: (now, limit) => write(() => purgeEach([links.purge, records.purge], now, limit)),
    },
    reads: {
      users: {
        byId: (id) => read(() => users.reads.byId(id)),
        byEmailKey: (key) => read(() => users.reads.byEmailKey(key)),
        byUsernameKey: (key) => read(() => users.reads.byUsernameKey(key)),
        list: (paging) => read(() => users.reads.list(paging)),
      },
      roles: {
        list: () => read(() => roles.reads.list()),
        byName: (name) => read(() => roles.reads.byName(name)),
        permissionsOf: (userId) => read(() => roles.reads.permissionsOf(userId)),
      },
      links: {
        byHash: (hash, purpose, now) => read(() => links.reads.byHash(hash, purpose, now)),
        bySubject: (subject, purpose, now) => read(() => links.reads.bySubject(subject, purpose, now)),
      },
      records: {
        get: (feature, key, now) => read(() => records.reads.get(feature, key, now)),
        listOf: (feature, userId, now) => read(() => records.reads.listOf(feature, userId, now)),
      },
      everything: (userId) => read(() => everything(userId)),
    },
    ...((tables.users !== null || tables.own.length > 0) && {
      ownUsers: { newId: ids, foresee: (user) => foreseeUser<U>(user, table) },
    }),
    meta: {
      get: (name) => read(() => meta.meta.get(name)),
      put: (name, value) => write(() => meta.meta.put(name, value)),
    },
    fleeting: {
      open,
      close,
      epoch: async () => (await read(() => meta.meta.get('epoch'))) ?? write(() => meta.settle('epoch', randomToken())),
      purge: (now, limit) =>
        write(() => purgeEach([sessions.purge, tickets.purge, tickets.purgeSpent, attempts.purge, nonces.purge], now, limit)),
    },
    sessions: {
      recognise: (hash, now, byId) => read(() => sessions.sessions.recognise(hash, now, byId)),
      open: (hash, session, joined) => write(() => sessions.sessions.open(hash, session, joined), Boolean),
      touch: (hash, usedAt, expiresAt) => write(() => sessions.sessions.touch(hash, usedAt, expiresAt)),
      listOf: (userId, stamp, now) => read(() => sessions.sessions.listOf(userId, stamp, now)),
      end: (userId, id) => write(() => sessions.sessions.end(userId, id)),
      endAll: (userId, exceptId) => write(() => sessions.sessions.endAll(userId, exceptId)),
    },
    tickets: {
      put: (hash, ticket, now) => write(() => tickets.tickets.put(hash, ticket, now)),
      find: (hash, now) => read(() => tickets.tickets.find(hash, now)),
      take: (hash, now) => write(() => tickets.tickets.take(hash, now)),
      spend: (id, expiresAt, now) => write(() => tickets.tickets.spend(id, expiresAt, now)),
    },
    attempts: {
      add: (list, now) => write(() => attempts.attempts.add(list, now)),
      ask: (list, now) => read(() => attempts.attempts.ask(list, now)),
      refund: (keys) => write(() => attempts.attempts.refund(keys)),
      clearGroup: (group) => write(() => attempts.attempts.clearGroup(group)),
    },
    nonces: {
      advance: (nonce, count, expiresAt, now) => write(() => nonces.nonces.advance(nonce, count, expiresAt, now), Boolean),
    },
  })
}
