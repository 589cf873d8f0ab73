/** Sends Fetch responses, and what guards say, through `node:http`. */
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Guarded, Identity } from '../kernel/guard.ts'
import type { User } from '../model/user.ts'

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

/** Sends the refusal of a guard and gives `null`; or adds the headers of a request that passed, and gives who it is from. */
export async function passGuard<U extends User>(guarded: Guarded<U>, reply: ServerResponse): Promise<Identity<U> | null> {
  if (!guarded.ok) {
    await sendResponse(guarded.response, reply)
    return null
  }
  for (const [name, value] of guarded.headers) {
    if (name === 'Vary') reply.appendHeader(name, value)
    else if (!reply.hasHeader(name)) reply.setHeader(name, value)
  }
  return guarded.identity
}

async function pipeBody(body: NonNullable<Response['body']>, reply: ServerResponse): Promise<void> {
  try {
    await pipeline(Readable.fromWeb(body), reply)
  } catch (error) {
    const clientLeft = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
    if (!clientLeft) throw error
  }
}
