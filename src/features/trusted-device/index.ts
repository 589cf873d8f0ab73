/** Trusted devices: a browser whose user asked for it is not asked for the second factor for a while. */
import type { Html } from '../../html/html.ts'
import { type Duration, milliseconds } from '../../kernel/clock.ts'
import type { Feature } from '../../kernel/feature.ts'
import { devicesView, listDevices, revokeDevice } from './devices.ts'
import { type TrustedDevicesView, trustedDevicesPage } from './pages.ts'
import { isTrusted, trust, trusting } from './trust.ts'

const dayMs = 86_400_000

/** Options of `trustedDevice()`. */
export interface TrustedDeviceOptions {
  /** How long the second factor is not asked for. Default `'30d'`. */
  readonly life?: Duration
  /** The application's own page in place of the shipped one. */
  readonly pages?: { readonly devices?: (view: TrustedDevicesView) => Html }
}

/**
 * Excuses the second factor in browsers whose users tick `trustDevice` when proving it: routes `trusted-devices` and
 * `trusted-devices.revoke`. It proves nothing: a guard that wants `secondFactor` asks for it.
 *
 * @throws Error with a sentence when `life` is no duration
 */
export function trustedDevice({ life = '30d', pages = {} }: TrustedDeviceOptions = {}): Feature {
  const lasting = milliseconds(life, 'trustedDevice: life')
  const days = Math.ceil(lasting / dayMs)
  return {
    name: 'trusted-device',
    excuse: isTrusted,
    join: {
      at: ['user.logged_in'],
      wish: { name: 'trustDevice', label: ({ texts }) => texts['trusted_devices.wish']({ days }), whenOwed: true },
      run: (ctx, event) => trust(ctx, event, lasting),
    },
    routes: [
      {
        name: 'trusted-devices',
        path: '/trusted-devices',
        access: 'session',
        menu: { at: 'account', label: ({ texts }) => texts['trusted_devices.title'] },
        title: ({ texts }) => texts['trusted_devices.title'],
        template: 'trusted_devices',
        page: async (ctx, form) => ctx.show(await devicesView(ctx, form), pages.devices ?? trustedDevicesPage),
        on: { GET: listDevices },
      },
      { name: 'trusted-devices.revoke', path: '/trusted-devices/revoke', access: 'session', on: { POST: revokeDevice } },
    ],
    // A user who has nothing to be excused from any more trusts no browser either.
    record: ({ name, user }) => (name === 'totp.removed' && user ? [{ kind: 'devices.drop', userId: user.id, purpose: trusting }] : []),
  }
}
