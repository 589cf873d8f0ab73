/** Listens on both loopback addresses, since browsers take `localhost` to mean either. */
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'

/** What a machine without IPv6 says. */
const withoutIpv6 = ['EAFNOSUPPORT', 'EADDRNOTAVAIL']

/** Serves the application on a port of 127.0.0.1 and ::1. @throws Error with a sentence when the port is taken */
export async function listen(app: Hono, port: number): Promise<readonly Server[]> {
  const servers: Server[] = []
  for (const host of ['127.0.0.1', '::1']) {
    const server = createAdaptorServer({ fetch: app.fetch }) as Server
    try {
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
      servers.push(server)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (host === '::1' && withoutIpv6.includes(code)) continue
      for (const open of servers) open.close()
      if (code === 'EADDRINUSE') throw new Error(`Port ${port} is taken: stop what uses it, or choose another with PORT.`)
      if (code === 'EACCES') throw new Error(`Port ${port} may not be used by this user: choose one above 1023 with PORT.`)
      throw error
    }
  }
  return servers
}

/** Takes no more requests, lets those under way end within a second, and resolves when all are closed. */
export async function stop(servers: readonly Server[]): Promise<void> {
  const hurry = setTimeout(() => {
    for (const server of servers) server.closeAllConnections()
  }, 1000)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  clearTimeout(hurry)
}
