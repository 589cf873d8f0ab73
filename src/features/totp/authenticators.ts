/** One's own authenticators: which there are, and the end of one. */
import { text } from '../../http/fields.ts'
import type { Form } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import type { AuthenticatorsView } from './pages.ts'

async function own(ctx: Context): Promise<AuthenticatorsView['authenticators']> {
  const { user } = (await ctx.subject()).record
  return (await ctx.reads.totp.listOf(user.id)).map(({ id, name, createdAt, usedAt }) => ({ id, name, createdAt, usedAt }))
}

/** `GET totp` → `{authenticators:[{id,name,createdAt,usedAt}]}`, the latest use first. */
export async function listAuthenticators(ctx: Context): Promise<Response> {
  return ctx.json({ authenticators: (await own(ctx)).map((one) => ({ ...one })) })
}

/** What the page of authenticators is given. */
export async function authenticatorsView(ctx: Context, form: Form): Promise<AuthenticatorsView> {
  return { ...form, action: ctx.urlFor('totp.remove'), setup: ctx.urlFor('totp.setup'), authenticators: await own(ctx) }
}

/**
 * `POST totp/remove {id}`. What is not the user's own is not found.
 *
 * @throws AuthError `last_factor` when it is the last second factor of a user who must have one
 */
export async function removeAuthenticator(ctx: Context): Promise<Response> {
  const { id } = await ctx.fields({ id: text({ max: 64 }) })
  const { record } = await ctx.subject()
  const { user } = record
  const notLast = ctx.requiresSecondFactor(user) && !(await ctx.holdsSecondFactor(record, 'totp'))
  await ctx.commit({
    changes: [{ kind: 'totp.drop', userId: user.id, which: { id, notLast } }],
    events: [{ name: 'totp.removed', user, authenticatorId: id, by: 'user' }],
  })
  return ctx.done({ to: ctx.urlFor('totp') })
}
