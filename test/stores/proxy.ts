/** A network that can fail: stands between a store and its database, and is frozen or cut when a test says so. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A proxy in front of a database. */
export interface NetworkProxy {
  /** The URL of the database through the proxy. */
  readonly url: string
  /** Lets nothing through any more, and keeps all connections open. */
  freeze(): void
  /** Lets through what was held back, and everything from now on. */
  thaw(): void
  /** Ends every connection as a dying server would; new ones are let through. */
  cut(): void
  /** Ends a connection as soon as a message that holds this text has gone to the database, before its answer comes. */
  cutAfter(text: string): void
  /** How many messages went to the database. */
  sent(): number
  close(): Promise<void>
}

/** Opens a proxy to the database at `target`. */
export async function openProxy(target: string): Promise<NetworkProxy> {
  const url = new URL(target)
  const [host, port] = [url.hostname, Number(url.port)]
  const pairs = new Set<readonly [Socket, Socket]>()
  let isFrozen = false
  let fatal: string | null = null
  let count = 0

  const server = createServer((near) => {
    const far = connect(port, host)
    const pair = [near, far] as const
    pairs.add(pair)
    for (const [socket, other] of [pair, [far, near] as const]) {
      socket.setNoDelay()
      socket.on('error', () => {})
      socket.on('close', () => {
        pairs.delete(pair)
        other.destroy()
      })
      if (isFrozen) socket.pause()
    }
    near.on('data', (message) => {
      count++
      far.write(message)
      if (fatal === null || !message.includes(fatal)) return
      fatal = null
      near.destroy()
    })
    far.on('data', (message) => near.write(message))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`

  const each = (act: (socket: Socket) => void): void => {
    for (const pair of pairs) pair.forEach(act)
  }
  return {
    url: url.href,
    freeze() {
      isFrozen = true
      each((socket) => socket.pause())
    },
    thaw() {
      isFrozen = false
      each((socket) => socket.resume())
    },
    cut: () => each((socket) => socket.destroy()),
    cutAfter(text) {
      fatal = text
    },
    sent: () => count,
    async close() {
      each((socket) => socket.destroy())
      server.close()
      await once(server, 'close')
    },
  }
}
