/** The roles drawer: what roles there are, what they allow, and who has them. */
import type { RoleReads } from '../../model/store.ts'
import type { Role } from '../../model/user.ts'
import { compareBytes, sortedNames } from '../byte-order.ts'
import type { Dialect } from './dialect.ts'
import type { RoleTable } from './schema.ts'
import { all, type Changes, type Drawer, first, run, type Sequenced } from './sequence.ts'
import { type Given, givenEach, statement } from './statement.ts'
import type { UserTable } from './user-table.ts'

/** The roles drawer. */
export interface RoleDrawer extends Drawer {
  readonly reads: Sequenced<RoleReads>
  readonly changes: Changes<'roles.put' | 'roles.drop' | 'roles.set'>
}

const columns = ['name', 'description', 'permissions'] as const

/** Makes the roles drawer. */
export function roleDrawer({ db }: Dialect, users: UserTable): RoleDrawer {
  const role = db.selectFrom('portcullis_roles').select(columns)
  const everyRole = statement(() => role)
  const byName = statement((given: Given<{ name: string }>) => role.where('name', '=', given('name')))
  const insert = statement((given: Given<RoleTable>) => db.insertInto('portcullis_roles').values(givenEach(given, columns)))
  const update = statement((given: Given<RoleTable>) =>
    db
      .updateTable('portcullis_roles')
      .set(givenEach(given, ['description', 'permissions']))
      .where('name', '=', given('name')),
  )
  const remove = statement((given: Given<{ name: string }>) => db.deleteFrom('portcullis_roles').where('name', '=', given('name')))
  const removeHolders = statement((given: Given<{ name: string }>) =>
    db.deleteFrom('portcullis_user_roles').where('role', '=', given('name')),
  )
  const heldBy = statement((given: Given<{ user_id: string }>) =>
    db
      .selectFrom('portcullis_user_roles as held')
      .innerJoin('portcullis_roles as role', 'role.name', 'held.role')
      .select(['role.name', 'role.description', 'role.permissions'])
      .where('held.user_id', '=', given('user_id')),
  )
  const userById = statement<{ id: string }, { readonly id: string }>((given) =>
    db
      .selectFrom('portcullis_users as user')
      .select(users.at('id').as('id'))
      .where(users.hasId(given('id'))),
  )
  const held = statement((given: Given<{ user_id: string; role: string }>) =>
    db.selectFrom('portcullis_user_roles').select('role').where('user_id', '=', given('user_id')).where('role', '=', given('role')),
  )
  const give = statement((given: Given<{ user_id: string; role: string }>) =>
    db.insertInto('portcullis_user_roles').values(givenEach(given, ['user_id', 'role'])),
  )
  const takeAway = statement((given: Given<{ user_id: string; role: string }>) =>
    db.deleteFrom('portcullis_user_roles').where('user_id', '=', given('user_id')).where('role', '=', given('role')),
  )
  const takeAllAway = statement((given: Given<{ user_id: string }>) =>
    db.deleteFrom('portcullis_user_roles').where('user_id', '=', given('user_id')),
  )

  return {
    name: 'roles',
    reads: {
      *list() {
        return (yield* all(everyRole, {})).map(decodeRole).sort(byRoleName)
      },
      *byName(name) {
        const row = yield* first(byName, { name })
        return row && decodeRole(row)
      },
      *permissionsOf(userId) {
        return sortedNames((yield* all(heldBy, { user_id: userId })).flatMap((row) => decodeRole(row).permissions))
      },
    },
    changes: {
      *'roles.put'({ name, description, permissions }) {
        const row = { name, description, permissions: JSON.stringify(sortedNames(permissions)) }
        if ((yield* run(update, row)) === 0) yield* run(insert, row)
        return null
      },
      *'roles.drop'({ name }) {
        yield* run(removeHolders, { name })
        return (yield* run(remove, { name })) === 0 ? { reason: 'gone' } : null
      },
      *'roles.set'({ userId, add, remove: takenAway }) {
        if (!users.canBeId(userId) || (yield* first(userById, { id: userId }))?.id !== userId) return { reason: 'gone', field: 'user' }
        for (const name of add) {
          if ((yield* first(byName, { name })) === null) return { reason: 'gone', field: 'role' }
        }
        for (const role of takenAway) yield* run(takeAway, { user_id: userId, role })
        for (const role of add) {
          if ((yield* first(held, { user_id: userId, role })) === null) yield* run(give, { user_id: userId, role })
        }
        return null
      },
    },
    *held(userId) {
      const roles = (yield* all(heldBy, { user_id: userId })).map(decodeRole).sort(byRoleName)
      return roles.map((role) => ({ ...role }))
    },
    *forget(userId) {
      yield* run(takeAllAway, { user_id: userId })
    },
  }
}

function decodeRole({ name, description, permissions }: RoleTable): Role {
  return { name, description, permissions: JSON.parse(permissions) }
}

function byRoleName(a: Role, b: Role): number {
  return compareBytes(a.name, b.name)
}
