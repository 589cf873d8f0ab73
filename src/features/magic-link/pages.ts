/** The pages of `magicLink()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { checkboxField, hiddenField, textField } from '../../html/field.ts'
import { postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the page to ask for a link is given. */
export interface MagicLinkView extends Form {}

/** The page to ask for a link: field `email`. */
export function magicLinkPage(view: MagicLinkView): Html {
  const { texts } = view.locale
  const email = textField({ name: 'email', label: texts['field.email'], autocomplete: 'username', inputmode: 'email' })
  const parts = [email, submitButton(texts['magic_link.button'])]
  return html`<p>${texts['magic_link.intro']}</p>${postForm(view, parts)}${linkList(view.links)}`
}

/** What the page to log in by a link or a code is given. */
export interface RedeemMagicLinkView extends Form {
  /** The hidden field `token`; empty where a code is to be typed. */
  readonly token: string
  /** Whose login it is, as far as this browser knows. */
  readonly email: string
}

/** The page to log in: a button for a link; fields `email` and `code` without one. */
export function redeemMagicLinkPage(view: RedeemMagicLinkView): Html {
  const { texts } = view.locale
  if (view.token !== '') {
    const parts = [hiddenField('token', view.token), ...view.wishes.map(checkboxField), submitButton(texts['login.button'])]
    return html`<p>${texts['magic_link.redeem_intro']({ email: view.email })}</p>${postForm(view, parts)}`
  }
  const email = textField({ name: 'email', label: texts['field.email'], autocomplete: 'username', inputmode: 'email' })
  const code = textField({ name: 'code', label: texts['magic_link.code'], autocomplete: 'one-time-code', oneTime: true })
  const form = postForm({ ...view, values: { email: view.email, ...view.values } }, [
    email,
    code,
    ...view.wishes.map(checkboxField),
    submitButton(texts['login.button']),
  ])
  return html`<p role="status">${texts['magic_link.sent']}</p>${form}${linkList(view.links)}`
}
