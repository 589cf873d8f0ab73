/** Two halves make a store, and no other mixture: drawers of one half share what is atomic and what is lost together. */
import { halfOf } from '../model/half.ts'
import type { Store } from '../model/store.ts'
import type { User } from '../model/user.ts'

const durable = ['durable', 'reads', 'outbox', 'meta'] as const
const fleeting = ['fleeting', 'sessions', 'tickets', 'attempts', 'nonces'] as const

/** @throws Error with a sentence, when parts are missing or come from several stores */
export function checkStore<U extends User>(store: Store<U>): void {
  const missing = [...durable, ...fleeting].filter((part) => typeof store[part] !== 'object')
  if (missing.length > 0) {
    throw new Error(
      `The store has no ${missing.join(', ')}: one half, such as redis(), is joined to another: { ...postgres(url), ...redis(client) }.`,
    )
  }
  for (const half of [durable, fleeting]) {
    const strange = half.find((part) => halfOf(store[part]) !== halfOf(store[half[0]]))
    if (strange) throw new Error(`The store's ${strange} is not of the store that ${half[0]} is of: only whole halves can be joined.`)
  }
}
