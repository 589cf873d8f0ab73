/** Answers the toolkit's own routes: everything that is the same for all of them happens here, once. */
import { pageScript } from '../html/script.ts'
import { styleSheet } from '../html/style.ts'
import { mediaType, readQuery } from '../http/fields.ts'
import { safeTarget } from '../http/redirects.ts'
import { assetReply, errorHeaders, sayFields, sayMessage } from '../http/reply.ts'
import type { RequestHead } from '../http/request-head.ts'
import { pathOf } from '../http/router.ts'
import { AuthError } from '../model/error.ts'
import { bodyOf } from './body.ts'
import { createContext } from './context.ts'
import { beginExchange, type Exchange } from './exchange.ts'
import type { Access, Form, Method } from './feature.ts'
import type { Context } from './flow.ts'
import { checkSameSite, formToken } from './form-token.ts'
import { requireFresh } from './fresh.ts'
import type { Kernel, MountedRoute } from './kernel.ts'
import { menuOf, showPage } from './pages.ts'
import { noteRefusal, refuse, toAuthError } from './refusal.ts'
import { recogniseSession } from './session.ts'
import { keepTries, refundTries } from './throttle.ts'
import { findTicket } from './tickets.ts'

/** Answers a request to a route of the toolkit; `null` when the target is none of them. Never throws. */
export async function handleRequest(kernel: Kernel, head: RequestHead): Promise<Response | null> {
  const asset = assetOf(kernel, head)
  if (asset) return asset
  const match = kernel.router(head.target)
  if (!match) return null
  const mounted = match.route
  const exchange = beginExchange(kernel, head)
  let response: Response
  try {
    await kernel.readyInTime()
    const context = createContext(exchange, match)
    response = await answer(context, exchange, mounted)
  } catch (thrown) {
    response = refuse(exchange, mounted, toAuthError(thrown, kernel.report, `${head.method} ${mounted.path} failed`))
  }
  for (const cookie of exchange.cookies.values()) response.headers.append('Set-Cookie', cookie)
  return head.method === 'HEAD' ? new Response(null, response) : response
}

/** The style sheet and the script. */
function assetOf({ assets }: Kernel, { target, method }: RequestHead): Response | null {
  if (method !== 'GET' && method !== 'HEAD') return null
  if (target === assets.style) return assetReply(styleSheet, 'text/css')
  return target === assets.script ? assetReply(pageScript, 'text/javascript') : null
}

/** Runs the route; a refused form is shown again with what was typed. */
async function answer(context: Context, exchange: Exchange, mounted: MountedRoute): Promise<Response> {
  const { route } = mounted
  const method = methodOf(exchange.head)
  try {
    const handler = method && route.on[method]
    if (!handler) throw new AuthError('method_not_allowed', { headers: [['Allow', allowed(mounted)]] })
    if (method !== 'GET') await exchange.kernel.nextTurn()
    await recognise(exchange)
    if (method !== 'GET') await checkBody(exchange)
    await checkSameSite(exchange)
    await checkAccess(exchange, mounted)
    exchange.next = await readNext(exchange, mounted)
    if (method === 'GET' && route.page && context.wantsPage) return await showForm(context, exchange, mounted, null)
    return await handler(context)
  } catch (thrown) {
    const error = toAuthError(thrown, exchange.kernel.report, `${exchange.head.method} ${mounted.path} failed`)
    keepTries(exchange, error)
    await noteRefusal(exchange, exchange.session?.user ?? null, error)
    const again = route.page && method === 'POST' && context.wantsPage && isAnswerable(error)
    return again ? await showAgain(context, exchange, mounted, error) : refuse(exchange, mounted, error)
  } finally {
    await refundTries(exchange)
  }
}

function methodOf({ method }: RequestHead): Method | null {
  if (method === 'HEAD') return 'GET'
  return method === 'GET' || method === 'POST' || method === 'PATCH' || method === 'DELETE' ? method : null
}

function allowed({ methods }: MountedRoute): string {
  return (methods.includes('GET') ? ['GET', 'HEAD', ...methods.filter((method) => method !== 'GET')] : methods).join(', ')
}

async function recognise(exchange: Exchange): Promise<void> {
  exchange.ticket = await findTicket(exchange)
  exchange.session = await recogniseSession(exchange.kernel, exchange.head, exchange.now)
}

/** Reads the body once, so that what cannot be read is refused before anybody acts on the rest. */
async function checkBody(exchange: Exchange): Promise<void> {
  const type = mediaType(exchange.head)
  if (type !== '' && type !== 'application/json' && type !== 'application/x-www-form-urlencoded')
    throw new AuthError('unsupported_media_type')
  await bodyOf(exchange)
}

