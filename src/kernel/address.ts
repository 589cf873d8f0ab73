/** E-mail addresses: which ones are accepted, and which two are the same. */
import { domainToASCII } from 'node:url'

/** What an accepted address is kept as. */
export interface Address {
  /** As typed: the spelling that mail goes to. */
  readonly email: string
  /** NFC, lower case, ASCII domain: two addresses are the same when this is. */
  readonly key: string
}

// Neither controls, spaces and separators nor what quotes, comments and lists are written with (RFC 5321 section 4.1.2, without quoted local parts).
const localPart = /^[^\p{C}\p{Z}"(),:;<>@[\\\]]+$/u

/**
 * Reads an address: one `@`, a local part without quotes, spaces or controls, a domain with a dot or `localhost`, 254 octets at most.
 * `null` when it is none. Whether mail arrives there is another question.
 */
export function readAddress(typed: string): Address | null {
  const email = typed.trim().normalize('NFC')
  if (Buffer.byteLength(email) > 254) return null
  const [local = '', domain = '', ...rest] = email.split('@')
  if (rest.length > 0 || !localPart.test(local) || local.startsWith('.') || local.endsWith('.') || local.includes('..')) return null
  if (!localPart.test(domain) || /[/?#%\\]/.test(domain)) return null
  const ascii = domainToASCII(domain)
  if (!/^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$|^localhost$/.test(ascii)) return null
  if (/^\d+$/.test(ascii.slice(ascii.lastIndexOf('.') + 1))) return null
  return { email, key: `${local.toLowerCase().normalize('NFC')}@${ascii}` }
}
