/** Taking on a new address by the link that was sent to it. */
import { text } from '../../http/fields.ts'
import { readAddress } from '../../kernel/address.ts'
import type { Context } from '../../kernel/flow.ts'
import type { TakenLink } from '../../kernel/step.ts'
import { AuthError } from '../../model/error.ts'
import type { UserRecord } from '../../model/user.ts'

/** A link with the account that it is of, and the address that it is about. */
export interface AddressLink {
  readonly record: UserRecord
  readonly email: string
  readonly emailKey: string
}

/** The address that a link was sent to; only that one can be taken on by it. @throws AuthError `link_invalid` */
export function newAddressOf({ link, record }: TakenLink): AddressLink {
  const { data } = link
  const typed = typeof data === 'object' && data !== null && 'email' in data && typeof data.email === 'string' ? data.email : ''
  const address = readAddress(typed)
  if (!record || !address) throw new AuthError('link_invalid')
  return { record, email: address.email, emailKey: address.key }
}

/** `GET change-email/confirm?token=` as JSON: the new address, without spending the link. @throws AuthError `link_invalid` */
export async function showEmailChange(ctx: Context): Promise<Response> {
  return ctx.json({ email: newAddressOf(await ctx.link('change-email', ctx.query('token'))).email })
}

/**
 * `POST change-email/confirm {token}`: the link, the address, a new stamp and the notice to the old address, in one write. The link
 * died with the stamp if anything happened to the account meanwhile. Sessions end, but for this browser's own.
 *
 * @throws AuthError `link_invalid`, `email_taken` when somebody else has the address by now
 */
export async function confirmEmailChange(ctx: Context, undoSeconds: number): Promise<Response> {
  const { token } = await ctx.fields({ token: text({ max: 100 }) })
  const link = await ctx.link('change-email', token)
  const { record, email, emailKey } = newAddressOf(link)
  const { user } = record
  const stamp = ctx.id()
  const proof = await ctx.addressProof(record)
  // More than the limits of mails let anybody make while they live: a thief must not drive out the owner's by further changes.
  const undo = {
    purpose: 'undo-change-email',
    route: 'email.change.undo',
    seconds: undoSeconds,
    keep: 10_000,
    outlivesStamp: true,
  } as const
  await ctx.commit({
    changes: [
      link.take,
      { kind: 'users.update', id: user.id, set: { email, emailKey, stamp }, when: { stamp: record.stamp } },
      ...proof.changes,
      {
        kind: 'mail',
        mail: 'email.changed',
        user,
        to: user.email,
        send: true,
        data: { email },
        link: { ...undo, data: { email: user.email } },
      },
    ],
    events: [{ name: 'email.changed', user, by: 'user', from: user.email, to: email }],
  })
  const isOwn = ctx.user?.id === user.id
  if (isOwn) await ctx.reopen(stamp)
  await ctx.endSessions(user.id, isOwn ? 'others' : 'all')
  return ctx.done({ to: isOwn ? ctx.targets.change : ctx.urlFor('login') })
}
