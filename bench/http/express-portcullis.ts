/** The same route through `auth.identify`, on a SQLite file. */
import express from 'express'
import { requestHead } from 'portcullis/node'
import { logIn, makePortcullis } from '../kit/account.ts'
import { databaseFile } from '../kit/contend.ts'
import { announce } from '../kit/serve.ts'

const auth = await makePortcullis(databaseFile('express'))
const cookie = await logIn(auth)
const app = express()
app.get('/me', async (request, reply) => {
  const identity = await auth.identify(requestHead(request))
  if (identity) reply.json({ email: identity.user.email })
  else reply.status(401).json({ error: 'unauthenticated' })
})

const server = app.listen(0, '127.0.0.1', () => announce(server, cookie))
