/** Requests of nobody: however many, they leave nothing behind but attempt counts, which expire. */
import assert from 'node:assert/strict'
import { secondStep } from '../contract/second-step.ts'
import { otherPhrase, registered, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { cookieHeader, installation, isIn, named, watched } from './setting.ts'

const requests = process.env.PORTCULLIS_SOAK ? 100_000 : 2000

/** Calls that may add a row. */
const adding = ['durable.write', 'sessions.open', 'sessions.touch', 'tickets.put', 'tickets.spend', 'attempts.add', 'meta.put']

onEveryStore(`THR-10: ${requests} requests and logouts of nobody, with cookies of any kind or none, store nothing`, async (store) => {
  const added: string[] = []
  const auth = installation(
    watched(store, ({ name }) => void (adding.includes(name) && added.push(name))),
    {},
    secondStep(),
  )
  const open = serve(auth, { '/members': {} })
  const alice = await registered(open)
  const gets = auth.routes.filter(({ methods }) => methods.includes('GET')).map(({ path }) => path)
  added.length = 0
  for (let number = 0; number < requests; number++) {
    const token = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
    const cookie = [
      '',
      `${named('session')}=${token}`,
      `${named('ticket')}=${token}; ${named('session')}=${token}`,
      ['session', 'ticket', 'form', 'device', 'challenge'].map((name) => `${named(name)}=${token}`).join('; '),
    ][number % 4]
    const headers = { cookie: cookie ?? '' }
    if (number % 3 === 0) assert.equal((await open().post('/auth/logout', {}, { headers })).status, 200)
    else if (number % 3 === 1) assert.ok((await open().visit(gets[number % gets.length] ?? '', { headers })).status < 500)
    else assert.equal((await open().get('/members', { headers })).status, 401)
  }
  assert.deepEqual(added, [])
  const login = { email: 'nobody@example.com', password: otherPhrase }
  assert.equal((await open().post('/auth/login', login, { headers: { cookie: cookieHeader(alice) } })).status, 401)
  assert.deepEqual(added, ['attempts.add'])
  assert.equal(await isIn(alice), true)
})
