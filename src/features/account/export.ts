/** Everything that is held about an account, for its user to take along. */
import type { Context } from '../../kernel/flow.ts'

/** `GET account/export` → `{user,sessions,devices,history,…}`, one member for each drawer, secrets left out. A browser gets it as a file. */
export async function exportAccount(ctx: Context): Promise<Response> {
  const { record } = await ctx.subject()
  const { users = [], audit = [], ...held } = await ctx.reads.everything(record.user.id)
  const sessions = (await ctx.sessionsOf(record)).map(({ id, proofs, createdAt, usedAt, expiresAt, endsAt, ip, userAgent }) => ({
    id,
    proofs: proofs.map(({ method, as, factors, at }) => ({ method, as, factors, at })),
    createdAt,
    usedAt,
    expiresAt,
    endsAt,
    ip,
    userAgent,
  }))
  const response = ctx.json({ user: users[0] ?? null, ...held, sessions, history: audit })
  if (ctx.wantsPage) response.headers.set('Content-Disposition', 'attachment; filename="account.json"')
  return response
}
