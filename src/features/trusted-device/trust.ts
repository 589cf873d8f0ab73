/** What makes a browser trusted, and what it is good for. */
import type { Context } from '../../kernel/flow.ts'
import type { Step } from '../../kernel/step.ts'
import type { Device } from '../../model/device.ts'
import type { AuthEvent } from '../../model/event.ts'
import type { UserRecord } from '../../model/user.ts'

/** The purpose of its devices, and the name of its cookie. */
export const trusting = 'trust'

/** The device of this browser. */
export async function carriedDevice(ctx: Context): Promise<Device | null> {
  const token = ctx.cookie(trusting)
  if (token === null || token.length !== 43) return null
  const device = await ctx.reads.devices.bySelector(ctx.hash('trusted device', token), trusting, ctx.now)
  return device?.verifier === ctx.hash('trust', token) ? device : null
}

/** Whether this browser stands in for the second factor of this user, whose access is as it was when it was trusted. */
export async function isTrusted(ctx: Context, { user, stamp }: UserRecord): Promise<boolean> {
  const device = await carriedDevice(ctx)
  return device?.userId === user.id && device.stamp === stamp
}

/** Only a login that proved two factors, and asked for it, makes a browser trusted. */
export async function trust(ctx: Context, event: AuthEvent, life: number): Promise<Step> {
  const { user } = event
  if (event.name !== 'user.logged_in' || user === null || event.factors !== 2) return {}
  if (!(await ctx.wishes()).includes('trustDevice')) return {}
  const { token, hash: selector } = ctx.token('trusted device')
  const expiresAt = ctx.now + life
  const { ip, userAgent } = ctx.source
  const id = ctx.id()
  const place = { purpose: trusting, userId: user.id, sessionId: event.sessionId, selector, verifier: ctx.hash('trust', token) }
  ctx.setCookie(trusting, token, Math.ceil(life / 1000))
  const earlier = await carriedDevice(ctx)
  return {
    changes: [
      ...(earlier ? [{ kind: 'devices.drop', userId: earlier.userId, purpose: trusting, which: { id: earlier.id } } as const] : []),
      { kind: 'devices.put', device: { id, ...place, createdAt: ctx.now, usedAt: ctx.now, expiresAt, ip, userAgent } },
    ],
    events: [{ name: 'device.trusted', user, deviceId: id }],
  }
}
