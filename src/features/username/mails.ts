/** The mails of `username()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { type MailView, sourceFacts, type WrittenMail, writeMail } from '../../html/mail.ts'

/** The notice of another username. `data`: `username`, `null` when it was taken away; `ip`, `userAgent`. */
export function usernameChangedMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { username = null } = view.data
  return writeMail(view, {
    subject: texts['mail.username.subject']({ siteName: view.siteName }),
    parts: [
      typeof username === 'string'
        ? texts['mail.username.changed']({ email: view.to, username })
        : texts['mail.username.removed']({ email: view.to }),
      sourceFacts(view),
      texts['mail.username.not_you'],
    ],
  })
}

/** The mail with a forgotten username. `data`: `username`, `null` when the account has none. */
export function usernameRecoveryMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { username = null } = view.data
  const { siteName } = view
  return writeMail(view, {
    subject: texts['mail.username_recovery.subject']({ siteName }),
    parts: [
      typeof username === 'string'
        ? texts['mail.username_recovery.intro']({ siteName, email: view.to, username })
        : texts['mail.username_recovery.none']({ siteName, email: view.to }),
      texts['mail.not_asked'],
    ],
  })
}
