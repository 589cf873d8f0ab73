/** The meta drawer: small values that the installation keeps about itself, the epoch among them. */
import type { Meta } from '../../model/store.ts'
import type { Dialect } from './dialect.ts'
import type { MetaTable } from './schema.ts'
import { first, run, type Sequence, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'

/** The meta drawer. */
export interface MetaDrawer {
  readonly meta: Sequenced<Meta>
  /** Keeps a value if none is there; the one that is. */
  settle(name: string, value: string): Sequence<string>
}

/** Makes the meta drawer. */
export function metaDrawer({ db }: Dialect): MetaDrawer {
  const stored = statement((given: Given<{ name: string }>) =>
    db.selectFrom('portcullis_meta').select('value').where('name', '=', given('name')),
  )
  const insert = statement((given: Given<MetaTable>) => db.insertInto('portcullis_meta').values(givenEach(given, ['name', 'value'])))
  const update = statement((given: Given<MetaTable>) =>
    db
      .updateTable('portcullis_meta')
      .set({ value: given('value') })
      .where('name', '=', given('name')),
  )

  return {
    meta: {
      *get(name) {
        return (yield* first(stored, { name }))?.value ?? null
      },
      *put(name, value) {
        if ((yield* run(update, { name, value })) === 0) yield* run(insert, { name, value })
      },
    },
    *settle(name, value) {
      const row = yield* first(stored, { name })
      if (row === null) yield* run(insert, { name, value })
      return row?.value ?? value
    },
  }
}
