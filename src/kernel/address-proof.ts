/** Whose mailbox an account's address is: whoever registers may type anybody's, until somebody opens a mailed link. */
import type { Change } from '../model/change.ts'
import type { UserRecord } from '../model/user.ts'
import type { Exchange } from './exchange.ts'

const feature = 'portcullis'

/** An entry that stays until the mailbox is shown to be the user's. */
export function unprovenAddress(userId: string, now: number): Change {
  const entry = { feature, key: keyOf(userId), userId, value: null, secret: null, expiresAt: null } as const
  return { kind: 'records.put', ...entry, expect: 0, now }
}

/** What goes along when it is, and whether it never was before. */
export async function addressProof(
  { kernel, now }: Exchange,
  { user }: UserRecord,
): Promise<{ readonly first: boolean; readonly changes: readonly Change[] }> {
  const key = keyOf(user.id)
  const entry = await kernel.store.reads.records.get(feature, key, now)
  return entry === null ? { first: false, changes: [] } : { first: true, changes: [{ kind: 'records.drop', feature, key }] }
}

function keyOf(userId: string): string {
  return `unproven-address ${userId}`
}
