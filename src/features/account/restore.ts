/** Calling a deletion off by the mailed link. */
import { text } from '../../http/fields.ts'
import type { Form } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import type { TakenLink } from '../../kernel/step.ts'
import { AuthError } from '../../model/error.ts'
import type { UserRecord } from '../../model/user.ts'
import { callOff, restorePurpose } from './delete.ts'
import type { RestoreView } from './pages.ts'

/** The link of a token, and whose account stays by it. @throws AuthError `link_invalid` */
async function lookAt(ctx: Context, token: string): Promise<TakenLink & { readonly record: UserRecord }> {
  const taken = await ctx.link(restorePurpose, token)
  if (!taken.record) throw new AuthError('link_invalid')
  return { ...taken, record: taken.record }
}

/** What the page is given; nothing is spent by looking. */
export async function restoreView(ctx: Context, form: Form): Promise<RestoreView> {
  if (ctx.query('done') === '1') return { ...form, done: true, token: '', email: '' }
  const token = form.values.token ?? ctx.query('token')
  return { ...form, done: false, token, email: (await lookAt(ctx, token)).record.user.email }
}

/** `GET account/restore?token=` as JSON: whose account it is, without spending the link. @throws AuthError `link_invalid` */
export async function showRestore(ctx: Context): Promise<Response> {
  return ctx.json({ email: (await lookAt(ctx, ctx.query('token'))).record.user.email })
}

/** `POST account/restore {token}`: the account stays. Nobody is logged in by it. @throws AuthError `link_invalid` */
export async function restoreAccount(ctx: Context): Promise<Response> {
  const { token } = await ctx.fields({ token: text({ max: 100 }) })
  const { record, take } = await lookAt(ctx, token)
  const { user } = record
  await ctx.commit({
    changes: [take, ...callOff(user.id), { kind: 'mail', mail: 'account.restored', user, to: user.email, send: true }],
    events: [{ name: 'user.deletion_called_off', user, by: 'user' }],
  })
  return ctx.wantsPage ? ctx.goTo(`${ctx.urlFor('account.restore')}?done=1`) : ctx.json({})
}
