/** Sends mails over SMTP, through `nodemailer`. */
import type { Transporter } from 'nodemailer'
import type { Mailer } from '../model/mail.ts'

/** How mails are sent. */
export interface SmtpOptions {
  /** Whom mails are from: `Example <accounts@example.com>`, or an address alone. */
  readonly from: string
  /** How many connections are kept open. Default 2. */
  readonly connections?: number
  /** Sends without encryption to a server that offers none, other than on a loopback host. Default `false`. */
  readonly dangerouslyAllowPlaintext?: boolean
}

/** A line break in a header would begin another one. */
const breaks = /[\r\n]/
const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * A mailer over SMTP. Connections are kept and encrypted: from the start with `smtps:`, else by STARTTLS, which the server must offer.
 *
 * @param url - `smtps://user:password@mail.example.com` or `smtp://…:587`
 * @returns A mailer for `createAuth({ mailer })`. What a server refuses for good (5xx) is not tried again.
 * @throws TypeError when the URL or the sender is none
 */
export function smtp(url: string, { from, connections = 2, dangerouslyAllowPlaintext = false }: SmtpOptions): Mailer {
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'smtp:' && protocol !== 'smtps:') throw new TypeError('smtp() takes a URL that begins with smtp: or smtps:.')
  if (breaks.test(from) || !from.includes('@'))
    throw new TypeError('smtp({ from }) is an address, or a name and an address in angle brackets.')
  const requireTLS = protocol === 'smtp:' && !loopback.test(hostname) && !dangerouslyAllowPlaintext
  let opening: Promise<Transporter> | null = null

  async function open(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer')
    return createTransport({ url, pool: true, maxConnections: connections, requireTLS, disableFileAccess: true, disableUrlAccess: true })
  }

  return {
    async send({ to, subject, text, html, id }) {
      if (breaks.test(to) || breaks.test(subject)) throw permanently(new Error('A mail with a line break in a header is not sent.'))
      opening ??= open()
      const transport = await opening
      const { hostname: host } = new URL(`mailto://${from.slice(from.lastIndexOf('@') + 1).replace(/>.*$/, '')}`)
      try {
        // One address, never parsed out of a text: a comma in it must not become a second recipient.
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text, html, messageId: `<${id}@${host}>` })
      } catch (error) {
        throw isRefusedForGood(error) ? permanently(error) : error
      }
    },
    async close() {
      const ending = opening
      opening = null
      ;(await ending)?.close()
    },
  }
}

/** RFC 5321 section 4.2.1: 5yz says that the same would fail again. */
function isRefusedForGood(error: unknown): boolean {
  return error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number' && error.responseCode >= 500
}

function permanently(error: unknown): Error {
  return Object.assign(error instanceof Error ? error : new Error(String(error)), { permanent: true })
}
