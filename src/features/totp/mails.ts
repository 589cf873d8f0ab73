/** The mail of `totp()`: a plain function of a plain view, so that an application replaces it by a function of the same type. */
import { type MailView, sourceFacts, type WrittenMail, writeMail } from '../../html/mail.ts'

/** The notice of another authenticator, or one less. `data`: `how` is `added` or `removed`; `ip`, `userAgent`. */
export function totpMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { siteName } = view
  const said = texts[view.data.how === 'added' ? 'mail.totp.added' : 'mail.totp.removed']
  return writeMail(view, {
    subject: texts['mail.totp.subject']({ siteName }),
    parts: [said({ siteName, email: view.to }), sourceFacts(view), texts['mail.username.not_you']],
  })
}
