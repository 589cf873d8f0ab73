/** Turns what a store refused into what a client is told. */
import type { Change, Conflict } from './change.ts'
import { AuthError } from './error.ts'
import type { ErrorCode } from './error-table.ts'

const codes: Readonly<Record<string, ErrorCode>> = {
  'users.create taken email': 'email_taken',
  'users.create taken username': 'username_taken',
  'users.update taken email': 'email_taken',
  'users.update taken username': 'username_taken',
  'users.update gone': 'not_found',
  'users.delete gone': 'not_found',
  'devices.put gone': 'unauthenticated',
  'devices.rotate gone': 'unauthenticated',
  'devices.rotate stale': 'unauthenticated',
  'deletions.put gone': 'not_found',
  'totp.add full': 'limit_reached',
  'totp.advance gone': 'invalid_credentials',
  'totp.advance stale': 'invalid_credentials',
  'totp.drop gone': 'not_found',
  'totp.drop last': 'last_factor',
  'recoveryCodes.use gone': 'invalid_credentials',
  'users.expect gone': 'unauthenticated',
  'users.expect stale': 'unauthenticated',
  'roles.set gone user': 'not_found',
  'roles.set gone role': 'not_found',
  'roles.drop gone': 'not_found',
  'links.take gone': 'link_invalid',
  'records.drop gone': 'not_found',
}

/** The error for a refused change; whatever the table does not name is a `conflict`. */
export function conflictError(changes: readonly Change[], conflict: Conflict): AuthError {
  const { reason, field } = conflict
  const kind = changes[conflict.index]?.kind ?? 'unknown'
  const code = codes[`${kind} ${reason}${field === undefined ? '' : ` ${field}`}`] ?? 'conflict'
  const cause = `${kind} was refused: ${reason}${field === undefined ? '' : ` (${field})`}`
  if (code !== 'email_taken' && code !== 'username_taken') return new AuthError(code, { cause })
  return new AuthError(code, { cause, fields: { [field ?? '']: [({ texts }) => texts[`error.${code}`]] } })
}
