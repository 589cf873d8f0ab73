/** Recognised sessions, remembered as long as nobody has written to the database. */
import type { Maybe } from '../../model/json.ts'
import type { TokenHash } from '../../model/session.ts'
import type { LiveSession, Sessions, UserReads } from '../../model/store.ts'
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
 * Whether another connection has committed is asked for the first request of a turn of the event loop at once, and for all others of that turn
 * together, at its end: after each of them began, so none is answered by what was known before it.
 *
 * @returns Sessions whose answers are frozen, since several requests are given the same.
 */
export function recallSessions<U extends User>(sessions: Sessions<U>, commits: Commits): Sessions<U> {
  const known = new Map<string, LiveSession<U>>()
  let own = -1
  let isBegun = false
  let others: PromiseWithResolvers<void> | null = null

  function forgetStale(): void {
    if (commits.foreign()) known.clear()
  }

  function endTurn(): void {
    const waiting = others
    isBegun = false
    others = null
    try {
      if (waiting !== null) forgetStale()
      waiting?.resolve()
    } catch (error) {
      waiting?.reject(error)
    }
  }

  function find(hash: TokenHash, now: number, users: Pick<UserReads<U>, 'byId'>): Maybe<LiveSession<U> | null> {
    if (commits.own() !== own) known.clear()
    own = commits.own()
    const recalled = known.get(hash)
    if (recalled) return recalled.session.expiresAt > now ? recalled : null
    const live = sessions.recognise(hash, now, users)
    if (live === null || live instanceof Promise) return live
    if (known.size >= most) known.clear()
    known.set(hash, freeze(live))
    return live
  }

  return {
    ...sessions,
    recognise(hash, now, users) {
      if (isBegun) {
        others ??= Promise.withResolvers()
        return others.promise.then(() => find(hash, now, users))
      }
      isBegun = true
      setImmediate(endTurn)
      forgetStale()
      return find(hash, now, users)
    },
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(Object.freeze(value))) freeze(member)
  return value
}
