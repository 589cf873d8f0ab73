/** Registrations that wait for their address to be confirmed: each is a link that holds the account it would make. */
import type { Context } from '../../kernel/flow.ts'
import type { Draft, MailedLinkWish } from '../../kernel/step.ts'
import type { Change } from '../../model/change.ts'
import type { Link } from '../../model/link.ts'

/** What waits. */
export interface Pending {
  readonly draft: Draft
  /** Keyed hash of what the browser that registered holds in a cookie. */
  readonly hold: string
}

/** The purpose of its links; their subject is the canonical address. */
export const purpose = 'confirm-email'

/** How many may wait for one address: a stranger's must not keep its owner from registering, so the newest stay. */
const keep = 5

const cookie = 'registration'
const label = 'confirm-email hold'

/** The link of the mail that confirms it. */
export function pendingLink(pending: Pending, seconds: number): MailedLinkWish {
  return { purpose, route: 'confirm-email', seconds, keep, data: JSON.stringify(pending) }
}

/** The same row for an address that nothing waits for; nobody finds it, and it holds nothing. */
export function decoyLink(ctx: Context, key: string, { seconds, size }: { readonly seconds: number; readonly size: number }): Change {
  return ctx.newLink({ purpose, subject: `decoy ${key}`, record: null, seconds, keep, data: '.'.repeat(size) }).change
}

/** What a link of this purpose holds. */
export function readPending({ data }: Link): Pending {
  return JSON.parse(String(data)) // written by `pendingLink`
}

/** Lets this browser be known as the one that registers; the hash to keep of it. */
export function holdInBrowser(ctx: Context, seconds: number): string {
  const { token } = ctx.token(label)
  ctx.setCookie(cookie, token, seconds)
  return ctx.keyed(label, token)
}

/** Whether this browser is the one that registered. */
export function isHeld(ctx: Context, { hold }: Pending): boolean {
  const token = ctx.cookie(cookie)
  return token !== null && ctx.verifyKeyed(label, token, hold)
}

/** Lets this browser forget that it registered. */
export function releaseBrowser(ctx: Context): void {
  ctx.clearCookie(cookie)
}
