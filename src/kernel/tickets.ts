/** Tickets: what proven factors have earned in one browser, until another is proven or set up. Only the door holds and spends them. */
import { randomToken } from '../crypto/random.ts'
import type { Proof, Ticket } from '../model/session.ts'
import type { UserRecord } from '../model/user.ts'
import { clearCookie, cookieOf, type Exchange, type HeldTicket, hashToken, isToken, setCookie } from './exchange.ts'
import { holdsSecond } from './factors.ts'

/** How long a held login waits for its second factor, in milliseconds. */
const life = 10 * 60_000

/** The live ticket of this browser. It dies with its user's stamp and with the fleeting store's epoch. */
export async function findTicket(exchange: Exchange): Promise<HeldTicket | null> {
  const token = cookieOf(exchange, 'ticket')
  if (!isToken(token)) return null
  const { kernel } = exchange
  const hash = hashToken('ticket', token)
  const ticket = await kernel.store.tickets.find(hash, exchange.now)
  if (ticket === null || ticket.epoch !== (await kernel.epoch())) return null
  const record = await kernel.store.reads.users.byId(ticket.userId)
  if (!record?.user.active || record.stamp !== ticket.stamp) return null
  // Set-up is for whoever has no second factor: once there is one, it is owed.
  if (ticket.kind === 'setup' && (await holdsSecond(kernel, record))) return null
  return { hash, ticket, record }
}

/** What a ticket holds of the login that earned it. */
export interface TicketWish {
  readonly kind: Ticket['kind']
  readonly record: UserRecord
  readonly stamp: string
  readonly proofs: readonly Proof[]
  readonly wishes: readonly string[]
  readonly next: string | null
}

/** Gives this browser a ticket. */
export async function holdTicket(exchange: Exchange, wish: TicketWish): Promise<void> {
  const { kernel, now } = exchange
  const token = randomToken(32, kernel.random)
  const ticket: Ticket = {
    id: randomToken(16, kernel.random),
    kind: wish.kind,
    userId: wish.record.user.id,
    stamp: wish.stamp,
    proofs: wish.proofs,
    wishes: wish.wishes,
    next: wish.next,
    epoch: await kernel.epoch(),
    expiresAt: now + life,
    carried: {},
  }
  const hash = hashToken('ticket', token)
  await kernel.store.tickets.put(hash, ticket, now)
  exchange.ticket = { hash, ticket, record: wish.record }
  setCookie(exchange, 'ticket', token)
}

/** Ends the ticket of this browser, if it has one. */
export async function dropTicket(exchange: Exchange): Promise<void> {
  const token = cookieOf(exchange, 'ticket')
  if (isToken(token)) await exchange.kernel.store.tickets.take(hashToken('ticket', token), exchange.now)
  exchange.ticket = null
  clearCookie(exchange, 'ticket')
}
