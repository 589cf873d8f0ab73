/** Operator calls on roles. */
import { invalidFields } from '../http/fields.ts'
import type { Role } from '../model/user.ts'
import type { Kernel } from './kernel.ts'
import { commitOwn } from './write.ts'

/** Operator calls on roles. */
export interface RoleAdmin {
  list(): Promise<readonly Role[]>
  byName(name: string): Promise<Role | null>
  /** Makes a role or replaces what it allows. */
  put(role: { readonly name: string; readonly description?: string; readonly permissions?: readonly string[] }): Promise<Role>
  /** Users lose it. @throws AuthError `not_found` */
  drop(name: string): Promise<void>
}

/** Makes them. */
export function createRoleAdmin(kernel: Kernel): RoleAdmin {
  return {
    list: async () => {
      await kernel.ready()
      return kernel.store.reads.roles.list()
    },
    byName: async (name) => {
      await kernel.ready()
      return name.includes('\0') ? null : kernel.store.reads.roles.byName(name)
    },
    put: async ({ name, description = '', permissions = [] }) => {
      await kernel.ready()
      if (!/^[\p{L}\p{N}][\p{L}\p{N} _.:-]{0,62}$/u.test(name)) throw invalidFields({ name: [({ texts }) => texts['role.bad_name']] })
      if ([description, ...permissions].some((text) => text.includes('\0')))
        throw invalidFields({ permissions: [({ texts }) => texts['field.bad_characters']] })
      const role = { name, description, permissions: [...new Set(permissions)].sort() }
      await commitOwn(kernel, { changes: [{ kind: 'roles.put', ...role }] })
      return role
    },
    drop: async (name) => {
      await kernel.ready()
      await commitOwn(kernel, { changes: [{ kind: 'roles.drop', name }] })
    },
  }
}
