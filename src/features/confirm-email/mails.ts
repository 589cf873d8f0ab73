/** The mails of `confirmEmail()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { type MailView, type WrittenMail, writeMail } from '../../html/mail.ts'

/** The link to confirm by. */
export function confirmMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { url = '', seconds = 0 } = view.link ?? {}
  return writeMail(view, {
    subject: texts['mail.confirm.subject']({ siteName: view.siteName }),
    parts: [
      texts['mail.confirm.intro']({ siteName: view.siteName, email: view.to }),
      { link: url, label: texts['confirm_email.button'] },
      texts['mail.good_for']({ seconds }),
      texts['mail.confirm.not_asked'],
    ],
  })
}

/** The notice to somebody whose address was typed though there is an account. */
export function takenMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  return writeMail(view, {
    subject: texts['mail.taken.subject']({ siteName: view.siteName }),
    parts: [texts['mail.taken.intro']({ siteName: view.siteName, email: view.to }), texts['mail.taken.forgotten'], texts['mail.not_asked']],
  })
}
