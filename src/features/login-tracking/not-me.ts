/** Saying by a mailed link that a login was somebody else's. */
import { text } from '../../http/fields.ts'
import type { Context } from '../../kernel/flow.ts'
import type { TakenLink } from '../../kernel/step.ts'
import { AuthError } from '../../model/error.ts'
import type { UserRecord } from '../../model/user.ts'

/** The purpose of its links. */
export const notMePurpose = 'login.not_me'

/** The link that a token is of, and whose login it is about. @throws AuthError `link_invalid` */
export async function lookAtLogin(ctx: Context, token: string): Promise<TakenLink & { readonly record: UserRecord }> {
  const taken = await ctx.link(notMePurpose, token)
  if (!taken.record) throw new AuthError('link_invalid')
  return { ...taken, record: taken.record }
}

/** `GET not-me?token=` as JSON: whose login it is about, without spending the link. @throws AuthError `link_invalid` */
export async function showLogin(ctx: Context): Promise<Response> {
  return ctx.json({ email: (await lookAtLogin(ctx, ctx.query('token'))).record.user.email })
}

/**
 * `POST not-me {token}`: every session and remembered browser ends with the stamp. Whoever logged in may know the password: where its user
 * can choose another one by mail, it goes, and the link to do so is sent in the same write.
 *
 * @throws AuthError `link_invalid`; `conflict` when the account changes at this moment, which leaves the link usable
 */
export async function disownLogin(ctx: Context): Promise<Response> {
  const { token } = await ctx.fields({ token: text({ max: 100 }) })
  const { record, take } = await lookAtLogin(ctx, token)
  const { user, stamp } = record
  const { recovery } = ctx
  const set = { stamp: ctx.id(), ...(recovery && { passwordHash: null }) }
  const told = { kind: 'mail', mail: 'login.disowned', user, to: user.email, send: user.active } as const
  await ctx.commit({
    changes: [take, { kind: 'users.update', id: user.id, set, when: { stamp } }, { ...told, ...(recovery && { link: recovery }) }],
    events: [{ name: 'user.login_disowned', user, by: 'user' }],
  })
  await ctx.endSessions(user.id, 'all')
  return ctx.wantsPage ? ctx.goTo(`${ctx.urlFor('login.not_me')}?done=1`) : ctx.json({})
}
