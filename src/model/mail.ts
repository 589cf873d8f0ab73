/** A mail, and what sends one. */
import type { Maybe } from './json.ts'

/** One mail to one address. */
export interface MailMessage {
  /** One address, in the spelling that was stored. */
  readonly to: string
  readonly subject: string
  readonly text: string
  /** A whole document. */
  readonly html: string
  /** Which mail it is, for example `password.reset`: for a mailer that sorts or counts. */
  readonly mail: string
  /** The same at each try to send this mail. */
  readonly id: string
}

/** Sends mails: over SMTP, by a provider's interface, or into a test's mailbox. */
export interface Mailer {
  /**
   * Hands one mail over. Throws when it could not, and is asked again later; an error with `permanent: true` says that asking again is
   * of no use. It may be given a mail twice, when the process ended before it could note that the first one was sent.
   */
  send(message: MailMessage): Maybe<void>
  /** Ends connections. */
  close?(): Maybe<void>
}
