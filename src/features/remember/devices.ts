/** One's own remembered browsers: which there are, and the end of one. */
import { deviceName } from '../../html/device-name.ts'
import { text } from '../../http/fields.ts'
import type { Form } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import type { Device } from '../../model/device.ts'
import { AuthError } from '../../model/error.ts'
import { dropDevice } from './join.ts'
import type { DevicesView } from './pages.ts'
import { carriedDevice, remembering } from './token.ts'

interface OwnDevices {
  readonly devices: readonly Device[]
  /** The id of the one that asks. */
  readonly current: string | null
}

async function ownDevices(ctx: Context): Promise<OwnDevices> {
  const { user, stamp } = (await ctx.subject()).record
  const devices = await ctx.reads.devices.listOf(user.id, remembering, stamp, ctx.now)
  return { devices, current: (await carriedDevice(ctx))?.device.id ?? null }
}

/** `GET devices` → `{devices:[{id,current,…}]}`, latest use first. */
export async function listDevices(ctx: Context): Promise<Response> {
  const { devices, current } = await ownDevices(ctx)
  return ctx.json({
    devices: devices.map(({ id, createdAt, usedAt, expiresAt, ip, userAgent }) => ({
      id,
      current: id === current,
      createdAt,
      usedAt,
      expiresAt,
      ip,
      userAgent,
    })),
  })
}

/** What the page of devices is given. */
export async function devicesView(ctx: Context, form: Form): Promise<DevicesView> {
  const { devices, current } = await ownDevices(ctx)
  const lines = devices.map(({ id, usedAt, expiresAt, ip, userAgent }) => ({
    id,
    current: id === current,
    device: deviceName(userAgent, ctx.locale),
    ip,
    usedAt,
    expiresAt,
  }))
  return { ...form, action: ctx.urlFor('devices.revoke'), devices: lines }
}

/** `POST devices/revoke {id}`: that browser is remembered no more, and is logged out unless it is this one. What is not the user's own is not found. */
export async function revokeDevice(ctx: Context): Promise<Response> {
  const { id } = await ctx.fields({ id: text({ max: 64 }) })
  const { devices, current } = await ownDevices(ctx)
  const device = devices.find((one) => one.id === id)
  const { user } = ctx
  if (!device || !user) throw new AuthError('not_found')
  await ctx.commit({
    changes: [dropDevice(user.id, id)],
    events: [{ name: 'device.forgotten', user, deviceId: id, by: 'user' }],
  })
  if (id === current) ctx.clearCookie(remembering)
  const { session } = ctx
  if (device.sessionId !== session?.id) await ctx.endSessions(user.id, { id: device.sessionId })
  else if (session.proofs.every(({ method }) => method === remembering)) {
    // Of a session that nothing but the device proves, nothing is left: else whoever has a copy would go on in it, unnoticed.
    await ctx.logout()
    return ctx.done({ to: ctx.targets.logout })
  }
  return ctx.done({ to: ctx.urlFor('devices') })
}
