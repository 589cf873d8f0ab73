/** Deleting one's own account: asked for, called off by a login, and done when its time has come. */
import type { UpkeepTools } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import type { Step } from '../../kernel/step.ts'
import type { Change } from '../../model/change.ts'
import type { AuthEvent } from '../../model/event.ts'

/** The purpose of links that call a deletion off. */
export const restorePurpose = 'account.restore'

/** How many accounts are deleted at once. */
const batch = 100

/**
 * `POST account/delete {}` → `{deletesAt}`: every session ends at once. Until that time a login or the mailed link calls it off; the link
 * outlives whatever a thief changes meanwhile.
 */
export async function requestDeletion(ctx: Context, wait: number): Promise<Response> {
  const { user, stamp } = (await ctx.subject()).record
  const deletesAt = ctx.now + wait
  const link = { purpose: restorePurpose, route: 'account.restore', seconds: wait / 1000, outlivesStamp: true } as const
  await ctx.commit({
    changes: [
      { kind: 'users.update', id: user.id, set: { stamp: ctx.id() }, when: { stamp } },
      { kind: 'deletions.put', deletion: { userId: user.id, requestedAt: ctx.now, deletesAt } },
      { kind: 'mail', mail: 'account.deletion', user, to: user.email, send: true, data: { deletesAt }, link },
    ],
    events: [{ name: 'user.deletion_requested', user, by: 'user', deletesAt }],
  })
  await ctx.logout()
  await ctx.endSessions(user.id, 'all')
  return ctx.done({ members: { deletesAt }, to: ctx.targets.logout })
}

/** What calls a deletion off, whichever way it was asked for. */
export function callOff(userId: string): readonly Change[] {
  return [
    { kind: 'deletions.drop', userId },
    { kind: 'links.drop', purpose: restorePurpose, subject: userId },
  ]
}

/** Whoever logs in wants the account. */
export async function callOffByLogin(ctx: Context, { user }: AuthEvent): Promise<Step> {
  if (!user || !(await ctx.reads.deletions.byUser(user.id))) return {}
  return {
    changes: [...callOff(user.id), { kind: 'mail', mail: 'account.restored', user, to: user.email, send: true }],
    events: [{ name: 'user.deletion_called_off', user, by: 'user' }],
    reply: { deletionCalledOff: true },
  }
}

/** Deletes the accounts whose time has come. One that is called off at this moment stays. */
export async function deleteDue({ now, reads, commit, endSessions }: UpkeepTools): Promise<number> {
  let deleted = 0
  for (;;) {
    const due = await reads.deletions.due(now, batch)
    const before = deleted
    for (const { userId } of due) {
      const user = (await reads.users.byId(userId))?.user
      if (!user) continue
      await endSessions(userId)
      const { ok } = await commit({
        changes: [
          { kind: 'users.delete', id: userId, dueBy: now },
          { kind: 'mail', mail: 'account.deleted', user: null, to: user.email, send: true },
        ],
        events: [{ name: 'user.deleted', user, by: 'user' }],
      })
      if (ok) deleted++
    }
    if (due.length < batch || deleted === before) return deleted
  }
}
