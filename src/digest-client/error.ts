/** What a Digest client throws when the server did not prove itself: a reply that must not be believed. */

const messages = {
  rspauth_missing: 'The server did not prove that it knows the password.',
  rspauth_wrong: 'The server gave a proof that does not belong to this request and password.',
} as const

/** Thrown by calls of `digestFetch`. */
export class DigestClientError extends Error {
  readonly code: keyof typeof messages

  constructor(code: keyof typeof messages) {
    super(messages[code])
    this.name = 'DigestClientError'
    this.code = code
  }
}
