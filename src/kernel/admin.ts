/** Operator calls: accounts and roles without a browser. Who may make them is the application's business. */
import type { FailedMail, OutboxCount } from '../model/outbox.ts'
import type { User } from '../model/user.ts'
import type { Kernel } from './kernel.ts'
import { createRoleAdmin, type RoleAdmin } from './role-admin.ts'
import { createUserAdmin, type UserAdmin } from './user-admin.ts'

/** Mails that wait, and those that could not be sent. */
export interface MailAdmin {
  count(): Promise<OutboxCount>
  /** The latest first. They are kept for 30 days. */
  failed(limit?: number): Promise<readonly FailedMail[]>
}

/** `auth.admin`. */
export interface Admin<U extends User = User> {
  readonly users: UserAdmin<U>
  readonly roles: RoleAdmin
  readonly mails: MailAdmin
}

/** Makes the operator calls. */
export function createAdmin<U extends User>(kernel: Kernel<U>): Admin<U> {
  return { users: createUserAdmin(kernel), roles: createRoleAdmin(kernel), mails: createMailAdmin(kernel) }
}

function createMailAdmin(kernel: Kernel): MailAdmin {
  return {
    count: async () => {
      await kernel.ready()
      return kernel.store.outbox.count(kernel.clock())
    },
    failed: async (limit = 50) => {
      await kernel.ready()
      return kernel.store.outbox.failed(limit)
    },
  }
}