function accepts({ route }: MountedRoute, access: Access): boolean {
  return [route.access].flat().includes(access)
}

async function checkAccess(exchange: Exchange, mounted: MountedRoute): Promise<void> {
  const { ticket, session } = exchange
  if (accepts(mounted, 'anyone')) return
  if (ticket) {
    if (accepts(mounted, ticket.ticket.kind) || accepts(mounted, 'anonymous')) return
    throw new AuthError('unauthenticated', { cause: 'a login is held in this browser' })
  }
  if (!session) {
    if (accepts(mounted, 'anonymous')) return
    throw new AuthError('unauthenticated')
  }
  if (accepts(mounted, 'session')) return
  if (!accepts(mounted, 'fresh')) throw new AuthError(accepts(mounted, 'anonymous') ? 'already_logged_in' : 'unauthenticated')
  await requireFresh(exchange)
}

/** The redirect target that came along. One that leads elsewhere is refused where it would be followed at once, else dropped. */
async function readNext(exchange: Exchange, { route }: MountedRoute): Promise<string | null> {
  const { head, origin } = exchange
  const body = head.method === 'GET' || head.method === 'HEAD' ? undefined : (await bodyOf(exchange)).values.get('next')
  const given = body ?? readQuery(head.target).values.get('next')
  if (given === undefined || given === null || given === '') return null
  const target = typeof given === 'string' ? safeTarget(given, origin.origin) : null
  if (target === null && route.login && head.method === 'POST') {
    throw new AuthError('invalid_next', { fields: { next: [({ texts }) => texts['error.invalid_next']] } })
  }
  return target
}

async function showForm(context: Context, exchange: Exchange, mounted: MountedRoute, error: AuthError | null): Promise<Response> {
  const { locale } = exchange
  const { route, path, name } = mounted
  if (!route.page) throw new AuthError('not_found')
  const form: Form = {
    action: route.path.includes(':') ? pathOf(exchange.head.target) : path,
    csrf: formToken(exchange),
    next: exchange.next,
    values: Object.fromEntries(exchange.typed),
    errors: sayFields(error?.detail.fields ?? {}, locale),
    message: error && sayMessage(error, locale),
    links: await linksFor(context, exchange, mounted),
    wishes: route.login ? wishesFor(exchange, accepts(mounted, 'owed') || accepts(mounted, 'setup')) : [],
    locale,
  }
  const body = await route.page(context, form)
  if (body instanceof Response) return error ? refuse(exchange, null, error) : body // a page that leads on must not hide a refusal
  const page = showPage(exchange, error?.status ?? 200, route.title ?? name, body)
  for (const [header, value] of error ? errorHeaders(error) : []) page.headers.append(header, value)
  return page
}

/** The other ways to log in, or to answer the debt. Who is logged in has the menu of the account around the page already. */
async function linksFor(context: Context, exchange: Exchange, { route: { menu }, name }: MountedRoute): Promise<Form['links']> {
  const { ticket, locale } = exchange
  if (menu?.at === 'login' || (menu?.at === 'both' && !context.user)) return menuOf(exchange, 'login').filter((link) => link.name !== name)
  if (ticket?.ticket.kind !== 'owed') return []
  const kinds = await context.methods(ticket.record, 'second')
  if (!kinds.some(({ route }) => route === name)) return []
  return kinds.flatMap(({ method, route, label = method }) =>
    route && route !== name ? [{ name: route, href: context.urlFor(route), label: locale.say(label) }] : [],
  )
}

/** What was wished for in the step before need not be wished for again, where this one `follows` it. */
function wishesFor({ kernel, ticket, locale }: Exchange, follows: boolean): Form['wishes'] {
  const held = follows ? ticket?.ticket : undefined
  const shown = kernel.wishes.filter(({ name, whenOwed }) => (!whenOwed || held?.kind === 'owed') && !held?.wishes.includes(name))
  return shown.map(({ name, label }) => ({ name, label: locale.say(label) }))
}

/** The form once more; when it cannot be shown, the refusal that it was to tell is told without it. */
async function showAgain(context: Context, exchange: Exchange, mounted: MountedRoute, error: AuthError): Promise<Response> {
  try {
    return await showForm(context, exchange, mounted, error)
  } catch (failure) {
    if (!(failure instanceof AuthError)) exchange.kernel.report(failure, `showing ${mounted.path} again failed`)
    return refuse(exchange, mounted, error)
  }
}

/** Whether the form itself can say what is wrong. */
function isAnswerable(error: AuthError): boolean {
  return ![
    'unauthenticated',
    'reauthentication_required',
    'already_logged_in',
    'not_found',
    'method_not_allowed',
    'internal_error',
  ].includes(error.code)
}
