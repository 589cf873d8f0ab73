/** Confirming an address by a mailed link: only then is there an account. */
import { flag, text } from '../../http/fields.ts'
import type { Context } from '../../kernel/flow.ts'
import { mergeSteps } from '../../kernel/login.ts'
import { blameField } from '../../kernel/refusal.ts'
import type { Draft, TakenLink } from '../../kernel/step.ts'
import { AuthError } from '../../model/error.ts'
import type { UserRecord } from '../../model/user.ts'
import { isHeld, type Pending, purpose, readPending, releaseBrowser } from './pending.ts'
import { keepProven } from './proven-address.ts'

/** `GET confirm-email?token=` as JSON: what the link is of, without spending it. @throws AuthError `link_invalid` */
export async function showConfirm(ctx: Context): Promise<Response> {
  const { pending } = await lookAt(ctx, ctx.query('token'))
  return ctx.json({ email: pending.draft.email, passwordRequired: !isHeld(ctx, pending) })
}

/** The registration that a token is of. @throws AuthError `link_invalid` */
export async function lookAt(ctx: Context, token: string): Promise<Pick<TakenLink, 'take'> & { readonly pending: Pending }> {
  const { link, take } = await ctx.link(purpose, token)
  return { pending: readPending(link), take }
}

/**
 * `POST confirm-email {token,password?,disown?}`: the browser that registered need show nothing else; another one gives the password, since
 * whoever registered may have been a stranger to the mailbox. The link, the account and the address's other registrations are one write.
 * Whoever was logged in here is logged out.
 *
 * @throws AuthError `link_invalid`; `password_required` and `invalid_credentials`, which leave the link usable
 */
export async function confirmEmail(ctx: Context, loginAfter: boolean): Promise<Response> {
  const { token, password, disown } = await ctx.fields({
    token: text({ max: 100 }),
    password: text({ secret: true, optional: true }),
    disown: flag(),
  })
  const { pending, take } = await lookAt(ctx, token)
  if (disown) return disownRegistration(ctx, pending, take)
  const isProven = isHeld(ctx, pending)
  if (!isProven && password === '') throw new AuthError('password_required')
  const { record, step } = await ctx.create(await numbered(ctx, pending.draft), 'confirm-email')
  if (!isProven) await provePassword(ctx, record, password)
  const whole = mergeSteps({ changes: [take] }, mergeSteps(step, { events: [{ name: 'email.confirmed', user: record.user, by: 'user' }] }))
  releaseBrowser(ctx)
  if (loginAfter) return ctx.login(record, { method: 'confirm-email' }, whole)
  await ctx.commit(whole)
  await ctx.logout()
  return ctx.done({ to: ctx.hasRoute('login') ? ctx.urlFor('login') : ctx.targets.login })
}

/** An id of this moment: the application may have given the one of then to a row of its own. What names it already keeps it. */
async function numbered(ctx: Context, draft: Draft): Promise<Draft> {
  return draft.changes.length > 0 ? draft : { ...draft, userId: await ctx.newUserId() }
}

/** Nobody has this account yet, so events of wrong guesses name nobody; the throttle counts by the address. */
async function provePassword(ctx: Context, record: UserRecord, password: string): Promise<void> {
  const key = ctx.keyOf(record)
  try {
    await ctx.guess({ key, record: null, method: 'password' }, async () =>
      (await ctx.verifyPassword({ key, record }, password)) ? true : null,
    )
  } catch (error) {
    throw blameField(error, 'password')
  }
}

/** "I did not choose this password": whatever a stranger entered goes, and whoever has the mailbox registers anew, without another mail. */
async function disownRegistration(ctx: Context, { draft }: Pending, take: TakenLink['take']): Promise<Response> {
  await ctx.commit({ changes: [take] })
  await ctx.logout()
  keepProven(ctx, draft.email)
  const next = ctx.urlFor('register')
  return ctx.wantsPage ? ctx.goTo(next) : ctx.json({ next })
}
