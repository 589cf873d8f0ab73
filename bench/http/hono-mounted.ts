/** The same route behind `mount` and `requireUser`: the whole of the quick start. */
import { Hono } from 'hono'
import { mount, requireUser } from 'portcullis/hono'
import { logIn, makePortcullis } from '../kit/account.ts'
import { databaseFile } from '../kit/contend.ts'
import { serveHono } from './serve-hono.ts'

const auth = await makePortcullis(databaseFile('mounted'))
const app = new Hono()
app.use(mount(auth))
app.get('/me', requireUser(auth), (c) => c.json({ email: c.get('identity').user.email }))

serveHono(app, await logIn(auth))
