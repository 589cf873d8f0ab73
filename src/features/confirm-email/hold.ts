/** What registering does while addresses are to be confirmed: nothing is made yet, and every address gets the same answer. */
import type { Context } from '../../kernel/flow.ts'
import type { Draft, Work } from '../../kernel/step.ts'
import type { User } from '../../model/user.ts'
import { decoyLink, holdInBrowser, pendingLink } from './pending.ts'
import { isProven } from './proven-address.ts'

/**
 * Stands between a checked registration and its account: keeps the draft and mails a link. A taken address costs the same rows; its
 * owner is told by mail. `null` where this browser has proven the address already.
 *
 * @throws AuthError `too_many_attempts` when too many mails were asked for
 */
export async function holdRegistration(ctx: Context, draft: Draft, seconds: number): Promise<Response | null> {
  if (isProven(ctx, draft.email)) return null
  const { key, record } = await ctx.identify(draft.email)
  await ctx.mailLimits(key)
  const link = pendingLink({ draft, hold: holdInBrowser(ctx, seconds) }, seconds)
  const user = record?.user ?? null
  const changes: Work = user
    ? [decoyLink(ctx, key, { seconds, size: String(link.data).length }), takenMail(ctx, user)]
    : [{ kind: 'mail', mail: 'email.confirm', user: null, to: draft.email, send: true, link }]
  await ctx.commit({ changes, events: [{ name: 'email.confirmation_requested', user, by: 'user' }] })
  return ctx.wantsPage ? ctx.goTo(`${ctx.urlFor('confirm-email.resend')}?sent=registered`) : ctx.json({ status: 'confirmation_sent' })
}

/** Whoever may not log in is not told to. */
function takenMail(ctx: Context, user: User): Work[number] {
  const data = { forgot: ctx.hasRoute('password.forgot') }
  return { kind: 'mail', mail: 'email.taken', user: user.active ? user : null, to: user.email, send: user.active, data }
}
