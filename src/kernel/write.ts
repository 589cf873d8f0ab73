/** Does what a flow states in one write: its own changes, and what features record of its events. */

import { randomToken } from '../crypto/random.ts'
import type { Change, Written } from '../model/change.ts'
import { conflictError } from '../model/conflict.ts'
import type { AuthEvent, Happening } from '../model/event.ts'
import type { Exchange } from './exchange.ts'
import type { Kernel } from './kernel.ts'
import { type MailSource, queueMail } from './mail.ts'
import type { Done, Step } from './step.ts'

/** Where a step comes from; an operator's has no address. */
export interface EventSource extends MailSource {
  readonly ip: string | null
  readonly userAgent: string | null
  readonly requestId: string | null
}

/** A step with its events completed and everything recorded: ready for one write. */
export interface Prepared {
  readonly changes: readonly Change[]
  readonly events: readonly AuthEvent[]
}

/** Completes a step's events, adds what each feature records of them, and makes rows of the mails. */
export function prepareStep(kernel: Kernel, step: Step, source: EventSource): Prepared {
  const events = (step.events ?? []).map((happening) => eventOf(happening, source))
  let ids = 0
  let base: string | null = null
  const id = (): string => {
    base ??= randomToken(16, kernel.random)
    return `${base}-${String(ids++).padStart(3, '0')}`
  }
  const recorded = kernel.features.flatMap((feature) => {
    const { record } = feature
    if (!record) return []
    const tools = {
      keyed: (label: string, text: string) => kernel.keys.keyed(`feature ${feature.name} ${label}`, text),
      id,
    }
    return events.flatMap((event) => record(event, tools))
  })
  const work = [...(step.changes ?? []), ...recorded]
  const changes = work.flatMap((item) => (item.kind === 'mail' ? queueMail(kernel, item, source, work) : [item]))
  return { changes, events }
}

/** What happened, with when and where from. */
export function eventOf(happening: Happening, { now, ip, userAgent, requestId }: EventSource): AuthEvent {
  return { ...happening, at: now, ip, userAgent, requestId }
}

/** Where an exchange's events come from. */
export function eventSourceOf(exchange: Exchange): EventSource {
  const { now, origin, locale, source, requestId } = exchange
  return { now, ip: source.ip, userAgent: source.userAgent, requestId, origin: origin.origin, language: locale.language }
}

/** Writes, and tells what was refused. */
export async function tryWrite(kernel: Kernel, { changes }: Pick<Prepared, 'changes'>): Promise<Written> {
  if (changes.length === 0) return { ok: true }
  const written = await kernel.store.durable.write(changes)
  if (written.ok && changes.some(({ kind }) => kind === 'outbox.put')) kernel.delivery.wake()
  return written
}

/** Writes a step that nobody's request asks for, an operator's or the kernel's own, and emits its events. @throws AuthError by what was refused */
export async function commitOwn(kernel: Kernel, step: Step): Promise<void> {
  const { changes, written } = await writeOwn(kernel, step)
  if (!written.ok) throw conflictError(changes, written.conflict)
}

/** The same, but answers what was refused. */
export async function tryCommitOwn(kernel: Kernel, step: Step): Promise<Written> {
  return (await writeOwn(kernel, step)).written
}

async function writeOwn(kernel: Kernel, step: Step): Promise<{ readonly changes: readonly Change[]; readonly written: Written }> {
  const [{ origin }] = kernel.settings.origins
  const source = { now: kernel.clock(), ip: null, userAgent: null, requestId: null, origin, language: kernel.locales.fallback.language }
  const prepared = prepareStep(kernel, step, source)
  const written = await tryWrite(kernel, prepared)
  if (written.ok) kernel.emitter.emit(prepared.events)
  return { changes: prepared.changes, written }
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
  const written = await tryWrite(exchange.kernel, { changes: all })
  if (!written.ok) throw conflictError(all, written.conflict)
  return { events, reply: step.reply ?? {}, detour: step.detour ?? null }
}

/** Writes a step and emits its events. @throws AuthError by what was refused */
export async function commit(exchange: Exchange, step: Step): Promise<Done> {
  const done = await write(exchange, step)
  exchange.kernel.emitter.emit(done.events)
  return done
}
