/** Taking a change of address back, by the link that was sent to the old one. */
import { text } from '../../http/fields.ts'
import type { Context } from '../../kernel/flow.ts'
import type { TakenLink } from '../../kernel/step.ts'
import type { Change } from '../../model/change.ts'
import { type AddressLink, newAddressOf } from './confirm.ts'

/** The address that a link brings back. @throws AuthError `link_invalid` */
export function oldAddressOf(link: TakenLink): AddressLink {
  return newAddressOf(link)
}

/** `GET change-email/undo?token=` as JSON: the address that it would bring back, without spending the link. @throws AuthError `link_invalid` */
export async function showUndo(ctx: Context): Promise<Response> {
  return ctx.json({ email: oldAddressOf(await ctx.link('undo-change-email', ctx.query('token'))).email })
}

/**
 * `POST change-email/undo {token}`: the old address again. Whoever changed it may know the password and hold sessions, so these end
 * with the stamp, and the password goes where a new one can be chosen by mail. Links to undo later changes go too: they were sent to
 * addresses that this one takes back. Links to undo earlier ones stay.
 *
 * @throws AuthError `link_invalid`, `email_taken` when somebody else has the address by now
 */
export async function undoEmailChange(ctx: Context): Promise<Response> {
  const { token } = await ctx.fields({ token: text({ max: 100 }) })
  const undo = await ctx.link('undo-change-email', token)
  const { record, email, emailKey } = oldAddressOf(undo)
  const { user, stamp } = record
  const resets = ctx.hasRoute('password.forgot')
  await ctx.commit({
    changes: [
      undo.take,
      ...(await laterUndos(ctx, undo)),
      { kind: 'links.drop', purpose: 'change-email', subject: user.id },
      {
        kind: 'users.update',
        id: user.id,
        set: { email, emailKey, stamp: ctx.id(), ...(resets && { passwordHash: null }) },
        when: { stamp },
      },
      ...(email === user.email
        ? []
        : [{ kind: 'mail', mail: 'email.change_undone', user, to: user.email, send: true, data: { email } } as const]),
    ],
    events: [{ name: 'email.change_undone', user, by: 'user', from: user.email, to: email }],
  })
  await ctx.endSessions(user.id, 'all')
  return ctx.done({ to: ctx.urlFor(resets ? 'password.forgot' : 'login') })
}

/** Of a change that is made meanwhile, the write knows by the stamp. */
async function laterUndos(ctx: Context, { link }: TakenLink): Promise<readonly Change[]> {
  const all = await ctx.reads.links.bySubject(link.subject, link.purpose, ctx.now)
  return all
    .filter(({ hash, createdAt }) => hash !== link.hash && createdAt >= link.createdAt)
    .map(({ hash, purpose }) => ({ kind: 'links.take', hash, purpose, now: ctx.now }))
}
