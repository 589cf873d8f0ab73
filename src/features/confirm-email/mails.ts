/** The mails of `confirmEmail()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { type MailView, type WrittenMail, writeMail } from '../../html/mail.ts'

/** The mail with the link that confirms an address. */
export function confirmMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { url = '', seconds = 0 } = view.link ?? {}
  return writeMail(view, {
    subject: texts['mail.confirm.subject']({ siteName: view.siteName }),
    parts: [
      texts['mail.confirm.intro']({ siteName: view.siteName, email: view.to }),
      { link: url, label: texts['mail.confirm.button'] },
      texts['mail.good_for']({ seconds }),
      texts['mail.confirm.not_you'],
    ],
  })
}

/** The mail to whoever has the address already. `data.forgot`: whether a forgotten password can be replaced by mail. */
export function takenMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  return writeMail(view, {
    subject: texts['mail.taken.subject']({ siteName: view.siteName }),
    parts: [
      texts['mail.taken.intro']({ siteName: view.siteName, email: view.to }),
      texts[view.data.forgot === true ? 'mail.taken.forgot' : 'mail.taken.log_in'],
      texts['mail.taken.not_you'],
    ],
  })
}
