/** Registrations that wait: kept as links, so that nothing of them is an account. */
import { invalidFields, text } from '../../http/fields.ts'
import { readAddress } from '../../kernel/address.ts'
import type { Context } from '../../kernel/flow.ts'
import type { Draft, Mail, MailedLinkWish, Step } from '../../kernel/step.ts'
import type { Json, Members } from '../../model/json.ts'
import type { Link } from '../../model/link.ts'
import type { UserRecord } from '../../model/user.ts'
import { hasProvenAddress } from './proven.ts'

/** The purpose of these links. */
export const purpose = 'confirm-email'
const holdCookie = 'confirm-email'

/** What the flows need of the feature's options. */
export interface ConfirmRules {
  readonly seconds: number
  readonly loginAfter: boolean
}

/** What waits: the account as it was asked for, and which browser asked. */
export interface Pending {
  readonly draft: Draft
  /** What is stored of the browser's hold cookie. */
  readonly hold: string
}

/**
 * Keeps a registration until its link is opened, at most five for one address. An address that has an account already gets the same
 * answer after the same work, and its owner a mail that says so. Where this browser has shown just now that it reads the address's
 * mail, the account is made at once.
 */
export async function holdRegistration(ctx: Context, draft: Draft, { seconds, loginAfter }: ConfirmRules): Promise<Response> {
  const address = readAddress(draft.email)
  if (!address) throw invalidFields({ email: [({ texts }) => texts['field.not_an_address']] })
  const { record, step } = await ctx.newAccount(draft, 'password') // also tells now what the store could not keep then
  if (hasProvenAddress(ctx, draft.email)) return complete(ctx, record, step, loginAfter)
  const holder = await ctx.reads.users.byEmailKey(address.key)
  await ctx.mailLimits({ key: address.key, record: holder })
  const owner = holder?.user ?? null
  const hold = ctx.cookie(holdCookie) ?? ctx.token(holdCookie).token
  ctx.setCookie(holdCookie, hold, seconds)
  const link = wish({ draft, hold: ctx.hash(holdCookie, hold) }, seconds)
  const mail: Mail = owner
    ? { kind: 'mail', mail: 'registration.taken', user: owner.active ? owner : null, to: owner.email, send: owner.active }
    : { kind: 'mail', mail: 'registration.confirm', user: null, to: address.email, send: true, link }
  const decoy = ctx.newLink({ purpose, subject: `decoy ${address.key}`, record: null, seconds, keep: 5, data: link.data ?? null })
  await ctx.commit({
    changes: [...(owner ? [decoy.change] : []), mail],
    events: [{ name: 'registration.requested', user: owner }],
  })
  if (ctx.wantsPage) return ctx.goTo(ctx.urlFor('email.confirm'))
  return ctx.json({ status: 'confirmation_sent' })
}

/**
 * `POST confirm-email/resend {email}`: another link for what this browser registered. Every other browser, and every other address,
 * gets the same answer after the same work, and no mail.
 *
 * @throws AuthError `too_many_attempts` when too many mails were asked for
 */
export async function resendConfirmation(ctx: Context, seconds: number): Promise<Response> {
  const { email } = await ctx.fields({ email: text({ max: 320 }) })
  const address = readAddress(email)
  if (!address) throw invalidFields({ email: [({ texts }) => texts['field.not_an_address']] })
  await ctx.mailLimits({ key: address.key, record: null })
  const links = await ctx.reads.links.bySubject(address.key, purpose, ctx.now)
  const held = links.map(readPending).find((pending) => pending !== null && isHeldHere(ctx, pending)) ?? null
  const nothing: Pending = { draft: emptyDraft(address.email), hold: '' }
  const link = wish(held ?? nothing, seconds)
  const to = held?.draft.email ?? address.email
  await ctx.commit({ changes: [{ kind: 'mail', mail: 'registration.confirm', user: null, to, send: held !== null, link }] })
  return ctx.wantsPage ? ctx.goTo(ctx.urlFor('email.confirm')) : ctx.json({ status: 'confirmation_sent' })
}

/** Makes the account; with `loginAfter` through the door. */
export async function complete(ctx: Context, record: UserRecord, step: Step, loginAfter: boolean): Promise<Response> {
  if (loginAfter) return ctx.login(record, { method: 'confirm-email' }, step)
  await ctx.commit(step)
  if (ctx.session) await ctx.logout() // it is somebody else's
  return ctx.done({ members: { status: 'confirmed' }, to: ctx.entrance() })
}

function wish({ draft, hold }: Pending, seconds: number): MailedLinkWish {
  const data: Members = { draft: { ...draft, changes: draft.changes.map(asJson) }, hold }
  return { purpose, route: 'email.confirm', seconds, keep: 5, data }
}

/** Changes are plain values. */
function asJson(change: Draft['changes'][number]): Json {
  return JSON.parse(JSON.stringify(change))
}

function emptyDraft(email: string): Draft {
  return { userId: '', email, username: null, usernameKey: null, passwordHash: null, extra: {}, changes: [] }
}

/** What a link of this purpose keeps; we wrote it, in `wish`. */
export function readPending({ data }: Link): Pending | null {
  return isPending(data) ? data : null
}

function isPending(data: unknown): data is Pending {
  return typeof data === 'object' && data !== null && 'draft' in data && 'hold' in data && typeof data.hold === 'string'
}

/** Whether this browser is the one that asked. */
export function isHeldHere(ctx: Context, { hold }: Pending): boolean {
  const cookie = ctx.cookie(holdCookie)
  return cookie !== null && ctx.hash(holdCookie, cookie) === hold
}

/** What this browser waited for is done with. */
export function forgetHold(ctx: Context): void {
  ctx.clearCookie(holdCookie)
}
