/** All drawers of a SQL database, and what concerns several of them. */
import type { Random } from '../../crypto/random.ts'
import type { Change, ChangeKind, NewUser, Written } from '../../model/change.ts'
import type { Maybe, Members } from '../../model/json.ts'
import type { Everything } from '../../model/store.ts'
import type { User } from '../../model/user.ts'
import { type AttemptDrawer, attemptDrawer } from './attempts.ts'
import { type AuditDrawer, auditDrawer } from './audit.ts'
import { type DeletionDrawer, deletionDrawer } from './deletions.ts'
import { type DeviceDrawer, deviceDrawer } from './devices.ts'
import type { Dialect } from './dialect.ts'
import { type LinkDrawer, linkDrawer } from './links.ts'
import { type LoginDrawer, loginDrawer } from './logins.ts'
import { type MetaDrawer, metaDrawer } from './meta.ts'
import { migrate } from './migrate.ts'
import { type NonceDrawer, nonceDrawer } from './nonces.ts'
import { type OutboxDrawer, outboxDrawer } from './outbox.ts'
import { purgeEach } from './purge.ts'
import { type RecordDrawer, recordDrawer } from './records.ts'
import { type RecoveryCodeDrawer, recoveryCodeDrawer } from './recovery-codes.ts'
import { type RoleDrawer, roleDrawer } from './roles.ts'
import type { Runner } from './runner.ts'
import { checkSchema, isMigrated } from './schema-check.ts'
import type { Changes, Drawer, Sequence } from './sequence.ts'
import { type SessionDrawer, sessionDrawer } from './sessions.ts'
import { type TicketDrawer, ticketDrawer } from './tickets.ts'
import { type TotpDrawer, totpDrawer } from './totp.ts'
import { userIds } from './user-ids.ts'
import { foreseeUser } from './user-row.ts'
import { userTable } from './user-table.ts'
import { type UserDrawer, userDrawer } from './users.ts'
import { writeAll } from './write.ts'

/** All drawers of a database. */
export interface Drawers<U extends User> {
  readonly users: UserDrawer<U>
  readonly roles: RoleDrawer
  readonly links: LinkDrawer
  readonly records: RecordDrawer
  readonly devices: DeviceDrawer
  readonly logins: LoginDrawer
  readonly deletions: DeletionDrawer
  readonly audit: AuditDrawer
  readonly totp: TotpDrawer
  readonly recoveryCodes: RecoveryCodeDrawer
  readonly outbox: OutboxDrawer
  readonly tickets: TicketDrawer
  readonly attempts: AttemptDrawer
  readonly nonces: NonceDrawer
  readonly sessions: SessionDrawer<U>
  readonly meta: MetaDrawer
  migrate(): Sequence<void>
  isMigrated(): Sequence<boolean>
  checkSchema(): Sequence<void>
  writeAll(changes: readonly Change[]): Sequence<Written>
  purgeDurable(now: number, limit: number): Sequence<number>
  purgeFleeting(now: number, limit: number): Sequence<number>
  /** What every drawer holds of a user. */
  everything(userId: string): Sequence<Everything>
  /** An id for a user who is about to be made. */
  newId(random: Random): Maybe<string>
  foresee(user: NewUser): U
}

/** Makes the drawers of the database that `dialect` and `runner` are for. */
export function makeDrawers<U extends User>(dialect: Dialect, runner: Runner): Drawers<U> {
  const { tables } = dialect
  const table = userTable(dialect)
  const users = userDrawer<U>(dialect, table)
  const roles = roleDrawer(dialect, table)
  const links = linkDrawer(dialect)
  const records = recordDrawer(dialect)
  const devices = deviceDrawer(dialect, users)
  const logins = loginDrawer(dialect)
  const deletions = deletionDrawer(dialect, users)
  const audit = auditDrawer(dialect, users)
  const totp = totpDrawer(dialect)
  const recoveryCodes = recoveryCodeDrawer(dialect)
  const outbox = outboxDrawer(dialect)
  const tickets = ticketDrawer(dialect)
  const attempts = attemptDrawer(dialect)
  const nonces = nonceDrawer(dialect)
  const sessions = sessionDrawer<U>(dialect, { users: table, tickets, attempts })
  const meta = metaDrawer(dialect)
  const life = [devices, logins, deletions, audit]
  const all: readonly Drawer[] = [users, roles, links, records, ...life, totp, recoveryCodes, outbox, sessions, tickets]

  const changes: Changes<ChangeKind> = {
    ...users.changes,
    ...roles.changes,
    ...links.changes,
    ...records.changes,
    ...devices.changes,
    ...logins.changes,
    ...deletions.changes,
    ...audit.changes,
    ...totp.changes,
    ...recoveryCodes.changes,
    ...outbox.changes,
    *'users.create'(change) {
      // A number may have been given out before, to an account that the application deleted by itself: nothing of it is passed on.
      if (tables.users?.id === 'integer' && (yield* users.reads.byId(change.user.id)) === null)
        for (const drawer of all) if (drawer !== users) yield* drawer.forget(change.user.id)
      return yield* users.changes['users.create'](change)
    },
    *'users.delete'({ id, dueBy }) {
      if ((yield* users.reads.byId(id)) === null) return { reason: 'gone' }
      if (dueBy !== undefined && ((yield* deletions.reads.byUser(id))?.deletesAt ?? Number.POSITIVE_INFINITY) > dueBy)
        return { reason: 'stale' }
      for (const drawer of all) yield* drawer.forget(id)
      return null
    },
  }

  function* everything(userId: string): Sequence<Everything> {
    const held: Record<string, readonly Members[]> = {}
    for (const drawer of all) held[drawer.name] = yield* drawer.held(userId)
    return held
  }

  return {
    users,
    roles,
    links,
    records,
    devices,
    logins,
    deletions,
    audit,
    totp,
    recoveryCodes,
    outbox,
    tickets,
    attempts,
    nonces,
    sessions,
    meta,
    migrate: () => migrate(dialect),
    isMigrated: () => isMigrated(dialect),
    checkSchema: () => checkSchema(dialect),
    writeAll: (list) => writeAll(changes, list),
    purgeDurable: (now, limit) => purgeEach([links.purge, records.purge, devices.purge, audit.purge, outbox.purge], now, limit),
    purgeFleeting: (now, limit) => purgeEach([sessions.purge, tickets.purge, tickets.purgeSpent, attempts.purge, nonces.purge], now, limit),
    everything,
    newId: userIds(dialect, meta, runner),
    foresee: (user) => foreseeUser<U>(user, table),
  }
}
