/** The pages of `password()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { accountHint, checkboxField, hiddenField, passwordField, textField } from '../../html/field.ts'
import { postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the login page is given. */
export interface LoginView extends Form {
  /** Labels of what may be typed besides the address: `['Username']`. */
  readonly identifiers: readonly string[]
}

/**
 * The login page: fields `email` and `password`, and a checkbox for each wish.
 *
 * The address is a text field with the keyboard for addresses: `type="email"` would refuse usernames and addresses with letters outside
 * ASCII, both of which the server takes.
 */
export function loginPage(view: LoginView): Html {
  const { texts } = view.locale
  const label = [texts['field.email'], ...view.identifiers].join(` ${texts['field.or']} `)
  const email = textField({ name: 'email', label, autocomplete: 'username', inputmode: 'email' })
  const password = passwordField({ name: 'password', label: texts['field.password'], autocomplete: 'current-password' })
  const wishes = view.wishes.map(checkboxField)
  return html`${postForm(view, [email, password, ...wishes, submitButton(texts['login.button'])])}${linkList(view.links)}`
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
  const { texts } = view.locale
  const old = passwordField({ name: 'password', label: texts['change_password.current'], autocomplete: 'current-password' })
  const fresh = passwordField({
    name: 'newPassword',
    label: texts['change_password.new'],
    autocomplete: 'new-password',
    hint: texts['password.hint']({ least: view.minimum }),
  })
  const button = submitButton(texts[view.hasPassword ? 'change_password.change' : 'change_password.set'])
  const effect = html`<p class="hint">${texts['change_password.effect']}</p>`
  const parts = [accountHint(view.email), ...(view.hasPassword ? [old] : []), fresh, button]
  return html`${effect}${postForm(view, parts)}${linkList(view.links)}`
}

/** What the page to ask for a link is given. */
export interface ForgotPasswordView extends Form {
  /** Whether it was asked for just now; says nothing of whether a mail was sent. */
  readonly sent: boolean
}

/** The page to ask for a link: field `email`. */
export function forgotPasswordPage(view: ForgotPasswordView): Html {
  const { texts } = view.locale
  if (view.sent) return html`<p role="status">${texts['forgot_password.sent']}</p>${linkList(view.links)}`
  const email = textField({ name: 'email', label: texts['field.email'], autocomplete: 'username', inputmode: 'email' })
  const intro = html`<p>${texts['forgot_password.intro']}</p>`
  return html`${intro}${postForm(view, [email, submitButton(texts['forgot_password.button'])])}${linkList(view.links)}`
}

/** What the page to choose a new password by a mailed link is given. */
export interface ResetPasswordView extends Form {
  /** The hidden field `token`. */
  readonly token: string
  /** Whose password it is, for password managers. */
  readonly email: string
  /** Characters at least. */
  readonly minimum: number
}

/** The page to choose a new password: fields `token` and `newPassword`. */
export function resetPasswordPage(view: ResetPasswordView): Html {
  const { texts } = view.locale
  const fresh = passwordField({
    name: 'newPassword',
    label: texts['change_password.new'],
    autocomplete: 'new-password',
    hint: texts['password.hint']({ least: view.minimum }),
  })
  const effect = html`<p class="hint">${texts['reset_password.effect']}</p>`
  const parts = [hiddenField('token', view.token), accountHint(view.email), fresh, submitButton(texts['change_password.set'])]
  return html`${effect}${postForm(view, parts)}`
}
