/** The mails of `loginTracking()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { type MailView, sourceFacts, type WrittenMail, writeMail } from '../../html/mail.ts'

/** The notice of a login from a new browser, with the link to disown it. `data`: `ip`, `userAgent`. */
export function newDeviceMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { url = '', seconds = 0 } = view.link ?? {}
  return writeMail(view, {
    subject: texts['mail.new_device.subject']({ siteName: view.siteName }),
    parts: [
      texts['mail.new_device.intro']({ siteName: view.siteName, email: view.to }),
      sourceFacts(view),
      texts['mail.new_device.not_you'],
      { link: url, label: texts['not_me.button'] },
      texts['mail.good_for']({ seconds }),
    ],
  })
}

/** What follows when a login was disowned: the link to choose a new password, where there is one. */
export function disownedMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { link } = view
  const anew = link
    ? [
        texts['mail.disowned.choose'],
        { link: link.url, label: texts['mail.reset.button'] },
        texts['mail.good_for']({ seconds: link.seconds }),
      ]
    : [texts['mail.disowned.log_in']]
  return writeMail(view, {
    subject: texts['mail.disowned.subject']({ siteName: view.siteName }),
    parts: [texts['mail.disowned.intro']({ siteName: view.siteName, email: view.to }), ...anew],
  })
}
