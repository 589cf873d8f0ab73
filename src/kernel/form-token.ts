/** The form token: the last resort of the CSRF check, bound to what the browser holds, so that login and logout change it. */
import { randomToken } from '../crypto/random.ts'
import { isUnsafe, judgeOrigin, needsOrigin } from '../http/csrf.ts'
import { AuthError } from '../model/error.ts'
import type { Json } from '../model/json.ts'
import { bodyOf } from './body.ts'
import { cookieOf, type Exchange, setCookie } from './exchange.ts'

/** The token for a form in this browser. Before login it is bound to a sealed cookie, which this sets when it is missing. */
export function formToken(exchange: Exchange): string {
  return exchange.kernel.keys.keyed('form', binding(exchange) ?? newBinding(exchange))
}

function binding(exchange: Exchange): string | null {
  const { kernel, ticket, session } = exchange
  if (ticket) return `ticket ${ticket.hash}`
  if (session) return `session ${session.hash}`
  const sealed = cookieOf(exchange, 'form')
  const id = sealed && kernel.keys.unseal('form cookie', 'form', sealed)
  return id ? `form ${id}` : null
}

function newBinding(exchange: Exchange): string {
  const id = randomToken(16, exchange.kernel.random)
  setCookie(exchange, 'form', exchange.kernel.keys.seal('form cookie', 'form', id))
  return `form ${id}`
}

/** Refuses an unsafe request, or an upgrade, that did not come from this site. @throws AuthError `cross_site_request` */
export async function checkSameSite(exchange: Exchange): Promise<void> {
  const { kernel, head } = exchange
  if (kernel.settings.skipCsrf || !needsOrigin(head)) return
  const verdict = judgeOrigin(head, kernel.settings.originNames)
  if (verdict === 'allowed') return
  // Browsers name the origin of every upgrade (RFC 6455 section 4.1): one without it is no browser's.
  if (verdict === 'token' && (!isUnsafe(head.method) || (await carriesToken(exchange)))) return
  throw new AuthError('cross_site_request')
}

async function carriesToken(exchange: Exchange): Promise<boolean> {
  const bound = binding(exchange)
  if (bound === null) return false
  const token = await sentToken(exchange)
  return typeof token === 'string' && exchange.kernel.keys.verifyKeyed('form', bound, token)
}

/** The field `csrf`; none in a body that is no form, which a path of the application's own may well take. */
async function sentToken(exchange: Exchange): Promise<Json> {
  try {
    return (await bodyOf(exchange)).values.get('csrf') ?? null
  } catch (error) {
    if (error instanceof AuthError) return null
    throw error
  }
}
