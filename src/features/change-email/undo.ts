/** Taking a change of address back, by the link that was sent to the old one. */
import { text } from '../../http/fields.ts'
import type { Context } from '../../kernel/flow.ts'
import type { TakenLink } from '../../kernel/step.ts'
import { type AddressLink, addressOf } from './confirm.ts'
import { takeLater, undoPurpose } from './order.ts'

/** A link that takes a change back. @throws AuthError `link_invalid` */
export async function lookAtUndo(ctx: Context, token: string): Promise<TakenLink & AddressLink> {
  const taken = await ctx.link(undoPurpose, token)
  return { ...taken, ...addressOf(taken) }
}

/** `GET change-email/undo?token=` as JSON: the address that it would bring back, without spending the link. @throws AuthError `link_invalid` */
export async function showUndo(ctx: Context): Promise<Response> {
  return ctx.json({ email: (await lookAtUndo(ctx, ctx.query('token'))).email })
}

/**
 * `POST change-email/undo {token}`: the old address again. Whoever changed it may know the password and hold sessions, so these end
 * with the stamp, and the password goes where its user gets in by mail. Links to undo later changes go too: they were sent to
 * addresses that this one takes back. Links to undo earlier ones stay.
 *
 * @throws AuthError `link_invalid`; `email_taken` when somebody else has the address by now; `conflict` when the account changes at this
 *   moment, which leaves the link usable
 */
export async function undoEmailChange(ctx: Context): Promise<Response> {
  const { token } = await ctx.fields({ token: text({ max: 100 }) })
  const { link, record, email, emailKey, take } = await lookAtUndo(ctx, token)
  const { user, stamp } = record
  const way = ['password.forgot', 'magic-link'].find((route) => ctx.hasRoute(route))
  const set = { email, emailKey, stamp: ctx.id(), ...(way !== undefined && { passwordHash: null }) }
  const undone = { kind: 'mail', mail: 'email.change_undone', user, to: user.email, send: true, data: { email } } as const
  await ctx.commit({
    changes: [
      take,
      { kind: 'links.drop', purpose: 'change-email', subject: user.id },
      { kind: 'users.update', id: user.id, set, when: { stamp } }, // before the others' links, so that a change meanwhile is no spent link
      ...(await takeLater(ctx, link)),
      ...(email === user.email ? [] : [undone]),
    ],
    events: [{ name: 'email.change_undone', user, by: 'user', from: user.email, to: email, since: link.createdAt }],
  })
  await ctx.endSessions(user.id, 'all')
  return ctx.done({ to: way === undefined ? ctx.entrance() : ctx.urlFor(way) })
}
