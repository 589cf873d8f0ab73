/** The mail of `recoveryCodes()`: a plain function of a plain view, so that an application replaces it by a function of the same type. */
import { type MailView, sourceFacts, type WrittenMail, writeMail } from '../../html/mail.ts'

/** The notice of a used code, or of new ones. `data`: `left`, a number, or `null` for new ones; `ip`, `userAgent`. */
export function recoveryCodesMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { siteName } = view
  const { left = null } = view.data
  const said =
    typeof left === 'number'
      ? texts['mail.recovery_codes.used']({ siteName, email: view.to, left })
      : texts['mail.recovery_codes.made']({ siteName, email: view.to })
  const low = typeof left === 'number' && left <= 3 ? [texts['mail.recovery_codes.low']] : []
  return writeMail(view, {
    subject: texts['mail.recovery_codes.subject']({ siteName }),
    parts: [said, ...low, sourceFacts(view), texts['mail.username.not_you']],
  })
}
