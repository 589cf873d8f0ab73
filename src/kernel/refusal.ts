/** Refusals: made of whatever was thrown, told to listeners where they may mean an attack, and answered. */
import { errorPage } from '../html/error-page.ts'
import type { PageLink } from '../html/links.ts'
import { isNavigation, wantsPage } from '../http/accept.ts'
import { safeTarget } from '../http/redirects.ts'
import { errorHeaders, errorReply, redirectReply, sayMessage } from '../http/reply.ts'
import { pathOf } from '../http/router.ts'
import { AuthError } from '../model/error.ts'
import type { Phrase } from '../model/locale.ts'
import type { Texts } from '../model/texts.ts'
import type { User } from '../model/user.ts'
import type { Report } from './emit.ts'
import type { Exchange } from './exchange.ts'
import type { MountedRoute } from './kernel.ts'
import { entrancePath, pathFor, showPage, withNext } from './pages.ts'
import { showBy } from './templates.ts'
import { commit } from './write.ts'

/** The refusal for something thrown. A store that is busy or gone is `unavailable`; what nobody foresaw is reported. */
export function toAuthError(thrown: unknown, report: Report, about: string): AuthError {
  if (thrown instanceof AuthError) return thrown
  report(thrown, about)
  if (codeOf(thrown).startsWith('ERR_STORE') || codeOf(thrown).startsWith('ERR_SQLITE'))
    return new AuthError('unavailable', { cause: thrown, retryAfter: 1 })
  return new AuthError('internal_error', { cause: thrown })
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}

/** Tells of refused authorisation and of forged requests (ASVS V16.3.2, V16.3.3); guesses have events of their own. Never throws. */
export async function noteRefusal(exchange: Exchange, user: User | null, { code }: AuthError): Promise<void> {
  if (code !== 'cross_site_request' && code !== 'forbidden') return
  const target = pathOf(exchange.head.target)
  try {
    const denied = code === 'forbidden'
    await commit(exchange, {
      events: [denied ? { name: 'authorization.denied', user, target } : { name: 'request.refused', user, code, target }],
    })
  } catch (error) {
    exchange.kernel.report(error, 'recording a refusal failed')
  }
}

/** A wrong secret that was typed into a form that is known to be the user's own: the field may say so. Anything else stays as it is. */
export function blameField(thrown: unknown, field: string): unknown {
  if (!(thrown instanceof AuthError) || thrown.code !== 'invalid_credentials') return thrown
  const message: Phrase = ({ texts }) => texts['field.wrong']
  return new AuthError('invalid_credentials', { ...thrown.detail, message, fields: { [field]: [message] } })
}

/** Answers a refusal: a browser is led to where it can go on, everybody else is told. */
export function refuse(exchange: Exchange, mounted: MountedRoute | null, error: AuthError): Response {
  const { head } = exchange
  if (!wantsPage(head)) return errorReply(error, exchange.locale)
  const back = mounted?.route.page && mounted.methods.includes('GET') ? mounted.path : '/'
  const here = isNavigation(head) ? safeTarget(head.target, exchange.origin.origin) : mounted ? back : null
  // Where a login goes on that is no longer held, there is nothing to come back to but what came after.
  const next = mounted && isForHeldOnly(mounted) ? (nextIn(exchange) ?? exchange.kernel.settings.targets.login) : here
  const detour = next === null ? null : detourOf(exchange, error, next)
  if (detour) return redirectReply(detour)
  return showRefusal(exchange, error, backFrom(exchange, mounted, error))
}

function nextIn({ head, origin }: Exchange): string | null {
  const [, query = ''] = head.target.split('?', 2)
  const next = new URLSearchParams(query).get('next') // however malformed, a refusal is told
  return next === null ? null : safeTarget(next, origin.origin)
}

function isForHeldOnly({ route: { access } }: MountedRoute): boolean {
  return [access].flat().every((one) => one === 'owed' || one === 'setup')
}

/** Where the page of a refusal leads: to ask for another link, where one is spent. */
function backFrom({ kernel, locale }: Exchange, mounted: MountedRoute | null, { code }: AuthError): PageLink {
  const anew = code === 'link_invalid' || code === 'other_browser' ? kernel.routes.get(mounted?.route.askAnew ?? '') : undefined
  return anew?.route.title ? { href: anew.path, label: locale.say(anew.route.title) } : { href: '/', label: locale.texts['refusal.back'] }
}

/** The refusal as a page; as JSON when the application's layout fails, since somebody has to answer. */
function showRefusal(exchange: Exchange, error: AuthError, back: PageLink): Response {
  const { code, status } = error
  const { locale } = exchange
  try {
    const view = { message: sayMessage(error, locale), code, back, locale }
    const body = showBy(exchange.kernel, 'error', view, errorPage)
    const page = showPage(exchange, status, locale.texts[titleOf(error)], body)
    for (const [header, value] of errorHeaders(error)) page.headers.append(header, value)
    return page
  } catch (failure) {
    exchange.kernel.report(failure, 'the layout failed')
    return errorReply(error, locale)
  }
}

/** Where a refused browser can go on: to log in, to resume what it carries, or to confirm that it is still the user. */
function detourOf({ kernel, head }: Exchange, { code }: AuthError, next: string): string | null {
  if (code === 'already_logged_in') return kernel.settings.targets.login
  if (code !== 'unauthenticated' && code !== 'reauthentication_required') return null
  const resume = kernel.features.find((feature) => feature.resume?.carried(head))?.resume
  const route = code === 'reauthentication_required' ? 'verify' : resume?.route
  if (route === undefined) return entrancePath(kernel, next)
  return kernel.routes.has(route) ? withNext(pathFor(kernel, route), next) : null
}

function titleOf({ status }: AuthError): Extract<keyof Texts, `refusal.${string}`> {
  if (status === 403) return 'refusal.forbidden'
  if (status === 404) return 'refusal.not_found'
  if (status === 429) return 'refusal.wait'
  return status >= 500 ? 'refusal.failed' : 'refusal.other'
}
