/** The history of one's own account. */
import { deviceName } from '../../html/device-name.ts'
import { invalidFields } from '../../http/fields.ts'
import type { Form } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import type { AuditCursor, AuditRow } from '../../model/audit.ts'
import type { EventName } from '../../model/event.ts'
import type { HistoryView } from './pages.ts'

/** How many events make a page. */
const pageSize = 50

interface HistoryPage {
  readonly rows: readonly AuditRow[]
  /** What `before` must be to go on; `null` at the end. */
  readonly older: string | null
}

async function pageOf(ctx: Context): Promise<HistoryPage> {
  const { user } = (await ctx.subject()).record
  const before = readCursor(ctx.query('before'))
  const rows = await ctx.reads.audit.list({ limit: pageSize + 1, userId: user.id, ...(before && { before }) })
  const last = rows.length > pageSize ? rows[pageSize - 1] : undefined
  return { rows: rows.slice(0, pageSize), older: last ? `${last.at}.${last.id}` : null }
}

/** @throws AuthError `invalid_fields` for what was no cursor of ours */
function readCursor(text: string): AuditCursor | null {
  if (text === '') return null
  const [, at, id] = /^(\d{1,15})\.([\w-]{1,64})$/.exec(text) ?? []
  if (at === undefined || id === undefined) throw invalidFields({ before: [({ texts }) => texts['history.bad_cursor']] })
  return { at: Number(at), id }
}

/** `GET history?before=` → `{events:[{event,at,ip,userAgent,requestId,details}],older}`, newest first. */
export async function listHistory(ctx: Context): Promise<Response> {
  const { rows, older } = await pageOf(ctx)
  const events = rows.map(({ event, at, ip, userAgent, requestId, details }) => ({ event, at, ip, userAgent, requestId, details }))
  return ctx.json({ events, older })
}

/** What the page is given. */
export async function historyView(ctx: Context, form: Form): Promise<HistoryView> {
  const { rows, older } = await pageOf(ctx)
  const { texts } = ctx.locale
  const lines = rows.map(({ event, at, ip, userAgent }) => ({
    event,
    what: texts[`history.${event as EventName}`] ?? event, // as it was stored, perhaps by a later release
    at,
    device: userAgent === null ? null : deviceName(userAgent, ctx.locale),
    ip,
  }))
  return { ...form, events: lines, older: older === null ? null : `${ctx.urlFor('history')}?before=${older}` }
}
