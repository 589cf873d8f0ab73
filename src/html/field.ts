/** The fields of forms: each binds its label, hint and errors to its input, and is rendered by the form it stands in. */
import type { Texts } from '../model/texts.ts'
import { type Html, html } from './html.ts'

/** A field that a form renders, once it knows what was typed, what was wrong, and where the focus goes. */
export interface FormField {
  readonly name: string
  readonly label: string
  /** Whether it wants the focus when nothing in the form is in error. */
  readonly wantsFocus: (value: string) => boolean
  readonly render: (state: FieldState) => Html
}

/** What a field is rendered from. */
export interface FieldState {
  /** What was typed before; a secret field does not look at it. */
  readonly value: string
  readonly errors: readonly string[]
  readonly autofocus: boolean
  /** Of the language of the page. */
  readonly texts: Texts
}

/** What a line of text is asked for by. */
export interface TextFieldOptions {
  /** Without spaces, since ids are made of it. */
  readonly name: string
  readonly label: string
  /** A token of the HTML standard's list, so that browsers and password managers know what to offer. */
  readonly autocomplete: string
  readonly type?: 'text' | 'email' | 'tel' | 'url'
  /** The keyboard of phones. */
  readonly inputmode?: string
  readonly hint?: string | null
  /** True unless said otherwise; what is not required says so in its label. */
  readonly required?: boolean
  /** A regular expression that the browser checks before sending, and what it says then. */
  readonly pattern?: { readonly source: string; readonly says: string }
  /** For names and sentences: spelling help and capital letters stay on. */
  readonly prose?: boolean
  /** Never shown again, although it can be read while typing: codes. */
  readonly oneTime?: boolean
}

/** A line of text. */
export function textField(options: TextFieldOptions): FormField {
  const { name, required = true, pattern, prose = false, oneTime = false } = options
  return {
    name,
    label: options.label,
    wantsFocus: (value) => oneTime || value === '',
    render: (state) => html`<div class="field">
${labelOf(options, required, state.texts)}
<input id="field-${name}" name="${name}" type="${options.type ?? 'text'}" autocomplete="${options.autocomplete}"${
      options.inputmode && html` inputmode="${options.inputmode}"`
    }${!prose && html` autocapitalize="none" spellcheck="false"`}${
      pattern && html` pattern="${pattern.source}" title="${pattern.says}"`
    }${!oneTime && state.value !== '' && html` value="${state.value}"`}${required && html` required`}${stateAttributes(options, state)}>
${notes(options, state)}</div>
`,
  }
}

/** What a password is asked for by. */
export interface PasswordFieldOptions {
  readonly name: string
  readonly label: string
  /** `current-password` or `new-password`. */
  readonly autocomplete: string
  readonly hint?: string | null
}

/**
 * A password: never filled in from the server, pasted freely, of any length as far as the browser is concerned (the server has the policy).
 * The script offers to show it and tells when Caps Lock is on.
 */
export function passwordField(options: PasswordFieldOptions): FormField {
  const { name, label } = options
  return {
    name,
    label,
    wantsFocus: () => true,
    render: (state) => html`<div class="field">
${labelOf(options, true, state.texts)}
<div class="with-button">
<input id="field-${name}" name="${name}" type="password" autocomplete="${
      options.autocomplete
    }" autocapitalize="none" spellcheck="false" required${stateAttributes(options, state)}>
<button type="button" class="quiet reveal" aria-controls="field-${name}" data-show="${state.texts['field.show']}" data-hide="${
      state.texts['field.hide']
    }" hidden><span>${state.texts['field.show']}</span><span class="visually-hidden"> ${label}</span></button>
</div>
<p class="caps-lock" role="status" data-text="${state.texts['field.caps_lock']}"></p>
${notes(options, state)}</div>
`,
  }
}

/** What a yes or no is asked for by. */
export interface CheckboxFieldOptions {
  readonly name: string
  readonly label: string
  readonly hint?: string | null
  /** Whether it must be checked; false unless said otherwise. */
  readonly required?: boolean
}

/** A yes or no; sends `true` when checked. */
export function checkboxField(options: CheckboxFieldOptions): FormField {
  const { name, label, required = false } = options
  return {
    name,
    label,
    wantsFocus: () => false,
    render: (state) => html`<div class="field">
<div class="check">
<input id="field-${name}" name="${name}" type="checkbox" value="true"${(state.value === 'true' || state.value === 'on') && html` checked`}${
      required && html` required`
    }${stateAttributes(options, state)}>
<label for="field-${name}">${label}</label>
</div>
${notes(options, state)}</div>
`,
  }
}

/** A value that is sent and not shown. */
export function hiddenField(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`
}

/**
 * Tells password managers whose password a form is about. It has no name, so it is not sent; it is out of sight rather than `hidden`,
 * since some of them overlook what is not rendered.
 */
export function accountHint(email: string): Html {
  return html`<input class="visually-hidden" type="text" autocomplete="username" value="${email}" readonly tabindex="-1" aria-hidden="true">`
}

interface Noted {
  readonly name: string
  readonly label: string
  readonly hint?: string | null
}

function labelOf(field: Noted, required: boolean, texts: Texts): Html {
  return html`<label for="field-${field.name}">${field.label}${!required && html` <span class="hint">${texts['field.optional']}</span>`}</label>`
}

/** The same for every kind of input: what describes it, whether it is wrong, whether it has the focus. */
function stateAttributes(field: Noted, state: FieldState): Html {
  const wrong = state.errors.length > 0
  const described = [wrong ? `error-${field.name}` : '', field.hint ? `hint-${field.name}` : ''].filter((id) => id !== '').join(' ')
  return html`${described !== '' && html` aria-describedby="${described}"`}${wrong && html` aria-invalid="true"`}${
    state.autofocus && html` autofocus`
  }`
}

function notes(field: Noted, state: FieldState): Html {
  return html`${field.hint && html`<p class="hint" id="hint-${field.name}">${field.hint}</p>`}${
    state.errors.length > 0 && html`<p class="error" id="error-${field.name}">${state.errors.join(' ')}</p>`
  }`
}
