/** Opens a store by its address, which is all that a server process is told of it. */
import type { Store } from 'portcullis'
import { memory } from 'portcullis/stores/memory'
import { mysql } from 'portcullis/stores/mysql'
import { postgres } from 'portcullis/stores/postgres'
import { redis } from 'portcullis/stores/redis'
import { sqlite } from 'portcullis/stores/sqlite'

const stores: Readonly<Record<string, (url: string) => Store>> = {
  'memory:': () => memory(),
  'sqlite:': (url) => sqlite(url.slice('sqlite:'.length)),
  'postgres:': (url) => postgres(url),
  'mysql:': (url) => mysql(url),
}

/**
 * The store at a URL; or of two halves, at the URL of a Redis, whose fragment is the prefix of keys, and after a space at that of the
 * other half.
 *
 * @throws Error when there is none of this scheme
 */
export function storeAt(address: string): Store {
  const [url = '', fleeting] = address.split(' ').reverse()
  const open = stores[new URL(url).protocol]
  if (!open) throw new Error(`No store is at ${url}.`)
  if (fleeting === undefined) return open(url)
  const at = new URL(fleeting)
  const prefix = at.hash.slice(1)
  at.hash = ''
  return { ...open(url), ...redis(at.href, { prefix }) }
}
