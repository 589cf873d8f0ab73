/** The same route behind better-auth's `getSession`, on a SQLite file; with its cookie cache when told so. */
import { Hono } from 'hono'
import { makeBetterAuth } from '../kit/account.ts'
import { databaseFile } from '../kit/contend.ts'
import { serveHono } from './serve-hono.ts'

const { cookie, getSession } = await makeBetterAuth(databaseFile('better-auth'), process.argv[2] === 'cached')
const app = new Hono()
app.get('/me', async (c) => {
  const session = await getSession(c.req.raw.headers)
  return session ? c.json({ email: session.user.email }) : c.json({ error: 'unauthenticated' }, 401)
})

serveHono(app, cookie)
