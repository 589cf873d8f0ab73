/** What is kept of an event. */
import type { RecordTools } from '../../kernel/feature.ts'
import type { Change } from '../../model/change.ts'
import type { AuthEvent } from '../../model/event.ts'
import type { Json, Members } from '../../model/json.ts'

/** How events are kept. */
export interface Keeping {
  /** For how long, in milliseconds; `null` for ever. */
  readonly life: number | null
  /** Whether a keyed hash takes the place of an address. */
  readonly pseudonymous: boolean
}

/** The longest text that is kept of one value, in characters. */
const longest = 500

/**
 * The change that keeps an event. Whoever deletes an account leaves nothing that names it: of that event only the id stays, among the
 * details.
 */
export function keep(event: AuthEvent, tools: RecordTools, { life, pseudonymous }: Keeping): Change {
  const { name, user, at, ip, userAgent, requestId, ...payload } = event
  const isGone = name === 'user.deleted'
  const address = ip !== null && pseudonymous ? tools.keyed('address', ip).slice(0, 22) : ip
  return {
    kind: 'audit.append',
    row: {
      id: tools.id(),
      event: name,
      userId: isGone ? null : (user?.id ?? null),
      at,
      ip: isGone ? null : address,
      userAgent: isGone ? null : harmless(userAgent),
      requestId: harmless(requestId),
      details: { ...harmlessMembers(payload), ...(isGone && { userId: user?.id ?? null }) },
      expiresAt: life === null ? null : at + life,
    },
  }
}

function harmlessMembers(payload: Readonly<Record<string, Json>>): Members {
  return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, typeof value === 'string' ? harmless(value) : value]))
}

/** Text that others chose, without what would break a line, reorder it or steer a terminal; what is left out is seen to be. */
function harmless<T extends string | null>(text: T): T | string {
  return text === null ? text : text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd').slice(0, longest)
}
