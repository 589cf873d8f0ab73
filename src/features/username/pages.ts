/** The pages of `username()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { textField } from '../../html/field.ts'
import { postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the page to choose a username is given. */
export interface UsernameView extends Form {
  /** As it is; `null` for none. */
  readonly current: string | null
  readonly minimum: number
  readonly maximum: number
  /** Whether there must be one. */
  readonly required: boolean
}

/** The page to choose a username: field `username`, empty for none. */
export function usernamePage(view: UsernameView): Html {
  const { texts } = view.locale
  const { minimum: least, maximum: most } = view
  const rules = texts['username.hint']({ least, most })
  const hint = view.required || view.current === null ? rules : `${rules} ${texts['username.or_none']}`
  const field = textField({ name: 'username', label: texts['username.new'], autocomplete: 'username', required: view.required, hint })
  const intro = view.current === null ? texts['username.none'] : texts['username.current']({ username: view.current })
  return html`<p>${intro}</p>${postForm(view, [field, submitButton(texts['username.button'])])}${linkList(view.links)}`
}

/** What the page for a forgotten username is given. */
export interface RecoverUsernameView extends Form {
  /** Whether a mail was asked for just now; says nothing of whether one was sent. */
  readonly sent: boolean
}

/** The page for a forgotten username: field `email`. */
export function recoverUsernamePage(view: RecoverUsernameView): Html {
  const { texts } = view.locale
  if (view.sent) return html`<p role="status">${texts['recover_username.sent']}</p>${linkList(view.links)}`
  const email = textField({ name: 'email', label: texts['field.email'], autocomplete: 'email', inputmode: 'email' })
  const form = postForm(view, [email, submitButton(texts['recover_username.button'])])
  return html`<p>${texts['recover_username.intro']}</p>${form}${linkList(view.links)}`
}
