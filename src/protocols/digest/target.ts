/** Whether the `uri` of credentials means the resource that was requested (RFC 7616 section 3.4.6). */

/** What else a uri may be. */
export interface TargetOptions {
  /** Origins that the request may have been made to, such as `https://example.com`: a target in absolute form must name one of them. */
  readonly origins?: readonly string[]
  /** A path that something in front took off the target, such as `/api`, without a slash at its end; the client's uri begins with it. */
  readonly prefix?: string
}

/**
 * Whether a `uri` and the target of the request are one resource. Where they are not, the answer is 400 (RFC 7616 section 3.4.6).
 *
 * - Two equal texts are, when no prefix was taken off.
 * - Either may be in absolute form (RFC 9112 section 3.2.2) when its origin is listed: proxies turn one form into the other.
 * - Percent-encodings that mean the same are equal: case of the digits, and characters that need none (RFC 3986 section 6.2.2).
 * - Query strings count, and so does an empty one. Dots and double slashes are left alone: servers disagree about them.
 * - `*` (RFC 9112 section 3.2.4) is itself only.
 *
 * @param target as the request line has it, before anything was mounted, decoded or rewritten, except for `prefix`
 */
export function isSameTarget(uri: string, target: string, { origins = [], prefix = '' }: TargetOptions = {}): boolean {
  if (prefix === '' && uri === target) return true
  if (uri === '*' || target === '*') return uri === target
  const [asked, requested] = [originForm(uri, origins), originForm(target, origins)]
  if (asked === null || requested === null) return false
  const rest = withoutPrefix(normalise(asked), normalise(prefix))
  return rest !== null && rest === normalise(requested)
}

/** Path and query of a target; `null` when it is neither a path nor a URI of a listed origin. */
function originForm(target: string, origins: readonly string[]): string | null {
  if (target.startsWith('/')) return target
  const [, base = '', rest = ''] = /^(https?:\/\/[^/?#@\\\s]+)([/?].*)?$/is.exec(target) ?? []
  if (!URL.canParse(base) || !origins.includes(new URL(base).origin)) return null
  return rest.startsWith('/') ? rest : `/${rest}` // an empty path is `/` (RFC 9110 section 4.2.3)
}

/** What comes after a prefix, `/` where nothing or only a query is left; no target, which begins with a slash, where the prefix ends in a name. */
function withoutPrefix(path: string, prefix: string): string | null {
  if (!path.startsWith(prefix)) return null
  const rest = path.slice(prefix.length)
  return rest === '' || rest.startsWith('?') ? `/${rest}` : rest
}

const unreserved = /^[-.~\w]$/

/** One spelling for each target: what needs no percent-encoding has none, what needs one has it, in upper case. */
function normalise(target: string): string {
  return target
    .replace(/%([0-9a-f]{2})/gi, (encoded, digits: string) => {
      const character = String.fromCharCode(Number.parseInt(digits, 16))
      return unreserved.test(character) ? character : encoded.toUpperCase()
    })
    .replace(/["'<>\\^`{|}]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
