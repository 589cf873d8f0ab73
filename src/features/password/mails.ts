/** The mails of `password()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { type MailView, sourceFacts, type WrittenMail, writeMail } from '../../html/mail.ts'
import type { Json } from '../../model/json.ts'

/** The mail with the link to choose a new password. */
export function resetMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { url = '', seconds = 0 } = view.link ?? {}
  return writeMail(view, {
    subject: texts['mail.reset.subject']({ siteName: view.siteName }),
    parts: [
      texts['mail.reset.intro']({ siteName: view.siteName, email: view.to }),
      { link: url, label: texts['mail.reset.button'] },
      texts['mail.good_for']({ seconds }),
      texts['mail.not_asked'],
    ],
  })
}

/** The mail to a user whom an operator made: the link to choose a first password. */
export function invitationMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { url = '', seconds = 0 } = view.link ?? {}
  return writeMail(view, {
    subject: texts['mail.invitation.subject']({ siteName: view.siteName }),
    parts: [
      texts['mail.invitation.intro']({ siteName: view.siteName, email: view.to }),
      { link: url, label: texts['mail.invitation.button'] },
      texts['mail.good_for']({ seconds }),
    ],
  })
}

/** The notice of a new password. `data`: `how` is `changed`, `set`, `reset` or `removed`; `by` is `user` or `operator`; `ip`, `userAgent`. */
export function changedMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { how = '', by = '' } = view.data
  return writeMail(view, {
    subject: texts['mail.password.subject']({ siteName: view.siteName }),
    parts: [texts[sentenceOf(how, by)]({ email: view.to }), sourceFacts(view), texts['mail.password.not_you']],
  })
}

function sentenceOf(
  how: Json,
  by: Json,
): 'mail.password.set' | 'mail.password.removed' | 'mail.password.by_operator' | 'mail.password.changed' {
  if (how === 'set') return 'mail.password.set'
  if (how === 'removed') return 'mail.password.removed'
  return by === 'operator' ? 'mail.password.by_operator' : 'mail.password.changed'
}
