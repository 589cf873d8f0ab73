/** An address whose mail this browser has shown to read, for as long as it takes to register. */
import type { Context } from '../../kernel/flow.ts'

const cookie = 'proven-address'
const seconds = 30 * 60

/** Notes it, sealed, in this browser. */
export function keepProvenAddress(ctx: Context, key: string): void {
  ctx.setCookie(cookie, ctx.seal(cookie, cookie, { key, until: ctx.now + seconds * 1000 }), seconds)
}

/** Whether this browser has shown just now that it reads the address's mail; whoever uses it up registers once. */
export function hasProvenAddress(ctx: Context, key: string): boolean {
  const sealed = ctx.cookie(cookie)
  const proven = sealed === null ? null : ctx.unseal(cookie, cookie, sealed)
  if (typeof proven !== 'object' || proven === null || !('key' in proven) || !('until' in proven)) return false
  return proven.key === key && typeof proven.until === 'number' && proven.until > ctx.now
}
