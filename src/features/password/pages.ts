/** The pages of `password()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { accountHint, passwordField, textField } from '../../html/field.ts'
import { postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the login page is given. */
export interface LoginView extends Form {}

/**
 * The login page: fields `email` and `password`.
 *
 * The address is a text field with the keyboard for addresses: `type="email"` would refuse usernames and addresses with letters outside
 * ASCII, both of which the server takes.
 */
export function loginPage(view: LoginView): Html {
  const email = textField({ name: 'email', label: 'E-mail address', autocomplete: 'username', inputmode: 'email' })
  const password = passwordField({ name: 'password', label: 'Password', autocomplete: 'current-password' })
  return html`${postForm(view, [email, password, submitButton('Log in')])}${linkList(view.links)}`
}

/** What the page to change a password is given. */
export interface ChangePasswordView extends Form {
  /** False for an account that has none yet: nothing old is asked for. */
  readonly hasPassword: boolean
  /** Whose password it is, for password managers. */
  readonly email: string
  /** Characters at least. */
  readonly minimum: number
}

/** The page to change or set a password: fields `password`, when there is one, and `newPassword`. No repeat: it can be shown instead. */
export function changePasswordPage(view: ChangePasswordView): Html {
  const old = passwordField({ name: 'password', label: 'Current password', autocomplete: 'current-password' })
  const fresh = passwordField({
    name: 'newPassword',
    label: 'New password',
    autocomplete: 'new-password',
    hint: `At least ${view.minimum} characters. Several words in a row are easy to remember.`,
  })
  const button = submitButton(view.hasPassword ? 'Change password' : 'Set password')
  const effect = html`<p class="hint">You stay logged in here. Everywhere else you will be logged out.</p>`
  const parts = [accountHint(view.email), ...(view.hasPassword ? [old] : []), fresh, button]
  return html`${effect}${postForm(view, parts)}${linkList(view.links)}`
}
