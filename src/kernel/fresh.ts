/** Freshness: whether the user proved not long ago that it is them, and what to say when not. */
import { AuthError } from '../model/error.ts'
import type { Proof } from '../model/session.ts'
import type { Exchange } from './exchange.ts'
import { holdsSecond, kindsFor, provedSecond, secondsAfter } from './factors.ts'

/** Whether any proof that can be fresh was made within `window` milliseconds. */
export function isFresh(proofs: readonly Proof[], now: number, window: number): boolean {
  return proofs.some((proof) => proof.fresh && now - proof.at < window)
}

/** What a session lacks: a recent proof, one of a second factor, or one that no look-alike site could have asked for. */
export type Lacking = 'fresh' | 'second' | 'phishing-resistant'

/**
 * The refusal of a session that lacks a proof, with the ways to give it. Who has no way to give a second or phishing-resistant one is
 * forbidden: asking again and again would lead nowhere. A session that ended since it was recognised has nothing to prove.
 */
export async function staleError({ kernel, session }: Exchange, lacking: Lacking = 'fresh'): Promise<AuthError> {
  const record = session && (await kernel.store.reads.users.byId(session.user.id))
  if (session && record?.stamp !== session.session.stamp) return new AuthError('unauthenticated', { cause: 'the session ended meanwhile' })
  const all = record ? await kindsFor(kernel, record, 'again', session.session.proofs) : []
  const seconds = secondsAfter(all, session?.session.proofs ?? [])
  const kinds = all.filter(
    (kind) =>
      lacking === 'fresh' ||
      (lacking === 'second' && seconds.includes(kind)) ||
      (lacking === 'phishing-resistant' && kind.phishingResistant),
  )
  if (lacking !== 'fresh' && kinds.length === 0) return new AuthError('forbidden', { cause: `the user has no ${lacking} proof to give` })
  return new AuthError('reauthentication_required', { members: { methods: kinds.map(({ method }) => method) } })
}

/**
 * Lets a fresh session pass. Whoever has a second factor must have proven it in this session: a trusted browser, which is excused from it
 * at the login, is no reason to change what the account is guarded by.
 *
 * @throws AuthError `reauthentication_required`, or `unauthenticated` without a session
 */
export async function requireFresh(exchange: Exchange): Promise<void> {
  const { session, ticket, now, kernel } = exchange
  if (!session || ticket) throw new AuthError('unauthenticated')
  if (!provedSecond(session.session.proofs)) {
    const record = await kernel.store.reads.users.byId(session.user.id)
    if (record && (await holdsSecond(kernel, record))) throw await staleError(exchange, 'second')
  }
  if (!isFresh(session.session.proofs, now, kernel.settings.freshFor)) throw await staleError(exchange)
}
