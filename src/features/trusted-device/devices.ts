/** One's own trusted browsers: which there are, and the end of one. */
import { deviceName } from '../../html/device-name.ts'
import { text } from '../../http/fields.ts'
import type { Form } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import type { Device } from '../../model/device.ts'
import { AuthError } from '../../model/error.ts'
import type { TrustedDevicesView } from './pages.ts'
import { carriedDevice, trusting } from './trust.ts'

async function ownDevices(ctx: Context): Promise<readonly (Device & { readonly current: boolean })[]> {
  const { user, stamp } = (await ctx.subject()).record
  const current = (await carriedDevice(ctx))?.id
  const devices = await ctx.reads.devices.listOf(user.id, trusting, stamp, ctx.now)
  return devices.map((device) => ({ ...device, current: device.id === current }))
}

/** `GET trusted-devices` → `{devices:[{id,current,…}]}`, the latest first. */
export async function listDevices(ctx: Context): Promise<Response> {
  const devices = await ownDevices(ctx)
  return ctx.json({
    devices: devices.map(({ id, current, createdAt, expiresAt, ip, userAgent }) => ({ id, current, createdAt, expiresAt, ip, userAgent })),
  })
}

/** What the page is given. */
export async function devicesView(ctx: Context, form: Form): Promise<TrustedDevicesView> {
  const devices = (await ownDevices(ctx)).map(({ id, current, expiresAt, ip, userAgent }) => ({
    id,
    current,
    device: deviceName(userAgent, ctx.locale),
    ip,
    usedAt: null, // being excused writes nothing
    expiresAt,
  }))
  return { ...form, action: ctx.urlFor('trusted-devices.revoke'), devices }
}

/** `POST trusted-devices/revoke {id}`. What is not the user's own is not found. */
export async function revokeDevice(ctx: Context): Promise<Response> {
  const { id } = await ctx.fields({ id: text({ max: 64 }) })
  const { user } = ctx
  if (!user || !(await ownDevices(ctx)).some((device) => device.id === id)) throw new AuthError('not_found')
  await ctx.commit({
    changes: [{ kind: 'devices.drop', userId: user.id, purpose: trusting, which: { id } }],
    events: [{ name: 'device.forgotten', user, deviceId: id, by: 'user' }],
  })
  return ctx.done({ to: ctx.urlFor('trusted-devices') })
}
