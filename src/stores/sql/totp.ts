/** The totp drawer: authenticator applications, of whose codes each is good once. */
import { type Authenticator, showAuthenticator } from '../../model/second-factor.ts'
import type { TotpReads } from '../../model/store.ts'
import type { Dialect } from './dialect.ts'
import { lockDrawer } from './locks.ts'
import type { TotpTable } from './schema.ts'
import { all, type Changes, type Drawer, first, run, type Sequence, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'

/** The totp drawer. */
export interface TotpDrawer extends Drawer {
  readonly reads: Sequenced<TotpReads>
  readonly changes: Changes<'totp.add' | 'totp.advance' | 'totp.drop'>
}

const columns = ['id', 'user_id', 'name', 'secret', 'algorithm', 'digits', 'period', 'step', 'created_at', 'used_at'] as const

/** Makes the totp drawer. */
export function totpDrawer(dialect: Dialect): TotpDrawer {
  const { db } = dialect
  const lock = lockDrawer(dialect)
  const authenticator = db.selectFrom('portcullis_totp').select(columns)
  const byId = statement((given: Given<{ id: string }>) => authenticator.where('id', '=', given('id')))
  const ofUser = statement((given: Given<{ userId: string }>) =>
    authenticator.where('user_id', '=', given('userId')).orderBy('used_at', 'desc').orderBy('id'),
  )
  const insert = statement((given: Given<TotpTable>) => db.insertInto('portcullis_totp').values(givenEach(given, columns)))
  const advance = statement((given: Given<{ id: string; step: number; used_at: number }>) =>
    db
      .updateTable('portcullis_totp')
      .set(givenEach(given, ['step', 'used_at']))
      .where('id', '=', given('id')),
  )
  const remove = statement((given: Given<{ id: string; userId: string }>) =>
    db.deleteFrom('portcullis_totp').where('id', '=', given('id')).where('user_id', '=', given('userId')),
  )
  const forget = statement((given: Given<{ userId: string }>) => db.deleteFrom('portcullis_totp').where('user_id', '=', given('userId')))

  function* listOf(userId: string): Sequence<readonly Authenticator[]> {
    return (yield* all(ofUser, { userId })).map(decodeAuthenticator)
  }

  return {
    name: 'totp',
    reads: { listOf },
    changes: {
      *'totp.add'({ authenticator: given, most }) {
        yield* lock(['totp', given.userId]) // of two who add the last one, the second finds it
        if ((yield* first(byId, { id: given.id })) !== null) return { reason: 'taken', field: 'id' }
        if ((yield* listOf(given.userId)).length >= most) return { reason: 'full' }
        yield* run(insert, encodeAuthenticator(given))
        return null
      },
      *'totp.advance'({ userId, id, step, now }) {
        const row = yield* first(byId, { id })
        if (row?.user_id !== userId) return { reason: 'gone' }
        if (row.step >= step) return { reason: 'stale' }
        yield* run(advance, { id, step, used_at: now })
        return null
      },
      *'totp.drop'({ userId, which = { since: 0 } }) {
        if ('id' in which) {
          if (which.notLast) {
            yield* lock(['totp', userId]) // of two who remove the last two, the second finds one
            const [held, other] = yield* listOf(userId)
            if (held?.id === which.id && other === undefined) return { reason: 'last' }
          }
          return (yield* run(remove, { id: which.id, userId })) === 0 ? { reason: 'gone' } : null
        }
        for (const { id, createdAt } of yield* listOf(userId)) if (createdAt >= which.since) yield* run(remove, { id, userId })
        return null
      },
    },
    *held(userId) {
      return (yield* listOf(userId)).map((one) => ({ ...showAuthenticator(one) }))
    },
    *forget(userId) {
      yield* run(forget, { userId })
    },
  }
}

function encodeAuthenticator(given: Authenticator): TotpTable {
  const { id, userId, name, secret, algorithm, digits, period, step, createdAt, usedAt } = given
  return { id, user_id: userId, name, secret, algorithm, digits, period, step, created_at: createdAt, used_at: usedAt }
}

function decodeAuthenticator({ user_id, created_at, used_at, ...row }: TotpTable): Authenticator {
  return { ...row, userId: user_id, createdAt: created_at, usedAt: used_at }
}
