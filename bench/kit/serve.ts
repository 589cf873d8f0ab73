/** What a server of the bench does: listens on a free port, and tells the parent where and with which cookies to ask. */
import type { AddressInfo } from 'node:net'
import { answerParent } from './child.ts'

/** What such a server says when it is ready. */
export interface Served {
  readonly port: number
  readonly cookie: string
}

interface Listening {
  address(): AddressInfo | string | null
}

/** Tells the parent about a server that listens, and answers what it asks. */
export function announce(server: Listening, cookie: string, answer: (message: unknown) => unknown = () => null): void {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  answerParent({ port: address.port, cookie } satisfies Served, answer)
}
