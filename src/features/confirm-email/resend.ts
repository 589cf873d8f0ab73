/** Asking for another mail to confirm an address. */
import { invalidFields, text } from '../../http/fields.ts'
import { readAddress } from '../../kernel/address.ts'
import type { Context } from '../../kernel/flow.ts'
import type { Work } from '../../kernel/step.ts'
import { decoyLink, isHeld, pendingLink, purpose, readPending } from './pending.ts'

/** About what a registration takes. */
const usualSize = 500

/**
 * `POST confirm-email/resend {email}`: the same answer and the same rows for every address. A mail with a new link goes out for what this
 * browser registered with it; a stranger cannot make us send one.
 *
 * @throws AuthError `too_many_attempts` when too many mails were asked for
 */
export async function resendConfirmation(ctx: Context, seconds: number): Promise<Response> {
  const { email } = await ctx.fields({ email: text({ max: 320 }) })
  const address = readAddress(email)
  if (!address) throw invalidFields({ email: [({ texts }) => texts['field.not_an_address']] })
  await ctx.mailLimits(address.key)
  const links = await ctx.reads.links.bySubject(address.key, purpose, ctx.now)
  const pending = links.map(readPending).find((waiting) => isHeld(ctx, waiting))
  const mail = { kind: 'mail', mail: 'email.confirm', user: null } as const
  const changes: Work = pending
    ? [{ ...mail, to: pending.draft.email, send: true, link: pendingLink(pending, seconds) }]
    : [decoyLink(ctx, address.key, { seconds, size: usualSize }), { ...mail, to: address.email, send: false }]
  await ctx.commit({ changes, events: [{ name: 'email.confirmation_requested', user: null, by: 'user' }] })
  return ctx.wantsPage ? ctx.goTo(`${ctx.urlFor('confirm-email.resend')}?sent=again`) : ctx.json({})
}
