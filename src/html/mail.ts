/** The mails' grammar: what a mail says, once, made into plain text and into a body of HTML; and the document around the latter. */
import type { Members } from '../model/json.ts'
import type { Locale } from '../model/locale.ts'
import type { User } from '../model/user.ts'
import { type Html, html } from './html.ts'

/** One part of a mail: a paragraph, a link to follow, a code to type, or facts under their names. */
export type MailPart =
  | string
  | { readonly link: string; readonly label: string }
  | { readonly code: string }
  | { readonly facts: readonly (readonly [name: string, value: string])[] }

/** A mail as written: for people, and for programs that show no HTML. */
export interface WrittenMail {
  readonly subject: string
  readonly text: string
  /** What stands within the layout. */
  readonly html: Html
}

/** What a mail is written of. */
export interface MailWords {
  readonly subject: string
  readonly parts: readonly MailPart[]
}

/** Writes a mail in both forms. A link stands as itself in the HTML too, since some programs show no buttons; a code stands alone on its line. */
export function writeMail({ siteName }: { readonly siteName: string }, { subject, parts }: MailWords): WrittenMail {
  return { subject, text: `${[...parts.map(textOf), siteName].join('\n\n')}\n`, html: html`${parts.map(htmlOf)}` }
}

function textOf(part: MailPart): string {
  if (typeof part === 'string') return part
  if ('link' in part) return `${part.label}:\n${part.link}`
  return 'code' in part ? part.code : part.facts.map(([name, value]) => `${name}: ${inOneLine(value)}`).join('\n')
}

function htmlOf(part: MailPart): Html {
  if (typeof part === 'string') return html`<p style="margin:0 0 16px">${part}</p>\n`
  if ('code' in part) return html`<p style="margin:0 0 16px;font:700 24px/1.4 monospace;letter-spacing:2px">${part.code}</p>\n`
  if ('link' in part) {
    return html`<p style="margin:0 0 16px"><a class="main" href="${part.link}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#1f5673;color:#ffffff;font-weight:600;text-decoration:none">${part.label}</a></p>
<p class="soft" style="margin:0 0 16px;color:#55606f;font-size:14px;word-break:break-all">${part.link}</p>\n`
  }
  const rows = part.facts.map(
    ([name, value]) =>
      html`<tr><th scope="row" style="padding:0 16px 4px 0;font-weight:400;text-align:left;vertical-align:top">${name}</th><td style="padding:0 0 4px">${inOneLine(value)}</td></tr>\n`,
  )
  return html`<table role="presentation" style="margin:0 0 16px;border-collapse:collapse">${rows}</table>\n`
}

/** Whatever a value holds, it cannot pass for another line of the mail. */
function inOneLine(value: string): string {
  return value.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()
}

/** When something was done, and where it came from, as far as the flow tells `ip` and `userAgent`. */
export function sourceFacts({ locale, at, data }: MailView): MailPart {
  const { texts } = locale
  const { ip = null, userAgent = null } = data
  const sources = [[texts['mail.from'], ip] as const, [texts['mail.with'], userAgent] as const]
  const told = sources.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []))
  return { facts: [[texts['mail.when'], locale.time(at)], ...told] }
}

/** A link as a mail gives it. */
export interface MailedLink {
  /** The page of the route, with the token. */
  readonly url: string
  /** What may be typed in its place, as `ABCD-EFGH`; `null` where it has none. */
  readonly code: string | null
  /** How long it is good for, in seconds, from when the mail was queued. */
  readonly seconds: number
}

/** What every mail is written from. */
export interface MailView {
  readonly siteName: string
  /** The language of whoever gets it. */
  readonly locale: Locale
  readonly to: string
  /** Whose account it is about, as it was when the mail was queued. */
  readonly user: User | null
  /** `null` for a mail that has none. */
  readonly link: MailedLink | null
  /** When it was queued, milliseconds since 1970, UTC. */
  readonly at: number
  /** What the flow tells besides. */
  readonly data: Members
}

/** Writes one of a feature's mails. */
export type MailTemplate = (view: MailView) => WrittenMail

/** What a layout of mails is given to make a whole document of. */
export interface MailLayoutParts {
  readonly subject: string
  readonly body: Html
  readonly siteName: string
  readonly locale: Locale
}

/** Makes a whole document of a mail's HTML. */
export type MailLayout = (mail: MailLayoutParts) => Html

/**
 * The layout of an application that gives none: light and dark, nothing to download. Styles stand at their elements, since many programs
 * leave the style sheet out; it brings the dark colours to those that do not.
 */
export function defaultMailLayout({ subject, body, siteName, locale }: MailLayoutParts): Html {
  return html`<!doctype html>
<html lang="${locale.language}" dir="${locale.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark }
@media (prefers-color-scheme: dark) {
  .page { background: #11161c !important }
  .card { background: #1a2129 !important; color: #e7ebf0 !important }
  .soft { color: #a6b1be !important }
  .main { background: #8cc5e3 !important; color: #0d1b24 !important }
}
</style>
</head>
<body class="page" style="margin:0;padding:24px 12px;background:#f4f6f8">
<div class="card" style="max-width:480px;margin:0 auto;padding:24px;border-radius:8px;background:#ffffff;color:#1b2430;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
<p class="soft" style="margin:0 0 8px;color:#55606f;font-size:14px">${siteName}</p>
<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">${subject}</h1>
${body}</div>
</body>
</html>
`
}
