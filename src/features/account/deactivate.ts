/** Putting one's own account out of use. */
import type { Context } from '../../kernel/flow.ts'

/** `POST account/deactivate {}`: every session ends, and nobody logs in any more, until an operator activates the account again. */
export async function deactivateAccount(ctx: Context): Promise<Response> {
  const { user, stamp } = (await ctx.subject()).record
  await ctx.commit({
    changes: [
      { kind: 'users.update', id: user.id, set: { active: false, stamp: ctx.id() }, when: { stamp } },
      { kind: 'mail', mail: 'account.deactivated', user, to: user.email, send: true },
    ],
    events: [{ name: 'user.deactivated', user, by: 'user' }],
  })
  await ctx.logout()
  await ctx.endSessions(user.id, 'all')
  return ctx.done({ to: ctx.targets.logout })
}
