/** Second factors: authenticator applications, whose steps only rise, and recovery codes, which go when they are used. */
import type { Authenticator, Change, Conflict } from 'portcullis'
import { byBytes, type Durable, removeWhere, sorted } from './data.ts'

type Refusal = Omit<Conflict, 'index'>
type Of<K extends Change['kind']> = Extract<Change, { readonly kind: K }>

/** Of one user there are at most so many. */
export function addAuthenticator(durable: Durable, { authenticator, most }: Of<'totp.add'>): Refusal | null {
  if (durable.totp.has(authenticator.id)) return { reason: 'taken', field: 'id' }
  if (authenticatorsOf(durable, authenticator.userId).length >= most) return { reason: 'full' }
  durable.totp.set(authenticator.id, authenticator)
  return null
}

/** A step that is not above the stored one was spent. */
export function advanceAuthenticator({ totp }: Durable, { userId, id, step, now }: Of<'totp.advance'>): Refusal | null {
  const authenticator = totp.get(id)
  if (authenticator?.userId !== userId) return { reason: 'gone' }
  if (authenticator.step >= step) return { reason: 'stale' }
  totp.set(id, { ...authenticator, step, usedAt: now })
  return null
}

/** Removes one, which may have to leave another, those made since then, or all of the user's. */
export function dropAuthenticators({ totp }: Durable, { userId, which = { since: 0 } }: Of<'totp.drop'>): Refusal | null {
  const [held, other] = authenticatorsOf({ totp }, userId)
  if ('id' in which && which.notLast && held?.id === which.id && other === undefined) return { reason: 'last' }
  const removed = removeWhere(totp, (row) => row.userId === userId && ('id' in which ? row.id === which.id : row.createdAt >= which.since))
  return 'id' in which && removed === 0 ? { reason: 'gone' } : null
}

/** The user's, the latest use first. */
export function authenticatorsOf({ totp }: Pick<Durable, 'totp'>, userId: string): readonly Authenticator[] {
  const own = [...totp.values()].filter((row) => row.userId === userId)
  return structuredClone(own.sort((a, b) => b.usedAt - a.usedAt || byBytes(a.id, b.id)))
}

/** New codes in the place of all others, or only where there are none. */
export function replaceCodes({ recoveryCodes }: Durable, { userId, hashes, onlyIfNone }: Of<'recoveryCodes.replace'>): null {
  const kept = recoveryCodes.get(userId)?.hashes ?? []
  if (!onlyIfNone || kept.length === 0) recoveryCodes.set(userId, { userId, hashes: sorted(hashes) })
  return null
}

/** A code that is used is gone. */
export function useCode({ recoveryCodes }: Durable, { userId, hash }: Of<'recoveryCodes.use'>): Refusal | null {
  const hashes = recoveryCodes.get(userId)?.hashes ?? []
  if (!hashes.includes(hash)) return { reason: 'gone' }
  recoveryCodes.set(userId, { userId, hashes: hashes.filter((other) => other !== hash) })
  return null
}
