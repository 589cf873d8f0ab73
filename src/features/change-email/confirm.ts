/** Taking on a new address by the link that was sent to it. */
import { text } from '../../http/fields.ts'
import { readAddress } from '../../kernel/address.ts'
import type { Context } from '../../kernel/flow.ts'
import type { Mail, TakenLink } from '../../kernel/step.ts'
import { AuthError } from '../../model/error.ts'
import type { User, UserRecord } from '../../model/user.ts'
import { nextInOrder, undoPurpose } from './order.ts'

/** A link with the account that it is of, and the address that it is about. */
export interface AddressLink {
  readonly record: UserRecord
  readonly email: string
  readonly emailKey: string
}

/** The address that a link is about; only that one can be taken on by it. @throws AuthError `link_invalid` */
export function addressOf({ link, record }: TakenLink): AddressLink {
  const address = readAddress(textIn(link.data, 'email'))
  if (!record || !address) throw new AuthError('link_invalid')
  return { record, email: address.email, emailKey: address.key }
}

/** A link to a new address, while the account has the one that it had when the link was asked for. @throws AuthError `link_invalid` */
export async function lookAtChange(ctx: Context, token: string): Promise<TakenLink & AddressLink> {
  const taken = await ctx.link('change-email', token)
  const about = addressOf(taken)
  if (about.record.user.email !== textIn(taken.link.data, 'from')) throw new AuthError('link_invalid')
  return { ...taken, ...about }
}

function textIn(data: TakenLink['link']['data'], name: 'email' | 'from'): string {
  if (typeof data !== 'object' || data === null) return ''
  const found = Object.entries(data).find(([key]) => key === name)?.[1]
  return typeof found === 'string' ? found : ''
}

/** `GET change-email/confirm?token=` as JSON: the new address, without spending the link. @throws AuthError `link_invalid` */
export async function showEmailChange(ctx: Context): Promise<Response> {
  return ctx.json({ email: (await lookAtChange(ctx, ctx.query('token'))).email })
}

/**
 * `POST change-email/confirm {token}`: the link, the address, a new stamp and the notice to the old address, in one write. The link
 * died with the stamp if anything happened to the account meanwhile. Sessions end, but for this browser's own.
 *
 * @throws AuthError `link_invalid`, `email_taken` when somebody else has the address by now
 */
export async function confirmEmailChange(ctx: Context, undoSeconds: number): Promise<Response> {
  const { token } = await ctx.fields({ token: text({ max: 100 }) })
  const { record, email, emailKey, take } = await lookAtChange(ctx, token)
  const { user } = record
  const stamp = ctx.id()
  const proof = await ctx.addressProof(record)
  const when = { stamp: record.stamp, ...currentKey(user) }
  await ctx.commit({
    changes: [
      take,
      { kind: 'users.update', id: user.id, set: { email, emailKey, stamp }, when },
      ...proof.changes,
      await ctx.holdAddress(user, undoSeconds),
      await noticeOf(ctx, user, email, undoSeconds),
    ],
    events: [{ name: 'email.changed', user, by: 'user', from: user.email, to: email }],
  })
  const isOwn = ctx.user?.id === user.id
  if (isOwn) await ctx.reopen(stamp)
  await ctx.endSessions(user.id, isOwn ? 'others' : 'all')
  return ctx.done({ to: isOwn ? ctx.targets.change : ctx.hasRoute('login') ? ctx.urlFor('login') : ctx.targets.logout })
}

/** The address in a precondition: an application may change it in its own table, where no stamp tells. */
function currentKey({ email }: User): { readonly emailKey?: string } {
  const address = readAddress(email)
  return address ? { emailKey: address.key } : {}
}

/** No later one drives out an earlier one, however many a thief makes: the earliest is the owner's. */
async function noticeOf(ctx: Context, user: User, email: string, seconds: number): Promise<Mail> {
  const data = { email: user.email, order: await nextInOrder(ctx, user.id) }
  const { ip, userAgent } = ctx.source
  const link = { purpose: undoPurpose, route: 'email.change.undo', seconds, outlivesStamp: true, data } as const
  return { kind: 'mail', mail: 'email.changed', user, to: user.email, send: true, data: { email, ip, userAgent }, link }
}
