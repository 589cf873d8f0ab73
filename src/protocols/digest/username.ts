/** How names of users travel: normalised, hashed, or in the extended notation (RFC 7616 sections 3.4, 3.4.4 and 4). */
import { fromBytes, isPrintable } from './field-text.ts'

/**
 * The normal form that a name is hashed in, NFC (RFC 7616 section 4); `null` when it can be none: empty, with a colon, which ends the
 * name in A1, with control characters or half a surrogate pair.
 */
export function normalUsername(name: string): string | null {
  return name === '' || name.includes(':') || !isPrintable(name) ? null : name.normalize('NFC')
}

/** An extended value in UTF-8: charset, language, and bytes in percent-encoding (RFC 8187 section 3.2.1). */
const extendedValue = /^utf-8'[-0-9a-z]*'((?:%[0-9a-f]{2}|[!#$&+\-.^_`|~0-9a-z])*)$/i

/** The text of `username*`; `null` when it is no extended value in UTF-8, the one charset that everybody writes. */
export function readExtendedValue(value: string): string | null {
  const encoded = extendedValue.exec(value)?.[1]
  if (encoded === undefined) return null
  return fromBytes(encoded.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))))
}

/** A text as extended value; what `encodeURIComponent` leaves of RFC 8187's delimiters is escaped too. */
export function writeExtendedValue(text: string): string {
  return `UTF-8''${encodeURIComponent(text).replace(/[*'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)}`
}
