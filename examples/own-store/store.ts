/**
 * A store written from nothing: accounts in one JSON file, sessions in this process.
 *
 * It is honest about what it is: for one process and some thousand accounts, since every durable write writes the whole file. What it
 * does, it does as every store must: the contract of `portcullis/testing` passes.
 */
import { randomBytes } from 'node:crypto'
import type { Change, Store, Written } from 'portcullis'
import { doChange, forgetDeleted } from './changes.ts'
import { type Data, type Durable, emptyDurable, emptyFleeting, isLive, removeWhere } from './data.ts'
import { readDurable, writeDurable } from './file.ts'
import { createSessions, createTickets } from './fleeting.ts'
import { createNonces } from './nonces.ts'
import { createOutbox } from './outbox.ts'
import { createReads } from './reads.ts'
import { createTries } from './tries.ts'

/** Keeps accounts in a JSON file. Only one process may use it at a time. */
export function jsonStore(path: string): Store {
  const data: Data = { durable: emptyDurable(), fleeting: emptyFleeting() }
  const epoch = randomBytes(32).toString('base64url')
  let isOpen = false

  /** Works on a copy, which takes the place of the original when the file has it. */
  function write(changes: readonly Change[]): Written {
    const durable = structuredClone(data.durable)
    for (const [index, change] of structuredClone(changes).entries()) {
      const refusal = doChange(durable, change)
      if (refusal !== null) return { ok: false, conflict: { index, ...refusal } }
    }
    writeDurable(path, durable)
    data.durable = durable
    forgetDeleted(data, changes)
    return { ok: true }
  }

  function change<T>(work: (durable: Durable) => T): T {
    const durable = structuredClone(data.durable)
    const result = work(durable)
    writeDurable(path, durable)
    data.durable = durable
    return result
  }

  function purgeDurable(now: number, limit: number): number {
    return change(({ links, records, devices, audit, outbox }) => {
      let removed = 0
      for (const rows of [links, records, devices, audit, outbox] as readonly Map<string, { readonly expiresAt: number | null }>[])
        removed += removeWhere(rows, (row) => !isLive(row, now), limit - removed)
      return removed
    })
  }

  function purgeFleeting(now: number, limit: number): number {
    const { sessions, tickets, spent, tries, nonces } = data.fleeting
    let removed = 0
    for (const rows of [sessions, tickets, spent, tries, nonces] as readonly Map<string, { readonly expiresAt: number }>[])
      removed += removeWhere(rows, (row) => !isLive(row, now), limit - removed)
    return removed
  }

  return {
    durable: {
      open() {
        if (!isOpen) data.durable = readDurable(path)
        isOpen = true
      },
      write,
      purge: purgeDurable,
      close() {
        isOpen = false
      },
    },
    reads: createReads(data),
    outbox: createOutbox(() => data.durable, change),
    meta: {
      get: (name) => data.durable.meta.get(name) ?? null,
      put: (name, value) => change(({ meta }) => void meta.set(name, value)),
    },
    fleeting: { open: () => {}, epoch: () => epoch, purge: purgeFleeting, close: () => {} },
    sessions: createSessions(data.fleeting),
    tickets: createTickets(data.fleeting),
    attempts: createTries(data.fleeting),
    nonces: createNonces(data.fleeting),
  }
}
