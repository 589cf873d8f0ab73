/** What all adapters share: the request that is being handled, so that code far below it need not be handed it. */
import type { RequestHead } from '../http/request-head.ts'
import type { Auth } from '../kernel/auth.ts'
import type { User } from '../model/user.ts'

/** Handles a request so that `currentUser` finds it from everything that `run` calls, awaited or not. */
export function handleWithin<U extends User, T>(auth: Auth<U>, head: RequestHead, run: () => T): T {
  return auth.requests.run({ head, identity: null }, run)
}

/**
 * The user whose session the request that is being handled belongs to, or `null`; looked up once per request.
 *
 * It checks no rule and no origin: what changes something, or is for some users only, stands behind `requireUser`.
 *
 * @throws Error when no request of `mount(auth)` is being handled
 */
export async function currentUser<U extends User>(auth: Auth<U>): Promise<U | null> {
  const handled = auth.requests.getStore()
  if (!handled) throw new Error('currentUser finds no request: call it while a request is handled that came through mount(auth).')
  handled.identity ??= auth.identify(handled.head)
  return (await handled.identity)?.user ?? null
}
