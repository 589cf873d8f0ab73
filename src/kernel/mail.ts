/** Mails as flows wish for them: the kernel makes the link, seals what the mail is to say, and queues it in the write of the flow. */
import { randomToken } from '../crypto/random.ts'
import type { MailView } from '../html/mail.ts'
import type { Change } from '../model/change.ts'
import type { OutboxRow } from '../model/outbox.ts'
import { readAddress } from './address.ts'
import { showCode } from './codes.ts'
import type { Kernel } from './kernel.ts'
import { decoySubject, type MadeLink, makeLink } from './links.ts'
import { pathFor } from './pages.ts'
import { stampSetBy } from './stamp.ts'
import type { Mail, MailedLinkWish, Work } from './step.ts'

/** Where a step that wishes for a mail comes from. */
export interface MailSource {
  readonly now: number
  /** Scheme, host and port that links lead to. */
  readonly origin: string
  /** The language of whoever asked, for those who have chosen none. */
  readonly language: string
}

/** What a row's sealed body holds. */
export interface MailBody {
  readonly send: boolean
  /** Later than this, there is no use in sending it. */
  readonly until: number
  readonly language: string
  readonly view: Pick<MailView, 'to' | 'user' | 'link' | 'at' | 'data'>
}

const day = 86_400_000
/** How long sending is tried. */
const patience = 2 * day
/** How long a row is there at most, sent, failed or never looked at. */
const keeping = 30 * day

/**
 * The changes that queue a mail. A decoy makes the same rows, of nobody's account, so that nobody learns by the work whether there is one.
 *
 * @throws Error when no feature brings the mail, or no address is given: a mistake in the feature
 */
export function queueMail(kernel: Kernel, mail: Mail, source: MailSource, work: Work): readonly Change[] {
  const { now } = source
  if (!kernel.mails.has(mail.mail)) throw new Error(`No feature brings the mail "${mail.mail}".`)
  const address = readAddress(mail.to)
  if (!address) throw new Error(`The mail "${mail.mail}" needs an address to go to.`)
  const to = mail.user && readAddress(mail.user.email)?.key === address.key ? mail.user.email : address.email
  const owner = mail.send ? (mail.user?.id ?? null) : randomToken(16, kernel.random)
  const made = mail.link && linkOf(kernel, mail, mail.link, { owner, key: address.key, now, work })
  const link = made &&
    mail.link && {
      url: `${source.origin}${pathFor(kernel, mail.link.route)}?token=${made.token}`,
      code: made.code && showCode(made.code),
      seconds: mail.link.seconds,
    }
  const language = kernel.locales.of(mail.user, source.language)
  const until = Math.min(now + patience, made?.change.link.expiresAt ?? Number.POSITIVE_INFINITY)
  const view = { to, user: mail.user, link: link ?? null, at: now, data: mail.data ?? {} }
  const row = sealRow(kernel, { mail: mail.mail, userId: owner, to, createdAt: now }, { send: mail.send, until, language, view })
  return [...(made ? [made.change] : []), { kind: 'outbox.put', row }]
}

interface Ownership {
  readonly owner: string | null
  readonly key: string
  readonly now: number
  readonly work: Work
}

/** Links of decoys are found by nobody, and drive out nobody's. */
function linkOf(kernel: Kernel, { mail, user, send }: Mail, wish: MailedLinkWish, { owner, key, now, work }: Ownership): MadeLink {
  const { purpose, keep, seconds, code = false, data = null } = wish
  const times = { createdAt: now, expiresAt: now + seconds * 1000 }
  const subject = send ? (user?.id ?? key) : decoySubject(key)
  const stamp = wish.outlivesStamp
    ? null
    : send
      ? user && (stampSetBy(work, user.id) ?? wish.stamp ?? null)
      : randomToken(16, kernel.random)
  if (send && user && stamp === null && !wish.outlivesStamp)
    throw new Error(`The link of the mail "${mail}" needs the user's stamp, or must outlive it.`)
  return makeLink(kernel, { purpose, subject, userId: owner, stamp, data, ...times }, { keep, code })
}

type RowFacts = Pick<OutboxRow, 'mail' | 'userId' | 'to' | 'createdAt'>

function sealRow({ keys, random }: Kernel, facts: RowFacts, body: MailBody): OutboxRow {
  const id = randomToken(16, random)
  const sealed = keys.seal('outbox', contextOf({ id, ...facts }), JSON.stringify(body))
  return { id, ...facts, body: sealed, dueAt: facts.createdAt, expiresAt: facts.createdAt + keeping }
}

/** The body of a row; `null` when it was sealed for another row or under a secret that is gone. */
export function unsealBody({ keys }: Pick<Kernel, 'keys'>, row: OutboxRow): MailBody | null {
  const text = keys.unseal('outbox', contextOf(row), row.body)
  return text === null ? null : JSON.parse(text) // sealed by us, so it is what we wrote
}

/** Binds a body to its row, so that whoever can write to the table cannot send a link elsewhere. */
function contextOf({ id, mail, userId, to }: Pick<OutboxRow, 'id' | 'mail' | 'userId' | 'to'>): string {
  return JSON.stringify([id, mail, userId, to])
}
