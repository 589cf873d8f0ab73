/** The same route behind `requireUser`, on a SQLite file. */
import { Hono } from 'hono'
import { requireUser } from 'portcullis/hono'
import { logIn, makePortcullis } from '../kit/account.ts'
import { databaseFile } from '../kit/contend.ts'
import { serveHono } from './serve-hono.ts'

const auth = await makePortcullis(databaseFile('hono'))
const app = new Hono()
app.get('/me', requireUser(auth), (c) => c.json({ email: c.get('identity').user.email }))

serveHono(app, await logIn(auth))
