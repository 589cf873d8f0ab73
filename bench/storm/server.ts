/** The server of the storm: the toolkit's routes and a protected one, on a SQLite file, with an account for everybody who logs in. */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { mount, requireUser } from 'portcullis/hono'
import { account, logIn, makePortcullis } from '../kit/account.ts'
import { databaseFile } from '../kit/contend.ts'
import { announce } from '../kit/serve.ts'

const auth = await makePortcullis(databaseFile('storm'))
for (let at = 0; at < Number(process.argv[2]); at++) await auth.admin.users.create({ ...account, email: `user${at}@example.com` })

const app = new Hono()
app.use(mount(auth))
app.get('/me', requireUser(auth), (c) => c.json({ email: c.get('identity').user.email }))

const cookie = await logIn(auth)
let most = 0
setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss())
}, 20).unref()

const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => announce(server, cookie, mostResident))

/** The most memory that was resident since the last time that it was asked for, in bytes. */
function mostResident(): number {
  const answer = Math.max(most, process.memoryUsage.rss())
  most = process.memoryUsage.rss()
  return answer
}
