/** Redirects as `fetch` follows them, one step at a time, so that each step gets credentials of its own or none (Fetch, HTTP-redirect fetch). */

/** A request that can be sent as often as it takes. */
export interface Outgoing {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: Uint8Array<ArrayBuffer> | null
}

/** How many redirects `fetch` follows. */
export const mostRedirects = 20

/**
 * The request that a reply redirects to; `null` when it redirects nowhere.
 *
 * @throws TypeError when its `Location` is no http URL, as `fetch` does
 */
export function redirectedTo({ status, headers }: Response, request: Outgoing): Outgoing | null {
  const location = headers.get('location')
  if (![301, 302, 303, 307, 308].includes(status) || location === null) return null
  const url = URL.parse(location, request.url)
  if (url === null || !/^https?:$/.test(url.protocol)) throw new TypeError('The server redirected to what is no http URL.')
  return isTurnedIntoGet(status, request.method) ? withoutBody(url, request) : { ...request, url }
}

function isTurnedIntoGet(status: number, method: string): boolean {
  return status === 303 ? method !== 'GET' && method !== 'HEAD' : (status === 301 || status === 302) && method === 'POST'
}

function withoutBody(url: URL, request: Outgoing): Outgoing {
  return {
    url,
    method: 'GET',
    headers: without(request.headers, ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']),
    body: null,
  }
}

/** Leaves behind what is for the old origin only. */
export function withoutSecrets(request: Outgoing): Outgoing {
  return { ...request, headers: without(request.headers, ['authorization', 'proxy-authorization', 'cookie', 'host']) }
}

function without(headers: Headers, names: readonly string[]): Headers {
  const rest = new Headers(headers)
  for (const name of names) rest.delete(name)
  return rest
}
