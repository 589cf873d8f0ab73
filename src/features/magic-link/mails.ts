/** The mail of `magicLink()`: a plain function of a plain view, so that an application replaces it by a function of the same type. */
import { type MailView, type WrittenMail, writeMail } from '../../html/mail.ts'

/** The link and the code to log in by. */
export function magicLinkMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { url = '', code = '', seconds = 0 } = view.link ?? {}
  return writeMail(view, {
    subject: texts['mail.magic_link.subject']({ siteName: view.siteName }),
    parts: [
      texts['mail.magic_link.intro']({ siteName: view.siteName, email: view.to }),
      { link: url, label: texts['login.button'] },
      texts['mail.magic_link.or_code'],
      { code: code ?? '' },
      texts['mail.good_for']({ seconds }),
      texts['mail.magic_link.not_asked'],
    ],
  })
}
