/** An address whose mail this browser has shown to read, for as long as it takes to register. */
import type { Context } from '../../kernel/flow.ts'

const cookie = 'proven-address'
const seconds = 30 * 60

/** Notes it, sealed, in this browser. */
export function keepProvenAddress(ctx: Context, email: string): void {
  ctx.setCookie(cookie, ctx.seal(cookie, email, ctx.now + seconds * 1000), seconds)
}

/** Whether this browser has shown just now that it reads the address's mail. Letter by letter: another spelling may be another mailbox. */
export function hasProvenAddress(ctx: Context, email: string): boolean {
  const sealed = ctx.cookie(cookie)
  const until = sealed === null ? null : ctx.unseal(cookie, email, sealed)
  return typeof until === 'number' && ctx.now < until
}
