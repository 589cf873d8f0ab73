/** The fleeting half in memory: sessions, tickets, attempt counts and nonces. */
import type { Maybe } from '../../model/json.ts'
import type { AttemptKey, Attempts, LiveSession, Nonces, Sessions, Tickets } from '../../model/store.ts'
import type { User } from '../../model/user.ts'
import { type AttemptOutcome, answerOf, countAttempt, takeBack } from '../attempt-count.ts'
import { compareBytes } from '../byte-order.ts'
import { useCount } from '../nonce-window.ts'
import type { Table } from './table.ts'
import { pairKey, type Tables } from './tables.ts'

/** Sessions; each user comes from whichever store holds users. */
export function memorySessions<U extends User>(tables: Tables): Sessions<U> {
  const { sessions, tickets, attempts, journal } = tables

  return {
    recognise: (hash, now, users) => {
      const session = sessions.get(hash)
      if (session === undefined || session.expiresAt <= now) return null
      return andThen(users.byId(session.userId), (record): LiveSession<U> | null =>
        record === null || record.stamp !== session.stamp ? null : { session, user: record.user },
      )
    },
    open: (hash, session, { now, replaces, ends, ticket, clears = [], refunds = [] }) =>
      journal.attempt(() => {
        if (replaces !== undefined && !takeLive(sessions, replaces, now)) return false
        if (ticket !== undefined && !takeLive(tickets, ticket, now)) return false
        if (ends !== undefined) sessions.delete(ends)
        for (const { group, key } of clears) attempts.delete(pairKey(group, key))
        for (const key of refunds) refundAttempt(tables, key)
        sessions.set(hash, session)
        return true
      }, Boolean),
    touch: (hash, usedAt, expiresAt) => {
      const session = sessions.get(hash)
      if (session === undefined || session.expiresAt <= usedAt) return
      sessions.set(hash, { ...session, usedAt, expiresAt: Math.min(expiresAt, session.endsAt) })
    },
    listOf: (userId, stamp, now) =>
      sessions
        .rows()
        .filter((session) => session.userId === userId && session.stamp === stamp && session.expiresAt > now)
        .sort((a, b) => b.usedAt - a.usedAt || compareBytes(a.id, b.id)),
    end: (userId, id) => sessions.deleteWhere((session) => session.userId === userId && session.id === id) > 0,
    endAll: (userId, exceptId) => sessions.deleteWhere((session) => session.userId === userId && session.id !== exceptId),
  }
}

/** Tickets and spent ids. */
export function memoryTickets({ tickets, spent }: Tables): Tickets {
  return {
    put: (hash, ticket) => tickets.set(hash, ticket),
    find: (hash, now) => {
      const ticket = tickets.get(hash)
      return ticket !== undefined && ticket.expiresAt > now ? ticket : null
    },
    take: (hash, now) => {
      const ticket = tickets.get(hash)
      return ticket !== undefined && takeLive(tickets, hash, now) ? ticket : null
    },
    spend: (id, expiresAt, now) => {
      if (expiresAt <= now || spent.has(id)) return false
      spent.set(id, { expiresAt })
      return true
    },
  }
}

/** Attempt counts. */
export function memoryAttempts(tables: Tables): Attempts {
  const { attempts } = tables

  function judge(list: Parameters<Attempts['ask']>[0], now: number): readonly AttemptOutcome[] {
    return list.map(({ group, key, limit }) => countAttempt(attempts.get(pairKey(group, key)) ?? null, limit, now))
  }

  return {
    add: (list, now) => {
      const outcomes = judge(list, now)
      const answer = answerOf(outcomes)
      for (const [index, { group, key }] of answer.ok ? list.entries() : []) {
        const outcome = outcomes[index]
        if (outcome?.ok) attempts.set(pairKey(group, key), { ...outcome.next, group })
      }
      return answer
    },
    ask: (list, now) => answerOf(judge(list, now)),
    refund: (keys) => {
      for (const key of keys) refundAttempt(tables, key)
    },
    clearGroup: (group) => {
      attempts.deleteWhere((counted) => counted.group === group)
    },
  }
}

/** Counts of nonces that were used. */
export function memoryNonces({ nonces }: Tables): Nonces {
  return {
    advance: (nonce, count, expiresAt, now) => {
      const next = expiresAt <= now ? null : useCount(nonces.get(nonce) ?? null, count)
      if (next === null) return false
      nonces.set(nonce, { ...next, expiresAt })
      return true
    },
  }
}

function refundAttempt({ attempts }: Tables, { group, key }: AttemptKey): void {
  const counted = attempts.get(pairKey(group, key))
  if (counted !== undefined) attempts.set(pairKey(group, key), { ...takeBack(counted), group })
}

/** Removes what has not expired; false when there was nothing. */
function takeLive<V extends { readonly expiresAt: number }>(table: Table<string, V>, key: string, now: number): boolean {
  const row = table.get(key)
  return row !== undefined && row.expiresAt > now && table.delete(key)
}

/** Goes on with a value at once if it is there, else when it comes. */
function andThen<A, B>(value: Maybe<A>, next: (value: A) => B): Maybe<B> {
  return value instanceof Promise ? value.then(next) : next(value)
}
