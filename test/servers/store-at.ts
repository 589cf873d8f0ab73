/** Opens a store by its address, which is all that a server process is told of it. */
import type { Store } from 'portcullis'
import { memory } from 'portcullis/stores/memory'
import { mysql } from 'portcullis/stores/mysql'
import { postgres } from 'portcullis/stores/postgres'
import { sqlite } from 'portcullis/stores/sqlite'

const stores: Readonly<Record<string, (url: string) => Store>> = {
  'memory:': () => memory(),
  'sqlite:': (url) => sqlite(url.slice('sqlite:'.length)),
  'postgres:': (url) => postgres(url),
  'mysql:': (url) => mysql(url),
}

/** The store at a URL. @throws Error when there is none of this scheme */
export function storeAt(address: string): Store {
  const open = stores[new URL(address).protocol]
  if (!open) throw new Error(`No store is at ${address}.`)
  return open(address)
}
