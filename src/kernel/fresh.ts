/** Freshness: whether the user proved not long ago that it is them, and what to say when not. */
import { AuthError } from '../model/error.ts'
import type { Proof } from '../model/session.ts'
import type { Exchange } from './exchange.ts'
import { kindsFor } from './factors.ts'

/** Whether any proof that can be fresh was made within `window` milliseconds. */
export function isFresh(proofs: readonly Proof[], now: number, window: number): boolean {
  return proofs.some((proof) => proof.fresh && now - proof.at < window)
}

/** The refusal of a session that is not fresh, with the ways to make it so. */
export async function staleError({ kernel, session }: Exchange): Promise<AuthError> {
  const record = session && (await kernel.store.reads.users.byId(session.user.id))
  const kinds = record ? await kindsFor(kernel, record, 'again', []) : []
  return new AuthError('reauthentication_required', { members: { methods: kinds.map(({ method }) => method) } })
}

/** Lets a fresh session pass. @throws AuthError `reauthentication_required`, or `unauthenticated` without a session */
export async function requireFresh(exchange: Exchange): Promise<void> {
  const { session, ticket, now, kernel } = exchange
  if (!session || ticket) throw new AuthError('unauthenticated')
  if (!isFresh(session.session.proofs, now, kernel.settings.freshFor)) throw await staleError(exchange)
}
