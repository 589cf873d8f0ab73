/** The demo's routes: the toolkit's, and a few of its own behind guards. */
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { type Auth, html } from 'portcullis'
import { currentUser, mount, requireUser } from 'portcullis/hono'
import { clockRoutes } from './clock.ts'
import type { Database } from './database.ts'
import { memberRoutes } from './members.ts'
import { choices, createPages, showIdentity, wantsPage } from './pages.ts'

/** What the application stands on. */
export interface Parts {
  readonly auth: Auth
  readonly database: Database
  readonly development: boolean
}

/** Makes the application. */
export function createApp({ auth, database, development }: Parts): Hono {
  const app = new Hono()
  const show = createPages(auth)

  app.get('/healthz', (c) => c.text('ok'))
  app.get('/favicon.ico', (c) => c.body(null, 204))
  app.use(mount(auth)) // /auth/login, /auth/register, … pages and JSON

  app.get('/', async (c) => {
    const user = await currentUser(auth)
    const tried: readonly (readonly [string, string])[] = [
      ['/members', 'Members: needs a session'],
      ['/admin', 'Administration: needs the role admin'],
      ['/settings', 'Settings: needs a proof of the last 10 minutes'],
    ]
    const own: readonly (readonly [string, string])[] = user
      ? [
          [auth.urlFor('sessions'), 'Where you are logged in'],
          [auth.urlFor('password.change'), 'Change your password'],
          [auth.urlFor('verify'), 'Confirm that it is you'],
        ]
      : [
          [auth.urlFor('login'), 'Log in'],
          [auth.urlFor('register'), 'Create an account'],
        ]
    const who = user ? html`You are logged in as <b>${user.email}</b>.` : 'You are not logged in.'
    return show(c, { title: 'What to try', body: html`<p>${who}</p>${choices([...own, ...tried])}` })
  })

  app.route('/', memberRoutes(auth, database.notes, show))

  app.get('/admin', requireUser(auth, { roles: ['admin'] }), async (c) => {
    if (!wantsPage(c)) return showIdentity(c, c.get('identity'))
    const users = await auth.admin.users.list({ limit: 100 })
    const lines = users.map(
      ({ email, roles }) => html`<li><div><b>${email}</b><p class="hint">${roles.join(', ') || 'no role'}</p></div></li>`,
    )
    return show(c, { title: 'Administration', body: html`<p>The accounts:</p><ul class="lines">${lines}</ul>` })
  })

  app.get('/settings', requireUser(auth, { fresh: '10m' }), async (c) => {
    if (!wantsPage(c)) return showIdentity(c, c.get('identity'))
    const { email } = c.get('identity').user
    const body = html`<p>You proved less than 10 minutes ago that you are <b>${email}</b>, so this page lets you in.</p>`
    return show(c, { title: 'Settings', body })
  })

  if (development) app.route('/', clockRoutes(database.clock))

  app.notFound(async (c) => {
    if (!wantsPage(c)) return c.json({ ok: false, error: { code: 'not_found', message: 'There is nothing here.' } }, 404)
    return show(c, { title: 'Not found', status: 404, body: html`<p>There is nothing here.</p>${choices([['/', 'Home']])}` })
  })

  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse() // Hono's own refusals
    console.error(error)
    if (!wantsPage(c)) return c.json({ ok: false, error: { code: 'internal_error', message: 'Something went wrong.' } }, 500)
    return c.text('Something went wrong.', 500)
  })

  return app
}
