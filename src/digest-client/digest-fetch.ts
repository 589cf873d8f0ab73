/** A `fetch` that logs in by HTTP Digest and has the server prove itself too (RFC 7616). */
import { equalTexts } from '../crypto/hash.ts'
import { readAuthenticationInfo } from '../protocols/digest/authentication-info.ts'
import { readChallenges } from '../protocols/digest/challenge.ts'
import { writeCredentials } from '../protocols/digest/credentials.ts'
import { computeRspauth } from '../protocols/digest/response.ts'
import { normalUsername } from '../protocols/digest/username.ts'
import { DigestClientError } from './error.ts'
import { mostRedirects, type Outgoing, redirectedTo, withoutSecrets } from './redirect.ts'
import { type CountedCredentials, chooseChallenge, type DigestSession, openSession } from './session.ts'

/** Who logs in, and where. */
export interface DigestFetchOptions {
  /** The one origin that the credentials are for, such as `https://api.example.com`. */
  readonly origin: string
  readonly username: string
  readonly password: string
  /** Answers challenges of this realm only; any of the origin unless said otherwise. */
  readonly realm?: string
  /** Refuses replies in which the server does not prove that it knows the password; a wrong proof is always refused. */
  readonly requireRspauth?: boolean
  /** Answers MD5 where the server offers nothing better. Whoever reads along can try passwords fast. */
  readonly dangerouslyAllowMd5?: boolean
  /** For a proxy or a test; the global one unless said otherwise. */
  readonly fetch?: typeof fetch
}

/**
 * Makes a `fetch` that answers Digest challenges of one origin. Requests to other origins, and redirects to them, go without credentials.
 *
 * Request bodies are kept in memory, since a refused request is sent again. The calls throw `DigestClientError` when the server's proof
 * is wrong, or required and missing; a refused password is a response of 401.
 *
 * @throws RangeError when `origin` is no http origin, or the name cannot be one
 */
export function digestFetch(options: DigestFetchOptions): typeof fetch {
  const { origin, username, password, realm = null, requireRspauth = false, dangerouslyAllowMd5: allowsMd5 = false } = options
  if (!/^https?:/.test(origin) || URL.parse(origin)?.origin !== origin)
    throw new RangeError('digestFetch: origin must be one such as https://api.example.com, without a path.')
  if (normalUsername(username) === null)
    throw new RangeError('digestFetch: username must not be empty, and hold no colon and no control characters.')
  const call: typeof fetch = (input, init) => (options.fetch ?? fetch)(input, init)
  let current: DigestSession | null = null

  /** Sends a request, and again for a challenge; a third time only when the nonce was stale. */
  async function exchange(request: Outgoing, init: RequestInit): Promise<Response> {
    let session = current
    for (let answered = 0; ; answered++) {
      const credentials = session?.sign({ method: request.method, uri: targetOf(request.url), body: request.body }) ?? null
      const response = await send(call, request, init, credentials)
      if (response.status !== 401) {
        if (session && credentials) await verifyServer(response, session, credentials, requireRspauth)
        return response
      }
      const challenge = chooseChallenge(readChallenges(response.headers.get('www-authenticate')), { realm, allowsMd5 })
      if (challenge === null || answered === 2 || (answered === 1 && !challenge.stale)) {
        if (current === session) current = null
        return response
      }
      await response.body?.cancel()
      session = current = openSession(challenge, username, password)
    }
  }

  return async (input, init = {}) => {
    const url = new URL(typeof input === 'string' || input instanceof URL ? input : input.url)
    if (url.origin !== origin) return call(input, init)
    const asked = new Request(input, init)
    const body = asked.body === null ? null : new Uint8Array(await asked.arrayBuffer())
    const common: RequestInit = { ...init, redirect: 'manual', signal: asked.signal }
    let request: Outgoing = { url, method: asked.method, headers: new Headers(asked.headers), body }
    for (let redirects = 0; ; redirects++) {
      const response = await exchange(request, common)
      const next = asked.redirect === 'manual' ? null : redirectedTo(response, request)
      if (next === null) return response
      await response.body?.cancel()
      if (asked.redirect === 'error' || redirects === mostRedirects) throw new TypeError('The server redirected, or did so too often.')
      if (next.url.origin !== origin) return send(call, withoutSecrets(next), { ...common, redirect: 'follow' }, null)
      request = next
    }
  }
}

/** The target as it is sent: `search` would forget a question mark with nothing behind it. */
function targetOf(url: URL): string {
  return url.href.slice(url.origin.length).replace(/#.*$/, '')
}

function send(call: typeof fetch, request: Outgoing, init: RequestInit, credentials: CountedCredentials | null): Promise<Response> {
  const { url, method, body } = request
  const headers = new Headers(request.headers)
  if (credentials !== null) headers.set('authorization', writeCredentials(credentials))
  // auth-int is about the body as it travels, and fetch shows it decoded only (RFC 7616 section 3.4.3).
  if (credentials?.qop === 'auth-int') headers.set('accept-encoding', 'identity')
  return call(url, { ...init, method, headers, body })
}

/** Checks the proof of a server, and takes the next nonce it gave (RFC 7616 section 3.5). @throws DigestClientError */
async function verifyServer(response: Response, session: DigestSession, sent: CountedCredentials, isRequired: boolean): Promise<void> {
  const info = readAuthenticationInfo(response.headers.get('authentication-info'))
  if (info === null || info.rspauth === null) {
    if (isRequired) return refuse(response, 'rspauth_missing')
  } else {
    const body = sent.qop === 'auth-int' ? new Uint8Array(await response.clone().arrayBuffer()) : null
    // Over what was sent: qop, cnonce and nc of another request give another proof, so their echoes need no look.
    if (!equalTexts(computeRspauth(sent, { secret: session.secret, body }), info.rspauth)) return refuse(response, 'rspauth_wrong')
  }
  if (info !== null && info.nextnonce !== null) session.moveOn(info.nextnonce, sent.nonce)
}

async function refuse(response: Response, code: DigestClientError['code']): Promise<never> {
  await response.body?.cancel()
  throw new DigestClientError(code)
}
