/** An account whose user wants it gone, and may still think better of it. */

/** A deletion that waits. Times in milliseconds since 1970, UTC. */
export interface Deletion {
  readonly userId: string
  readonly requestedAt: number
  /** From when on the account may be deleted. */
  readonly deletesAt: number
}
