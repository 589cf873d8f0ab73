/** Says which drawers make a half, so that a mixture of several stores is noticed. */
import type { FleetingStore, Store } from '../model/store.ts'
import type { User } from '../model/user.ts'

/** The same store, each half naming its drawers. */
export function wholeStore<U extends User>(store: Store<U>): Store<U> {
  const { durable, reads, meta } = store
  return { ...store, durable: { ...durable, drawers: [reads, meta] }, ...fleetingHalf(store) }
}

/** The same half, naming its drawers. */
export function fleetingHalf<U extends User>({ fleeting, sessions, tickets, attempts, nonces }: FleetingStore<U>): FleetingStore<U> {
  const drawers = [sessions, tickets, attempts, nonces]
  return { fleeting: { ...fleeting, drawers }, sessions, tickets, attempts, nonces }
}
