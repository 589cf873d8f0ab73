/** What every store does, as data: give the cases to any test runner and a failure names the property. */
import { attemptCases } from './store-contract/attempt-cases.ts'
import { changeCases } from './store-contract/change-cases.ts'
import { deviceCases } from './store-contract/device-cases.ts'
import { factorCases } from './store-contract/factor-cases.ts'
import { keepingCases } from './store-contract/keeping-cases.ts'
import { lifeCases } from './store-contract/life-cases.ts'
import { linkCases } from './store-contract/link-cases.ts'
import { nonceCases } from './store-contract/nonce-cases.ts'
import { outboxCases } from './store-contract/outbox-cases.ts'
import { raceCases } from './store-contract/race-cases.ts'
import { recordCases } from './store-contract/record-cases.ts'
import { roleCases } from './store-contract/role-cases.ts'
import { sessionCases } from './store-contract/session-cases.ts'
import type { StoreCase } from './store-contract/store-case.ts'
import { ticketCases } from './store-contract/ticket-cases.ts'
import { userCases } from './store-contract/user-cases.ts'
import { userChangeCases } from './store-contract/user-change-cases.ts'

export type { Coverage, StoreCase } from './store-contract/store-case.ts'

/**
 * Every property of a store. A store that has them all serves the whole toolkit.
 *
 * @example
 * ```ts
 * for (const { name, run } of storeContract) test(name, () => run(makeMyStore))
 * ```
 */
export const storeContract: readonly StoreCase[] = [
  ...changeCases,
  ...userCases,
  ...userChangeCases,
  ...roleCases,
  ...linkCases,
  ...recordCases,
  ...deviceCases,
  ...lifeCases,
  ...factorCases,
  ...outboxCases,
  ...sessionCases,
  ...ticketCases,
  ...attemptCases,
  ...nonceCases,
  ...keepingCases,
  ...raceCases,
]
