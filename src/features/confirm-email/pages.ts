/** The pages of `confirmEmail()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { accountHint, hiddenField, passwordField, textField } from '../../html/field.ts'
import { postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the page that a mailed link leads to is given. */
export interface ConfirmEmailView extends Form {
  /** The hidden field `token`. */
  readonly token: string
  /** The address that is to be confirmed. */
  readonly email: string
  /** False in the browser that registered. */
  readonly asksPassword: boolean
}

/** The page to confirm an address: field `token`, in another browser also `password`, and there a second form with `token` and `disown`. */
export function confirmEmailPage(view: ConfirmEmailView): Html {
  const { texts } = view.locale
  const { email } = view
  const token = hiddenField('token', view.token)
  const button = submitButton(texts['confirm_email.button'])
  if (!view.asksPassword) return html`<p>${texts['confirm_email.intro']({ email })}</p>${postForm(view, [token, button])}`
  const password = passwordField({ name: 'password', label: texts['field.password'], autocomplete: 'current-password' })
  const disown = [token, hiddenField('disown', 'true'), submitButton(texts['confirm_email.not_mine'], { look: 'quiet' })]
  return html`<p>${texts['confirm_email.elsewhere']({ email })}</p>${postForm(view, [token, accountHint(email), password, button])}
<p class="hint">${texts['confirm_email.not_mine_effect']}</p>${postForm(view, disown, { summary: false, focus: null })}`
}

/** What the page to ask for another mail is given. */
export interface ResendConfirmationView extends Form {
  /** What was done just now, if anything: a registration, or another mail was asked for. Says nothing of whether one was sent. */
  readonly sent: 'registered' | 'again' | null
}

/** The page to ask for another mail: field `email`. */
export function resendConfirmationPage(view: ResendConfirmationView): Html {
  const { texts } = view.locale
  const said = view.sent && texts[view.sent === 'again' ? 'resend_confirmation.sent' : 'resend_confirmation.registered']
  const email = textField({ name: 'email', label: texts['field.email'], autocomplete: 'email', inputmode: 'email' })
  const form = postForm(view, [email, submitButton(texts['resend_confirmation.button'], { look: view.sent ? 'quiet' : 'main' })])
  return html`${said && html`<p role="status">${said}</p>`}<p>${texts['resend_confirmation.intro']}</p>${form}${linkList(view.links)}`
}
