/** The pages of `account()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { hiddenField } from '../../html/field.ts'
import { postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the page to put an account out of use is given. */
export interface DeactivateView extends Form {}

/** The page to put an account out of use: a button. */
export function deactivatePage(view: DeactivateView): Html {
  const { texts } = view.locale
  const form = postForm(view, [submitButton(texts['account.deactivate_button'])])
  return html`<p>${texts['account.deactivate_effect']}</p>${form}${linkList(view.links)}`
}

/** What the page to delete an account is given. */
export interface DeleteView extends Form {
  /** Until when it could be called off, milliseconds since 1970, UTC. */
  readonly deletesAt: number
}

/** The page to delete an account: a button. */
export function deletePage(view: DeleteView): Html {
  const { texts, time } = view.locale
  const form = postForm(view, [submitButton(texts['account.delete_button'])])
  return html`<p>${texts['account.delete_effect']}</p><p>${texts['account.delete_until']({ time: time(view.deletesAt) })}</p>${form}${linkList(view.links)}`
}

/** What the page to call a deletion off is given. */
export interface RestoreView extends Form {
  /** Whether it was called off just now: then there is nothing to ask. */
  readonly done: boolean
  /** The hidden field `token`. */
  readonly token: string
  /** Whose account it is. */
  readonly email: string
}

/** The page to call a deletion off: a button. */
export function restorePage(view: RestoreView): Html {
  const { texts } = view.locale
  if (view.done) return html`<p role="status">${texts['account.restored']}</p>${linkList(view.links)}`
  const form = postForm(view, [hiddenField('token', view.token), submitButton(texts['account.restore_button'])])
  return html`<p>${texts['account.restore_intro']({ email: view.email })}</p>${form}`
}
