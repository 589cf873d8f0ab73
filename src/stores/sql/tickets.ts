/** The tickets drawer: what proven factors have earned in a browser, and ids of one-time things that were spent. */
import type { Ticket } from '../../model/session.ts'
import type { Tickets } from '../../model/store.ts'
import type { Dialect } from './dialect.ts'
import { type Purge, purgeFrom } from './purge.ts'
import type { SpentTable, TicketTable } from './schema.ts'
import { all, type Drawer, first, run, type Sequence, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'

/** The tickets drawer. */
export interface TicketDrawer extends Drawer {
  readonly tickets: Sequenced<Tickets>
  /** Removes a ticket that has not expired; how many there were. */
  remove(hash: string, now: number): Sequence<number>
  readonly purge: Purge
  readonly purgeSpent: Purge
}

const columns = ['token_hash', 'id', 'kind', 'user_id', 'stamp', 'proofs', 'wishes', 'next', 'epoch', 'expires_at', 'carried'] as const

/** Makes the tickets drawer. */
export function ticketDrawer(dialect: Dialect): TicketDrawer {
  const { db } = dialect
  const ticket = db.selectFrom('portcullis_tickets').select(columns)
  const live = statement((given: Given<{ hash: string; now: number }>) =>
    ticket.where('token_hash', '=', given('hash')).where('expires_at', '>', given('now')),
  )
  const ofUser = statement((given: Given<{ userId: string }>) => ticket.where('user_id', '=', given('userId')).orderBy('expires_at'))
  const insert = statement((given: Given<TicketTable>) => db.insertInto('portcullis_tickets').values(givenEach(given, columns)))
  const remove = statement((given: Given<{ hash: string }>) => db.deleteFrom('portcullis_tickets').where('token_hash', '=', given('hash')))
  const removeLive = statement((given: Given<{ hash: string; now: number }>) =>
    db.deleteFrom('portcullis_tickets').where('token_hash', '=', given('hash')).where('expires_at', '>', given('now')),
  )
  const spent = statement((given: Given<{ id: string }>) => db.selectFrom('portcullis_spent').select('id').where('id', '=', given('id')))
  const spend = statement((given: Given<SpentTable>) => db.insertInto('portcullis_spent').values(givenEach(given, ['id', 'expires_at'])))
  const forget = statement((given: Given<{ userId: string }>) => db.deleteFrom('portcullis_tickets').where('user_id', '=', given('userId')))

  return {
    name: 'tickets',
    tickets: {
      *put(hash, given) {
        yield* run(remove, { hash })
        yield* run(insert, { token_hash: hash, ...encodeTicket(given) })
      },
      *find(hash, now) {
        const row = yield* first(live, { hash, now })
        return row && decodeTicket(row)
      },
      *take(hash, now) {
        const row = yield* first(live, { hash, now })
        return row && (yield* run(remove, { hash })) > 0 ? decodeTicket(row) : null
      },
      *spend(id, expiresAt, now) {
        if (expiresAt <= now || (yield* first(spent, { id })) !== null) return false
        yield* run(spend, { id, expires_at: expiresAt })
        return true
      },
    },
    *remove(hash, now) {
      return yield* run(removeLive, { hash, now })
    },
    *held(userId) {
      const tickets = (yield* all(ofUser, { userId })).map(decodeTicket)
      return tickets.map(({ kind, proofs, next, expiresAt }) => ({ kind, proofs: proofs.map((proof) => ({ ...proof })), next, expiresAt }))
    },
    *forget(userId) {
      yield* run(forget, { userId })
    },
    purge: purgeFrom(dialect, 'portcullis_tickets', ['token_hash']),
    purgeSpent: purgeFrom(dialect, 'portcullis_spent', ['id']),
  }
}

type TicketRow = Omit<TicketTable, 'token_hash'>

function encodeTicket(ticket: Ticket): TicketRow {
  return {
    id: ticket.id,
    kind: ticket.kind,
    user_id: ticket.userId,
    stamp: ticket.stamp,
    proofs: JSON.stringify(ticket.proofs),
    wishes: JSON.stringify(ticket.wishes),
    next: ticket.next,
    epoch: ticket.epoch,
    expires_at: ticket.expiresAt,
    carried: JSON.stringify(ticket.carried),
  }
}

function decodeTicket(row: TicketRow): Ticket {
  return {
    id: row.id,
    kind: row.kind,
    userId: row.user_id,
    stamp: row.stamp,
    proofs: JSON.parse(row.proofs),
    wishes: JSON.parse(row.wishes),
    next: row.next,
    epoch: row.epoch,
    expiresAt: row.expires_at,
    carried: JSON.parse(row.carried),
  }
}
