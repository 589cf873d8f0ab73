import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { User } from '../../model/user.ts'
import { sqlite } from '../sqlite.ts'
import { checkTables, type SqlOptions } from './tables.ts'

test('without options tables keep their names; a prefix takes the place of ours, whatever is in it', () => {
  assert.equal(checkTables({}).rename('portcullis_users_by_x'), 'portcullis_users_by_x')
  const { rename } = checkTables({ tables: { prefix: '$& "odd" ', users: { name: 'people' } } })
  assert.deepEqual(['portcullis_users', 'portcullis_user_roles', 'user', 'my_portcullis_users'].map(rename), [
    'people',
    '$& "odd" user_roles',
    'user',
    'my_portcullis_users',
  ])
})

test('columns that are not named have the snake case of what they hold', () => {
  const { users } = checkTables({ tables: { users: { name: 'people', columns: { emailKey: 'mail', extra: null } } } })
  assert.deepEqual(users?.columns, {
    id: 'id',
    email: 'email',
    email_key: 'mail',
    username: 'username',
    username_key: 'username_key',
    password_hash: 'password_hash',
    stamp: 'stamp',
    active: 'active',
    created_at: 'created_at',
    extra: null,
  })
})

const column = { column: 'name', kind: 'text' } as const
const mistakes: readonly (readonly [given: Parameters<typeof checkTables>[0], said: RegExp])[] = [
  [{ tables: { prefix: '' } }, /^tables\.prefix must be a name of 1 to 24 bytes; it is ""\.$/],
  [{ tables: { prefix: 'x'.repeat(25) } }, /^tables\.prefix must be a name of 1 to 24 bytes/],
  [{ tables: { users: { name: 'a\0b' } } }, /^tables\.users\.name must be a name of 1 to 63 bytes; it is "a\\u0000b"\.$/],
  [{ tables: { users: { name: 'people', columns: { stamp: '' } } } }, /^The column of tables\.users for stamp must be a name/],
  [{ tables: { users: { name: 'people', columns: { email: 'é'.repeat(32) } } } }, /^The column of tables\.users for email must be a name/],
  [{ tables: { users: { name: 'people', columns: { email: 'email_key' } } } }, /^The column "email_key" of users is named for two things/],
  [
    { tables: { users: { name: 'people' } }, userColumns: { mail: { ...column, column: 'email' } } },
    /^The column "email" of users is named for two/,
  ],
  [{ tables: { users: { name: 'people', columns: { username: null } } } }, /must have both username and usernameKey, or null for both\.$/],
  [{ userColumns: { name: { ...column, column: '' } } }, /^userColumns\.name\.column must be a name of 1 to 63 bytes/],
  ...['id', 'email', 'username', 'active', 'roles', 'createdAt', 'extra', '__proto__', 'two words', ''].map(
    (member) =>
      [{ userColumns: Object.fromEntries([[member, column]]) }, /: a user cannot have a member of its own by this name\.$/] as const,
  ),
]

for (const [given, said] of mistakes) {
  test(`a mistake is told with a sentence: ${said.source}, ${JSON.stringify(given).slice(0, 80)}`, () => {
    assert.throws(() => checkTables(given), { message: said })
  })
}

interface Member extends User {
  readonly name: string
  readonly nick: string | null
  readonly size: number
  readonly staff: boolean | null
  readonly tags: readonly string[]
}

test('the columns of an application’s own fields are checked against the type of its user', () => {
  const tags = { column: 'tags', kind: 'json', default: [] } as const
  const rest = {
    nick: { column: 'nick', kind: 'text' },
    size: { column: 'size', kind: 'integer', default: 0 },
    staff: { column: 'staff', kind: 'boolean' },
    tags,
  } as const
  const right: SqlOptions<Member> = { userColumns: { name: { ...column, default: '' }, ...rest } }
  // @ts-expect-error a member that is never null needs a default
  const withoutDefault: SqlOptions<Member> = { userColumns: { name: column, ...rest } }
  // @ts-expect-error a number is no text
  const ofAnotherKind: SqlOptions<Member> = { userColumns: { name: { column: 'name', kind: 'integer', default: 0 }, ...rest } }
  // @ts-expect-error every member needs its column
  const tooFew: SqlOptions<Member> = { userColumns: rest }
  // @ts-expect-error a user without members of its own has no columns of its own
  const tooMany: SqlOptions = { userColumns: { name: column } }
  for (const options of [right, withoutDefault, ofAnotherKind, tooFew, tooMany]) assert.ok(options.userColumns)
  assert.ok(sqlite<Member>(':memory:', right).ownUsers)
  assert.equal(sqlite(':memory:').ownUsers, undefined)
})
