/**
 * The order of an account's changes. Clocks do not tell it: those of two servers differ, and a request is dated by its first byte, so that
 * a thief who sends the rest later could make a change seem older than the one before it.
 */
import type { Context } from '../../kernel/flow.ts'
import type { Change } from '../../model/change.ts'
import type { Link } from '../../model/link.ts'

/** What links are good for that take a change back. */
export const undoPurpose = 'undo-change-email'

/** The place of a change that is made now. Of one that is made meanwhile, the write knows by the stamp. */
export async function nextInOrder(ctx: Context, userId: string): Promise<number> {
  const links = await ctx.reads.links.bySubject(userId, undoPurpose, ctx.now)
  return 1 + Math.max(0, ...links.map(orderOf))
}

/** Takes the links that undo later changes than this one does. Of a change that is made meanwhile, the write knows by the stamp. */
export async function takeLater(ctx: Context, { subject, hash, data }: Link): Promise<readonly Change[]> {
  const links = await ctx.reads.links.bySubject(subject, undoPurpose, ctx.now)
  return links
    .filter((other) => other.hash !== hash && orderOf(other) > orderOf({ data }))
    .map((other) => ({ kind: 'links.take', hash: other.hash, purpose: undoPurpose, now: ctx.now }))
}

function orderOf({ data }: Pick<Link, 'data'>): number {
  return typeof data === 'object' && data !== null && 'order' in data && typeof data.order === 'number' ? data.order : 0
}
