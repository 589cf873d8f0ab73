/** The pages of `totp()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { checkboxField, type FormField, hiddenField, textField } from '../../html/field.ts'
import { errorSummary, postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the list of authenticators is given. */
export interface AuthenticatorsView extends Form {
  /** Where another one is set up. */
  readonly setup: string
  /** The latest use first. Times in milliseconds since 1970, UTC. */
  readonly authenticators: readonly { readonly id: string; readonly name: string; readonly createdAt: number; readonly usedAt: number }[]
}

/** The authenticators of a user. Posts `id` to remove one. */
export function authenticatorsPage(view: AuthenticatorsView): Html {
  const { texts, time } = view.locale
  const lines = view.authenticators.map(({ id, name, usedAt }) => {
    const remove = submitButton(texts['totp.remove'], { look: 'quiet', about: name })
    return html`<li><div><b>${name}</b><p class="hint">${texts['sessions.last_used']} ${time(usedAt)}</p></div>
${postForm(view, [hiddenField('id', id), remove], { summary: false })}</li>
`
  })
  const list = lines.length === 0 ? html`<p>${texts['totp.none']}</p>` : html`<ul class="lines">${lines}</ul>`
  return html`${errorSummary(view, [])}${list}${linkList([{ href: view.setup, label: texts['totp.setup_link'] }, ...view.links])}`
}

/** What the page to set one up is given. */
export interface SetupView extends Form {
  /** The hidden field `setupId`. */
  readonly setupId: string
  /** The secret to type, in groups. */
  readonly key: string
  /** What applications on this device open. */
  readonly uri: string
  /** The picture of it. */
  readonly qr: Html
  /** Whether the login goes on only with one. */
  readonly isOwed: boolean
}

/** The page to set an authenticator up: the picture, the key, fields `code` and `name`. */
export function setupPage(view: SetupView): Html {
  const { texts } = view.locale
  const name = textField({ name: 'name', label: texts['totp.name'], autocomplete: 'off', required: false, hint: texts['totp.name_hint'] })
  const form = postForm(view, [hiddenField('setupId', view.setupId), codeField(view), name, submitButton(texts['totp.confirm'])])
  return html`${view.isOwed && html`<p>${texts['totp.owed']}</p>`}<p>${texts['totp.scan']}</p>${view.qr}
<details><summary>${texts['totp.by_hand']}</summary><p>${texts['totp.key']}</p><p class="key"><code><b>${view.key}</b></code></p><p><a href="${view.uri}">${texts['totp.open']}</a></p></details>
${form}${linkList(view.links)}`
}

/** What the page to type a code is given. */
export interface TotpView extends Form {}

/** The page to type a code: field `code`, and a checkbox for each wish. */
export function totpPage(view: TotpView): Html {
  const { texts } = view.locale
  const form = postForm(view, [codeField(view), ...view.wishes.map(checkboxField), submitButton(texts['totp.button'])])
  return html`<p>${texts['totp.intro']}</p>${form}${linkList(view.links)}`
}

function codeField({ locale }: Form): FormField {
  const { 'totp.code': label, 'totp.code_hint': hint } = locale.texts
  return textField({ name: 'code', label, hint, autocomplete: 'one-time-code', inputmode: 'numeric', oneTime: true })
}
