/** Logging in by a mailed link or code. */
import { invalidFields, text } from '../../http/fields.ts'
import { readAddress } from '../../kernel/address.ts'
import type { Context } from '../../kernel/flow.ts'
import type { TakenLink } from '../../kernel/step.ts'
import { AuthError } from '../../model/error.ts'
import type { Json } from '../../model/json.ts'
import type { UserRecord } from '../../model/user.ts'
import { askedFor, forgetAsked, type MagicLinkRules } from './request.ts'

/** A link that logs somebody in. */
export interface LoginLink extends TakenLink {
  readonly record: UserRecord
  /** Where it was to lead, checked when it was asked for. */
  readonly next: string | null
}

/** `GET magic-link/redeem?token=` as JSON: whether the link still works, without spending it. @throws AuthError `link_invalid` */
export async function showMagicLink(ctx: Context, rules: MagicLinkRules): Promise<Response> {
  const { record } = await lookAt(ctx, ctx.query('token'), rules)
  return ctx.json({ email: record.user.email })
}

/** The link that a token is of. @throws AuthError `link_invalid`, `other_browser` */
export async function lookAt(ctx: Context, token: string, rules: MagicLinkRules): Promise<LoginLink> {
  return checked(ctx, await ctx.link('magic-link', token), rules)
}

/**
 * `POST magic-link/redeem {token}` or `{email,code}`: the link is spent in the write of the login, and its code with it. A wrong code is
 * a failed login and spends nothing. A second factor is asked for as after a password.
 *
 * Whoever opens the mail of an address for the first time owns the account: what was set before goes, since anybody could have typed
 * the address when the account was made.
 *
 * @throws AuthError `link_invalid`, `other_browser`, `invalid_credentials` for a wrong code, `too_many_attempts`
 */
export async function redeemMagicLink(ctx: Context, rules: MagicLinkRules): Promise<Response> {
  const { token, email, code } = await ctx.fields({
    token: text({ max: 100, optional: true }),
    email: text({ max: 320, optional: true }),
    code: text({ max: 30, optional: true }),
  })
  const link = token === '' ? await guessCode(ctx, { email, code }, rules) : await lookAt(ctx, token, rules)
  if (token !== '' && email !== '' && readAddress(email)?.key !== readAddress(link.record.user.email)?.key)
    throw new AuthError('link_invalid')
  const reclaimed = await reclaim(ctx, link)
  const step = reclaimed ? {} : { changes: [link.take] }
  const reply = await ctx.login(reclaimed ?? link.record, { method: 'magic-link' }, step, link.next)
  forgetAsked(ctx)
  return reply
}

async function guessCode(ctx: Context, { email, code }: { email: string; code: string }, rules: MagicLinkRules): Promise<LoginLink> {
  const missing = Object.entries({ email, code }).filter(([, value]) => value === '')
  if (missing.length > 0) throw invalidFields(Object.fromEntries(missing.map(([name]) => [name, [({ texts }) => texts['field.required']]])))
  const identified = await ctx.identify(email)
  const guess = { ...identified, method: 'magic-link', cheap: true } as const
  return checked(ctx, await ctx.guess(guess, () => ctx.linkByCode('magic-link', identified, code)), rules)
}

/** Judges again what was true when the link was asked for. */
function checked(ctx: Context, link: TakenLink, { sameBrowser }: MagicLinkRules): LoginLink {
  const { record } = link
  const about = readAbout(link.link.data)
  if (!record || about === null || readAddress(record.user.email)?.key !== about.emailKey) throw new AuthError('link_invalid')
  const asked = askedFor(ctx)
  if (sameBrowser && (asked === null || ctx.hash('magic-link browser', asked.browser) !== about.browser))
    throw new AuthError('other_browser')
  return { ...link, record, next: about.next }
}

function readAbout(data: Json): { readonly emailKey: string; readonly browser: string; readonly next: string | null } | null {
  if (typeof data !== 'object' || data === null || !('emailKey' in data) || !('browser' in data) || !('next' in data)) return null
  const { emailKey, browser, next } = data
  return typeof emailKey === 'string' && typeof browser === 'string'
    ? { emailKey, browser, next: typeof next === 'string' ? next : null }
    : null
}

/**
 * Takes the link and all that was set before, in a write of its own: so what features drop of the account at `email.verified` is owed by
 * nobody when the login begins. `null` when the account was its user's before.
 */
async function reclaim(ctx: Context, { take, record }: LoginLink): Promise<UserRecord | null> {
  const { first, changes } = await ctx.addressProof(record)
  if (!first) return null
  const { user, passwordHash } = record
  const stamp = ctx.id()
  await ctx.commit({
    changes: [take, ...changes, { kind: 'users.update', id: user.id, set: { passwordHash: null, stamp }, when: { stamp: record.stamp } }],
    events: [{ name: 'email.verified', user }, ...(passwordHash === null ? [] : [{ name: 'password.removed', user, by: 'user' } as const])],
  })
  await ctx.endSessions(user.id, 'all')
  return { user, stamp, passwordHash: null }
}
