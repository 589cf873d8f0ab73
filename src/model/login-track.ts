/** When and from where a user logged in, this time and the time before. */

/** The last two logins of a user, and how many there were. Times in milliseconds since 1970, UTC. */
export interface LoginTrack {
  readonly userId: string
  readonly count: number
  readonly currentAt: number
  readonly currentIp: string | null
  readonly currentUserAgent: string | null
  /** Of the login before; of the first one, while there was no other. */
  readonly lastAt: number
  readonly lastIp: string | null
  readonly lastUserAgent: string | null
}
