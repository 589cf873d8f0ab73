/** A real SMTP server on a port of its own, and what it was sent. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import type { Mailer } from '../../src/index.ts'
import { smtp } from '../../src/mail/smtp.ts'

/** A mail as it came over the wire. */
export interface Received {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}

/** A server. */
export interface TestServer {
  readonly url: string
  /** Sends to it. */
  readonly mailer: Mailer
  readonly received: readonly Received[]
  /** What the next recipient is refused with. */
  refuse(code: number): void
}

/** What a test registers its cleaning with. */
interface Cleaning {
  after(clean: () => Promise<void>): void
}

/** Whom the mails of the mailer are from. */
export const from = 'Example <accounts@example.com>'

/** Starts a server that takes every mail, until the test has ended. */
export async function startSmtpServer(t: Cleaning): Promise<TestServer> {
  const received: Received[] = []
  let refusal: number | null = null
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    closeTimeout: 200, // those who keep a connection are not waited for
    onRcptTo(_address, _session, callback) {
      const code = refusal
      refusal = null
      callback(code === null ? null : Object.assign(new Error('refused'), { responseCode: code }))
    },
    async onData(stream, { envelope }, callback) {
      const raw = await text(stream)
      received.push({ from: envelope.mailFrom ? envelope.mailFrom.address : '', to: envelope.rcptTo.map(({ address }) => address), raw })
      callback()
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  const url = `smtp://127.0.0.1:${port}`
  const mailer = smtp(url, { from })
  t.after(async () => {
    await mailer.close?.()
    await new Promise<void>((resolve) => server.close(resolve))
  })
  return {
    url,
    mailer,
    received,
    refuse: (code) => {
      refusal = code
    },
  }
}

/** The mail as text: what quoted-printable folded and replaced is as it was. */
export function readable({ raw }: Received): string {
  const unfolded = raw.replaceAll('=\r\n', '').replaceAll('\r\n', '\n')
  return Buffer.from(
    unfolded.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString()
}
