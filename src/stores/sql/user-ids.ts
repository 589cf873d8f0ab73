/** Ids for new users where the key is the application's: known before the row is written, since all that is written with it names them. */
import { sql } from 'kysely'
import { type Random, randomToken } from '../../crypto/random.ts'
import type { Maybe } from '../../model/json.ts'
import type { Dialect } from './dialect.ts'
import type { MetaDrawer } from './meta.ts'
import type { Runner } from './runner.ts'
import { first, type Sequence } from './sequence.ts'
import { statement } from './statement.ts'

/** The highest number that was given out, in `meta`: where a database has no sequence, it is the sequence. */
const counter = 'last user id'

/** Makes the function that gives each new user an id. */
export function userIds(
  dialect: Dialect,
  meta: MetaDrawer,
  { read, write }: Pick<Runner, 'read' | 'write'>,
): (random: Random) => Maybe<string> {
  const { users } = dialect.tables
  if (users?.makeId) return users.makeId
  if (users?.id === 'uuid') return randomUuid
  if (users?.id !== 'integer') return (random) => randomToken(16, random)

  const { next, highest } = integerIds(dialect, users.name, users.columns.id ?? 'id')

  /** Nobody else is given this number: the row of the counter is locked. Numbers that the application gives out are stepped over. */
  function* allot(floor: bigint): Sequence<string> {
    const counted = BigInt(yield* meta.settle(counter, '0'))
    const id = String((counted > floor ? counted : floor) + 1n)
    yield* meta.meta.put(counter, id)
    return id
  }

  return async () => {
    const ready = await read(next)
    if (ready !== null) return ready
    const floor = await read(highest)
    return write(() => allot(floor))
  }
}

interface IntegerIds {
  /** The next number of the database's own sequence; null where there is none. */
  next(): Sequence<string | null>
  /** The highest number that is or was in use, as far as the database tells. */
  highest(): Sequence<bigint>
}

function integerIds({ db, native }: Dialect, table: string, column: string): IntegerIds {
  const nextId = native.nextId(table, column)
  const ready = nextId && statement(() => db.selectNoFrom(nextId.as('id')))
  const used = statement(() =>
    db.selectFrom('portcullis_users').select(sql<string | null>`${native.ids.integer.read(sql`max(${sql.id(column)})`)}`.as('id')),
  )
  const remembered = native.lastId(table)
  const guard = remembered?.guard
  const remembers = guard && statement(() => db.selectNoFrom(guard.as('name')))
  const given = remembered && statement(() => db.selectNoFrom(remembered.value.as('id')))

  return {
    *next() {
      return ready === null ? null : ((yield* first(ready, {}))?.id ?? null)
    },
    *highest() {
      const rows = [yield* first(used, {})]
      const isThere = !remembers || (yield* first(remembers, {}))?.name
      if (given && isThere) rows.push(yield* first(given, {}))
      let highest = 0n
      for (const row of rows) if (BigInt(row?.id ?? 0) > highest) highest = BigInt(row?.id ?? 0)
      return highest
    },
  }
}

/** A UUID of version 4 (RFC 9562 section 5.4). */
function randomUuid(random: Random): string {
  const bytes = Buffer.from(random(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
