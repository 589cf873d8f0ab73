/** A browser that may do without a step of the login, because its user said so there. */
import type { TokenHash } from './session.ts'

/** A device, known by a token of two parts: one finds it, the other proves it and is another one after each use. Times in milliseconds since 1970, UTC. */
export interface Device {
  /** Public name, to list and revoke it by; no secret. */
  readonly id: string
  /** What it may do without, for example `remember`. */
  readonly purpose: string
  /** Of the part of its token that stays. */
  readonly selector: TokenHash
  /** Of the part that changes. */
  readonly verifier: TokenHash
  readonly userId: string
  /** The user's stamp when it was put; it counts only while both are equal. */
  readonly stamp: string
  /** The session that it opened last, or beside which it was put. */
  readonly sessionId: string
  readonly createdAt: number
  readonly usedAt: number
  readonly expiresAt: number
  readonly ip: string | null
  readonly userAgent: string | null
}
