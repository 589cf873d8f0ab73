/** A page for whoever proved a second factor not long ago: a trusted device does not do. */
import { Hono } from 'hono'
import { type Auth, html, type Refusal } from 'portcullis'
import { type AuthEnv, requireUser } from 'portcullis/hono'
import { type ShowPage, showIdentity, wantsPage } from './pages.ts'
import { texts } from './texts.ts'

/** Makes the route `/vault`. */
export function vaultRoutes(auth: Auth, show: ShowPage): Hono<AuthEnv> {
  const app = new Hono<AuthEnv>()

  app.get('/vault', requireUser(auth, { secondFactor: true, fresh: '10m', refused: leadToSetup }), async (c) => {
    if (!wantsPage(c)) return showIdentity(c, c.get('identity'))
    const said = (await auth.locale(c.req.raw)).choose(texts)
    return show(c, { title: said.vaultTitle, body: html`<p>${said.inVault}</p>` })
  })

  /** Whoever has no second factor sets one up, and comes back. */
  function leadToSetup({ error, response }: Refusal): Response | null {
    const isPage = response.headers.get('content-type')?.startsWith('text/html')
    if (error.code !== 'forbidden' || !isPage) return null
    const location = `${auth.urlFor('totp.setup')}?next=%2Fvault`
    return new Response(null, { status: 303, headers: { Location: location, Vary: 'Accept, Cookie', 'Cache-Control': 'no-store' } })
  }

  return app
}
