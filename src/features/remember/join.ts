/** What happens to a remembered browser in other features' flows: it is remembered, used, renewed and forgotten there. */
import type { Context } from '../../kernel/flow.ts'
import type { Step } from '../../kernel/step.ts'
import type { Change } from '../../model/change.ts'
import type { Device } from '../../model/device.ts'
import { AuthError } from '../../model/error.ts'
import type { AuthEvent, EventName, EventOf } from '../../model/event.ts'
import { carriedDevice, giveToken, remembering } from './token.ts'

/** The events that concern a remembered browser. */
export const joinedEvents: readonly EventName[] = [
  'user.logged_in',
  'user.factor_owed',
  'user.logged_out',
  'password.changed',
  'password.set',
  'email.changed',
  'totp.added',
]

/** The name of no session: none is beside a device whose user still owes a factor. */
const noSession = ''

/** Adds to a flow what it means for this browser's token. */
export async function joinFlow(ctx: Context, event: AuthEvent, life: number): Promise<Step> {
  if (event.name === 'user.logged_in') return event.methods.includes(remembering) ? use(ctx, event.sessionId) : replace(ctx, event, life)
  if (event.name === 'user.factor_owed') return event.method === remembering ? use(ctx, noSession) : {}
  if (event.name === 'user.logged_out') return forget(ctx, event)
  return renew(ctx, event)
}

/**
 * Whatever comes of it, the token was used: the browser gets the next one, good for as long as the first was.
 *
 * @throws AuthError `unauthenticated` when the device was ended since it was looked at: what was proven by it counts no more
 */
async function use(ctx: Context, sessionId: string): Promise<Step> {
  const carried = await carriedDevice(ctx)
  if (!carried) throw new AuthError('unauthenticated', { cause: 'the device was ended meanwhile' })
  const { token, device } = carried
  const { verifier } = giveToken(ctx, device.expiresAt, token.selector)
  const { ip, userAgent } = ctx.source
  const used = { now: ctx.now, sessionId, ip, userAgent }
  return { changes: [{ kind: 'devices.rotate', selector: token.selectorHash, from: token.verifierHash, to: verifier, ...used }] }
}

/** What a login by other means says counts: the browser is remembered as this user's, or no more. */
async function replace(ctx: Context, event: EventOf<'user.logged_in'>, life: number): Promise<Step> {
  const { user, sessionId } = event
  const forgotten = await forget(ctx, event)
  if (!user || !(await ctx.wishes()).includes(remembering)) return forgotten
  const expiresAt = ctx.now + life
  const { ip, userAgent } = ctx.source
  const times = { createdAt: ctx.now, usedAt: ctx.now, expiresAt }
  const device = { id: ctx.id(), purpose: remembering, userId: user.id, sessionId, ...giveToken(ctx, expiresAt), ...times, ip, userAgent }
  return {
    changes: [...(forgotten.changes ?? []), { kind: 'devices.put', device }],
    events: [...(forgotten.events ?? []), { name: 'device.remembered', user, deviceId: device.id }],
  }
}

/** Whoever has a token of a device may end it, whatever account is logged in here. */
async function forget(ctx: Context, { user }: AuthEvent): Promise<Step> {
  const carried = await carriedDevice(ctx)
  ctx.clearCookie(remembering)
  if (!carried) return {}
  const { id, userId } = carried.device
  if (carried.device.verifier !== carried.token.verifierHash) return endFamily(ctx, carried.device)
  return {
    changes: [dropDevice(userId, id)],
    ...(user?.id === userId && { events: [{ name: 'device.forgotten', user, deviceId: id, by: 'user' }] }),
  }
}

/**
 * A token that was used before came again: somebody has a copy. Nobody can tell who is the thief, so the device ends, and what it opened
 * last.
 */
export async function endFamily(ctx: Context, { id, userId, sessionId }: Device): Promise<Step> {
  const user = (await ctx.reads.users.byId(userId))?.user ?? null
  await ctx.endSessions(userId, { id: sessionId })
  return { changes: [dropDevice(userId, id)], events: [{ name: 'device.token_reused', user, deviceId: id }] }
}

/** A new stamp ends every device; the one whose user did this here is put anew, under another token. */
async function renew(ctx: Context, { user }: AuthEvent): Promise<Step> {
  const carried = ctx.user?.id === user?.id ? await carriedDevice(ctx) : null
  if (!carried || carried.device.userId !== user?.id || carried.device.verifier !== carried.token.verifierHash) return {}
  const { stamp, ...device } = carried.device
  if (stamp !== (await ctx.subject()).record.stamp) return {}
  const renewed = { ...device, sessionId: ctx.session?.id ?? device.sessionId, usedAt: ctx.now }
  return { changes: [{ kind: 'devices.put', device: { ...renewed, ...giveToken(ctx, device.expiresAt, carried.token.selector) } }] }
}

/** The change that ends one device of a user. */
export function dropDevice(userId: string, id: string): Change {
  return { kind: 'devices.drop', userId, purpose: remembering, which: { id } }
}
