/** What the toolkit sees of a `node:http` request: its head, and its body read once, up to a limit. */
import type { IncomingMessage } from 'node:http'
import type { RequestHead } from '../http/request-head.ts'
import { AuthError } from '../model/error.ts'
import { bytesOfParsed } from './node-body.ts'

const kept: unique symbol = Symbol('portcullis.head')

/** A request that remembers its head, so that a body which a guard has read is there for the handler. */
interface KeptHead extends IncomingMessage {
  [kept]?: RequestHead
  /** What `url` was before a framework took the prefix of a mounted part off. */
  readonly originalUrl?: string
  /** What a body parser has made of the body. */
  readonly body?: unknown
}

/**
 * The head of a request, the same one for every call. A body that a parser has read is written down again.
 *
 * Read bodies by `requestHead(request).body(limit)`: a guard may have read the stream already, for its form token.
 */
export function requestHead(request: IncomingMessage): RequestHead {
  return headWith(request, (keeper) => keeper.body)
}

/** The same, where a framework keeps a parsed body, or the bytes of one, elsewhere. */
export function headWith(request: IncomingMessage, parsed: (request: KeptHead) => unknown): RequestHead {
  const keeper: KeptHead = request
  keeper[kept] ??= makeHead(keeper, parsed)
  return keeper[kept]
}

function makeHead(request: KeptHead, parsed: (request: KeptHead) => unknown): RequestHead {
  const { headers, method = 'GET', originalUrl, url = '/', socket } = request
  let read: Promise<Uint8Array> | null = null
  return {
    method,
    target: originalUrl ?? url,
    remoteAddress: socket.remoteAddress ?? null,
    header: (name) => {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : (value ?? null)
    },
    body: (limit) => {
      read ??= request.readableDidRead ? rewritten(request, parsed(request), limit) : readBody(request, limit)
      return read
    },
  }
}

/** The bytes of a body that was read elsewhere. */
async function rewritten(request: IncomingMessage, parsed: unknown, limit: number): Promise<Uint8Array> {
  const bytes = bytesOfParsed(parsed, request.headers['content-type'] ?? '')
  if (bytes === null) throw new AuthError('malformed_request', { cause: 'the body was read before' })
  if (bytes.byteLength > limit) throw new AuthError('payload_too_large')
  return bytes
}

/** Listens instead of `for await`: leaving such a loop early destroys the connection that the refusal has to travel on. */
async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  if (request.destroyed) throw new AuthError('malformed_request', { cause: 'the body broke off' })
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  const chunks: Uint8Array[] = []
  let size = Number(request.headers['content-length'] ?? 0) > limit ? limit + 1 : 0

  function take(chunk: Uint8Array): void {
    size += chunk.byteLength
    if (size > limit) refuse()
    else chunks.push(chunk)
  }
  function refuse(): void {
    request.off('data', take)
    drain(request)
    reject(new AuthError('payload_too_large'))
  }

  request.once('end', () => resolve(Buffer.concat(chunks)))
  request.on('error', (cause) => reject(new AuthError('malformed_request', { cause })))
  request.once('close', () => reject(new AuthError('malformed_request', { cause: 'the body broke off' })))
  if (size > limit) refuse()
  else request.on('data', take)
  return promise
}

/** How long the rest of a refused body may go on arriving, in milliseconds. */
const drainMs = 2000

/** Lets the rest go by unread, so that the client hears the refusal; whoever goes on sending is cut off. */
function drain(request: IncomingMessage): void {
  request.resume()
  const end = setTimeout(() => request.destroy(), drainMs).unref()
  request.once('close', () => clearTimeout(end))
}
