/** The durable half as a JSON file: written beside it and moved into its place, so that a crash leaves the old file or the new one. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Durable, emptyDurable } from './data.ts'

/** Reads the file; without one, everything is empty. */
export function readDurable(path: string): Durable {
  if (!existsSync(path)) return emptyDurable()
  const kept: Readonly<Record<keyof Durable, readonly [string, never][]>> = JSON.parse(readFileSync(path, 'utf8'))
  return {
    users: new Map(kept.users),
    roles: new Map(kept.roles),
    userRoles: new Map(kept.userRoles),
    links: new Map(kept.links),
    records: new Map(kept.records),
    devices: new Map(kept.devices),
    logins: new Map(kept.logins),
    deletions: new Map(kept.deletions),
    audit: new Map(kept.audit),
    totp: new Map(kept.totp),
    recoveryCodes: new Map(kept.recoveryCodes),
    outbox: new Map(kept.outbox),
    meta: new Map(kept.meta),
  }
}

/** Writes the whole file. When this returns, a loss of power takes nothing back. */
export function writeDurable(path: string, durable: Durable): void {
  const text = JSON.stringify(durable, (_, value) => (value instanceof Map ? [...value] : value))
  const draft = `${path}.draft`
  const file = openSync(draft, 'w', 0o600)
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
