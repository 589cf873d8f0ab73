/** A Hono application on Node, as its own documentation serves it. */
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { announce } from '../kit/serve.ts'

export function serveHono(app: Pick<Hono, 'fetch'>, cookie: string): void {
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => announce(server, cookie))
}
