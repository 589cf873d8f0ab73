/** The demo's routes: the toolkit's, and a few of its own behind guards. */
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { type Auth, html } from 'portcullis'
import { currentUser, mount, requireUser } from 'portcullis/hono'
import { adminRoutes } from './admin.ts'
import { clockRoutes } from './clock.ts'
import type { Database } from './database.ts'
import { mailboxRoutes } from './mailbox.ts'
import { memberRoutes } from './members.ts'
import { choices, createPages, showIdentity, wantsPage } from './pages.ts'
import { texts } from './texts.ts'
import { vaultRoutes } from './vault.ts'

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
    const locale = await auth.locale(c.req.raw)
    const said = locale.choose(texts)
    const tried: readonly (readonly [string, string])[] = [
      ['/members', said.members],
      ['/admin', said.admin],
      ['/settings', said.settings],
      ['/vault', said.vault],
      ...(development ? [['/dev/mailbox', said.mailbox] as const] : []),
    ]
    const own: readonly (readonly [string, string])[] = user
      ? [
          [auth.urlFor('sessions'), locale.texts['sessions.link']],
          [auth.urlFor('password.change'), locale.texts['change_password.title']],
          [auth.urlFor('email.change'), locale.texts['change_email.title']],
          [auth.urlFor('devices'), locale.texts['devices.title']],
          [auth.urlFor('totp'), locale.texts['totp.title']],
          [auth.urlFor('recovery-codes'), locale.texts['recovery_codes.title']],
          [auth.urlFor('trusted-devices'), locale.texts['trusted_devices.title']],
          [auth.urlFor('history'), locale.texts['history.title']],
          [auth.urlFor('account.delete'), locale.texts['account.delete_title']],
          [auth.urlFor('verify'), locale.texts['verify.title']],
        ]
      : [
          [auth.urlFor('login'), locale.texts['login.link']],
          [auth.urlFor('register'), locale.texts['register.link']],
          [auth.urlFor('magic-link'), locale.texts['magic_link.link']],
          [auth.urlFor('password.forgot'), locale.texts['forgot_password.link']],
        ]
    const who = user ? html`${said.somebody} <b>${user.email}</b>.` : said.nobody
    return show(c, { title: said.title, body: html`<p>${who}</p>${choices([...own, ...tried])}` })
  })

  app.route('/', memberRoutes(auth, database.notes, show))

  app.route('/', adminRoutes(auth, show))

  app.route('/', vaultRoutes(auth, show))

  app.get('/settings', requireUser(auth, { fresh: '10m' }), async (c) => {
    if (!wantsPage(c)) return showIdentity(c, c.get('identity'))
    const said = (await auth.locale(c.req.raw)).choose(texts)
    return show(c, { title: said.settingsTitle, body: html`<p>${said.fresh}</p>` })
  })

  if (development) app.route('/', clockRoutes(database.clock)).route('/', mailboxRoutes(auth, database.mailbox, show))

  app.notFound(async (c) => {
    const said = (await auth.locale(c.req.raw)).choose(texts)
    if (!wantsPage(c)) return c.json({ ok: false, error: { code: 'not_found', message: said.nothing } }, 404)
    return show(c, { title: said.notFound, status: 404, body: html`<p>${said.nothing}</p>${choices([['/', said.home]])}` })
  })

  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse() // Hono's own refusals
    console.error(error)
    if (!wantsPage(c)) return c.json({ ok: false, error: { code: 'internal_error', message: 'Something went wrong.' } }, 500)
    return c.text('Something went wrong.', 500)
  })

  return app
}
