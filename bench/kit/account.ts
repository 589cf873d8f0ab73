/** The one account that everybody logs in to, and how each toolkit is set up for it: the way its own documentation shows. */
import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { type Auth, createAuth, password, registration, session } from 'portcullis'
import { memory } from 'portcullis/stores/memory'
import { sqlite } from 'portcullis/stores/sqlite'

export const origin = 'http://localhost:3000'
export const account: Readonly<Record<'email' | 'password' | 'name', string>> = {
  email: 'ada@example.com',
  password: 'orchard lantern quiet seven',
  name: 'Ada',
}

/** Made up for the bench; opens nothing. */
const secret = 'Vq3kTz8mRw1xYc5nHs7bLd2fJg9pEa4u'

/** Our toolkit, with the account, on a SQLite file or, without one, in memory. */
export async function makePortcullis(file: string | null): Promise<Auth> {
  const store = file === null ? memory() : sqlite(file)
  const auth = createAuth({ origin, secret, store, production: false, features: [session(), password(), registration()] })
  await auth.ready
  await auth.admin.users.create(account)
  return auth
}

/** A login as a JSON client sends it. */
export function loginRequest(email: string = account.email): Request {
  return new Request(`${origin}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email, password: account.password }),
  })
}

/** Logs in, and gives the `Cookie` header of that browser. */
export async function logIn(auth: Auth): Promise<string> {
  return cookieHeader(await auth.handle(loginRequest()))
}

/** better-auth after a login, as a server uses it. */
export interface BetterAuthLogin {
  readonly cookie: string
  getSession(headers: Headers): Promise<{ readonly user: { readonly email: string } } | null>
}

/**
 * better-auth with the account, on a SQLite file with the same pragmas. It is given `node:sqlite`: beside better-sqlite3 and beside its
 * option for joins, that was the fastest.
 */
export async function makeBetterAuth(file: string, cookieCache: boolean): Promise<BetterAuthLogin> {
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536')
  const options = {
    baseURL: origin,
    secret,
    database,
    emailAndPassword: { enabled: true },
    session: { cookieCache: { enabled: cookieCache, maxAge: 3600 } },
    telemetry: { enabled: false },
  }
  await (await getMigrations(options)).runMigrations()
  const auth = betterAuth(options)
  await auth.api.signUpEmail({ body: account })
  const cookie = cookieHeader(await auth.api.signInEmail({ body: account, asResponse: true }))
  return { cookie, getSession: (headers) => auth.api.getSession({ headers }) }
}

function cookieHeader(response: Response | null): string {
  if (!response?.ok) throw new Error(`The login was refused with ${response?.status}.`)
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ')
}
