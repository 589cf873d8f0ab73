/** What the toolkit throws to refuse: a code of the table, and what the client and the logs may know besides. */
import { type ErrorCode, errorTable } from './error-table.ts'
import type { Phrase } from './locale.ts'

/** Messages by field name; the member `''` is about the whole form. */
export type FieldErrors = Readonly<Record<string, readonly Phrase[]>>

/** What an `AuthError` may say beyond its code. */
export interface ErrorDetail {
  /** In place of the table's message; shown to the client. */
  readonly message?: Phrase
  readonly fields?: FieldErrors
  /** Seconds until another try makes sense: sent as `Retry-After`. */
  readonly retryAfter?: number
  /** Further response headers, for example `Allow`, in order. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** Further members of the JSON error object. */
  readonly members?: Readonly<Record<string, string | number | boolean | readonly string[]>>
  /** Why, for logs and events; never sent. */
  readonly cause?: unknown
}

/** The only error the toolkit throws on purpose. Its `code` is stable; its `message` is English, for logs. */
export class AuthError extends Error {
  override readonly name: string = 'AuthError'
  readonly code: ErrorCode
  readonly status: number
  readonly detail: ErrorDetail

  constructor(code: ErrorCode, detail: ErrorDetail = {}) {
    const message = typeof detail.message === 'string' ? detail.message : errorTable[code].message
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.code = code
    this.status = errorTable[code].status
    this.detail = detail
  }
}
