/** What a username may be, and when two of them are the same. */
import { invalidFields } from '../../http/fields.ts'
import type { Phrase } from '../../model/locale.ts'

/** Bounds of a username, in characters. */
export interface UsernameRules {
  readonly minimum: number
  readonly maximum: number
  readonly required: boolean
}

/** Letters and digits of any script, and between them single dots, hyphens and low lines: no markup, no spaces, nothing invisible, no `@`. */
const allowed = /^(?!.*\p{Default_Ignorable_Code_Point})[\p{L}\p{N}]\p{M}{0,3}(?:[._-]?[\p{L}\p{N}]\p{M}{0,3})*$/u

/** The form by which usernames are compared: NFC and case-folded, as in the UsernameCaseMapped profile of RFC 8265; `null` for what is none. */
export function canonicalUsername(typed: string): string | null {
  const text = typed.trim().normalize('NFC')
  if (!allowed.test(text)) return null
  return text.toLowerCase().toUpperCase().toLowerCase().normalize('NFC') // by way of capitals, so that ß is ss and ς is σ
}

/** A username as it is shown and as it is compared. @throws AuthError `invalid_fields` under `username` */
export function readUsername(
  typed: string,
  { minimum, maximum }: UsernameRules,
): { readonly username: string; readonly usernameKey: string } {
  const username = typed.trim().normalize('NFC')
  const length = [...username].length
  if (length < minimum || length > maximum) throw refused(({ texts }) => texts['username.length']({ least: minimum, most: maximum }))
  const usernameKey = canonicalUsername(username)
  if (usernameKey === null) throw refused(({ texts }) => texts['username.characters'])
  return { username, usernameKey }
}

/** A refusal of the field `username`. */
export function refused(message: Phrase): Error {
  return invalidFields({ username: [message] })
}
