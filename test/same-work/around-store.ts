/** A real store with something around each of its methods: to write down what is asked of it, to let it answer late, or to let it fail. */
import type { Store } from '../../src/model/store.ts'

/** Does something around a call. `go` makes it; `method` is its path, such as `reads.users.byId`. */
export type Around = (method: string, args: readonly unknown[], go: () => unknown) => unknown

/** The same store, every method of every drawer with `around` around it. */
export function aroundStore(store: Store, around: Around): Store {
  return wrap(store, '', around)
}

function wrap<T extends object>(drawer: T, path: string, around: Around): T {
  return new Proxy(drawer, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      const full = `${path}${String(name)}`
      if (typeof member === 'function') return (...args: unknown[]) => around(full, args, () => Reflect.apply(member, target, args))
      return typeof member === 'object' && member !== null ? wrap(member, `${full}.`, around) : member
    },
  })
}

/** A store that writes down every call with the shape of its arguments: names and kinds, no values. */
export interface RecordedStore {
  readonly store: Store
  readonly calls: string[]
}

/** Makes a recorded store. */
export function recordStore(store: Store): RecordedStore {
  const calls: string[] = []
  const recorded = aroundStore(store, (method, args, go) => {
    calls.push(`${method}(${args.map(shapeOf).join(', ')})`)
    return go()
  })
  return { store: recorded, calls }
}

/** What kind of value it is, of a record every member; the part of a key before its colon, which says what is counted, stays. */
function shapeOf(value: unknown): string {
  if (typeof value === 'string') return /^[a-z-]+:/.exec(value)?.[0] ?? (/^[a-z]{1,12}$/.test(value) ? `"${value}"` : 'string')
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  if (Array.isArray(value)) return `[${value.map(shapeOf).join(', ')}]`
  const members = Object.entries(value)
  if (members.some(([, member]) => typeof member === 'function')) return 'drawer'
  return `{${members.map(([name, member]) => `${name}: ${shapeOf(member)}`).join(', ')}}`
}
