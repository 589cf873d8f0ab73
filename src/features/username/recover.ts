/** A forgotten username, by mail. */
import { invalidFields, text } from '../../http/fields.ts'
import { readAddress } from '../../kernel/address.ts'
import type { Context } from '../../kernel/flow.ts'

/**
 * `POST recover-username {email}`: the same answer and the same rows for every address. Only an active account is sent a mail, which also
 * says when it has no username.
 *
 * @throws AuthError `too_many_attempts` when too many mails were asked for
 */
export async function recoverUsername(ctx: Context): Promise<Response> {
  const { email } = await ctx.fields({ email: text({ max: 320 }) })
  const address = readAddress(email)
  if (!address) throw invalidFields({ email: [({ texts }) => texts['field.not_an_address']] })
  const identified = await ctx.identify(address.email)
  await ctx.mailLimits(identified)
  const user = identified.record?.user ?? null
  const send = user?.active === true
  const data = { username: send ? user.username : null }
  await ctx.commit({
    changes: [{ kind: 'mail', mail: 'username.recovery', user: send ? user : null, to: send ? user.email : address.email, send, data }],
    events: [{ name: 'username.recovery_requested', user, by: 'user' }],
  })
  return ctx.wantsPage ? ctx.goTo(`${ctx.urlFor('username.recover')}?sent=1`) : ctx.json({})
}
