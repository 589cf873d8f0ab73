/** The deletions drawer: accounts that are deleted when their time has come, unless their users think better of it. */
import type { Deletion } from '../../model/deletion.ts'
import type { DeletionReads } from '../../model/store.ts'
import type { User } from '../../model/user.ts'
import type { Dialect } from './dialect.ts'
import type { DeletionTable } from './schema.ts'
import { all, type Changes, type Drawer, first, run, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'
import type { UserDrawer } from './users.ts'

/** The deletions drawer. */
export interface DeletionDrawer extends Drawer {
  readonly reads: Sequenced<DeletionReads>
  readonly changes: Changes<'deletions.put' | 'deletions.drop'>
}

/** Before every one. */
const begin: Deletion = { deletesAt: -1, userId: '', requestedAt: 0 }

const columns = ['user_id', 'requested_at', 'deletes_at'] as const

/** Makes the deletions drawer. */
export function deletionDrawer<U extends User>({ db }: Dialect, users: Pick<UserDrawer<U>, 'reads'>): DeletionDrawer {
  const deletion = db.selectFrom('portcullis_deletions').select(columns)
  const byUser = statement((given: Given<{ userId: string }>) => deletion.where('user_id', '=', given('userId')))
  const due = statement((given: Given<{ now: number; limit: number; at: number; userId: string }>) =>
    deletion
      .where('deletes_at', '<=', given('now'))
      .where((row) =>
        row.or([row('deletes_at', '>', given('at')), row.and([row('deletes_at', '=', given('at')), row('user_id', '>', given('userId'))])]),
      )
      .orderBy('deletes_at')
      .orderBy('user_id')
      .limit(given('limit')),
  )
  const insert = statement((given: Given<DeletionTable>) => db.insertInto('portcullis_deletions').values(givenEach(given, columns)))
  const remove = statement((given: Given<{ userId: string }>) =>
    db.deleteFrom('portcullis_deletions').where('user_id', '=', given('userId')),
  )

  return {
    name: 'deletions',
    reads: {
      *byUser(userId) {
        const row = yield* first(byUser, { userId })
        return row && decodeDeletion(row)
      },
      *due(now, limit, { deletesAt: at, userId } = begin) {
        return (yield* all(due, { now, limit, at, userId })).map(decodeDeletion)
      },
    },
    changes: {
      *'deletions.put'({ deletion: { userId, requestedAt, deletesAt } }) {
        if ((yield* users.reads.byId(userId)) === null) return { reason: 'gone' }
        yield* run(remove, { userId })
        yield* run(insert, { user_id: userId, requested_at: requestedAt, deletes_at: deletesAt })
        return null
      },
      *'deletions.drop'({ userId }) {
        yield* run(remove, { userId })
        return null
      },
    },
    *held(userId) {
      const row = yield* first(byUser, { userId })
      return row === null ? [] : [{ requestedAt: row.requested_at, deletesAt: row.deletes_at }]
    },
    *forget(userId) {
      yield* run(remove, { userId })
    },
  }
}

function decodeDeletion({ user_id, requested_at, deletes_at }: DeletionTable): Deletion {
  return { userId: user_id, requestedAt: requested_at, deletesAt: deletes_at }
}
