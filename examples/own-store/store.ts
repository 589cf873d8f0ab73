/**
 * A store written from nothing: accounts in one JSON file, sessions in this process.
 *
 * It is honest about what it is: for one process and some thousand accounts, since every durable write writes the whole file. What it
 * does, it does as every store must: the contract of `portcullis/testing` passes.
 */
import { randomBytes } from 'node:crypto'
import type { Change, Store, Written } from 'portcullis'
import { doChange, forgetDeleted } from './changes.ts'
import { type Data, emptyDurable, emptyFleeting, isLive, removeWhere } from './data.ts'
import { readDurable, writeDurable } from './file.ts'
import { createSessions, createTickets } from './fleeting.ts'
import { createNonces } from './nonces.ts'
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

  function purgeDurable(now: number, limit: number): number {
    const durable = structuredClone(data.durable)
    const links = removeWhere(durable.links, (link) => !isLive(link, now), limit)
    const removed = links + removeWhere(durable.records, (entry) => !isLive(entry, now), limit - links)
    if (removed > 0) writeDurable(path, durable)
    data.durable = durable
    return removed
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
    meta: {
      get: (name) => data.durable.meta.get(name) ?? null,
      put(name, value) {
        const durable = structuredClone(data.durable)
        durable.meta.set(name, value)
        writeDurable(path, durable)
        data.durable = durable
      },
    },
    fleeting: { open: () => {}, epoch: () => epoch, purge: purgeFleeting, close: () => {} },
    sessions: createSessions(data.fleeting),
    tickets: createTickets(data.fleeting),
    attempts: createTries(data.fleeting),
    nonces: createNonces(data.fleeting),
  }
}
