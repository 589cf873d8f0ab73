/** The attempts drawer: counts of tries, judged by the arithmetic that all stores share. */
import type { Attempt, AttemptKey, Attempts } from '../../model/store.ts'
import { type AttemptCount, type AttemptOutcome, answerOf, countAttempt, takeBack } from '../attempt-count.ts'
import type { Dialect } from './dialect.ts'
import { type LockName, lockDrawer } from './locks.ts'
import { type Purge, purgeFrom } from './purge.ts'
import type { AttemptTable } from './schema.ts'
import { first, run, type Sequence, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'

/** The attempts drawer. Counts belong to no user. */
export interface AttemptDrawer {
  readonly attempts: Sequenced<Attempts>
  /** Forgets counts, and takes the latest back on others, in a write that has locked them by `lockOf`. */
  settle(clears: readonly AttemptKey[], refunds: readonly AttemptKey[]): Sequence<void>
  readonly purge: Purge
}

/** A try with what it comes to, and whether its count has a row. */
interface Judged {
  readonly attempt: Attempt
  readonly isStored: boolean
  readonly outcome: AttemptOutcome
}

type Key = { readonly group: string; readonly key: string }

const columns = ['attempt_group', 'attempt_key', 'count', 'first_at', 'last_at', 'before_at', 'expires_at'] as const

/** Makes the attempts drawer. */
export function attemptDrawer(dialect: Dialect): AttemptDrawer {
  const { db } = dialect
  const lock = lockDrawer(dialect)
  const stored = statement((given: Given<Key>) =>
    db
      .selectFrom('portcullis_attempts')
      .select(['count', 'first_at as first', 'last_at as last', 'before_at as before', 'expires_at as expiresAt'])
      .where('attempt_group', '=', given('group'))
      .where('attempt_key', '=', given('key')),
  )
  const insert = statement((given: Given<AttemptTable>) => db.insertInto('portcullis_attempts').values(givenEach(given, columns)))
  const update = statement((given: Given<AttemptTable>) =>
    db
      .updateTable('portcullis_attempts')
      .set(givenEach(given, ['count', 'first_at', 'last_at', 'before_at', 'expires_at']))
      .where('attempt_group', '=', given('attempt_group'))
      .where('attempt_key', '=', given('attempt_key')),
  )
  const remove = statement((given: Given<Key>) =>
    db.deleteFrom('portcullis_attempts').where('attempt_group', '=', given('group')).where('attempt_key', '=', given('key')),
  )
  const removeGroup = statement((given: Given<{ group: string }>) =>
    db.deleteFrom('portcullis_attempts').where('attempt_group', '=', given('group')),
  )

  function* judge(attempts: readonly Attempt[], now: number): Sequence<readonly Judged[]> {
    const judged: Judged[] = []
    for (const attempt of attempts) {
      const { group, key, limit } = attempt
      const count = yield* first(stored, { group, key })
      const isRepeated = judged.some(({ attempt: other }) => other.group === group && other.key === key)
      judged.push({ attempt, isStored: count !== null || isRepeated, outcome: countAttempt(count, limit, now) })
    }
    return judged
  }

  function* takeBackOne({ group, key }: AttemptKey): Sequence<void> {
    const counted = yield* first(stored, { group, key })
    if (counted !== null) yield* run(update, encodeCount({ group, key }, takeBack(counted)))
  }

  return {
    attempts: {
      *add(attempts, now) {
        yield* lock(...attempts.map(lockOf))
        const judged = yield* judge(attempts, now)
        const answer = answerOf(judged.map(({ outcome }) => outcome))
        for (const { attempt, isStored, outcome } of answer.ok ? judged : []) {
          // Not an update of whatever is there by now: a count that another caller has just begun must not be overwritten.
          if (outcome.ok)
            yield* isStored ? run(update, encodeCount(attempt, outcome.next)) : run(insert, encodeCount(attempt, outcome.next))
        }
        return answer
      },
      *ask(attempts, now) {
        yield* lock(...attempts.map(lockOf)) // after every count that was begun before
        return answerOf((yield* judge(attempts, now)).map(({ outcome }) => outcome))
      },
      *refund(keys) {
        yield* lock(...keys.map(lockOf))
        for (const key of keys) yield* takeBackOne(key)
      },
      *clearGroup(group) {
        yield* lock(lockOf({ group }))
        yield* run(removeGroup, { group })
      },
    },
    *settle(clears, refunds) {
      for (const { group, key } of clears) yield* run(remove, { group, key })
      for (const key of refunds) yield* takeBackOne(key)
    },
    purge: purgeFrom(dialect, 'portcullis_attempts', ['attempt_group', 'attempt_key']),
  }
}

/** Counts of a group that are not there yet cannot be locked, so their group is. */
export function lockOf({ group }: Pick<AttemptKey, 'group'>): LockName {
  return ['attempts', group]
}

function encodeCount({ group, key }: AttemptKey, { count, first: firstAt, last, before, expiresAt }: AttemptCount): AttemptTable {
  return { attempt_group: group, attempt_key: key, count, first_at: firstAt, last_at: last, before_at: before, expires_at: expiresAt }
}
