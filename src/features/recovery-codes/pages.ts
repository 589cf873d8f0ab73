/** The pages of `recoveryCodes()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { checkboxField, textField } from '../../html/field.ts'
import { postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { choiceList, linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the page of recovery codes is given. */
export interface RecoveryCodesView extends Form {
  /** New codes, the one time that they are shown; else none. */
  readonly codes: readonly string[]
  /** How many are left. */
  readonly left: number
  /** Where to go on after they were shown. */
  readonly onward: string
}

/** New codes, to be kept; or how many are left, with a button that makes new ones. */
export function recoveryCodesPage(view: RecoveryCodesView): Html {
  const { texts } = view.locale
  if (view.codes.length > 0) {
    const lines = view.codes.map((code) => html`<li><code>${code}</code></li>`)
    const file = `data:text/plain;charset=utf-8,${encodeURIComponent(view.codes.join('\n'))}`
    return html`<p>${texts['recovery_codes.keep']}</p><ol class="codes" id="codes">${lines}</ol>
<p class="actions"><a href="${file}" download="recovery-codes.txt">${texts['recovery_codes.download']}</a>
<button type="button" class="quiet copy" data-copies="codes" data-done="${texts['recovery_codes.copied']}" hidden>${texts['recovery_codes.copy']}</button>
<button type="button" class="quiet print" hidden>${texts['recovery_codes.print']}</button></p>
<p class="hint" role="status" id="copied"></p>
${choiceList([{ href: view.onward, label: texts['recovery_codes.kept'] }])}`
  }
  const form = postForm(view, [submitButton(texts['recovery_codes.button'])])
  return html`<p>${texts['recovery_codes.left']({ left: view.left })}</p><p class="hint">${texts['recovery_codes.effect']}</p>${form}${linkList(view.links)}`
}

/** What the page to type a code is given. */
export interface UseRecoveryCodeView extends Form {}

/** The page to type a code: field `code`, and a checkbox for each wish. */
export function useRecoveryCodePage(view: UseRecoveryCodeView): Html {
  const { texts } = view.locale
  const code = textField({ name: 'code', label: texts['recovery_codes.code'], autocomplete: 'off', oneTime: true })
  const form = postForm(view, [code, ...view.wishes.map(checkboxField), submitButton(texts['totp.button'])])
  return html`<p>${texts['recovery_codes.intro']}</p>${form}${linkList(view.links)}`
}
