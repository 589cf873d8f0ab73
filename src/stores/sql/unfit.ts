/** Values that a column of the application's own cannot take: too long, out of its range, not unique, or against a rule of its own. */
import type { Change } from '../../model/change.ts'
import type { Members } from '../../model/json.ts'
import { unkept } from './own-columns.ts'

/** The database refused a value that it was to keep; `cause` is its driver's error. */
export class UnfitValueError extends Error {
  override readonly name: string = 'UnfitValueError'

  constructor(cause: unknown) {
    super(`The database cannot keep a value: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/**
 * The error to tell for one that a write met where columns are the application's: `invalid_fields` under the name of each field that the
 * write gives a value to, for not every database says which column it refused.
 */
export function blameFields(error: unknown, changes: readonly Change[]): unknown {
  if (!(error instanceof UnfitValueError)) return error
  const names = changes.flatMap((change) => {
    if (change.kind === 'users.create') return named(change.user, change.user.extra)
    return change.kind === 'users.update' ? named(change.set, { ...change.set.extra, ...change.set.own }) : []
  })
  return names.length === 0 ? error : unkept(...names)
}

function named({ email, username }: { readonly email?: string; readonly username?: string | null }, own: Members): readonly string[] {
  return Object.entries({ email: email ?? null, username: username ?? null, ...own }).flatMap(([name, value]) =>
    value === null ? [] : [name],
  )
}
