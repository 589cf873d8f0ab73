/** A list of devices, each with a button that ends it. */
import { hiddenField } from './field.ts'
import { type FormView, postForm, submitButton } from './form.ts'
import { type Html, html } from './html.ts'

/** One device. */
export interface DeviceLine {
  /** The public id that ends it. */
  readonly id: string
  /** Whether it is the one that asks. */
  readonly current: boolean
  /** As its user agent names it. */
  readonly device: string
  readonly ip: string | null
  /** In milliseconds since 1970, UTC; `null` where no use is noted. */
  readonly usedAt: number | null
  /** In milliseconds since 1970, UTC. */
  readonly expiresAt: number
}

/** The devices in their order. Posts `id` to end one. */
export function deviceList(view: FormView, devices: readonly DeviceLine[]): Html {
  return html`<ul class="lines">${devices.map((device) => deviceItem(view, device))}</ul>`
}

function deviceItem(view: FormView, device: DeviceLine): Html {
  const { texts, time } = view.locale
  const end = submitButton(texts['devices.forget'], { look: 'quiet', about: device.device })
  return html`<li><div><b>${device.device}</b>${device.current && html` <span class="badge">${texts['sessions.this_device']}</span>`}${
    device.usedAt !== null &&
    html`
<p class="hint">${texts['sessions.last_used']} ${time(device.usedAt)}</p>`
  }
<p class="hint">${texts['devices.until']} ${time(device.expiresAt)}</p>${device.ip && html`<p class="hint">${texts['sessions.from']} ${device.ip}</p>`}</div>
${postForm(view, [hiddenField('id', device.id), end], { summary: false })}</li>
`
}
