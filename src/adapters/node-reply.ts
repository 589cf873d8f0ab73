/** Sends a Fetch response through `node:http`. */
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/**
 * Sends a response as the reply. Resolves when it is sent, or when the client has gone; rejects when the response's own body fails.
 *
 * Its headers take the place of those set before, except for `Set-Cookie` and `Vary`, which only grow.
 */
export async function sendResponse(response: Response, reply: ServerResponse): Promise<void> {
  reply.statusCode = response.status
  for (const [name, value] of response.headers) {
    if (name === 'set-cookie' || name === 'vary') reply.appendHeader(name, value)
    else reply.setHeader(name, value)
  }
  if (response.body && reply.req.method !== 'HEAD' && !reply.destroyed) return pipeBody(response.body, reply)
  await response.body?.cancel()
  reply.end()
}

async function pipeBody(body: NonNullable<Response['body']>, reply: ServerResponse): Promise<void> {
  try {
    await pipeline(Readable.fromWeb(body), reply)
  } catch (error) {
    const clientLeft = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
    if (!clientLeft) throw error
  }
}
