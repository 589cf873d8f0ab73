/** The store in memory: for tests and trials, and the shortest statement of what a store does. */
import { randomToken } from '../crypto/random.ts'
import type { Change, Written } from '../model/change.ts'
import { wholeStore } from '../model/half.ts'
import type { Store } from '../model/store.ts'
import type { User } from '../model/user.ts'
import { doChange } from './memory/changes.ts'
import { memoryAttempts, memoryNonces, memorySessions, memoryTickets } from './memory/fleeting.ts'
import { memoryOutbox } from './memory/outbox.ts'
import { memoryReads } from './memory/reads.ts'
import { Tables } from './memory/tables.ts'

/**
 * Keeps everything in this process, until it ends. Every method does its work in one turn, so it is atomic by nature.
 *
 * @returns A store whose answers are frozen: nothing read from it can be changed, and nothing given to it changes it later.
 */
export function memory<U extends User = User>(): Store<U> {
  const tables = new Tables()
  const epoch = randomToken()

  function write(changes: readonly Change[]): Written {
    return tables.journal.attempt(
      () => writeAll(tables, changes),
      ({ ok }) => ok,
    )
  }

  return wholeStore({
    durable: {
      open: () => {},
      write,
      purge: (now, limit) => purge([tables.links, tables.records, tables.devices, tables.audit, tables.outbox], now, limit),
      close: () => {},
    },
    reads: memoryReads(tables),
    outbox: memoryOutbox(tables),
    meta: {
      get: (name) => tables.meta.get(name) ?? null,
      put: (name, value) => tables.meta.set(name, value),
    },
    fleeting: {
      open: () => {},
      epoch: () => epoch,
      purge: (now, limit) => purge([tables.sessions, tables.tickets, tables.spent, tables.attempts, tables.nonces], now, limit),
      close: () => {},
    },
    sessions: memorySessions(tables),
    tickets: memoryTickets(tables),
    attempts: memoryAttempts(tables),
    nonces: memoryNonces(tables),
  })
}

function writeAll(tables: Tables, changes: readonly Change[]): Written {
  for (const [index, change] of changes.entries()) {
    const refusal = doChange(tables, change)
    if (refusal !== null) return { ok: false, conflict: { index, ...refusal } }
  }
  return { ok: true }
}

/** A table of rows that expire, or are kept. */
interface Expiring {
  deleteWhere(fits: (row: { readonly expiresAt: number | null }) => boolean, limit: number): number
}

function purge(tables: readonly Expiring[], now: number, limit: number): number {
  return tables.reduce(
    (removed, table) => removed + table.deleteWhere(({ expiresAt }) => expiresAt !== null && expiresAt <= now, limit - removed),
    0,
  )
}
