/** Sessions and tickets. Each method does its work in one turn of the event loop, so nobody comes between. */
import type { LiveSession, Session, Sessions, Tickets, TokenHash, UserRecord } from 'portcullis'
import { byBytes, type Fleeting, isLive, removeWhere } from './data.ts'
import { clearTries, takeTriesBack } from './tries.ts'

/** Sessions; whoever asks brings the users. */
export function createSessions(fleeting: Fleeting): Sessions {
  const { sessions, tickets } = fleeting

  function isThere(rows: Map<string, { readonly expiresAt: number }>, hash: TokenHash | undefined, now: number): boolean {
    const row = hash === undefined ? undefined : rows.get(hash)
    return hash === undefined || (row !== undefined && isLive(row, now))
  }

  return {
    async recognise(hash, now, users) {
      const session = sessions.get(hash)
      if (session === undefined || !isLive(session, now)) return null
      return judge(session, await users.byId(session.userId))
    },
    open(hash, session, { now, replaces, ends, ticket, clears = [], refunds = [] }) {
      if (!isThere(sessions, replaces, now) || !isThere(tickets, ticket, now)) return false
      if (replaces !== undefined) sessions.delete(replaces)
      if (ends !== undefined) sessions.delete(ends)
      if (ticket !== undefined) tickets.delete(ticket)
      clearTries(fleeting, clears)
      takeTriesBack(fleeting, refunds)
      sessions.set(hash, structuredClone(session))
      return true
    },
    touch(hash, usedAt, expiresAt) {
      const session = sessions.get(hash)
      if (session === undefined || !isLive(session, usedAt)) return
      sessions.set(hash, { ...session, usedAt, expiresAt: Math.min(expiresAt, session.endsAt) })
    },
    listOf: (userId, stamp, now) =>
      structuredClone([...sessions.values()])
        .filter((session) => session.userId === userId && session.stamp === stamp && isLive(session, now))
        .sort((a, b) => b.usedAt - a.usedAt || byBytes(a.id, b.id)),
    end: (userId, id) => removeWhere(sessions, (session) => session.userId === userId && session.id === id) > 0,
    endAll: (userId, exceptId) => removeWhere(sessions, (session) => session.userId === userId && session.id !== exceptId),
  }
}

/** A session counts while its stamp is the user's. */
function judge(session: Session, record: UserRecord | null): LiveSession | null {
  return record?.stamp === session.stamp ? { session: structuredClone(session), user: record.user } : null
}

/** Tickets and spent ids. */
export function createTickets({ tickets, spent }: Fleeting): Tickets {
  return {
    put(hash, ticket) {
      tickets.set(hash, structuredClone(ticket))
    },
    find(hash, now) {
      const ticket = tickets.get(hash)
      return ticket !== undefined && isLive(ticket, now) ? structuredClone(ticket) : null
    },
    take(hash, now) {
      const ticket = tickets.get(hash)
      if (ticket === undefined || !isLive(ticket, now)) return null
      tickets.delete(hash)
      return ticket
    },
    spend(id, expiresAt, now) {
      if (expiresAt <= now || spent.has(id)) return false
      spent.set(id, { expiresAt })
      return true
    },
  }
}
