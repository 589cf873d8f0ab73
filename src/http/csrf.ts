/** Whether an unsafe request comes from this site: the first rule that applies decides. */
import { mediaType } from './fields.ts'
import type { RequestHead } from './request-head.ts'

/** Methods that change nothing (RFC 9110 section 9.2.1), so that nobody needs to be kept from forging them. */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Whether a method may change something. */
export function isUnsafe(method: string): boolean {
  return !safeMethods.has(method)
}

/** Whether it matters which site a request comes from: also for an upgrade to a WebSocket, which every site may ask browsers for, cookies included. */
export function needsOrigin({ method, header }: Pick<RequestHead, 'method' | 'header'>): boolean {
  return isUnsafe(method) || header('upgrade') !== null
}

/**
 * Judges an unsafe request by what browsers say of its origin.
 *
 * 1. `Origin` present: it must be one of ours; `null` is refused.
 * 2. `Sec-Fetch-Site` present: `same-origin`, or `none` (typed by the user).
 * 3. Media type exactly `application/json`: a foreign page cannot send it without a preflight, which nobody here answers.
 * 4. Otherwise the form token decides.
 */
export function judgeOrigin(head: RequestHead, origins: readonly string[]): 'allowed' | 'refused' | 'token' {
  const origin = head.header('origin')
  if (origin !== null) return origins.includes(origin) ? 'allowed' : 'refused'
  const site = head.header('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || site === 'none' ? 'allowed' : 'refused'
  return mediaType(head) === 'application/json' ? 'allowed' : 'token'
}
