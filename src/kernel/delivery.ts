/** Sends queued mails: after the reply, one at a time, again with growing pauses, and never one by two processes. */
import { AuthError } from '../model/error.ts'
import type { Mailer } from '../model/mail.ts'
import type { ClaimedMail } from '../model/outbox.ts'
import type { Delivery, Kernel } from './kernel.ts'
import { unsealBody } from './mail.ts'
import { writeMailBy } from './templates.ts'
import { commitOwn } from './write.ts'

const second = 1000
const minute = 60 * second
/** How long a mail is one process's: more than sending may take. */
const lease = 5 * minute
/** How long a mailer may take. */
const longestSend = minute
/** How often a process looks for mails that are due again, or that another one left. */
const round = minute
const longestPause = 60 * minute

/** Makes the delivery of one installation. Without a mailer it does nothing. */
export function createDelivery(kernel: Kernel, mailer: Mailer | null): Delivery {
  let underWay: Promise<void> = Promise.resolve()
  let isAwaited = false
  let isClosed = false
  let timer = setTimeout(wake, round).unref() // for what another process left

  /** One run after the other; a run that has not begun looks at all that was queued before it. */
  function wake(): void {
    if (mailer === null || isAwaited || isClosed) return
    isAwaited = true
    underWay = underWay.then(async () => {
      await new Promise((resolve) => setImmediate(resolve)) // after the reply
      isAwaited = false
      await sendDue(mailer)
    })
    kernel.background?.(underWay)
  }

  async function sendDue(by: Mailer): Promise<void> {
    clearTimeout(timer)
    let pause = round
    try {
      await kernel.ready()
      const { outbox } = kernel.store
      while (!isClosed) {
        const [mail] = await outbox.claim(kernel.clock(), lease, 1) // one, so that a crash repeats no other
        if (!mail) break
        await deliver(kernel, by, mail)
      }
      pause = Math.min(Math.max(((await outbox.nextDue()) ?? Number.POSITIVE_INFINITY) - kernel.clock(), second), round)
    } catch (error) {
      kernel.report(error, 'sending mails failed')
    }
    if (!isClosed) timer = setTimeout(wake, pause).unref()
  }

  return {
    wake,
    settled: () => underWay,
    async close() {
      isClosed = true
      clearTimeout(timer)
      await underWay
      await mailer?.close?.()
    },
  }
}

/** Hands a mail over. Its row goes with the event that tells of it, or stays for another try. */
async function deliver(kernel: Kernel, mailer: Mailer, row: ClaimedMail): Promise<void> {
  const { id, mail } = row
  const body = unsealBody(kernel, row)
  if (body && !body.send) return void (await commitOwn(kernel, { changes: [{ kind: 'outbox.drop', id }] }))
  const user = row.userId === null ? null : ((await kernel.store.reads.users.byId(row.userId))?.user ?? null)
  try {
    if (!body) throw new UnsendableError('it was sealed under a secret that is not there any more')
    if (kernel.clock() >= body.until) throw new UnsendableError('it could not be sent in time')
    const template = kernel.mails.get(mail)
    if (!template) throw new UnsendableError('no feature brings it any more')
    const { siteName } = kernel.settings
    const locale = kernel.locales.speak(body.language)
    const { subject, text, html } = writeMailBy(kernel, mail, { ...body.view, siteName, locale }, template)
    const whole = kernel.mailLayout({ subject, body: html, siteName, locale }).toString()
    await inTime(async () => mailer.send({ to: row.to, subject: inOneLine(subject), text, html: whole, mail, id }))
  } catch (error) {
    await noteFailure(kernel, row, error, body?.until ?? 0)
    return
  }
  await commitOwn(kernel, { changes: [{ kind: 'outbox.drop', id }], events: [{ name: 'mail.sent', user, mail }] })
}

/** Another try is of no use. */
class UnsendableError extends Error {
  readonly permanent = true
}

async function noteFailure(kernel: Kernel, row: ClaimedMail, error: unknown, until: number): Promise<void> {
  const { id, mail, attempts } = row
  const now = kernel.clock()
  const reason = inOneLine(error instanceof Error ? error.message : String(error)).slice(0, 500)
  const retryAt = now + Math.min(second * 30 * 2 ** (attempts - 1), longestPause)
  const isOver = (error instanceof Error && 'permanent' in error && error.permanent === true) || retryAt >= until
  kernel.report(error, isOver ? `the mail "${mail}" could not be sent` : `the mail "${mail}" could not be sent yet`)
  const user = row.userId === null ? null : ((await kernel.store.reads.users.byId(row.userId))?.user ?? null)
  try {
    await commitOwn(kernel, {
      changes: [{ kind: 'outbox.fail', id, attempts, now, reason, retryAt: isOver ? null : retryAt }],
      ...(isOver && { events: [{ name: 'mail.failed', user, mail, reason }] }),
    })
  } catch (conflict) {
    if (!(conflict instanceof AuthError)) throw conflict // another process has it by now
  }
}

async function inTime(send: () => Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`The mailer took longer than ${longestSend / second} seconds.`)), longestSend)
  try {
    await Promise.race([send(), promise])
  } finally {
    clearTimeout(timer)
  }
}

/** No line break, so that no subject becomes another header. */
function inOneLine(text: string): string {
  return text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()
}
