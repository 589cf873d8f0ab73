/** A logged-in browser without a login form: what most tests of an application need. */
import type { Auth } from '../kernel/auth.ts'
import type { User } from '../model/user.ts'

/** What a request of a logged-in browser carries. */
export interface LoggedIn {
  /** For the `Cookie` header. */
  readonly cookie: string
}

/**
 * Logs a user in through the door, as the application's own login would, and gives the cookies.
 *
 * @throws Error when the user may not log in, or owes a second factor
 */
export async function loggedIn<U extends User>(auth: Auth<U>, user: User): Promise<LoggedIn> {
  const request = new Request('http://localhost/', { method: 'POST', headers: { accept: 'application/json' } })
  const response = await auth.login(request, user, { method: 'test', factors: 2 })
  if (response.status !== 200) throw new Error(`${user.email} could not log in: ${await response.text()}`)
  const cookies = response.headers.getSetCookie().filter((line) => !line.includes('Max-Age=0'))
  return { cookie: cookies.map((line) => line.split(';', 1)[0]).join('; ') }
}
