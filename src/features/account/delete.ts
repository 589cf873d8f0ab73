/** Deleting one's own account: asked for, called off by a login, and done when its time has come. */
import type { UpkeepTools } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import type { Step } from '../../kernel/step.ts'
import type { Change } from '../../model/change.ts'
import type { Deletion } from '../../model/deletion.ts'
import type { AuthEvent, EventName } from '../../model/event.ts'

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

/** What shows that the account's user wants it: a login, and whatever takes it back from somebody else by mail. */
export const callingOff: readonly EventName[] = ['user.logged_in', 'user.login_disowned', 'email.change_undone', 'password.reset']

/** Whoever takes an account back wants it; the deletion may have been asked for by somebody else. */
export async function callOffBy(ctx: Context, event: AuthEvent): Promise<Step> {
  const { user } = event
  if (!user || !(await ctx.reads.deletions.byUser(user.id))) return {}
  const to = event.name === 'user.login_disowned' ? event.email : event.name === 'email.change_undone' ? event.to : user.email
  return {
    changes: [...callOff(user.id), { kind: 'mail', mail: 'account.restored', user: { ...user, email: to }, to, send: true }],
    events: [{ name: 'user.deletion_called_off', user, by: 'user' }],
    reply: { deletionCalledOff: true },
  }
}

/** Deletes the accounts whose time has come. One that is called off at this moment stays; one that cannot be deleted keeps no other. */
export async function deleteDue(tools: UpkeepTools): Promise<number> {
  const { now, reads, report } = tools
  let deleted = 0
  let after: Deletion | undefined
  do {
    const due: readonly Deletion[] = await reads.deletions.due(now, batch, after)
    for (const { userId } of due) {
      try {
        if (await deleteOne(tools, userId)) deleted++
      } catch (error) {
        report(error, `the account ${userId} could not be deleted`)
      }
    }
    after = due.length < batch ? undefined : due.at(-1)
  } while (after)
  return deleted
}

async function deleteOne({ now, reads, commit, endSessions }: UpkeepTools, userId: string): Promise<boolean> {
  const user = (await reads.users.byId(userId))?.user
  if (!user) return false
  const { ok } = await commit({
    changes: [
      { kind: 'users.delete', id: userId, dueBy: now },
      { kind: 'mail', mail: 'account.deleted', user: null, to: user.email, send: true },
    ],
    events: [{ name: 'user.deleted', user, by: 'user' }],
  })
  if (ok) await endSessions(userId)
  return ok
}
