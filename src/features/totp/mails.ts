/** The mail of `totp()`: a plain function of a plain view, so that an application replaces it by a function of the same type. */
import { type MailView, sourceFacts, type WrittenMail, writeMail } from '../../html/mail.ts'

/** The notice of another authenticator, one less, or none any more. `data`: `how` is `added`, `removed` or `reset`; `ip`, `userAgent`. */
export function totpMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { siteName, to: email, data } = view
  const subject = texts['mail.totp.subject']({ siteName })
  if (data.how === 'reset') return writeMail(view, { subject, parts: [texts['mail.totp.reset']({ siteName, email }), sourceFacts(view)] })
  const said = texts[data.how === 'added' ? 'mail.totp.added' : 'mail.totp.removed']
  return writeMail(view, { subject, parts: [said({ siteName, email }), sourceFacts(view), texts['mail.username.not_you']] })
}
