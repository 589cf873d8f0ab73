/** What travels by mail: a one-time, expiring right with one purpose. */
import type { Json } from './json.ts'
import type { TokenHash } from './session.ts'

/** A link as stored; its token is only in the mail. Times in milliseconds since 1970, UTC. */
export interface Link {
  readonly hash: TokenHash
  /** What it is good for, for example `reset-password`. */
  readonly purpose: string
  /** Whom or what it is about: a user's id or a canonical address. At most `keep` per purpose and subject live. */
  readonly subject: string
  readonly userId: string | null
  /** The user's stamp when it was made; `null` for a link that outlives it. */
  readonly stamp: string | null
  /** Keyed hash of the code that may be typed in its place. */
  readonly codeHash: string | null
  readonly data: Json
  readonly createdAt: number
  readonly expiresAt: number
}
