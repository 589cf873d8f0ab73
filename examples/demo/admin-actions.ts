/** What an administrator can do to an account, by the last part of the path. */
import type { Auth } from 'portcullis'

type Fields = Readonly<Record<string, string>>
type Action = (auth: Auth, id: string, fields: Fields) => Promise<Readonly<Record<string, boolean | number>>>

/** Each answers what it did; an account that is not there is refused as `not_found`. */
export const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['activate', async ({ admin }, id) => ({ changed: await admin.users.activate(id) })],
  ['deactivate', async ({ admin }, id) => ({ changed: await admin.users.deactivate(id) })],
  ['unlock', async ({ admin }, id) => done(admin.users.unlock(id))],
  ['reset-access', async ({ admin }, id) => done(admin.users.resetAccess(id))],
  ['end-sessions', async ({ admin }, id) => ({ ended: await admin.users.endSessions(id) })],
  ['add-role', async ({ admin }, id, { role = '' }) => ({ changed: await admin.users.addRole(id, role) })],
  ['remove-role', async ({ admin }, id, { role = '' }) => ({ changed: await admin.users.removeRole(id, role) })],
  ['delete', async ({ admin }, id) => done(admin.users.delete(id))],
])

async function done(work: Promise<void>): Promise<Readonly<Record<string, never>>> {
  await work
  return {}
}
