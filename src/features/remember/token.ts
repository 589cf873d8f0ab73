/** The token of a remembered browser: a selector that stays, and a verifier that is another one after each use. */
import type { RequestHead } from '../../http/request-head.ts'
import type { Context } from '../../kernel/flow.ts'
import type { Device } from '../../model/device.ts'
import type { TokenHash } from '../../model/session.ts'

/** The purpose of its devices, and the name of its cookie, field and proof. */
export const remembering = 'remember'

/** What a browser carries. */
export interface Token {
  readonly selector: string
  readonly selectorHash: TokenHash
  readonly verifierHash: TokenHash
}

/** Whether a request carries something that looks like one. */
export function carriesToken(head: RequestHead): boolean {
  return head.header('cookie')?.includes(`portcullis-feature-${remembering}`) === true
}

/** The token of this browser, `null` for none or for what cannot be one. */
function readToken(ctx: Context): Token | null {
  const [, selector, verifier] = /^([\w-]{43})\.([\w-]{43})$/.exec(ctx.cookie(remembering) ?? '') ?? []
  if (selector === undefined || verifier === undefined) return null
  return { selector, selectorHash: ctx.hash('selector', selector), verifierHash: ctx.hash('verifier', verifier) }
}

/** The device of this browser, whether or not its verifier is the present one. */
export async function carriedDevice(ctx: Context): Promise<{ readonly token: Token; readonly device: Device } | null> {
  const token = readToken(ctx)
  const device = token && (await ctx.reads.devices.bySelector(token.selectorHash, remembering, ctx.now))
  return token && device && { token, device }
}

/** Gives this browser a token until `expiresAt`: with a selector that is known, the next one of its device. */
export function giveToken(ctx: Context, expiresAt: number, known?: string): { readonly selector: TokenHash; readonly verifier: TokenHash } {
  const selector = known ?? ctx.token('selector').token
  const verifier = ctx.token('verifier')
  ctx.setCookie(remembering, `${selector}.${verifier.token}`, Math.ceil((expiresAt - ctx.now) / 1000))
  return { selector: ctx.hash('selector', selector), verifier: verifier.hash }
}
