/** What the toolkit sees of a request to Hono: on Node without building what Node has parsed already, elsewhere through Fetch. */
import type { Context } from 'hono'
import { headOfRequest, type RequestHead } from '../http/request-head.ts'

/** What `@hono/node-server` puts into the environment; other platforms do not. */
interface NodeBindings {
  readonly incoming?: {
    readonly url?: string
    readonly headers?: Readonly<Record<string, string | string[] | undefined>>
    readonly socket?: { readonly remoteAddress?: string }
  }
}

/** The head of a request, with the connection's address where the platform tells it: for `auth.login` and the like. */
export function requestHead(c: Context): RequestHead {
  const head = bareHead(c)
  return { ...head, body: (limit) => readBody(c, head, limit) }
}

/** Reads the body so that the handler behind a guard can read it again. */
async function readBody(c: Context, head: RequestHead, limit: number): Promise<Uint8Array> {
  const bytes = await head.body(limit)
  if (c.req.raw.bodyUsed) c.req.raw = new Request(c.req.raw, { body: new Uint8Array(bytes) })
  return bytes
}

/** The same, for whoever is the last to read the body. */
export function bareHead(c: Context): RequestHead {
  const { incoming }: NodeBindings = c.env ?? {}
  const remoteAddress = incoming?.socket?.remoteAddress ?? null
  const { url, headers } = incoming ?? {}
  if (url === undefined || headers === undefined) return headOfRequest(c.req.raw, remoteAddress)
  // Node has them parsed already; asking `c.req.raw` would make a Headers and a URL for every request.
  let head: RequestHead | null = null
  return {
    method: c.req.method,
    target: url,
    remoteAddress,
    header: (name) => {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : (value ?? null)
    },
    body: (limit) => {
      head ??= headOfRequest(c.req.raw)
      return head.body(limit)
    },
  }
}
