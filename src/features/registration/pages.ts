/** The page of `registration()`: a plain function of a plain view, so that an application replaces it by a function of the same type. */
import { checkboxField, type FormField, passwordField, textField } from '../../html/field.ts'
import { postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** A field of the application's own. */
export interface ExtraField {
  /** Without spaces. */
  readonly name: string
  readonly label: string
  /** `text` unless said otherwise. */
  readonly type?: 'text' | 'tel' | 'url' | 'checkbox'
  /** A token of the HTML standard's list: `name`, `tel`, `organization`; `on` unless said otherwise. */
  readonly autocomplete?: string
  /** False unless said otherwise. */
  readonly required?: boolean
}

/** What the registration page is given. */
export interface RegisterView extends Form {
  /** Whether the password is asked for twice. */
  readonly confirm: boolean
  /** Characters at least. */
  readonly minimum: number
  readonly extra: readonly ExtraField[]
}

/**
 * The registration page: fields `email`, `password`, `passwordConfirm` when it is asked for twice, and the application's own.
 *
 * The address has `autocomplete="email"`, so that browsers offer the one they know of the person (`username` would offer accounts, and a
 * new person has none); password managers take the field before a new password for the account's name anyway. It is no `type="email"`,
 * which refuses addresses with letters outside ASCII; the pattern catches a forgotten `@`.
 */
export function registerPage(view: RegisterView): Html {
  const email = textField({
    name: 'email',
    label: 'E-mail address',
    autocomplete: 'email',
    inputmode: 'email',
    pattern: { source: '\\s*[^@\\s]+@[^@\\s]+\\s*', says: 'An address such as name@example.com' },
  })
  const password = passwordField({
    name: 'password',
    label: 'Password',
    autocomplete: 'new-password',
    hint: `At least ${view.minimum} characters. Several words in a row are easy to remember.`,
  })
  const again = passwordField({ name: 'passwordConfirm', label: 'Password, once more', autocomplete: 'new-password' })
  const fields = [email, password, ...(view.confirm ? [again] : []), ...view.extra.map(extraField)]
  return html`${postForm(view, [...fields, submitButton('Create account')])}${linkList(view.links)}`
}

function extraField(extra: ExtraField): FormField {
  const { name, label, type = 'text', required = false } = extra
  if (type === 'checkbox') return checkboxField({ name, label, required })
  return textField({ name, label, type, required, autocomplete: extra.autocomplete ?? 'on', prose: type === 'text' })
}
