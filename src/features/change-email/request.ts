/** Asking for another address. */
import { invalidFields, text } from '../../http/fields.ts'
import { readAddress } from '../../kernel/address.ts'
import type { Context } from '../../kernel/flow.ts'

/** `GET change-email` as JSON: the address as it is. */
export async function showAddress(ctx: Context): Promise<Response> {
  return ctx.json({ email: ctx.user?.email ?? null })
}

/**
 * `POST change-email {email}`: a link to the new address. Nothing changes yet, so an address that somebody else has gets the same
 * answer after the same work, and no mail. Asking again voids the link before, also when the other address is taken: else that link
 * would tell.
 *
 * @throws AuthError `invalid_fields` for the address as it is, `too_many_attempts` when too many mails were asked for
 */
export async function askForEmailChange(ctx: Context, seconds: number): Promise<Response> {
  const { email } = await ctx.fields({ email: text({ max: 320 }) })
  const { user, stamp } = (await ctx.subject()).record
  const address = readAddress(email)
  if (!address) throw invalidFields({ email: [({ texts }) => texts['field.not_an_address']] })
  if (address.email === user.email) throw invalidFields({ email: [({ texts }) => texts['change_email.same']] })
  const holder = await ctx.reads.users.byEmailKey(address.key)
  await ctx.mailLimits({ key: address.key, record: holder })
  const send = holder === null || holder.user.id === user.id
  const data = { email: address.email, from: user.email }
  const link = { purpose: 'change-email', route: 'email.change.confirm', seconds, keep: 1, stamp, data }
  await ctx.commit({
    changes: [
      { kind: 'links.drop', purpose: link.purpose, subject: user.id },
      { kind: 'mail', mail: 'email.change', user: send ? user : null, to: address.email, send, link },
    ],
    events: [{ name: 'email.change_requested', user, by: 'user', to: address.email }],
  })
  return ctx.wantsPage ? ctx.goTo(`${ctx.urlFor('email.change')}?sent=1`) : ctx.json({})
}
