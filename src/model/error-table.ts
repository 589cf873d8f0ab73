/** The one table of refusals: code, status and what the client is told. */

/** A stable, machine-readable reason. */
export type ErrorCode =
  | 'malformed_request'
  | 'invalid_fields'
  | 'invalid_next'
  | 'link_invalid'
  | 'challenge_expired'
  | 'unauthenticated'
  | 'invalid_credentials'
  | 'reauthentication_required'
  | 'cross_site_request'
  | 'other_browser'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'already_logged_in'
  | 'email_taken'
  | 'username_taken'
  | 'limit_reached'
  | 'last_factor'
  | 'conflict'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'password_required'
  | 'too_many_attempts'
  | 'internal_error'
  | 'overloaded'
  | 'unavailable'

/** How a code is answered. */
export interface ErrorEntry {
  readonly status: number
  /** Said to the client; generic on purpose. Detail stays in `cause` and in events. */
  readonly message: string
}

/** Every code with its status and message. */
export const errorTable: Readonly<Record<ErrorCode, ErrorEntry>> = {
  malformed_request: { status: 400, message: 'The request could not be read.' },
  invalid_fields: { status: 400, message: 'Some fields need your attention.' },
  invalid_next: { status: 400, message: 'The page to return to is not one of this site.' },
  link_invalid: { status: 400, message: 'This link has expired or was used already.' },
  challenge_expired: { status: 400, message: 'This took too long. Please start again.' },
  unauthenticated: { status: 401, message: 'Please log in.' },
  invalid_credentials: { status: 401, message: 'These details do not match an account that may log in here.' },
  reauthentication_required: { status: 401, message: 'Please confirm that it is you.' },
  cross_site_request: { status: 403, message: 'This request did not come from this site. Please reload the page and try again.' },
  other_browser: { status: 403, message: 'Please open this link in the browser where you asked for it.' },
  forbidden: { status: 403, message: 'You are not allowed to do this.' },
  not_found: { status: 404, message: 'There is nothing here.' },
  method_not_allowed: { status: 405, message: 'This cannot be done here in this way.' },
  already_logged_in: { status: 409, message: 'You are logged in already.' },
  email_taken: { status: 409, message: 'There is an account with this e-mail address already.' },
  username_taken: { status: 409, message: 'This username is taken.' },
  limit_reached: { status: 409, message: 'There are as many of these as there may be. Remove one first.' },
  last_factor: { status: 409, message: 'Your account must keep this one. Add another first.' },
  conflict: { status: 409, message: 'Something changed meanwhile. Please try again.' },
  payload_too_large: { status: 413, message: 'The request is too large.' },
  unsupported_media_type: { status: 415, message: 'Send this as a form or as JSON.' },
  password_required: { status: 422, message: 'Please give the password that you chose when you registered.' },
  too_many_attempts: { status: 429, message: 'Too many attempts. Please wait a while.' },
  internal_error: { status: 500, message: 'Something went wrong. Please try again later.' },
  overloaded: { status: 503, message: 'The server is busy. Please try again in a moment.' },
  unavailable: { status: 503, message: 'The service is not available right now. Please try again in a moment.' },
}
