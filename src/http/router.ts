/** Finds a route by its path: one look-up, a second one when the last segment is a parameter. */

/** A path that routes can be found by. */
export interface Routable {
  /** `/auth/login`, or `/auth/digest/:realm`: only the last segment may be a parameter. */
  readonly path: string
}

/** A route that fits, and what stood for its parameter. */
export interface Match<R> {
  readonly route: R
  /** Decoded; `null` for a route without one. */
  readonly param: string | null
}

/** Finds the route of a request target; `null` when none has its path. */
export type Router<R> = (target: string) => Match<R> | null

/**
 * Makes a router over routes with distinct paths.
 *
 * @throws Error with a sentence when two routes share a path
 */
export function createRouter<R extends Routable>(routes: readonly R[]): Router<R> {
  const exact = new Map<string, R>()
  const byParent = new Map<string, R>()
  for (const route of routes) {
    const slash = route.path.lastIndexOf('/')
    const hasParam = route.path[slash + 1] === ':'
    const [map, key] = hasParam ? [byParent, route.path.slice(0, slash)] : [exact, route.path]
    if (map.has(key)) throw new Error(`Two routes have the path ${route.path}.`)
    map.set(key, route)
  }
  return (target) => {
    const path = pathOf(target)
    const route = exact.get(path)
    if (route) return { route, param: null }
    const slash = path.lastIndexOf('/')
    const parent = byParent.get(path.slice(0, slash))
    const param = parent && decode(path.slice(slash + 1))
    return parent && param ? { route: parent, param } : null
  }
}

/** The path of a request target, without query; also of the absolute form (RFC 9112 section 3.2.2). */
export function pathOf(target: string): string {
  const path = target.startsWith('/') || !URL.canParse(target) ? target : new URL(target).pathname
  const end = path.search(/[?#]/)
  return end < 0 ? path : path.slice(0, end)
}

function decode(segment: string): string | null {
  try {
    const decoded = decodeURIComponent(segment)
    return decoded.includes('\0') ? null : decoded
  } catch {
    return null // malformed percent-encoding and NUL name nothing
  }
}
