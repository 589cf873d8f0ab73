/** Tells the application's listeners what happened: after the commit, in order, never before the reply. */
import type { AuthEvent, EventName, EventOf } from '../model/event.ts'
import type { Maybe } from '../model/json.ts'

/** Is told of events of one name. May be synchronous or not; a failing one is reported and breaks nothing. */
export type Listener<N extends EventName> = (event: EventOf<N>) => Maybe<void>

/** Keeps listeners and calls them. */
export interface Emitter {
  /** Calls the listener for every later event of this name. Gives the function that ends it. */
  on<N extends EventName>(name: N, listener: Listener<N>): () => void
  /** Hands events to the listeners, soon. */
  emit(events: readonly AuthEvent[]): void
  /** Resolves when every event so far was handled. */
  settled(): Promise<void>
}

/** Where failures go that must not reach a client. `about` is one short phrase. */
export type Report = (error: unknown, about: string) => void

/**
 * Makes an emitter.
 *
 * @param background is handed the pending work, for platforms that would otherwise stop after the reply (`waitUntil`)
 */
export function createEmitter(report: Report, background?: (work: Promise<void>) => void): Emitter {
  const listeners = new Map<EventName, Set<(event: AuthEvent) => Maybe<void>>>()
  let queue: Promise<void> = Promise.resolve()

  async function deliver(event: AuthEvent): Promise<void> {
    for (const listener of listeners.get(event.name) ?? []) {
      try {
        await listener(event)
      } catch (error) {
        report(error, `a listener of ${event.name} failed`)
      }
    }
  }

  async function deliverAfter(earlier: Promise<void>, events: readonly AuthEvent[]): Promise<void> {
    await earlier
    await new Promise((resolve) => setImmediate(resolve))
    for (const event of events) await deliver(event)
  }

  return {
    on<N extends EventName>(name: N, listener: Listener<N>) {
      const known = listeners.get(name) ?? new Set()
      listeners.set(name, known)
      // Only events of this name are looked up under it, which the compiler cannot follow.
      const own = (event: AuthEvent): Maybe<void> => listener(event as EventOf<N>)
      known.add(own)
      return () => known.delete(own)
    },
    emit(events) {
      if (!events.some((event) => listeners.has(event.name))) return
      queue = deliverAfter(queue, events)
      background?.(queue)
    },
    settled: () => queue,
  }
}
