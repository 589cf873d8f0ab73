/** What a server says after authenticating: proof that it knows the secret too, and the next nonce (RFC 7616 section 3.5). */
import { type DigestQop, readNonceCount } from './credentials.ts'
import { fromBytes, quote } from './field-text.ts'
import { readParameters } from './parameters.ts'

/** The members of `Authentication-Info`; `null` where one is absent. */
export interface AuthenticationInfo {
  readonly rspauth: string | null
  readonly qop: DigestQop | null
  /** Of the request that is answered, like `nc`. */
  readonly cnonce: string | null
  readonly nc: string | null
  /** For the client's next request, whose count begins at 1 again. */
  readonly nextnonce: string | null
}

const longestField = 8192

/**
 * Writes the value of `Authentication-Info`.
 *
 * @throws RangeError when a value cannot stand in a header
 */
export function writeAuthenticationInfo({ rspauth, qop, cnonce, nc, nextnonce }: AuthenticationInfo): string {
  if (nc !== null && readNonceCount(nc) === null) throw new RangeError('nc is eight hexadecimal digits, from 00000001.')
  const parts: string[] = []
  if (rspauth !== null) parts.push(`rspauth=${quote(rspauth)}`)
  if (qop !== null) parts.push(`qop=${qop}`)
  if (cnonce !== null) parts.push(`cnonce=${quote(cnonce)}`)
  if (nc !== null) parts.push(`nc=${nc}`)
  if (nextnonce !== null) parts.push(`nextnonce=${quote(nextnonce)}`)
  return parts.join(', ')
}

/** Reads the value of `Authentication-Info`; `null` when there is none or it breaks the grammar. Never throws. */
export function readAuthenticationInfo(field: string | null): AuthenticationInfo | null {
  if (field === null || field.length > longestField) return null
  const parameters = readParameters(field)
  if (parameters === null) return null
  const text = (name: string): string | null => (parameters.has(name) ? fromBytes(parameters.get(name) ?? '') : null)
  const [qop, nc] = [text('qop'), text('nc')]
  if ((qop !== null && qop !== 'auth' && qop !== 'auth-int') || (nc !== null && readNonceCount(nc) === null)) return null
  return { rspauth: text('rspauth'), qop, cnonce: text('cnonce'), nc, nextnonce: text('nextnonce') }
}
