/** Which store a drawer is of, so that a mixture of several is noticed. What wraps a drawer by spreading it keeps the mark. */
import type { FleetingStore, Store } from './store.ts'
import type { User } from './user.ts'

const half: unique symbol = Symbol('portcullis.half')

/** The same store, its drawers marked as being of one half each. */
export function wholeStore<U extends User>(store: Store<U>): Store<U> {
  const mark = { [half]: Symbol() }
  const { durable, reads, outbox, meta } = store
  return {
    ...store,
    durable: { ...durable, ...mark },
    reads: { ...reads, ...mark },
    outbox: { ...outbox, ...mark },
    meta: { ...meta, ...mark },
    ...fleetingHalf(store),
  }
}

/** The same half, its drawers marked. */
export function fleetingHalf<U extends User>({ fleeting, sessions, tickets, attempts, nonces }: FleetingStore<U>): FleetingStore<U> {
  const mark = { [half]: Symbol() }
  return {
    fleeting: { ...fleeting, ...mark },
    sessions: { ...sessions, ...mark },
    tickets: { ...tickets, ...mark },
    attempts: { ...attempts, ...mark },
    nonces: { ...nonces, ...mark },
  }
}

/** The mark of a drawer; `undefined` for one that somebody wrote on their own. */
export function halfOf(drawer: object): unknown {
  return Reflect.get(drawer, half)
}
