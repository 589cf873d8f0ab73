/** A mailer that keeps what it is given, for tests to read. */
import type { Mailer, MailMessage } from '../model/mail.ts'

/** Where a test's mails arrive. */
export interface Mailbox extends Mailer {
  /** All, oldest first. */
  readonly messages: readonly MailMessage[]
  /** The newest to an address; `null` when there is none. */
  latest(to: string): MailMessage | null
  clear(): void
}

/** Makes an empty mailbox. */
export function createMailbox(): Mailbox {
  const messages: MailMessage[] = []
  return {
    messages,
    send: (message) => void messages.push(message),
    latest: (to) => messages.findLast((message) => message.to === to) ?? null,
    clear: () => void messages.splice(0),
  }
}
