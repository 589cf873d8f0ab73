/** Saying by a mailed link that a login was somebody else's. */
import { text } from '../../http/fields.ts'
import { readAddress } from '../../kernel/address.ts'
import type { Context } from '../../kernel/flow.ts'
import type { TakenLink } from '../../kernel/step.ts'
import type { Change } from '../../model/change.ts'
import { AuthError } from '../../model/error.ts'
import type { Link } from '../../model/link.ts'
import type { User, UserRecord } from '../../model/user.ts'

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
  const { link, record } = await lookAtLogin(ctx, ctx.query('token'))
  return ctx.json({ email: noticed(link, record).email })
}

/**
 * `POST not-me {token}`: every session and remembered browser ends with the stamp. Whoever logged in may know the password: where its user
 * can choose another one by mail, it goes, and the link to do so is sent in the same write. It goes to the address that the notice went
 * to, which the account has again: whoever logged in may have changed it.
 *
 * @throws AuthError `link_invalid`; `email_taken` when somebody else has the address by now; `conflict` when the account changes at this
 *   moment, which leaves the link usable
 */
export async function disownLogin(ctx: Context): Promise<Response> {
  const { token } = await ctx.fields({ token: text({ max: 100 }) })
  const { link, record, take } = await lookAtLogin(ctx, token)
  const { user, stamp } = record
  const { recovery } = ctx
  const { email, emailKey, since } = noticed(link, record)
  const set = { stamp: ctx.id(), ...(email !== user.email && { email, emailKey }), ...(recovery && { passwordHash: null }) }
  const told = { kind: 'mail', mail: 'login.disowned', user: { ...user, email }, to: email, send: true } as const
  await ctx.commit({
    changes: [
      take,
      { kind: 'users.update', id: user.id, set, when: { stamp } },
      { ...told, ...(recovery && user.active && { link: recovery }) },
      await noteDisowned(ctx, user.id),
    ],
    events: [{ name: 'user.login_disowned', user, by: 'user', email, since }],
  })
  await ctx.endSessions(user.id, 'all')
  return ctx.wantsPage ? ctx.goTo(`${ctx.urlFor('login.not_me')}?done=1`) : ctx.json({})
}

/** The address that the notice went to, and when the login was. */
function noticed(
  { data, createdAt }: Link,
  { user }: UserRecord,
): { readonly email: string; readonly emailKey: string; readonly since: number } {
  const told = typeof data === 'object' && data !== null && 'email' in data ? data.email : null
  const address = readAddress(typeof told === 'string' ? told : user.email)
  if (!address) throw new AuthError('link_invalid')
  return { email: address.email, emailKey: address.key, since: createdAt }
}

const feature = 'login-tracking'

/** A browser that is known from before this moment is none of the user's any more. */
async function noteDisowned(ctx: Context, userId: string): Promise<Change> {
  const entry = await ctx.reads.records.get(feature, userId, ctx.now)
  const kept = { feature, key: userId, userId, value: { disownedAt: ctx.now }, secret: null, expiresAt: null }
  return { kind: 'records.put', ...kept, expect: entry?.version ?? 0, now: ctx.now }
}

/** Whether this browser was used by the user before, and none of its logins was disowned since. */
export async function isFamiliar(ctx: Context, user: User): Promise<boolean> {
  const since = ctx.knownSince(user)
  if (since === null) return false
  const value = (await ctx.reads.records.get(feature, user.id, ctx.now))?.value
  const disownedAt = typeof value === 'object' && value !== null && 'disownedAt' in value ? Number(value.disownedAt) : -1
  return since > disownedAt
}
