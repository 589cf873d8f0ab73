/** Refusals: made of whatever was thrown, and told to listeners where they may mean an attack. */

import { pathOf } from '../http/router.ts'
import { AuthError } from '../model/error.ts'
import type { User } from '../model/user.ts'
import type { Report } from './emit.ts'
import type { Exchange } from './exchange.ts'
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
