/** Hono with a JSON route that anybody may ask. */
import { Hono } from 'hono'
import { account } from '../kit/account.ts'
import { serveHono } from './serve-hono.ts'

const app = new Hono()
app.get('/me', (c) => c.json({ email: account.email }))

serveHono(app, '')
