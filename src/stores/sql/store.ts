/** The store over any SQL database: what it asks of whom. What writes SQL is loaded when it opens, so that importing a store costs little. */
import { randomToken } from '../../crypto/random.ts'
import type { Change, Written } from '../../model/change.ts'
import { wholeStore } from '../../model/half.ts'
import type { Maybe } from '../../model/json.ts'
import type { Store } from '../../model/store.ts'
import type { User } from '../../model/user.ts'
import type { Dialect } from './dialect.ts'
import type { Drawers } from './drawers.ts'
import type { Runner } from './runner.ts'
import type { CheckedTables, SqlOptions } from './tables.ts'
import { blameFields } from './unfit.ts'

/** Makes the store that `runner` carries, in the language that is loaded when it opens. */
export function sqlStore<U extends User>(
  tables: CheckedTables,
  loadDialect: () => Promise<Dialect>,
  runner: Runner,
  { migrate: migrates = true }: Pick<SqlOptions, 'migrate'>,
): Store<U> {
  const { read, write, unflushed } = runner
  let loaded: Drawers<U> | null = null

  function drawers(): Drawers<U> {
    if (loaded === null) throw new Error('This store is not open. Await `store.durable.open()` (or `auth.ready`) before using it.')
    return loaded
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
    const { makeDrawers } = await import('./drawers.ts')
    loaded ??= makeDrawers<U>(await loadDialect(), runner)
    await runner.open()
    if (migrates && !(await read(drawers().isMigrated))) await runner.alter(drawers().migrate)
    await read(drawers().checkSchema)
  }

  function close(): Maybe<void> {
    opening = null
    return runner.close()
  }

  function writeAll(list: readonly Change[]): Maybe<Written> {
    const make = () => drawers().writeAll(list)
    return isQuestion(list) ? read(make) : write(make, ({ ok }) => ok)
  }

  /** The same where columns are the application's, which may refuse what a user types. */
  async function writeIntoOwn(list: readonly Change[]): Promise<Written> {
    try {
      return await writeAll(list)
    } catch (error) {
      throw blameFields(error, list)
    }
  }

  const hasOwn = tables.users !== null || tables.own.length > 0

  return wholeStore({
    durable: {
      open,
      close,
      write: hasOwn ? writeIntoOwn : writeAll,
      purge: (now, limit) => unflushed(() => drawers().purgeDurable(now, limit)),
    },
    reads: {
      users: {
        byId: (id) => read(() => drawers().users.reads.byId(id)),
        byEmailKey: (key) => read(() => drawers().users.reads.byEmailKey(key)),
        byUsernameKey: (key) => read(() => drawers().users.reads.byUsernameKey(key)),
        list: (paging) => read(() => drawers().users.reads.list(paging)),
      },
      roles: {
        list: () => read(() => drawers().roles.reads.list()),
        byName: (name) => read(() => drawers().roles.reads.byName(name)),
        permissionsOf: (userId) => read(() => drawers().roles.reads.permissionsOf(userId)),
      },
      links: {
        byHash: (hash, purpose, now) => read(() => drawers().links.reads.byHash(hash, purpose, now)),
        bySubject: (subject, purpose, now) => read(() => drawers().links.reads.bySubject(subject, purpose, now)),
      },
      records: {
        get: (feature, key, now) => read(() => drawers().records.reads.get(feature, key, now)),
        listOf: (feature, userId, now) => read(() => drawers().records.reads.listOf(feature, userId, now)),
      },
      devices: {
        bySelector: (selector, purpose, now) => read(() => drawers().devices.reads.bySelector(selector, purpose, now)),
        listOf: (userId, purpose, stamp, now) => read(() => drawers().devices.reads.listOf(userId, purpose, stamp, now)),
      },
      logins: { byUser: (userId) => read(() => drawers().logins.reads.byUser(userId)) },
      deletions: {
        byUser: (userId) => read(() => drawers().deletions.reads.byUser(userId)),
        due: (now, limit, after) => read(() => drawers().deletions.reads.due(now, limit, after)),
      },
      totp: { listOf: (userId) => read(() => drawers().totp.reads.listOf(userId)) },
      recoveryCodes: { listOf: (userId) => read(() => drawers().recoveryCodes.reads.listOf(userId)) },
      audit: { list: (page) => read(() => drawers().audit.reads.list(page)) },
      everything: (userId) => read(() => drawers().everything(userId)),
    },
    outbox: {
      claim: (now, lease, limit) => write(() => drawers().outbox.outbox.claim(now, lease, limit)),
      nextDue: () => read(() => drawers().outbox.outbox.nextDue()),
      count: (now) => read(() => drawers().outbox.outbox.count(now)),
      failed: (limit) => read(() => drawers().outbox.outbox.failed(limit)),
    },
    ...(hasOwn && { ownUsers: { newId: (random) => drawers().newId(random), foresee: (user) => drawers().foresee(user) } }),
    meta: {
      get: (name) => read(() => drawers().meta.meta.get(name)),
      put: (name, value) => write(() => drawers().meta.meta.put(name, value)),
    },
    fleeting: {
      open,
      close,
      epoch: async () => (await read(() => drawers().meta.meta.get('epoch'))) ?? write(() => drawers().meta.settle('epoch', randomToken())),
      purge: (now, limit) => unflushed(() => drawers().purgeFleeting(now, limit)),
    },
    sessions: {
      recognise: (hash, now, byId) => read(() => drawers().sessions.sessions.recognise(hash, now, byId)),
      open: (hash, session, joined) => write(() => drawers().sessions.sessions.open(hash, session, joined), Boolean),
      touch: (hash, usedAt, expiresAt) => write(() => drawers().sessions.sessions.touch(hash, usedAt, expiresAt)),
      listOf: (userId, stamp, now) => read(() => drawers().sessions.sessions.listOf(userId, stamp, now)),
      end: (userId, id) => write(() => drawers().sessions.sessions.end(userId, id)),
      endAll: (userId, exceptId) => write(() => drawers().sessions.sessions.endAll(userId, exceptId)),
    },
    tickets: {
      put: (hash, ticket, now) => write(() => drawers().tickets.tickets.put(hash, ticket, now)),
      find: (hash, now) => read(() => drawers().tickets.tickets.find(hash, now)),
      take: (hash, now) => write(() => drawers().tickets.tickets.take(hash, now)),
      spend: (id, expiresAt, now) => write(() => drawers().tickets.tickets.spend(id, expiresAt, now)),
    },
    attempts: {
      add: (list, now) => unflushed(() => drawers().attempts.attempts.add(list, now)),
      ask: (list, now) => unflushed(() => drawers().attempts.attempts.ask(list, now)),
      refund: (keys) => unflushed(() => drawers().attempts.attempts.refund(keys)),
      clearGroup: (group) => write(() => drawers().attempts.attempts.clearGroup(group)),
    },
    nonces: {
      advance: (nonce, count, expiresAt, now) => write(() => drawers().nonces.nonces.advance(nonce, count, expiresAt, now), Boolean),
    },
  })
}

/** A write that changes nothing: whether an account is as it was, at the moment of asking. */
function isQuestion([first, ...others]: readonly Change[]): boolean {
  return first?.kind === 'users.expect' && others.length === 0
}
