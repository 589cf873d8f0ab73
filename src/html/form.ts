/** Forms: what every page posts with, what it says when it was refused, and where the focus goes. */
import type { Locale } from '../model/locale.ts'
import type { FormField } from './field.ts'
import { hiddenField } from './field.ts'
import { Html, html } from './html.ts'

/** What a form is rendered from. The kernel's `Form` is one. */
export interface FormView {
  /** Where it posts to. */
  readonly action: string
  /** The hidden field `csrf`. */
  readonly csrf: string
  /** The hidden field `next`; left out when there is none. */
  readonly next: string | null
  /** What was typed before an error; never a secret. */
  readonly values: Readonly<Record<string, string>>
  /** Messages by field name; the member `''` is about the whole form. */
  readonly errors: Readonly<Record<string, readonly string[]>>
  /** Why the form as a whole was refused. */
  readonly message: string | null
  /** The language of the page. */
  readonly locale: Locale
}

/** For pages with more than one form. */
export interface PostFormOptions {
  /** False when the page shows one `errorSummary` above its forms; true unless said otherwise. */
  readonly summary?: boolean
  /** The name of the field with the focus; `focusOf` this form unless said otherwise. */
  readonly focus?: string | null
}

/** A form that posts: the hidden fields, why it was refused, then its parts in order. */
export function postForm(view: FormView, parts: readonly (FormField | Html)[], options: PostFormOptions = {}): Html {
  const fields = parts.flatMap((part) => (part instanceof Html ? [] : [part]))
  const { summary = true, focus = focusOf(view, fields) } = options
  return html`<form method="post" action="${view.action}">
${hiddenField('csrf', view.csrf)}${view.next !== null && hiddenField('next', view.next)}
${summary && errorSummary(view, fields)}${parts.map((part) => (part instanceof Html ? part : renderField(view, part, focus)))}
</form>
`
}

function renderField(view: FormView, field: FormField, focus: string | null): Html {
  const value = view.values[field.name] ?? ''
  return field.render({ value, errors: errorsOf(view, field.name), autofocus: field.name === focus, texts: view.locale.texts })
}

/** The name of the field that gets the focus: the first in error, else the first that is still to be filled in. */
export function focusOf(view: FormView, fields: readonly FormField[]): string | null {
  const wrong = fields.find((field) => errorsOf(view, field.name).length > 0)
  return (wrong ?? fields.find((field) => field.wantsFocus(view.values[field.name] ?? '')))?.name ?? null
}

/**
 * Why a form was refused: what is about it as a whole, what is about fields that it does not show, and, when several fields are wrong,
 * links to them. Nothing when there is nothing to say, or when the field in error says it already.
 */
export function errorSummary(view: FormView, fields: readonly FormField[]): Html {
  const wrong = fields.filter((field) => errorsOf(view, field.name).length > 0)
  const shown = new Set(fields.map((field) => field.name))
  const unshown = Object.entries(view.errors).flatMap(([name, messages]) => (shown.has(name) ? [] : messages))
  const beside = new Set(wrong.flatMap((field) => errorsOf(view, field.name)))
  const messages = [...new Set([view.message ?? [], unshown].flat())].filter((message) => !beside.has(message))
  const links = wrong.length < 2 ? [] : wrong
  return formMessage(
    messages,
    links.map((field) => html`<li><a href="#field-${field.name}">${field.label}: ${errorsOf(view, field.name).join(' ')}</a></li>`),
  )
}

/** A message that screen readers say at once. Nothing when there is nothing to say. */
function formMessage(messages: readonly string[], links: readonly Html[] = []): Html {
  if (messages.length === 0 && links.length === 0) return html``
  return html`<div class="alert" role="alert">${messages.map((message) => html`<p>${message}</p>`)}${
    links.length > 0 && html`<ul>${links}</ul>`
  }</div>
`
}

/** How a button looks, and whom it is about when a page has several of a kind. */
export interface SubmitButtonOptions {
  readonly look?: 'main' | 'quiet'
  /** Said after the label to those who do not see what stands beside it. */
  readonly about?: string
}

/** The button that sends the form. */
export function submitButton(label: string, options: SubmitButtonOptions = {}): Html {
  const about = options.about && html`<span class="visually-hidden"> ${options.about}</span>`
  return html`<button type="submit" class="${options.look ?? 'main'}">${label}${about}</button>`
}

function errorsOf(view: FormView, name: string): readonly string[] {
  return view.errors[name] ?? []
}
