/** Asking for a link to log in by. */
import { invalidFields, text } from '../../http/fields.ts'
import { readAddress } from '../../kernel/address.ts'
import type { Context } from '../../kernel/flow.ts'

/** What the flows need of the feature's options. */
export interface MagicLinkRules {
  readonly seconds: number
  readonly sameBrowser: boolean
}

/** What this browser asked for last. */
export interface Asked {
  readonly email: string
  /** A random name that only this browser and its links know. */
  readonly browser: string
}

const cookie = 'magic-link'

/**
 * `POST magic-link {email}`: the same answer and the same rows for every address. Only an active account is sent a mail. All
 * links that were asked for work: nobody voids another's by asking, and the mail asked for first may be the one that arrives.
 *
 * @throws AuthError `too_many_attempts` when too many mails were asked for
 */
export async function askForMagicLink(ctx: Context, { seconds }: MagicLinkRules): Promise<Response> {
  const { email } = await ctx.fields({ email: text({ max: 320 }) })
  const address = readAddress(email)
  if (!address) throw invalidFields({ email: [({ texts }) => texts['field.not_an_address']] })
  const identified = await ctx.identify(address.email)
  await ctx.mailLimits(identified)
  const { record } = identified
  const user = record?.user ?? null
  const send = user?.active === true
  const browser = askedFor(ctx)?.browser ?? ctx.id()
  const link = {
    purpose: 'magic-link',
    route: 'magic-link.redeem',
    seconds,
    code: true,
    data: { emailKey: address.key, browser: ctx.hash('magic-link browser', browser), next: ctx.next },
    ...(record && { stamp: record.stamp }),
  } as const
  await ctx.commit({
    changes: [{ kind: 'mail', mail: 'magic_link.link', user: send ? user : null, to: send ? user.email : address.email, send, link }],
    events: [{ name: 'magic_link.requested', user, by: 'user' }],
  })
  const asked: Asked = { email: address.email, browser }
  ctx.setCookie(cookie, ctx.seal(cookie, cookie, { ...asked }), seconds)
  const query = ctx.next === null ? '' : `?next=${encodeURIComponent(ctx.next)}`
  return ctx.wantsPage ? ctx.goTo(`${ctx.urlFor('magic-link.redeem')}${query}`) : ctx.json({ status: 'link_sent' })
}

/** What this browser asked for last, or `null`. */
export function askedFor(ctx: Context): Asked | null {
  const sealed = ctx.cookie(cookie)
  const asked = sealed === null ? null : ctx.unseal(cookie, cookie, sealed)
  if (typeof asked !== 'object' || asked === null || !('email' in asked) || !('browser' in asked)) return null
  const { email, browser } = asked
  return typeof email === 'string' && typeof browser === 'string' ? { email, browser } : null
}

/** What was asked for is done with. */
export function forgetAsked(ctx: Context): void {
  ctx.clearCookie(cookie)
}
