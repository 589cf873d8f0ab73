/** The page of `confirmEmail()`: a plain function of a plain view, so that an application replaces it by a function of the same type. */
import { accountHint, hiddenField, passwordField, textField } from '../../html/field.ts'
import { postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import type { Form } from '../../kernel/feature.ts'
import type { ConfirmState } from './confirm.ts'

/** What the page is given. */
export interface ConfirmEmailView extends Form, ConfirmState {}

/**
 * The page to confirm an address. Without a link it says that one was sent, and offers another (field `email`, posted to `…/resend`); in the
 * browser that registered it is a button; in another one it asks for the `password`, and has a second form that says it is not theirs.
 */
export function confirmEmailPage(view: ConfirmEmailView): Html {
  const { texts } = view.locale
  if (view.state === 'sent') {
    const email = textField({ name: 'email', label: texts['field.email'], autocomplete: 'email', inputmode: 'email' })
    const again = postForm({ ...view, action: `${view.action}/resend` }, [email, submitButton(texts['confirm_email.resend'])])
    return html`<p role="status">${texts['confirm_email.sent']}</p><p class="hint">${texts['confirm_email.resend_hint']}</p>${again}`
  }
  const token = hiddenField('token', view.token)
  const button = submitButton(texts['confirm_email.button'])
  const intro = html`<p>${texts['confirm_email.intro']({ email: view.email })}</p>`
  if (view.state === 'ready') return html`${intro}${postForm(view, [token, button])}`
  const password = passwordField({ name: 'password', label: texts['confirm_email.password'], autocomplete: 'current-password' })
  const disown = submitButton(texts['confirm_email.not_mine'], { look: 'quiet' })
  const hint = html`<p>${texts['confirm_email.not_mine_hint']}</p>`
  return html`${intro}${postForm(view, [token, accountHint(view.email), password, button])}
${postForm(view, [token, hiddenField('notMine', 'true'), hint, disown], { summary: false, focus: null })}`
}
