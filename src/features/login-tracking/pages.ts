/** The page of `loginTracking()`: a plain function of a plain view, so that an application replaces it by a function of the same type. */
import { hiddenField } from '../../html/field.ts'
import { postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the page to disown a login is given. */
export interface NotMeView extends Form {
  /** Whether it was disowned just now: then there is nothing to ask. */
  readonly done: boolean
  /** Whether a link to choose a new password is sent along. */
  readonly mailed: boolean
  /** The hidden field `token`. */
  readonly token: string
  /** Whose account it is. */
  readonly email: string
}

/** The page to disown a login: a button. */
export function notMePage(view: NotMeView): Html {
  const { texts } = view.locale
  if (view.done) return html`<p role="status">${texts['not_me.done']}</p>${view.mailed && html`<p>${texts['not_me.mailed']}</p>`}`
  const form = postForm(view, [hiddenField('token', view.token), submitButton(texts['not_me.button'])])
  return html`<p>${texts['not_me.intro']({ email: view.email })}</p>${form}`
}
