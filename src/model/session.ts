/** What a browser holds after a login (session), and on the way to one (ticket). */
import type { Members } from './json.ts'

/** SHA-256 over a purpose label and a random token, base64url. Branded, so that no store can be handed a raw token. */
export type TokenHash = string & { readonly __brand: 'TokenHash' }

/** One proof of identity: made by the door, kept with the session, read by guards. */
export interface Proof {
  /** The kind's stable name, for example `password`. */
  readonly method: string
  /** Two proofs of one channel never make two factors. */
  readonly channel: string
  readonly as: 'first' | 'second'
  readonly factors: 1 | 2
  /** Milliseconds since 1970, UTC. */
  readonly at: number
  /** False for proofs that stand in for a login but show nobody is there now. */
  readonly fresh: boolean
  readonly phishingResistant: boolean
}

/** A live login of one user in one browser. Times in milliseconds since 1970, UTC. */
export interface Session {
  /** Public name, to list and revoke it by; no secret. */
  readonly id: string
  readonly userId: string
  /** The user's stamp when it opened; it counts only while both are equal. */
  readonly stamp: string
  readonly proofs: readonly Proof[]
  readonly createdAt: number
  readonly usedAt: number
  /** When it ends unless it is used before; never later than `endsAt`. */
  readonly expiresAt: number
  /** When it ends however much it is used. */
  readonly endsAt: number
  readonly ip: string | null
  readonly userAgent: string | null
}

/** What proven factors have earned in one browser: the right to prove a second one, or to set one up. */
export interface Ticket {
  readonly id: string
  readonly kind: 'owed' | 'setup'
  readonly userId: string
  readonly stamp: string
  readonly proofs: readonly Proof[]
  /** Flags that the login form carried, by name. */
  readonly wishes: readonly string[]
  /** Checked redirect target that the login form carried. */
  readonly next: string | null
  /** The random value that voids it when the fleeting store was emptied. */
  readonly epoch: string
  readonly expiresAt: number
  /** For features that join the login: values they carry from its first step to its last. */
  readonly carried: Members
}
