/** Every answer of the toolkit is made here, with the headers that keep it out of caches, frames and foreign hands. */
import type { Html } from '../html/html.ts'
import type { AuthError, FieldErrors } from '../model/error.ts'
import type { Json, Members } from '../model/json.ts'
import type { Locale } from '../model/locale.ts'

/** Headers in order; several of one name stay several. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[]

const protections: HeaderPairs = [
  ['Cache-Control', 'no-store'],
  ['Vary', 'Accept, Cookie, Accept-Language'],
  ['X-Content-Type-Options', 'nosniff'],
  // Not even to this site's own pages, since paths may hold a mailed token; `no-referrer` would take the `Origin` from forms.
  ['Referrer-Policy', 'strict-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
]

const closed = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** A page may load its own style, script and pictures, and nothing else. */
const pagePolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

function reply(status: number, body: string | null, type: string | null, policy: string, headers: HeaderPairs): Response {
  const kind: HeaderPairs = type === null ? [] : [['Content-Type', type]]
  const all: HeaderPairs = [...protections, ['Content-Security-Policy', policy], ...kind, ...headers]
  return new Response(body, { status, headers: all.map(([name, value]) => [name, value]) })
}

/** A JSON answer. */
function jsonReply(status: number, body: Json, headers: HeaderPairs = []): Response {
  return reply(status, JSON.stringify(body), 'application/json; charset=utf-8', closed, headers)
}

/** A page in a language. */
export function pageReply(status: number, page: Html, { language }: Locale, headers: HeaderPairs = []): Response {
  return reply(status, page.toString(), 'text/html; charset=utf-8', pagePolicy, [['Content-Language', language], ...headers])
}

/** A redirect that is always followed by GET (RFC 9110 section 15.4.4). The target must have been checked. */
export function redirectReply(target: string, headers: HeaderPairs = []): Response {
  return reply(303, null, null, closed, [['Location', target], ...headers])
}

/** `200 {"ok":true, …}`. */
export function okReply(members: Members, headers: HeaderPairs = []): Response {
  return jsonReply(200, { ok: true, ...members }, headers)
}

/** A refusal as JSON: the status of its code, and what the client may know, in its language. */
export function errorReply(error: AuthError, locale: Locale): Response {
  const { fields, members } = error.detail
  const said = { message: sayMessage(error, locale), ...(fields && { fields: sayFields(fields, locale) }) }
  return jsonReply(error.status, { ok: false, error: { code: error.code, ...said, ...members } }, [
    ['Content-Language', locale.language],
    ...errorHeaders(error),
  ])
}

/** Why something was refused, in a language. */
export function sayMessage({ code, detail }: AuthError, locale: Locale): string {
  return detail.message === undefined ? locale.texts[`error.${code}`] : locale.say(detail.message)
}

/** What is wrong with each field, in a language. */
export function sayFields(fields: FieldErrors, locale: Locale): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(fields).map(([name, phrases]) => [name, phrases.map(locale.say)]))
}

/** The headers that a refusal carries however it is shown. */
export function errorHeaders(error: AuthError): HeaderPairs {
  const { retryAfter, headers = [] } = error.detail
  const wait: HeaderPairs = retryAfter === undefined ? [] : [['Retry-After', String(retryAfter)]]
  return [...wait, ...headers]
}

/** A file that never changes under its name, for style sheet and script. */
export function assetReply(body: string, type: string): Response {
  return new Response(body, {
    headers: {
      'Content-Type': `${type}; charset=utf-8`,
      'Cache-Control': 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
    },
  })
}
