/** Choosing a new password by a mailed link. */
import { text } from '../../http/fields.ts'
import type { Context } from '../../kernel/flow.ts'
import type { TakenLink } from '../../kernel/step.ts'
import { AuthError } from '../../model/error.ts'
import type { UserRecord } from '../../model/user.ts'

/** `GET reset-password?token=` as JSON: whether the link still works, without spending it. @throws AuthError `link_invalid` */
export async function showReset(ctx: Context): Promise<Response> {
  const { record } = await lookAt(ctx, ctx.query('token'))
  return ctx.json({ email: record.user.email })
}

/** The link that a token is of, and whose it is. @throws AuthError `link_invalid` */
export async function lookAt(ctx: Context, token: string): Promise<TakenLink & { readonly record: UserRecord }> {
  const taken = await ctx.link('reset-password', token)
  if (!taken.record) throw new AuthError('link_invalid')
  return { ...taken, record: taken.record }
}

/**
 * `POST reset-password {token,newPassword}`: the policy first, so that a refused password leaves the link usable; then the link, the
 * hash, a new stamp and the notice in one write. Every session, remembered device and other link of the user ends, and so do waits where
 * there is no second factor to be guessed at.
 * Nobody is logged in by it.
 */
export async function resetPassword(ctx: Context): Promise<Response> {
  const { token, newPassword } = await ctx.fields({ token: text({ max: 100 }), newPassword: text({ secret: true }) })
  const { record, take } = await lookAt(ctx, token)
  const { user, stamp } = record
  const about = { email: user.email, username: user.username, secondFactor: ctx.requiresSecondFactor(user) }
  const passwordHash = await ctx.hashPassword(newPassword, about, 'newPassword')
  const proof = await ctx.addressProof(record)
  await ctx.commit({
    changes: [take, { kind: 'users.update', id: user.id, set: { passwordHash, stamp: ctx.id() }, when: { stamp } }, ...proof.changes],
    events: [...(proof.first ? [{ name: 'email.verified', user } as const] : []), { name: 'password.reset', user, by: 'user' }],
  })
  // Whoever reads the mailbox gets no new guesses at a second factor.
  if (!(await ctx.holdsSecondFactor(record))) await ctx.unlock(user)
  await ctx.endSessions(user.id, 'all')
  return ctx.done({ to: ctx.entrance() })
}
