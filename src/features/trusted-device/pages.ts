/** The page of `trustedDevice()`: a plain function of a plain view, so that an application replaces it by a function of the same type. */
import { type DeviceLine, deviceList } from '../../html/device-list.ts'
import { errorSummary } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the list of trusted browsers is given. */
export interface TrustedDevicesView extends Form {
  /** In the order in which they are shown. */
  readonly devices: readonly DeviceLine[]
}

/** The browsers in which the second factor is not asked for. Posts `id` to end one. */
export function trustedDevicesPage(view: TrustedDevicesView): Html {
  const { texts } = view.locale
  if (view.devices.length === 0) return html`${errorSummary(view, [])}<p>${texts['trusted_devices.none']}</p>${linkList(view.links)}`
  return html`${errorSummary(view, [])}<p>${texts['trusted_devices.intro']}</p>${deviceList(view, view.devices)}${linkList(view.links)}`
}
