/** Showing codes once: to a JSON client in the reply, to a browser on a page that a sealed cookie carries them to. */
import type { Form } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import type { Step } from '../../kernel/step.ts'
import type { AuthEvent } from '../../model/event.ts'
import { isKept, makeCodes } from './code.ts'
import type { RecoveryCodesView } from './pages.ts'

const cookie = 'recovery-codes'
/** How long they wait to be shown. */
const seconds = 300

/** Lets the next page of this browser show codes, once. */
function showNext(ctx: Context, userId: string, codes: readonly string[]): void {
  ctx.setCookie(cookie, ctx.seal(cookie, userId, [ctx.now + seconds * 1000, ...codes]), seconds)
}

/** The codes that this browser is to show. Their time is sealed too: whoever copied the cookie does not mind how long it lasts. */
function codesToShow(ctx: Context, userId: string): readonly string[] {
  const sealed = ctx.cookie(cookie)
  const opened = sealed === null ? null : ctx.unseal(cookie, userId, sealed)
  if (!Array.isArray(opened)) return []
  const [until, ...codes] = opened
  return typeof until === 'number' && ctx.now < until ? codes.map(String) : []
}

/** `GET recovery-codes` → `{left}`: how many are left. */
export async function countCodes(ctx: Context): Promise<Response> {
  const { user } = (await ctx.subject()).record
  return ctx.json({ left: (await ctx.reads.recoveryCodes.listOf(user.id)).length })
}

/** What the page is given: new codes, the one time that there are any, and none that others have taken the place of since. */
export async function codesView(ctx: Context, form: Form): Promise<RecoveryCodesView> {
  const { user } = (await ctx.subject()).record
  const hashes = await ctx.reads.recoveryCodes.listOf(user.id)
  const codes = codesToShow(ctx, user.id).filter((code) => isKept(ctx, user.id, code, hashes))
  if (ctx.head.method !== 'HEAD') ctx.clearCookie(cookie)
  return { ...form, codes, left: hashes.length, onward: ctx.next ?? ctx.targets.change }
}

/** `POST recovery-codes` → `{codes}`: ten new ones, and the old ones are void. */
export async function regenerateCodes(ctx: Context): Promise<Response> {
  await ctx.requireFresh()
  const { user } = (await ctx.subject()).record
  const { codes, hashes } = makeCodes(ctx, user.id)
  await ctx.commit({
    changes: [{ kind: 'recoveryCodes.replace', userId: user.id, hashes }],
    events: [{ name: 'recovery_codes.made', user, by: 'user' }],
  })
  if (!ctx.wantsPage) return ctx.json({ codes: [...codes] })
  showNext(ctx, user.id, codes)
  return ctx.goTo(ctx.urlFor('recovery-codes'))
}

/**
 * Whoever logs out leaves no codes behind in the browser. Whoever gets a second factor and has no codes gets some along with it, in the same write. Codes of before the first one go: whoever
 * had nothing but the password may have made them.
 */
export async function joinFactor(ctx: Context, { name, user }: AuthEvent): Promise<Step> {
  if (name === 'user.logged_out') ctx.clearCookie(cookie)
  if (!user || name === 'user.logged_out') return {}
  const hasCodes = (await ctx.reads.recoveryCodes.listOf(user.id)).length > 0
  if (hasCodes && (await ctx.holdsSecondFactor((await ctx.subject()).record))) return {}
  const { codes, hashes } = makeCodes(ctx, user.id)
  if (ctx.wantsPage) showNext(ctx, user.id, codes)
  return {
    changes: [{ kind: 'recoveryCodes.replace', userId: user.id, hashes }],
    events: [{ name: 'recovery_codes.made', user, by: 'user' }],
    reply: { recoveryCodes: [...codes] },
    detour: ctx.urlFor('recovery-codes'),
  }
}
