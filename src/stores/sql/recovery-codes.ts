/** The recovery codes drawer: keyed hashes of codes, of which each is good once. */
import type { RecoveryCodeReads } from '../../model/store.ts'
import { sortedNames } from '../byte-order.ts'
import type { Dialect } from './dialect.ts'
import { lockDrawer } from './locks.ts'
import type { RecoveryCodeTable } from './schema.ts'
import { all, type Changes, type Drawer, run, type Sequence, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'

/** The recovery codes drawer. */
export interface RecoveryCodeDrawer extends Drawer {
  readonly reads: Sequenced<RecoveryCodeReads>
  readonly changes: Changes<'recoveryCodes.replace' | 'recoveryCodes.use'>
}

/** Makes the recovery codes drawer. */
export function recoveryCodeDrawer(dialect: Dialect): RecoveryCodeDrawer {
  const { db } = dialect
  const lock = lockDrawer(dialect)
  const ofUser = statement((given: Given<{ userId: string }>) =>
    db.selectFrom('portcullis_recovery_codes').select('code_hash').where('user_id', '=', given('userId')),
  )
  const insert = statement((given: Given<RecoveryCodeTable>) =>
    db.insertInto('portcullis_recovery_codes').values(givenEach(given, ['user_id', 'code_hash'])),
  )
  const remove = statement((given: Given<RecoveryCodeTable>) =>
    db.deleteFrom('portcullis_recovery_codes').where('user_id', '=', given('user_id')).where('code_hash', '=', given('code_hash')),
  )
  const forget = statement((given: Given<{ userId: string }>) =>
    db.deleteFrom('portcullis_recovery_codes').where('user_id', '=', given('userId')),
  )

  function* listOf(userId: string): Sequence<readonly string[]> {
    return sortedNames((yield* all(ofUser, { userId })).map(({ code_hash }) => code_hash))
  }

  return {
    name: 'recoveryCodes',
    reads: { listOf },
    changes: {
      *'recoveryCodes.replace'({ userId, hashes, onlyIfNone }) {
        yield* lock(['recoveryCodes', userId])
        if (onlyIfNone && (yield* listOf(userId)).length > 0) return null
        yield* run(forget, { userId })
        for (const code_hash of sortedNames(hashes)) yield* run(insert, { user_id: userId, code_hash })
        return null
      },
      *'recoveryCodes.use'({ userId, hash }) {
        return (yield* run(remove, { user_id: userId, code_hash: hash })) === 0 ? { reason: 'gone' } : null
      },
    },
    *held(userId) {
      return (yield* listOf(userId)).map(() => ({ used: false }))
    },
    *forget(userId) {
      yield* run(forget, { userId })
    },
  }
}
