/** What a write does to a user's stamp: what must die with the old one is bound to the new one, if there is one. */
import { randomToken } from '../crypto/random.ts'
import type { Kernel } from './kernel.ts'
import type { Work } from './step.ts'

/** A new stamp. */
export function newStamp({ random }: Pick<Kernel, 'random'>): string {
  return randomToken(16, random)
}

/** The stamp that a write gives a user; `null` when it leaves the one there is. */
export function stampSetBy(work: Work, userId: string): string | null {
  let stamp: string | null = null
  for (const change of work) {
    if (change.kind === 'users.create' && change.user.id === userId) stamp = change.user.stamp
    if (change.kind === 'users.update' && change.id === userId) stamp = change.set.stamp ?? stamp
  }
  return stamp
}
