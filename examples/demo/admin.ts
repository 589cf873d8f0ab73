/** The administrator's pages: users with search, one user with everything, and every operator action. All of it is `auth.admin`. */
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type Auth, AuthError, type User } from 'portcullis'
import { type AuthEnv, requireUser } from 'portcullis/hono'
import { actions } from './admin-actions.ts'
import { type Place, type UserDetails, userPage, usersPage } from './admin-pages.ts'
import { type ShowPage, showIdentity, wantsPage } from './pages.ts'
import { texts } from './texts.ts'

const pageSize = 50

/** Makes the routes below `/admin`. */
export function adminRoutes(auth: Auth, show: ShowPage): Hono<AuthEnv> {
  const app = new Hono<AuthEnv>()
  const { users } = auth.admin
  app.use('/admin/*', bodyLimit({ maxSize: 8192 }), requireUser(auth, { roles: ['admin'] }))

  app.get('/admin', (c) => (wantsPage(c) ? showUsers(c, null) : showIdentity(c, c.get('identity'))))

  app.get('/admin/users.json', async (c) => c.json({ users: await Promise.all((await found(c)).map((user) => withLogins(auth, user))) }))

  app.post('/admin/users', async (c) => {
    const { email = '', invite } = await readFields(c)
    try {
      const user = await (invite === 'true' ? users.invite({ email }) : users.create({ email }))
      return wantsPage(c) ? c.redirect(`/admin/users/${encodeURIComponent(user.id)}`, 303) : c.json({ ok: true, user })
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      if (wantsPage(c)) return showUsers(c, error)
      return refuse(error)
    }
  })

  app.get('/admin/users/:id', async (c) => {
    const details = await detailsOf(auth, c.req.param('id'))
    if (details === null) return c.notFound()
    if (!wantsPage(c)) return c.json(details)
    const locale = await auth.locale(c.req.raw)
    const body = userPage(details, { locale, said: locale.choose(texts), csrf: (await auth.formToken(c.req.raw)) ?? '' })
    return show(c, { title: details.user.email, body })
  })

  const grave = requireUser(auth, { roles: ['admin'], fresh: '10m' })
  for (const action of ['delete', 'add-role', 'remove-role']) app.post(`/admin/users/:id/${action}`, grave)

  app.post('/admin/users/:id/:action', async (c) => {
    const { id } = c.req.param()
    const act = actions.get(c.req.param('action'))
    if (!act) return c.notFound()
    try {
      const members = await act(auth, id, await readFields(c))
      if (!wantsPage(c)) return c.json({ ok: true, ...members })
      return c.redirect((await users.byId(id)) ? `/admin/users/${encodeURIComponent(id)}` : '/admin', 303)
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      return error.code === 'not_found' ? c.notFound() : refuse(error)
    }
  })

  async function found(c: Context): Promise<readonly User[]> {
    const { search = '', after } = c.req.query()
    return users.list({ limit: pageSize, prefix: search.trim(), ...(after !== undefined && { after }) })
  }

  async function showUsers(c: Context<AuthEnv>, error: AuthError | null): Promise<Response> {
    const locale = await auth.locale(c.req.raw)
    const said = locale.choose(texts)
    const list = await found(c)
    const { search = '' } = c.req.query()
    const csrf = (await auth.formToken(c.req.raw)) ?? ''
    const wrong = error && locale.texts[`error.${error.code}`]
    const body = usersPage({ users: list, search, more: list.length === pageSize, csrf, error: wrong, said, locale })
    return show(c, { title: said.administration, body, status: error ? 400 : 200 })
  }

  return app
}

async function withLogins(auth: Auth, user: User) {
  const track = await auth.admin.users.logins(user.id)
  return {
    ...user,
    loginCount: track?.count ?? 0,
    currentLoginAt: track?.currentAt ?? null,
    currentLoginIp: track?.currentIp ?? null,
    lastLoginAt: track?.lastAt ?? null,
    lastLoginIp: track?.lastIp ?? null,
  }
}

async function detailsOf(auth: Auth, id: string): Promise<UserDetails | null> {
  const { users, roles } = auth.admin
  const user = await users.byId(id)
  if (!user) return null
  const [track, sessions, devices, factors, trusted, history, all] = await Promise.all([
    users.logins(id),
    users.sessions(id),
    users.devices(id, 'remember'),
    users.factors(id),
    users.devices(id, 'trust'),
    users.history(id),
    roles.list(),
  ])
  return {
    user,
    track,
    sessions: sessions.map(placeOf),
    devices: devices.map(placeOf),
    factors,
    trusted: trusted.map(placeOf),
    history,
    roles: all.map(({ name }) => name),
  }
}

function placeOf({ id, usedAt, ip, userAgent }: Place): Place {
  return { id, usedAt, ip, userAgent }
}

function refuse({ status, code, message }: AuthError): Response {
  return Response.json({ ok: false, error: { code, message } }, { status, headers: { Vary: 'Accept' } })
}

/** The texts and flags of a form or a JSON object; none for what cannot be read. */
async function readFields(c: Context): Promise<Readonly<Record<string, string>>> {
  try {
    const isJson = c.req.header('content-type')?.startsWith('application/json')
    const fields: unknown = isJson ? await c.req.json() : await c.req.parseBody()
    const entries = Object.entries(typeof fields === 'object' && fields !== null ? fields : {})
    return Object.fromEntries(
      entries.flatMap(([name, value]) => (['string', 'boolean'].includes(typeof value) ? [[name, String(value)]] : [])),
    )
  } catch {
    return {}
  }
}
