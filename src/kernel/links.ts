/** Links: one-time rights that travel by mail. Looking at one changes nothing; taking it is part of the flow's write. */
import { randomToken } from '../crypto/random.ts'
import type { Change } from '../model/change.ts'
import { AuthError } from '../model/error.ts'
import type { Link } from '../model/link.ts'
import { type Exchange, hashToken, isToken } from './exchange.ts'
import type { Kernel } from './kernel.ts'
import type { LinkWish, TakenLink } from './step.ts'

/** A link with what is given away of it. */
export interface MadeLink {
  readonly token: string
  readonly change: Extract<Change, { readonly kind: 'links.put' }>
}

/** Makes a link: the token to mail, and the change that stores its hash. */
export function makeLink({ random }: Pick<Kernel, 'random'>, keep: number, about: Omit<Link, 'hash' | 'codeHash'>): MadeLink {
  const token = randomToken(32, random)
  const hash = hashToken(`link ${about.purpose}`, token)
  return { token, change: { kind: 'links.put', keep, link: { ...about, hash, codeHash: null } } }
}

/** Makes a link that a feature hands out by itself. */
export function newLink({ kernel, now }: Exchange, wish: LinkWish): MadeLink {
  return makeLink(kernel, wish.keep, {
    purpose: wish.purpose,
    subject: wish.subject,
    userId: wish.record?.user.id ?? null,
    stamp: wish.outlivesStamp ? null : (wish.record?.stamp ?? null),
    data: wish.data ?? null,
    createdAt: now,
    expiresAt: now + wish.seconds * 1000,
  })
}

/**
 * Looks at a link. It is good while it is unspent and unexpired, its user may log in and, unless it outlives it, has the same stamp.
 *
 * @throws AuthError `link_invalid`, the same for every reason
 */
export async function findLink({ kernel, now }: Exchange, purpose: string, token: string): Promise<TakenLink> {
  const { links, users } = kernel.store.reads
  const hash = hashToken(`link ${purpose}`, token)
  const link = isToken(token) ? await links.byHash(hash, purpose, now) : null
  if (!link) throw new AuthError('link_invalid')
  const record = link.userId === null ? null : await users.byId(link.userId)
  if (link.userId !== null && !record?.user.active) throw new AuthError('link_invalid')
  if (link.stamp !== null && link.stamp !== record?.stamp) throw new AuthError('link_invalid')
  return { link, record, take: { kind: 'links.take', hash, purpose, now } }
}
