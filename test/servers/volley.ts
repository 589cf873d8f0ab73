/** Sends one request many times at once, cheaply: down one connection to each server, so that it has them all before it can answer any. */
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Sent } from './servers.ts'

/** An answer: what it said, headers included, is for messages of failures. */
export interface VolleyAnswer {
  readonly status: number
  readonly said: string
}

/** Sends a request so many times to a server, over one connection that is closed after the last answer */
export async function fireVolley(port: number, request: Sent, count: number): Promise<readonly VolleyAnswer[]> {
  const socket = connect(port, '127.0.0.1')
  socket.write(written(request, 'keep-alive').repeat(count - 1) + written(request, 'close'))
  const [, ...answers] = (await text(socket)).split(/^HTTP\/1\.1 /m)
  return answers.map((said) => ({ status: Number(said.slice(0, 3)), said }))
}

function written({ method, path, headers, body }: Sent, connection: 'keep-alive' | 'close'): string {
  const lines = Object.entries({ ...headers, connection, 'content-length': Buffer.byteLength(body) }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}
