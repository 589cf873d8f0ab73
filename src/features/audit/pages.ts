/** The page of `audit()`: a plain function of a plain view, so that an application replaces it by a function of the same type. */
import { type Html, html } from '../../html/html.ts'
import { linkList } from '../../html/links.ts'
import type { Form } from '../../kernel/feature.ts'

/** What the page of one's history is given. */
export interface HistoryView extends Form {
  /** Newest first. */
  readonly events: readonly HistoryLine[]
  /** The page of what was before; `null` when this is the end. */
  readonly older: string | null
}

/** One event. */
export interface HistoryLine {
  /** Its stable name. */
  readonly event: string
  /** What it means, in the language of the page. */
  readonly what: string
  /** In milliseconds since 1970, UTC. */
  readonly at: number
  /** As its user agent names it; `null` for what no browser did. */
  readonly device: string | null
  readonly ip: string | null
}

/** The history of one's own account. */
export function historyPage(view: HistoryView): Html {
  const { texts } = view.locale
  if (view.events.length === 0) return html`<p>${texts['history.none']}</p>${linkList(view.links)}`
  const lines = view.events.map((event) => eventItem(view, event))
  const older = view.older === null ? [] : [{ href: view.older, label: texts['history.older'] }]
  return html`<p>${texts['history.intro']}</p><ul class="lines">${lines}</ul>${linkList([...older, ...view.links])}`
}

function eventItem({ locale }: HistoryView, { what, at, device, ip }: HistoryLine): Html {
  const source = [device, ip].filter((part) => part !== null).join(', ')
  return html`<li><div><b>${what}</b>
<p class="hint"><time datetime="${new Date(at).toISOString()}">${locale.time(at)}</time></p>${source !== '' && html`<p class="hint">${source}</p>`}</div></li>
`
}
