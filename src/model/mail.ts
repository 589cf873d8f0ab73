/** A mail, and what sends one. */
import type { Maybe } from './json.ts'

/** One mail to one address. */
export interface MailMessage {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Sends mails: over SMTP, by a provider's interface, or into a test's mailbox. */
export interface Mailer {
  /** Hands one mail over. Throws when it could not. */
  send(message: MailMessage): Maybe<void>
}
