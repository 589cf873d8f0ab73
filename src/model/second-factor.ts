/** What is kept of second factors. */

/** An authenticator application of a user. Times in milliseconds since 1970, UTC. */
export interface Authenticator {
  /** Public name, to list and remove it by; no secret. */
  readonly id: string
  readonly userId: string
  /** What its user calls it. */
  readonly name: string
  /** Sealed. */
  readonly secret: string
  readonly algorithm: 'SHA-1' | 'SHA-256' | 'SHA-512'
  readonly digits: 6 | 8
  /** In seconds. */
  readonly period: number
  /** The latest step that was spent; codes of it and of earlier ones are refused. */
  readonly step: number
  readonly createdAt: number
  readonly usedAt: number
}

/** What may be shown of it. */
export type ShownAuthenticator = Omit<Authenticator, 'userId' | 'secret' | 'step'>

/** An authenticator without its secret, and without what tells which codes were spent. */
export function showAuthenticator({ userId: _, secret: __, step: ___, ...shown }: Authenticator): ShownAuthenticator {
  return shown
}
