/** Recognised sessions, remembered as long as nobody has written to the database. */
import type { LiveSession, Sessions } from '../../model/store.ts'
import type { User } from '../../model/user.ts'

const most = 1_000

/** Tells what was committed to a database. */
export interface Commits {
  /** How many this connection made, those that failed included. */
  own(): number
  /** Whether another connection made any since this was last asked. */
  foreign(): boolean
}

/**
 * The same sessions, with `recognise` answered from memory until something is committed.
 *
 * Foreign commits are asked for at each look. Once in a turn of the event loop would cost less, but two processes showed what it lets in:
 * a request that is read late in the turn may have begun after another process ended its session.
 *
 * @returns Sessions whose answers are frozen, since several requests are given the same.
 */
export function recallSessions<U extends User>(sessions: Sessions<U>, commits: Commits): Sessions<U> {
  const known = new Map<string, LiveSession<U>>()
  let own = -1

  return {
    ...sessions,
    recognise(hash, now, users) {
      // Before the read: what is remembered is never older than what was asked about.
      const isStale = commits.own() !== own || commits.foreign()
      if (isStale) known.clear()
      own = commits.own()
      const recalled = known.get(hash)
      if (recalled) return recalled.session.expiresAt > now ? recalled : null
      const live = sessions.recognise(hash, now, users)
      if (live === null || live instanceof Promise) return live
      if (known.size >= most) known.clear()
      known.set(hash, freeze(live))
      return live
    },
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(Object.freeze(value))) freeze(member)
  return value
}
