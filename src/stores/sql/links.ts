/** The links drawer: what travels by mail. Taking one removes it, so what is spent is gone. */
import type { Link } from '../../model/link.ts'
import type { TokenHash } from '../../model/session.ts'
import type { LinkReads } from '../../model/store.ts'
import type { Dialect } from './dialect.ts'
import { lockDrawer } from './locks.ts'
import { type Purge, purgeFrom } from './purge.ts'
import type { LinkTable } from './schema.ts'
import { all, type Changes, type Drawer, first, run, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'

/** The links drawer. */
export interface LinkDrawer extends Drawer {
  readonly reads: Sequenced<LinkReads>
  readonly changes: Changes<'links.put' | 'links.take' | 'links.drop'>
  readonly purge: Purge
}

const columns = ['token_hash', 'purpose', 'subject', 'user_id', 'stamp', 'code_hash', 'data', 'created_at', 'expires_at'] as const

/** Makes the links drawer. */
export function linkDrawer(dialect: Dialect): LinkDrawer {
  const { db } = dialect
  const lock = lockDrawer(dialect)
  const link = db.selectFrom('portcullis_links').select(columns)
  const usable = statement((given: Given<{ hash: string; purpose: string; now: number }>) =>
    link.where('token_hash', '=', given('hash')).where('purpose', '=', given('purpose')).where('expires_at', '>', given('now')),
  )
  const usableOf = statement((given: Given<{ purpose: string; subject: string; now: number }>) =>
    link
      .where('purpose', '=', given('purpose'))
      .where('subject', '=', given('subject'))
      .where('expires_at', '>', given('now'))
      .orderBy('created_at', 'desc')
      .orderBy('token_hash', 'desc'),
  )
  const others = statement((given: Given<{ purpose: string; subject: string; hash: string }>) =>
    db
      .selectFrom('portcullis_links')
      .select('token_hash')
      .where('purpose', '=', given('purpose'))
      .where('subject', '=', given('subject'))
      .where('token_hash', '<>', given('hash'))
      .orderBy('created_at', 'desc')
      .orderBy('token_hash', 'desc'),
  )
  const insert = statement((given: Given<LinkTable>) => db.insertInto('portcullis_links').values(givenEach(given, columns)))
  const remove = statement((given: Given<{ hash: string }>) => db.deleteFrom('portcullis_links').where('token_hash', '=', given('hash')))
  const take = statement((given: Given<{ hash: string; purpose: string; now: number }>) =>
    db
      .deleteFrom('portcullis_links')
      .where('token_hash', '=', given('hash'))
      .where('purpose', '=', given('purpose'))
      .where('expires_at', '>', given('now')),
  )
  const drop = statement((given: Given<{ purpose: string; subject: string }>) =>
    db.deleteFrom('portcullis_links').where('purpose', '=', given('purpose')).where('subject', '=', given('subject')),
  )
  const ofUser = statement((given: Given<{ userId: string }>) => link.where('user_id', '=', given('userId')).orderBy('created_at'))
  const forget = statement((given: Given<{ userId: string }>) => db.deleteFrom('portcullis_links').where('user_id', '=', given('userId')))

  return {
    name: 'links',
    reads: {
      *byHash(hash, purpose, now) {
        const row = yield* first(usable, { hash, purpose, now })
        return row && decodeLink(row)
      },
      *bySubject(subject, purpose, now) {
        return (yield* all(usableOf, { subject, purpose, now })).map(decodeLink)
      },
    },
    changes: {
      *'links.put'({ link: given, keep }) {
        const { hash, purpose, subject } = given
        yield* lock(['links', purpose, subject])
        yield* run(remove, { hash })
        yield* run(insert, encodeLink(given))
        const older = (yield* all(others, { purpose, subject, hash })).map((row) => row.token_hash)
        for (const surplus of [hash, ...older].slice(keep)) yield* run(remove, { hash: surplus })
        return null
      },
      *'links.take'({ hash, purpose, now }) {
        return (yield* run(take, { hash, purpose, now })) === 0 ? { reason: 'gone' } : null
      },
      *'links.drop'({ purpose, subject }) {
        yield* lock(['links', purpose, subject])
        yield* run(drop, { purpose, subject })
        return null
      },
    },
    *held(userId) {
      const rows = yield* all(ofUser, { userId })
      return rows.map(({ purpose, subject, created_at, expires_at }) => ({
        purpose,
        subject,
        createdAt: created_at,
        expiresAt: expires_at,
      }))
    },
    *forget(userId) {
      yield* run(forget, { userId })
    },
    purge: purgeFrom(dialect, 'portcullis_links', ['token_hash']),
  }
}

function encodeLink(link: Link): LinkTable {
  return {
    token_hash: link.hash,
    purpose: link.purpose,
    subject: link.subject,
    user_id: link.userId,
    stamp: link.stamp,
    code_hash: link.codeHash,
    data: JSON.stringify(link.data),
    created_at: link.createdAt,
    expires_at: link.expiresAt,
  }
}

function decodeLink(row: LinkTable): Link {
  return {
    hash: row.token_hash as TokenHash,
    purpose: row.purpose,
    subject: row.subject,
    userId: row.user_id,
    stamp: row.stamp,
    codeHash: row.code_hash,
    data: JSON.parse(row.data),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
