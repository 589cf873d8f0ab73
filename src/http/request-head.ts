/** The bare request that guards look at: no `Request` object, the body only when somebody asks. */
import { AuthError } from '../model/error.ts'

/** What is known of a request before its body is read. */
export interface RequestHead {
  /** Upper case. */
  readonly method: string
  /** Path and query as they came, for example `/a%20b?c=d`. */
  readonly target: string
  /** The connection's address; `null` where the platform does not tell. */
  readonly remoteAddress: string | null
  /** A header's value by its lower-case name, several joined with commas; `null` when absent. */
  header(name: string): string | null
  /**
   * The body, read once and kept.
   * @throws AuthError `payload_too_large` beyond `limit` bytes, `malformed_request` when it was read elsewhere or broke off
   */
  body(limit: number): Promise<Uint8Array>
}

/** The head of a Fetch request. `remoteAddress` comes from the platform, for throttling and events. */
export function headOfRequest(request: Request, remoteAddress: string | null = null): RequestHead {
  const { pathname, search, host } = new URL(request.url)
  let read: Promise<Uint8Array> | null = null
  return {
    method: request.method,
    target: pathname + search,
    remoteAddress,
    header: (name) => request.headers.get(name) ?? (name === 'host' ? host : null),
    body: (limit) => {
      read ??= readStream(request, limit)
      return read
    },
  }
}

/** Reads a body that HTTP holds to the length it announced; servers do that without a stream, at a fraction of the cost. */
async function readWhole(request: Request, limit: number): Promise<Uint8Array> {
  let bytes: Uint8Array
  try {
    bytes = new Uint8Array(await request.arrayBuffer())
  } catch (cause) {
    throw new AuthError('malformed_request', { cause })
  }
  if (bytes.byteLength > limit) throw new AuthError('payload_too_large')
  return bytes
}

async function readStream(request: Request, limit: number): Promise<Uint8Array> {
  if (request.bodyUsed) throw new AuthError('malformed_request', { cause: 'the body was read before' })
  const announced = request.headers.get('content-length')
  if (Number(announced ?? 0) > limit) throw new AuthError('payload_too_large')
  if (announced !== null) return readWhole(request, limit)
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength
      if (size > limit) throw new AuthError('payload_too_large')
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof AuthError ? error : new AuthError('malformed_request', { cause: error })
  }
  return Buffer.concat(chunks)
}
