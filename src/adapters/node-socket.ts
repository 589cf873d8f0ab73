/** Sockets: who is at the other end of an upgrade, and for how long. */
import type { IncomingMessage } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Auth } from '../kernel/auth.ts'
import type { Identity, Rule } from '../kernel/guard.ts'
import type { User } from '../model/user.ts'
import { requestHead } from './node-request.ts'

/** How sockets are watched. */
export interface SocketOptions {
  /** How often it is asked whether the rule still holds, in milliseconds. What happens in this process is noticed at once. Default 30,000. */
  readonly every?: number
}

/** A socket that may be opened. */
export interface Admitted<U extends User = User> {
  readonly identity: Identity<U>
  /**
   * Calls `end` once, as soon as the rule no longer lets this request pass: the session has ended, the user was deactivated, a role is
   * gone. An open socket is use of the session: its idle limit does not end it, its absolute limit does. Gives what ends the watch: call
   * it when the socket closes.
   */
  watch(end: () => void): () => void
}

/** Admits an upgrade; `null` when it was refused, and then it is answered and the socket is closed. */
export type SocketGuard<U extends User = User> = (request: IncomingMessage, socket: Duplex) => Promise<Admitted<U> | null>

/**
 * Makes a guard of a rule for `server.on('upgrade', …)`. An upgrade that another site asked a browser for is refused.
 *
 * @throws Error with a sentence when the rule cannot be meant, or `every` is no time
 */
export function requireUserOfSocket<U extends User>(auth: Auth<U>, rule?: Rule, { every = 30_000 }: SocketOptions = {}): SocketGuard<U> {
  if (!Number.isInteger(every) || every < 1)
    throw new Error('requireUserOfSocket: every must be a whole number of milliseconds above zero.')
  const guard = auth.guard(rule)
  return async (request, socket) => {
    const head = requestHead(request)
    const guarded = await guard(head)
    if (!guarded.ok) {
      await refuseUpgrade(guarded.response, socket)
      return null
    }
    const { identity } = guarded
    return { identity, watch: (end) => watch(auth, identity.user.id, async () => (await guard(head)).ok, every, end) }
  }
}

/** What may have changed for the user of a socket. */
const telling = ['user.logged_out', 'sessions.ended', 'user.deactivated', 'roles.changed'] as const

function watch<U extends User>(auth: Auth<U>, userId: string, holds: () => Promise<boolean>, every: number, end: () => void): () => void {
  let isOver = false

  async function look(): Promise<void> {
    if (isOver || (await holds()) || isOver) return
    stop()
    end()
  }
  function stop(): void {
    isOver = true
    clearInterval(timer)
    for (const forget of listening) forget()
  }

  const timer = setInterval(look, every).unref()
  const listening = telling.map((name) => auth.on(name, ({ user }) => (user?.id === userId ? look() : undefined)))
  return stop
}

/** The refusal as HTTP, since there is no reply object for an upgrade. */
async function refuseUpgrade(response: Response, socket: Duplex): Promise<void> {
  const body = await response.text()
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`)
  const length = `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n`
  socket.on('error', () => {}) // whoever left does not hear it
  socket.end(`HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}\r\n${lines.join('')}${length}\r\n${body}`)
}
