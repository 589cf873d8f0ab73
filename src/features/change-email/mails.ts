/** The mails of `changeEmail()`: plain functions of plain views, so that an application replaces one by a function of the same type. */

import { type MailView, sourceFacts, type WrittenMail, writeMail } from '../../html/mail.ts'

/** The link, to the new address. */
export function changeMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { url = '', seconds = 0 } = view.link ?? {}
  return writeMail(view, {
    subject: texts['mail.change_email.subject']({ siteName: view.siteName }),
    parts: [
      texts['mail.change_email.intro']({ siteName: view.siteName, email: view.to }),
      { link: url, label: texts['change_email.confirm_button'] },
      texts['mail.good_for']({ seconds }),
      texts['mail.not_asked'],
    ],
  })
}

/** The notice with the link to take it back, to the old address. `data`: `email`, the new one; `ip`, `userAgent`. */
export function changedMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { url = '', seconds = 0 } = view.link ?? {}
  return writeMail(view, {
    subject: texts['mail.email_changed.subject']({ siteName: view.siteName }),
    parts: [
      texts['mail.email_changed.intro']({ siteName: view.siteName, email: String(view.data.email) }),
      sourceFacts(view),
      texts['mail.email_changed.not_you'],
      { link: url, label: texts['change_email.undo_button'] },
      texts['mail.good_for']({ seconds }),
    ],
  })
}

/** The notice to the address that was taken back. `data`: `email`, the one that the account has again. */
export function undoneMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  return writeMail(view, {
    subject: texts['mail.email_undone.subject']({ siteName: view.siteName }),
    parts: [
      texts['mail.email_undone.intro']({ siteName: view.siteName, email: String(view.data.email) }),
      { facts: [[texts['mail.when'], view.locale.time(view.at)]] },
    ],
  })
}
