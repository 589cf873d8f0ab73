/** The page of `registration()`: a plain function of a plain view, so that an application replaces it by a function of the same type. */
import { checkboxField, type FormField, passwordField, textField } from '../../html/field.ts'
import { postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'
import type { Phrase } from '../../model/locale.ts'

/** A field of the application's own. */
export interface ExtraField {
  /** Without spaces. */
  readonly name: string
  readonly label: Phrase
  /** `text` unless said otherwise. */
  readonly type?: 'text' | 'tel' | 'url' | 'checkbox'
  /** A token of the HTML standard's list: `name`, `tel`, `organization`; `on` unless said otherwise. */
  readonly autocomplete?: string
  /** False unless said otherwise. */
  readonly required?: boolean
}

/** The same on a page: its label is in the language of the page. */
export interface AskedField extends ExtraField {
  readonly label: string
}

/** What the registration page is given. */
export interface RegisterView extends Form {
  /** Whether the password is asked for twice. */
  readonly confirm: boolean
  /** Characters at least. */
  readonly minimum: number
  /** What is asked for besides the address, to log in by: `username`. */
  readonly identifiers: readonly { readonly name: string; readonly label: string; readonly required: boolean }[]
  readonly extra: readonly AskedField[]
}

/**
 * The registration page: fields `email`, one for each identifier, `password`, `passwordConfirm` when it is asked for twice, and the application's own.
 *
 * The address has `autocomplete="email"`, so that browsers offer the one they know of the person (`username` would offer accounts, and a
 * new person has none); password managers take the field before a new password for the account's name anyway. It is no `type="email"`,
 * which refuses addresses with letters outside ASCII; the pattern catches a forgotten `@`.
 */
export function registerPage(view: RegisterView): Html {
  const { texts } = view.locale
  const email = textField({
    name: 'email',
    label: texts['field.email'],
    autocomplete: 'email',
    inputmode: 'email',
    pattern: { source: '\\s*[^@\\s]+@[^@\\s]+\\s*', says: texts['field.email_example'] },
  })
  const password = passwordField({
    name: 'password',
    label: texts['field.password'],
    autocomplete: 'new-password',
    hint: texts['password.hint']({ least: view.minimum }),
  })
  const again = passwordField({ name: 'passwordConfirm', label: texts['register.password_again'], autocomplete: 'new-password' })
  const names = view.identifiers.map((named) => textField({ ...named, autocomplete: 'username' }))
  const fields = [email, ...names, password, ...(view.confirm ? [again] : []), ...view.extra.map(extraField)]
  return html`${postForm(view, [...fields, submitButton(texts['register.button'])])}${linkList(view.links)}`
}

function extraField(extra: AskedField): FormField {
  const { name, label, type = 'text', required = false } = extra
  if (type === 'checkbox') return checkboxField({ name, label, required })
  return textField({ name, label, type, required, autocomplete: extra.autocomplete ?? 'on', prose: type === 'text' })
}
