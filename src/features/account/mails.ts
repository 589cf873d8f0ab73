/** The mails of `account()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { type MailView, sourceFacts, type WrittenMail, writeMail } from '../../html/mail.ts'

/** The notice of a deletion to come, with the link to call it off. `data`: `deletesAt`, milliseconds since 1970, UTC. */
export function deletionMail(view: MailView): WrittenMail {
  const { texts, time } = view.locale
  const { siteName } = view
  return writeMail(view, {
    subject: texts['mail.deletion.subject']({ siteName }),
    parts: [
      texts['mail.deletion.intro']({ siteName, email: view.to, time: time(Number(view.data.deletesAt)) }),
      texts['mail.deletion.undo'],
      { link: view.link?.url ?? '', label: texts['account.restore_button'] },
    ],
  })
}

/** The notice that a deletion was called off. */
export function restoredMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { siteName } = view
  return writeMail(view, {
    subject: texts['mail.restored.subject']({ siteName }),
    parts: [texts['mail.restored.intro']({ siteName, email: view.to }), sourceFacts(view)],
  })
}

/** The notice that an account is gone. */
export function deletedMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { siteName } = view
  return writeMail(view, {
    subject: texts['mail.deleted.subject']({ siteName }),
    parts: [texts['mail.deleted.intro']({ siteName, email: view.to }), sourceFacts(view)],
  })
}

/** The notice that an account is out of use. */
export function deactivatedMail(view: MailView): WrittenMail {
  const { texts } = view.locale
  const { siteName } = view
  return writeMail(view, {
    subject: texts['mail.deactivated.subject']({ siteName }),
    parts: [texts['mail.deactivated.intro']({ siteName, email: view.to }), sourceFacts(view)],
  })
}
