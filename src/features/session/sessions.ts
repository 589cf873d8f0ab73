/** One's own sessions: who am I, where am I logged in, and the end of one, of all others, or of this one. */
import { deviceName } from '../../html/device-name.ts'
import { flag, invalidFields, text } from '../../http/fields.ts'
import type { Form } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import { AuthError } from '../../model/error.ts'
import type { SessionsView } from './pages.ts'

/** `GET session` → `{user,session}`. */
export async function showSession(ctx: Context): Promise<Response> {
  const { user, session } = ctx
  if (!user || !session) throw new AuthError('unauthenticated')
  const proofs = session.proofs.map(({ method, as, factors, at }) => ({ method, as, factors, at }))
  return ctx.json({
    user: { id: user.id, email: user.email, roles: user.roles },
    session: { id: session.id, proofs, createdAt: session.createdAt, expiresAt: session.expiresAt },
  })
}

/** `GET sessions` → `{sessions:[{id,current,…}]}`, latest use first. */
export async function listSessions(ctx: Context): Promise<Response> {
  const { record } = await ctx.subject()
  const sessions = (await ctx.sessionsOf(record)).map(({ id, createdAt, usedAt, expiresAt, ip, userAgent }) => ({
    id,
    current: id === ctx.session?.id,
    createdAt,
    usedAt,
    expiresAt,
    ip,
    userAgent,
  }))
  return ctx.json({ sessions })
}

/** What the page of sessions is given. */
export async function sessionsView(ctx: Context, form: Form): Promise<SessionsView> {
  const { record } = await ctx.subject()
  const sessions = (await ctx.sessionsOf(record)).map(({ id, createdAt, usedAt, ip, userAgent }) => ({
    id,
    current: id === ctx.session?.id,
    device: deviceName(userAgent, ctx.locale),
    ip,
    createdAt,
    usedAt,
  }))
  return { ...form, action: ctx.urlFor('sessions.revoke'), sessions }
}

/** `POST sessions/revoke {id}` or `{others:true}` → `{ended}`. What is not the user's own is not found. */
export async function revokeSessions(ctx: Context): Promise<Response> {
  const { id, others } = await ctx.fields({ id: text({ optional: true, max: 64 }), others: flag() })
  if ((id === '') !== others) throw invalidFields({ id: [({ texts }) => texts['sessions.one_or_others']] })
  const { record } = await ctx.subject()
  if (id === ctx.session?.id) {
    await ctx.logout()
    return ctx.done({ members: { ended: 1 }, to: ctx.targets.logout })
  }
  const ended = await ctx.endSessions(record.user.id, others ? 'others' : { id })
  if (ended === 0 && !others) throw new AuthError('not_found')
  return ctx.done({ members: { ended }, to: ctx.urlFor('sessions') })
}

/** `POST logout`: fine also for whoever is not logged in. */
export async function logout(ctx: Context): Promise<Response> {
  await ctx.logout()
  return ctx.done({ to: ctx.targets.logout })
}
