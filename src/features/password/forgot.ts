/** Asking for a link to choose a new password. */
import { invalidFields, text } from '../../http/fields.ts'
import { readAddress } from '../../kernel/address.ts'
import type { Context } from '../../kernel/flow.ts'
import type { MailedLinkWish } from '../../kernel/step.ts'

/** The link that such a mail has. Several may be under way: nobody voids another's by asking, and the mail asked for first may arrive last. */
export function resetLink(seconds: number): Omit<MailedLinkWish, 'stamp'> {
  return { purpose: 'reset-password', route: 'password.reset', seconds }
}

/**
 * `POST forgot-password {email}`: the same answer and the same rows for every address. Only an active account is sent a mail, also one
 * without a password, which may choose its first.
 *
 * @throws AuthError `too_many_attempts` when too many mails were asked for
 */
export async function forgotPassword(ctx: Context, linkSeconds: number): Promise<Response> {
  const { email } = await ctx.fields({ email: text({ max: 320 }) })
  const address = readAddress(email)
  if (!address) throw invalidFields({ email: [({ texts }) => texts['field.not_an_address']] })
  const identified = await ctx.identify(address.email)
  await ctx.mailLimits(identified)
  const { record } = identified
  const user = record?.user ?? null
  const send = user?.active === true
  const link = { ...resetLink(linkSeconds), ...(record && { stamp: record.stamp }) }
  await ctx.commit({
    changes: [{ kind: 'mail', mail: 'password.reset', user: send ? user : null, to: send ? user.email : address.email, send, link }],
    events: [{ name: 'password.reset_requested', user, by: 'user' }],
  })
  return ctx.wantsPage ? ctx.goTo(`${ctx.urlFor('password.forgot')}?sent=1`) : ctx.json({})
}
