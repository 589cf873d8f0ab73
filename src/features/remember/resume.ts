/** Opening a session by the token of a remembered browser: the one place where it opens anything. */
import type { Context } from '../../kernel/flow.ts'
import type { Device } from '../../model/device.ts'
import { AuthError } from '../../model/error.ts'
import type { UserRecord } from '../../model/user.ts'
import { endFamily } from './join.ts'
import { carriedDevice, remembering } from './token.ts'

/** For how long after a use other tabs of the same browser may still be under way with the token before, in milliseconds. */
const restoringTabs = 10_000

/**
 * `GET resume?next=` for navigations and `POST resume {next?}`: a session by the token, which is spent for the next one. Where a second
 * factor is owed, it is asked for. Whoever is logged in here is led on at once.
 *
 * @throws AuthError `unauthenticated`; a navigation is led to where one logs in
 */
export async function resume(ctx: Context): Promise<Response> {
  const { user } = ctx
  if (user) {
    const members = { status: 'authenticated', user: { id: user.id, email: user.email, roles: user.roles } }
    return ctx.done({ members, to: ctx.targets.login })
  }
  const carried = await carriedDevice(ctx)
  if (!carried) return refuse(ctx)
  const { token, device } = carried
  const record = await ctx.reads.users.byId(device.userId)
  if (!record || record.stamp !== device.stamp) return refuse(ctx)
  if (token.verifierHash !== device.verifier) return isOtherTab(ctx, device) ? comeAgain(ctx) : notice(ctx, device)
  return open(ctx, record, device)
}

async function open(ctx: Context, record: UserRecord, device: Device): Promise<Response> {
  const earlier = (await ctx.sessionsOf(record)).find(({ id }) => id === device.sessionId)
  let response: Response
  try {
    response = await ctx.login(record, { method: remembering })
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    if (error.code === 'unauthenticated') return toLogin(ctx) // another request used the token at this moment
    if (error.code === 'invalid_credentials') return refuse(ctx)
    throw error
  }
  if (earlier) await ctx.endSessions(record.user.id, { id: earlier.id }) // of one device, one session lives
  return response
}

/**
 * Browsers that restore their tabs ask for all of them at once, and only one of these requests can win. The others open nothing and end
 * nothing: they come once more, by when their browser has the session that the first one opened. A thief who claims to be such a tab
 * gains some seconds until the copy is noticed, and nothing else.
 */
function isOtherTab(ctx: Context, device: Device): boolean {
  return ctx.head.header('sec-fetch-mode') === 'navigate' && ctx.now - device.usedAt < restoringTabs
}

async function notice(ctx: Context, device: Device): Promise<Response> {
  await ctx.commit(await endFamily(ctx, device))
  return refuse(ctx)
}

/** The token is good for nothing any more, so the browser need not bring it again. */
function refuse(ctx: Context): Response {
  ctx.clearCookie(remembering)
  return toLogin(ctx)
}

function comeAgain(ctx: Context): Response {
  if (ctx.query('again') === '1') return toLogin(ctx)
  return ctx.goTo(`${ctx.urlFor('session.resume')}?again=1${ctx.next === null ? '' : `&next=${encodeURIComponent(ctx.next)}`}`)
}

function toLogin(ctx: Context): Response {
  if (ctx.wantsPage) return ctx.goTo(ctx.entrance(ctx.next))
  throw new AuthError('unauthenticated')
}
