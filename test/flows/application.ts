/** The smallest application around an installation: its routes, and paths of the application's own behind guards. */

import { headOfRequest } from '../../src/http/request-head.ts'
import type { Auth } from '../../src/kernel/auth.ts'
import type { Rule } from '../../src/kernel/guard.ts'
import { createBrowser, type TestBrowser } from '../../src/testing/browser.ts'
import { noteReply, noteRequest } from './secrets.ts'

export const origin = 'http://localhost:3000'
export const secret = 'w3zXb6mTqE9kLr2VnYc5HsPdJf8GtUaQ'
/** A password that the policy accepts, and another one. */
export const phrase = 'purple otter juggles lamps'
export const otherPhrase = 'seven quiet harbours at dusk'

/** What a served application may be told. */
export interface ServeOptions {
  /** Where its browsers connect from. */
  readonly address?: string
  readonly origin?: string
  /** Answers what neither the toolkit nor a guard does. */
  readonly elsewhere?: (request: Request) => Promise<Response | null>
}

/**
 * Serves an installation, and guarded paths: each answers every method with who came in and how.
 *
 * @returns Makes a new browser of this application.
 */
export function serve(auth: Auth, paths: Readonly<Record<string, Rule>> = {}, options: ServeOptions = {}): () => TestBrowser {
  const guards = new Map(Object.entries(paths).map(([path, rule]) => [path, auth.guard(rule)]))

  async function answer(request: Request): Promise<Response | null> {
    await noteRequest(request)
    const reply = await route(request)
    await noteReply(reply)
    return reply
  }

  async function route(request: Request): Promise<Response | null> {
    const head = headOfRequest(request, options.address ?? null)
    const own = await auth.handle(head)
    if (own) return own
    const guarded = await guards.get(new URL(request.url).pathname)?.(head)
    if (!guarded) return (await options.elsewhere?.(request)) ?? null
    if (!guarded.ok) return guarded.response
    const { user, with: way, proofs, scopes } = guarded.identity
    const body = { user: { email: user.email, roles: user.roles }, with: way, proofs, scopes }
    return Response.json(body, { headers: guarded.headers.map(([name, value]) => [name, value]) })
  }

  return () => createBrowser(answer, options.origin ?? origin)
}

/** A browser of a new account that is logged in. */
export async function registered(open: () => TestBrowser, email = 'alice@example.com', password: string = phrase): Promise<TestBrowser> {
  const browser = open()
  const { status, text } = await browser.post('/auth/register', { email, password })
  if (status !== 200) throw new Error(`Registering answered ${status}: ${text}`)
  return browser
}

/** The code of a refused JSON request. */
export function codeOf(reply: { readonly json: { readonly [name: string]: unknown } }): unknown {
  return memberOf(reply.json.error, 'code')
}

/** The message for a field of a refused JSON request. */
export function fieldError(reply: { readonly json: { readonly [name: string]: unknown } }, field: string): string {
  const messages = memberOf(memberOf(reply.json.error, 'fields'), field)
  return Array.isArray(messages) ? messages.join(' ') : ''
}

/** A member of a JSON object, `undefined` when there is none. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined
}

/** The value of a hidden field of a page. */
export function hiddenField(page: { readonly text: string }, name: string): string | null {
  return new RegExp(`<input type="hidden" name="${name}" value="([^"]*)"`).exec(page.text)?.[1] ?? null
}
