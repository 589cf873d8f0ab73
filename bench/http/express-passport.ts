/** The same route behind Passport and express-session, whose sessions are in memory. */
import express from 'express'
import session from 'express-session'
import passport from 'passport'
import { Strategy } from 'passport-local'
import { account } from '../kit/account.ts'
import { announce } from '../kit/serve.ts'

passport.use(
  new Strategy({ usernameField: 'email' }, (email, password, done) =>
    done(null, email === account.email && password === account.password ? { email } : false),
  ),
)
passport.serializeUser((user, done) => done(null, user))
passport.deserializeUser((user: Express.User, done) => done(null, user))

const app = express()
app.use(session({ secret: 'Vq3kTz8mRw1xYc5nHs7bLd2fJg9pEa4u', resave: false, saveUninitialized: false }))
app.use(passport.session())
app.post('/login', express.json(), passport.authenticate('local'), (_request, reply) => void reply.json({ ok: true }))
app.get('/me', (request, reply) => {
  if (request.isAuthenticated()) reply.json(request.user)
  else reply.status(401).json({ error: 'unauthenticated' })
})

const server = app.listen(0, '127.0.0.1', async () => {
  const address = server.address()
  const login = await fetch(`http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : ''}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  })
  announce(server, login.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '')
})
