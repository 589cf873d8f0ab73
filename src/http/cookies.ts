/** Cookies (RFC 6265): read strictly, written with every protection on. */

/** Characters that a value of ours is made of: base64url, dot and tilde. */
const safeValue = /^[\w.~-]+$/

/**
 * The one value of a cookie in a `Cookie` header; `null` when it is absent, empty, ambiguous (given twice with
 * different values) or holds characters that none of ours has.
 */
export function readCookie(header: string | null, name: string): string | null {
  if (header === null || !header.includes(name)) return null
  let found: string | null = null
  // No `split`, which makes a list: every guarded request comes through here.
  for (let start = 0, end = 0; start <= header.length; start = end + 1) {
    end = header.indexOf(';', start)
    if (end < 0) end = header.length
    const pair = header.slice(start, end)
    const equals = pair.indexOf('=') // within the pair, so that a header without any costs no more than its length
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue
    const value = pair.slice(equals + 1).trim()
    if (found !== null && found !== value) return null
    found = value
  }
  return found !== null && safeValue.test(found) ? found : null
}

/** How a cookie is written. */
export interface CookieOptions {
  readonly secure: boolean
  /** Life in seconds; without it the cookie ends with the browser, with 0 it ends now. */
  readonly seconds?: number
}

/**
 * A `Set-Cookie` value: HttpOnly, SameSite=Lax, for the whole host and no other.
 *
 * @throws Error when the name or value could break the header, or a browser would drop it for its size (RFC 6265bis: 4,096 octets)
 */
export function writeCookie(name: string, value: string, options: CookieOptions): string {
  if (!/^[\w-]+$/.test(name) || (value !== '' && !safeValue.test(value)))
    throw new Error(`The cookie ${name} has a name or value that cannot be sent.`)
  if (name.length + value.length > 4000) throw new Error(`The cookie ${name} is too large for browsers to keep.`)
  const life = options.seconds === undefined ? '' : `; Max-Age=${options.seconds}`
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}${life}`
}
