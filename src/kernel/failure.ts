/** Makes a refusal of whatever was thrown: what is not ours to say becomes `internal_error`, and is reported. */
import { AuthError } from '../model/error.ts'
import type { Report } from './emit.ts'

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
