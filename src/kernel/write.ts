/** Does what a flow states in one write: its own changes, and what features record of its events. */

import type { Change, Written } from '../model/change.ts'
import { conflictError } from '../model/conflict.ts'
import type { AuthEvent } from '../model/event.ts'
import type { Exchange } from './exchange.ts'
import type { Kernel } from './kernel.ts'
import type { Done, Step } from './step.ts'

/** Where events of a step come from; an operator's have no address. */
export interface EventSource {
  readonly now: number
  readonly ip: string | null
  readonly userAgent: string | null
}

/** A step with its events completed and everything recorded: ready for one write. */
export interface Prepared {
  readonly changes: readonly Change[]
  readonly events: readonly AuthEvent[]
}

/** Completes a step's events and adds what each feature records of them. */
export function prepareStep(kernel: Kernel, step: Step, source: EventSource): Prepared {
  const events = (step.events ?? []).map((event): AuthEvent => ({ ...event, at: source.now, ip: source.ip, userAgent: source.userAgent }))
  const recorded = kernel.features.flatMap((feature) => {
    const { record } = feature
    if (!record) return []
    const tools = { keyed: (label: string, text: string) => kernel.keys.keyed(`feature ${feature.name} ${label}`, text) }
    return events.flatMap((event) => record(event, tools))
  })
  return { changes: [...(step.changes ?? []), ...recorded], events }
}

/** Where an exchange's events come from. */
export function eventSourceOf(exchange: Exchange): EventSource {
  return { now: exchange.now, ip: exchange.source.ip, userAgent: exchange.source.userAgent }
}

/** Writes, and tells what was refused. */
export async function tryWrite(kernel: Kernel, { changes }: Prepared): Promise<Written> {
  return changes.length === 0 ? { ok: true } : kernel.store.durable.write(changes)
}

/**
 * Writes a step of a browser's or client's flow. Its events are for the caller to emit, when all the rest worked too.
 *
 * @param expect what must hold besides, also when nothing else is changed
 * @throws AuthError by what was refused
 */
export async function write(exchange: Exchange, step: Step, expect?: Change): Promise<Done> {
  const { changes, events } = prepareStep(exchange.kernel, step, eventSourceOf(exchange))
  const all = expect ? [...changes, expect] : changes
  const written = await tryWrite(exchange.kernel, { changes: all, events })
  if (!written.ok) throw conflictError(all, written.conflict)
  return { events, reply: step.reply ?? {} }
}

/** Writes a step and emits its events. @throws AuthError by what was refused */
export async function commit(exchange: Exchange, step: Step): Promise<Done> {
  const done = await write(exchange, step)
  exchange.kernel.emitter.emit(done.events)
  return done
}
