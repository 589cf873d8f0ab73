/** Redirect targets: resolved against our own origin and rebuilt, never filtered. */

/**
 * The path, query and hash that a target means on this origin, or `null` when it leads anywhere else.
 *
 * It is read as a browser would (WHATWG URL) relative to `origin`, must end on that very origin, and only its path,
 * query and hash are given back; a path that then starts with two slashes would be a host to the next reader.
 */
export function safeTarget(target: string, origin: string): string | null {
  if (target === '' || target.length > 2048 || !target.isWellFormed() || !URL.canParse(target, `${origin}/`)) return null
  const url = new URL(target, `${origin}/`)
  if (url.origin !== origin || url.username !== '' || url.password !== '') return null
  if (!/^\/(?!\/)/.test(url.pathname)) return null // two slashes, or none: a blob URL has the origin of what it holds
  return url.pathname + url.search + url.hash
}
