/** An address whose mailbox this browser has just opened: what is registered with it needs no other mail. */
import type { Context } from '../../kernel/flow.ts'

const cookie = 'proven-address'
const label = 'confirm-email proven address'
const seconds = 30 * 60

/** Lets this browser register with the address, for half an hour. */
export function keepProven(ctx: Context, email: string): void {
  ctx.setCookie(cookie, ctx.seal(label, email, ctx.now + seconds * 1000), seconds)
}

/** Whether this browser has proven the address. Letter by letter: another spelling may be another mailbox. */
export function isProven(ctx: Context, email: string): boolean {
  const sealed = ctx.cookie(cookie)
  const until = sealed === null ? null : ctx.unseal(label, email, sealed)
  return typeof until === 'number' && ctx.now < until
}
