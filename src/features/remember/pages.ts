/** The page of `remember()`: a plain function of a plain view, so that an application replaces it by a function of the same type. */
import { hiddenField } from '../../html/field.ts'
import { errorSummary, postForm, submitButton } from '../../html/form.ts'
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the list of remembered browsers is given. */
export interface DevicesView extends Form {
  /** In the order in which they are shown. */
  readonly devices: readonly DeviceLine[]
}

/** One remembered browser. */
export interface DeviceLine {
  /** The public id that ends it. */
  readonly id: string
  /** Whether it is the one that asks. */
  readonly current: boolean
  /** As its user agent names it. */
  readonly device: string
  readonly ip: string | null
  /** In milliseconds since 1970, UTC. */
  readonly usedAt: number
  /** In milliseconds since 1970, UTC. */
  readonly expiresAt: number
}

/** The browsers that stay logged in. Posts `id` to end one. */
export function devicesPage(view: DevicesView): Html {
  const { texts } = view.locale
  if (view.devices.length === 0) return html`${errorSummary(view, [])}<p>${texts['devices.none']}</p>${linkList(view.links)}`
  const lines = view.devices.map((device) => deviceItem(view, device))
  return html`${errorSummary(view, [])}<p>${texts['devices.intro']}</p><ul class="lines">${lines}</ul>${linkList(view.links)}`
}

function deviceItem(view: DevicesView, device: DeviceLine): Html {
  const { texts, time } = view.locale
  const end = submitButton(texts['devices.forget'], { look: 'quiet', about: device.device })
  return html`<li><div><b>${device.device}</b>${device.current && html` <span class="badge">${texts['sessions.this_device']}</span>`}
<p class="hint">${texts['sessions.last_used']} ${time(device.usedAt)}</p>
<p class="hint">${texts['devices.until']} ${time(device.expiresAt)}</p>${device.ip && html`<p class="hint">${texts['sessions.from']} ${device.ip}</p>`}</div>
${postForm(view, [hiddenField('id', device.id), end], { summary: false })}</li>
`
}
