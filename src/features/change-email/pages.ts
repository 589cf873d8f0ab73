/** The pages of `changeEmail()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { hiddenField, textField } from '../../html/field.ts'
import { postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the page to ask for another address is given. */
export interface ChangeEmailView extends Form {
  /** The address as it is. */
  readonly current: string
  /** Whether a link was asked for just now; says nothing of whether a mail was sent. */
  readonly sent: boolean
}

/** The page to ask for another address: field `email`. */
export function changeEmailPage(view: ChangeEmailView): Html {
  const { texts } = view.locale
  if (view.sent) return html`<p role="status">${texts['change_email.sent']}</p>${linkList(view.links)}`
  const email = textField({ name: 'email', label: texts['change_email.new'], autocomplete: 'email', inputmode: 'email' })
  const intro = html`<p>${texts['change_email.intro']({ email: view.current })}</p>`
  return html`${intro}${postForm(view, [email, submitButton(texts['change_email.button'])])}${linkList(view.links)}`
}

/** What the page to take on a new address is given. */
export interface ConfirmEmailChangeView extends Form {
  /** The hidden field `token`. */
  readonly token: string
  /** The new address. */
  readonly email: string
}

/** The page to take on a new address: a button. */
export function confirmEmailChangePage(view: ConfirmEmailChangeView): Html {
  const { texts } = view.locale
  const button = submitButton(texts['change_email.confirm_button'])
  return html`<p>${texts['change_email.confirm_intro']({ email: view.email })}</p>${postForm(view, [hiddenField('token', view.token), button])}`
}

/** What the page to take a change back is given. */
export interface UndoEmailChangeView extends Form {
  /** The hidden field `token`. */
  readonly token: string
  /** The address that comes back. */
  readonly email: string
}

/** The page to take a change back: a button. */
export function undoEmailChangePage(view: UndoEmailChangeView): Html {
  const { texts } = view.locale
  const button = submitButton(texts['change_email.undo_button'])
  return html`<p>${texts['change_email.undo_intro']({ email: view.email })}</p>${postForm(view, [hiddenField('token', view.token), button])}`
}
