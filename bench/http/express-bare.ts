/** Express with a JSON route that anybody may ask. */
import express from 'express'
import { account } from '../kit/account.ts'
import { announce } from '../kit/serve.ts'

const app = express()
app.get('/me', (_request, reply) => void reply.json({ email: account.email }))

const server = app.listen(0, '127.0.0.1', () => announce(server, ''))
