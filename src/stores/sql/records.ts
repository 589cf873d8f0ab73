/** The records drawer: what a third party's feature keeps, guarded by a version. */
import type { Entry } from '../../model/entry.ts'
import type { EntryReads } from '../../model/store.ts'
import type { Dialect } from './dialect.ts'
import { type Purge, purgeFrom } from './purge.ts'
import type { RecordTable } from './schema.ts'
import { all, type Changes, type Drawer, first, run, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'

/** The records drawer. */
export interface RecordDrawer extends Drawer {
  readonly reads: Sequenced<EntryReads>
  readonly changes: Changes<'records.put' | 'records.drop'>
  readonly purge: Purge
}

const columns = ['feature', 'entry_key', 'user_id', 'value', 'secret', 'version', 'expires_at'] as const

/** Makes the records drawer. */
export function recordDrawer(dialect: Dialect): RecordDrawer {
  const { db } = dialect
  const record = db.selectFrom('portcullis_records').select(columns)
  const stored = statement((given: Given<{ feature: string; key: string }>) =>
    record.where('feature', '=', given('feature')).where('entry_key', '=', given('key')),
  )
  const ofUser = statement((given: Given<{ userId: string }>) =>
    record.where('user_id', '=', given('userId')).orderBy('feature').orderBy('entry_key'),
  )
  const liveOf = statement((given: Given<{ userId: string; feature: string; now: number }>) =>
    record
      .where('user_id', '=', given('userId'))
      .where('feature', '=', given('feature'))
      .where((row) => row.or([row('expires_at', 'is', null), row('expires_at', '>', given('now'))]))
      .orderBy('entry_key'),
  )
  const insert = statement((given: Given<RecordTable>) => db.insertInto('portcullis_records').values(givenEach(given, columns)))
  const update = statement((given: Given<RecordTable>) =>
    db
      .updateTable('portcullis_records')
      .set(givenEach(given, ['user_id', 'value', 'secret', 'version', 'expires_at']))
      .where('feature', '=', given('feature'))
      .where('entry_key', '=', given('entry_key')),
  )
  const remove = statement((given: Given<{ feature: string; key: string }>) =>
    db.deleteFrom('portcullis_records').where('feature', '=', given('feature')).where('entry_key', '=', given('key')),
  )
  const forget = statement((given: Given<{ userId: string }>) => db.deleteFrom('portcullis_records').where('user_id', '=', given('userId')))

  return {
    name: 'records',
    reads: {
      *get(feature, key, now) {
        const row = yield* first(stored, { feature, key })
        return row !== null && isLive(row, now) ? decodeEntry(row) : null
      },
      *listOf(feature, userId, now) {
        return (yield* all(liveOf, { feature, userId, now })).map(decodeEntry)
      },
    },
    changes: {
      *'records.put'({ expect, now, ...entry }) {
        const row = yield* first(stored, entry)
        const version = row !== null && isLive(row, now) ? row.version : 0
        if (version !== expect) return { reason: 'stale' }
        const next = encodeEntry({ ...entry, version: expect + 1 })
        yield* row === null ? run(insert, next) : run(update, next)
        return null
      },
      *'records.drop'({ feature, key, expect }) {
        if (expect !== undefined) {
          const row = yield* first(stored, { feature, key })
          if (row === null) return { reason: 'gone' }
          if (row.version !== expect) return { reason: 'stale' }
        }
        yield* run(remove, { feature, key })
        return null
      },
    },
    *held(userId) {
      const entries = (yield* all(ofUser, { userId })).map(decodeEntry)
      return entries.map(({ feature, key, value, version, expiresAt }) => ({ feature, key, value, version, expiresAt }))
    },
    *forget(userId) {
      yield* run(forget, { userId })
    },
    purge: purgeFrom(dialect, 'portcullis_records', ['feature', 'entry_key']),
  }
}

function isLive({ expires_at }: RecordTable, now: number): boolean {
  return expires_at === null || expires_at > now
}

function encodeEntry(entry: Entry): RecordTable {
  return {
    feature: entry.feature,
    entry_key: entry.key,
    user_id: entry.userId,
    value: JSON.stringify(entry.value),
    secret: entry.secret,
    version: entry.version,
    expires_at: entry.expiresAt,
  }
}

function decodeEntry(row: RecordTable): Entry {
  return {
    feature: row.feature,
    key: row.entry_key,
    userId: row.user_id,
    value: JSON.parse(row.value),
    secret: row.secret,
    version: row.version,
    expiresAt: row.expires_at,
  }
}
