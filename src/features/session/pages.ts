/** The pages of `session()`: plain functions of plain views, so that an application replaces one by a function of the same type. */
import { accountHint, type FormField, hiddenField, passwordField, textField } from '../../html/field.ts'
import { errorSummary, focusOf, postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { choiceList, linkList } from '../../html/links.ts'
import type { Form, MenuLink } from '../../kernel/feature.ts'
import type { Locale } from '../../model/locale.ts'

/** What the list of sessions is given. */
export interface SessionsView extends Form {
  /** In the order in which they are shown. */
  readonly sessions: readonly SessionLine[]
}

/** One session. */
export interface SessionLine {
  /** The public id that ends it. */
  readonly id: string
  /** Whether it is the one that asks. */
  readonly current: boolean
  /** As `deviceName` says it. */
  readonly device: string
  readonly ip: string | null
  /** In milliseconds since 1970, UTC. */
  readonly createdAt: number
  /** In milliseconds since 1970, UTC. */
  readonly usedAt: number
}

/** Where the user is logged in. Posts `id` to end one session, or `others=true` to end all but this one, which ends by logging out. */
export function sessionsPage(view: SessionsView): Html {
  const { texts } = view.locale
  const others = view.sessions.some((session) => !session.current)
  const endOthers = postForm(view, [hiddenField('others', 'true'), submitButton(texts['sessions.end_others'])], { summary: false })
  return html`${errorSummary(view, [])}<ul class="lines">${view.sessions.map((session) => sessionItem(view, session))}</ul>
${others ? endOthers : html`<p class="hint">${texts['sessions.no_others']}</p>`}${linkList(view.links)}`
}

function sessionItem(view: SessionsView, session: SessionLine): Html {
  const { texts } = view.locale
  const end = submitButton(texts['sessions.end'], { look: 'quiet', about: session.device })
  return html`<li><div><b>${session.device}</b>${session.current && html` <span class="badge">${texts['sessions.this_device']}</span>`}
<p class="hint">${texts['sessions.last_used']} ${time(session.usedAt, view.locale)}</p>
<p class="hint">${texts['sessions.since']} ${time(session.createdAt, view.locale)}</p>${session.ip && html`<p class="hint">${texts['sessions.from']} ${session.ip}</p>`}</div>
${!session.current && postForm(view, [hiddenField('id', session.id), end], { summary: false })}</li>
`
}

function time(at: number, locale: Locale): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${locale.time(at)}</time>`
}

/** What the page to re-authenticate is given. */
export interface VerifyView extends Form {
  /** The ways to prove it, the best one first. Empty for an account that has none here: logging in anew is then the way. */
  readonly methods: readonly VerifyMethod[]
  /** Where to log out, and the page that then logs in anew and leads back. */
  readonly again: { readonly action: string; readonly next: string }
  /** Whose account it is, for password managers. */
  readonly email: string
}

/** One way to prove that it is still the user, by something typed. */
export interface VerifyMethod {
  /** The field's name: `password`, `code`, `recoveryCode`. */
  readonly field: string
  readonly label: string
  /** `current-password`, `one-time-code`, `off`. */
  readonly autocomplete: string
  /** The keyboard of phones: `numeric`. */
  readonly inputmode?: string
  /** Whether it is masked while it is typed. */
  readonly secret: boolean
}

/** The page to re-authenticate: a form for each method, the first one open. Nothing typed is ever shown again. */
export function verifyPage(view: VerifyView): Html {
  const { texts } = view.locale
  if (view.methods.length === 0) return loginAgain(view)
  const fields = view.methods.map(verifyField)
  const focus = focusOf(view, fields)
  const forms = fields.map((field, index) => {
    const form = postForm(view, [accountHint(view.email), field, submitButton(texts['verify.button'])], { summary: false, focus })
    return index === 0
      ? form
      : html`<details${field.name === focus && html` open`}><summary>${texts['verify.instead']({ method: field.label })}</summary>${form}</details>`
  })
  return html`<p>${texts['verify.intro']}</p>
${errorSummary(view, fields)}${forms}${linkList(view.links)}`
}

/** For an account that is logged in by other means than the toolkit's. */
function loginAgain(view: VerifyView): Html {
  const { texts } = view.locale
  const form = { ...view, action: view.again.action, next: view.again.next }
  return html`<p>${texts['verify.log_in_again']}</p>
${postForm(form, [submitButton(texts['verify.log_in_again_button'])])}${linkList(view.links)}`
}

function verifyField(method: VerifyMethod): FormField {
  const { field: name, label, autocomplete, inputmode = 'text' } = method
  if (!method.secret) return textField({ name, label, autocomplete, inputmode, oneTime: true })
  return passwordField({ name, label, autocomplete })
}

/** What the page to log out is given. */
export interface LogoutView extends Form {}

/** Asks before logging out, so that a link alone logs nobody out. */
export function logoutPage(view: LogoutView): Html {
  const { texts } = view.locale
  return html`<p>${texts['logout.effect']}</p>${postForm(view, [submitButton(texts['logout.button'])])}${linkList(view.links)}`
}

/** What the page to choose a second factor is given. */
export interface SecondFactorView extends Form {
  /** The pages where one is proven. */
  readonly methods: readonly MenuLink[]
}

/** Lets the user choose how to prove the second factor that is still owed. */
export function secondFactorPage(view: SecondFactorView): Html {
  return html`${errorSummary(view, [])}<p>${view.locale.texts['second_factor.intro']}</p>
${choiceList(view.methods)}${linkList(view.links)}`
}
