/** Confirming an address: the account is made of what waited for it. */
import { flag, text } from '../../http/fields.ts'
import type { Context } from '../../kernel/flow.ts'
import { blameField } from '../../kernel/refusal.ts'
import type { Draft, TakenLink } from '../../kernel/step.ts'
import { AuthError } from '../../model/error.ts'
import { type ConfirmRules, complete, forgetHold, isHeldHere, type Pending, purpose, readPending } from './pending.ts'
import { keepProvenAddress } from './proven.ts'

/** What the page is to show: that a mail was sent, a button, or a field for the password. */
export interface ConfirmState {
  readonly token: string
  readonly email: string
  /** `sent`: no link is open; `ready`: this browser registered; `password`: another one did. */
  readonly state: 'sent' | 'ready' | 'password'
}

interface Confirmation extends TakenLink {
  readonly pending: Pending
  readonly key: string
}

/** The link that a token is of, with what waits. @throws AuthError `link_invalid` */
async function lookAt(ctx: Context, token: string): Promise<Confirmation> {
  const taken = await ctx.link(purpose, token)
  const pending = readPending(taken.link)
  if (pending === null) throw new AuthError('link_invalid')
  return { ...taken, pending, key: taken.link.subject }
}

/** What the page is to show, without spending anything. @throws AuthError `link_invalid` */
export async function stateOf(ctx: Context, token: string): Promise<ConfirmState> {
  if (token === '') return { token, email: '', state: 'sent' }
  const { pending } = await lookAt(ctx, token)
  return { token, email: pending.draft.email, state: isHeldHere(ctx, pending) ? 'ready' : 'password' }
}

/** `GET confirm-email?token=` as JSON: whether the link works, and whether it asks for the password. @throws AuthError `link_invalid` */
export async function showConfirmation(ctx: Context): Promise<Response> {
  const { pending } = await lookAt(ctx, ctx.query('token'))
  return ctx.json({ email: pending.draft.email, passwordRequired: !isHeldHere(ctx, pending) })
}

/**
 * `POST confirm-email {token,password?}`. In the browser that registered, the link is enough. In another one, the password must be
 * shown too: else whoever registers somebody else's address would know the password of the account that its owner confirms. Who does
 * not know it may say so (`notMine`): then what waited is dropped, and this browser may register the address for half an hour.
 *
 * The link, the account and (by `dropWaiting`) the end of everything else that waits for the address are one write. Whoever is logged in here is logged
 * out: it is somebody else.
 *
 * @throws AuthError `link_invalid`, `password_required`, `invalid_credentials` for a wrong password, which spends nothing, `email_taken`
 */
export async function confirmEmailOf(ctx: Context, { loginAfter }: ConfirmRules): Promise<Response> {
  const { token, password, notMine } = await ctx.fields({
    token: text({ max: 100 }),
    password: text({ secret: true, optional: true }),
    notMine: flag(),
  })
  const confirmation = await lookAt(ctx, token)
  if (notMine) return disown(ctx, confirmation)
  if (!isHeldHere(ctx, confirmation.pending)) await provePassword(ctx, confirmation, password)
  const reply = await makeAccount(ctx, confirmation, loginAfter)
  forgetHold(ctx)
  return reply
}

/**
 * The account comes before its link: of those who confirm two registrations of one address, one then waits for the address. If each took
 * its link first, they would wait crosswise for the end of each other's. Who has waited finds the address taken, and the link gone.
 */
async function makeAccount(ctx: Context, confirmation: Confirmation, loginAfter: boolean): Promise<Response> {
  const { take, pending, link } = confirmation
  const { record, step } = await ctx.newAccount(await numbered(ctx, pending.draft), 'password')
  try {
    return await complete(ctx, record, { ...step, changes: [...(step.changes ?? []), take] }, loginAfter)
  } catch (error) {
    if (!(error instanceof AuthError) || error.code !== 'email_taken') throw error
    const open = await ctx.reads.links.byHash(link.hash, purpose, ctx.now)
    throw open ? error : new AuthError('link_invalid', { cause: error })
  }
}

/** With an id of this moment: the application may have given the one of then to a row of its own. What names it already keeps it. */
async function numbered(ctx: Context, draft: Draft): Promise<Draft> {
  return draft.changes.length > 0 ? draft : { ...draft, userId: await ctx.newUserId() }
}

async function provePassword(ctx: Context, { pending, key }: Confirmation, password: string): Promise<void> {
  const { passwordHash } = pending.draft
  if (password === '' || passwordHash === null) throw new AuthError('password_required')
  try {
    await ctx.guess({ key, record: null, method: 'password' }, async () =>
      (await ctx.matchesPassword(key, passwordHash, password)) ? true : null,
    )
  } catch (error) {
    throw blameField(error, 'password')
  }
}

async function disown(ctx: Context, confirmation: Confirmation): Promise<Response> {
  const { take, key, pending } = confirmation
  await ctx.commit({ changes: [take, { kind: 'links.drop', purpose, subject: key }] })
  if (ctx.session) await ctx.logout()
  forgetHold(ctx)
  keepProvenAddress(ctx, pending.draft.email)
  return ctx.done({ members: { status: 'dropped' }, to: ctx.hasRoute('register') ? ctx.urlFor('register') : ctx.entrance() })
}
