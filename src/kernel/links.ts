/** Links: one-time rights that travel by mail. Looking at one changes nothing; taking it is part of the flow's write. */
import { randomToken } from '../crypto/random.ts'
import type { Change } from '../model/change.ts'
import { AuthError } from '../model/error.ts'
import type { Link } from '../model/link.ts'
import { newCode, readCode } from './codes.ts'
import { type Exchange, hashToken, isToken } from './exchange.ts'
import type { Kernel } from './kernel.ts'
import type { Identified, LinkWish, TakenLink } from './step.ts'

/** A link with what is given away of it. */
export interface MadeLink {
  readonly token: string
  /** What may be typed in its place. */
  readonly code: string | null
  readonly change: Extract<Change, { readonly kind: 'links.put' }>
}

/** Makes a link: the token to mail, and the change that stores its hash. */
export function makeLink(
  { random, keys }: Pick<Kernel, 'random' | 'keys'>,
  about: Omit<Link, 'hash' | 'codeHash'>,
  { keep = Number.MAX_SAFE_INTEGER, code: wantsCode = false }: { readonly keep?: number | undefined; readonly code?: boolean },
): MadeLink {
  const token = randomToken(32, random)
  const hash = hashToken(`link ${about.purpose}`, token)
  const code = wantsCode ? newCode(random) : null
  const codeHash = code === null ? null : keys.keyed('link code', codeText(about, code))
  return { token, code, change: { kind: 'links.put', keep, link: { ...about, hash, codeHash } } }
}

/** A code is good for one purpose and one subject. */
function codeText({ purpose, subject }: Pick<Link, 'purpose' | 'subject'>, code: string): string {
  return JSON.stringify([purpose, subject, code])
}

/** Makes a link that a feature hands out by itself. */
export function newLink({ kernel, now }: Exchange, wish: LinkWish): MadeLink {
  const { purpose, subject, record, seconds, keep, outlivesStamp, data = null } = wish
  const stamp = outlivesStamp ? null : (record?.stamp ?? null)
  const about = { purpose, subject, userId: record?.user.id ?? null, stamp, data, createdAt: now, expiresAt: now + seconds * 1000 }
  return makeLink(kernel, about, { keep })
}

/**
 * Looks at a link. It is good while it is unspent and unexpired and, unless it outlives both, its user may log in and has the same stamp.
 *
 * @throws AuthError `link_invalid`, the same for every reason
 */
export async function findLink({ kernel, now }: Exchange, purpose: string, token: string): Promise<TakenLink> {
  const { links, users } = kernel.store.reads
  const hash = hashToken(`link ${purpose}`, token)
  const link = isToken(token) ? await links.byHash(hash, purpose, now) : null
  if (!link) throw new AuthError('link_invalid')
  const record = link.userId === null ? null : await users.byId(link.userId)
  if (link.userId !== null && (!record || (!record.user.active && link.stamp !== null))) throw new AuthError('link_invalid')
  if (link.stamp !== null && link.stamp !== record?.stamp) throw new AuthError('link_invalid')
  return { link, record, take: { kind: 'links.take', hash, purpose, now } }
}

/** Whose links of a kind they are: an account's, or nobody's, where only decoys are kept. */
function subjectOf({ key, record }: Identified): string {
  return record?.user.active ? record.user.id : decoySubject(key)
}

/** The subject of links that were made for nobody's account. */
export function decoySubject(key: string): string {
  return `decoy ${key}`
}

/** The link that a typed code stands for; `null` when there is none, after the same work. For whoever guesses under the throttle. */
export async function findLinkByCode(
  { kernel, now }: Exchange,
  purpose: string,
  identified: Identified,
  typed: string,
): Promise<TakenLink | null> {
  const { record } = identified
  const subject = subjectOf(identified)
  const text = codeText({ purpose, subject }, readCode(typed))
  let found: Link | null = null
  for (const link of await kernel.store.reads.links.bySubject(subject, purpose, now))
    if (kernel.keys.verifyKeyed('link code', text, link.codeHash ?? '')) found = link
  if (found === null || !record?.user.active || (found.stamp !== null && found.stamp !== record.stamp)) return null
  return { link: found, record, take: { kind: 'links.take', hash: found.hash, purpose, now } }
}
