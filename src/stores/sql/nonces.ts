/** The nonces drawer: which counts of a nonce were used, by the arithmetic that all stores share. */
import type { Nonces } from '../../model/store.ts'
import { useCount } from '../nonce-window.ts'
import type { Dialect } from './dialect.ts'
import { type Purge, purgeFrom } from './purge.ts'
import type { NonceTable } from './schema.ts'
import { first, run, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'

/** The nonces drawer. Nonces belong to no user. */
export interface NonceDrawer {
  readonly nonces: Sequenced<Nonces>
  readonly purge: Purge
}

/** Makes the nonces drawer. */
export function nonceDrawer(dialect: Dialect): NonceDrawer {
  const { db } = dialect
  const stored = statement((given: Given<{ nonce: string }>) =>
    db.selectFrom('portcullis_nonces').select(['latest', 'used']).where('nonce', '=', given('nonce')),
  )
  const insert = statement((given: Given<NonceTable>) =>
    db.insertInto('portcullis_nonces').values(givenEach(given, ['nonce', 'latest', 'used', 'expires_at'])),
  )
  const update = statement((given: Given<Omit<NonceTable, 'expires_at'>>) =>
    db
      .updateTable('portcullis_nonces')
      .set(givenEach(given, ['latest', 'used']))
      .where('nonce', '=', given('nonce')),
  )

  return {
    nonces: {
      *advance(nonce, count, expiresAt, now) {
        if (expiresAt <= now) return false
        const window = yield* first(stored, { nonce })
        const next = useCount(window, count)
        if (next === null) return false
        yield* window === null ? run(insert, { nonce, ...next, expires_at: expiresAt }) : run(update, { nonce, ...next })
        return true
      },
    },
    purge: purgeFrom(dialect, 'portcullis_nonces', ['nonce']),
  }
}
