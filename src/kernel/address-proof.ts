/** Whose mailbox an account's address is: whoever registers may type anybody's, until somebody opens a mailed link. */
import { labelledHash } from '../crypto/hash.ts'
import type { Change } from '../model/change.ts'
import { AuthError } from '../model/error.ts'
import type { User, UserRecord } from '../model/user.ts'
import { readAddress } from './address.ts'
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

/**
 * Holds the address that an account gives up: for so long nobody makes an account of it without showing that the mailbox is theirs. Else
 * whoever took the account to another address would only have to register the old one to keep its owner from taking it back.
 */
export async function holdAddress({ kernel, now }: Exchange, { id, email }: User, seconds: number): Promise<Change> {
  const key = heldKey(email)
  const held = await kernel.store.reads.records.get(feature, key, now)
  return putHeld({ key, userId: id, expiresAt: now + seconds * 1000, expect: held?.version ?? 0, now })
}

/** What is refused where an address is held. It stands behind the new account, which waits for whoever gives up its address. */
export function unlessHeld(userId: string, email: string, now: number): readonly Change[] {
  const key = heldKey(email)
  return [putHeld({ key, userId, expiresAt: null, expect: 0, now }), { kind: 'records.drop', feature, key }]
}

/** A held address is one that somebody has. */
export async function sayHeld({ kernel, now }: Exchange, email: string, thrown: unknown): Promise<unknown> {
  if (!(thrown instanceof AuthError) || thrown.code !== 'conflict') return thrown
  if ((await kernel.store.reads.records.get(feature, heldKey(email), now)) === null) return thrown
  return new AuthError('email_taken', { cause: thrown, fields: { email: [({ texts }) => texts['error.email_taken']] } })
}

type Held = Pick<Extract<Change, { readonly kind: 'records.put' }>, 'key' | 'userId' | 'expiresAt' | 'expect' | 'now'>

function putHeld(held: Held): Change {
  return { kind: 'records.put', feature, value: null, secret: null, ...held }
}

/** Hashed, since an address may be longer than a key. */
function heldKey(email: string): string {
  return `held-address ${labelledHash('address', readAddress(email)?.key ?? email)}`
}
