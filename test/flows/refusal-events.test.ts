/** Refusals that may mean an attack are events: who, where, from where, and nothing that is secret. */
import assert from 'node:assert/strict'
import type { AuthEvent, Feature } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { createClock } from '../../src/testing/clock.ts'
import { origin, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

/** Recognises whoever names an address in a header. */
const named: Feature = {
  name: 'named',
  schemes: [
    {
      name: 'named',
      ambient: true,
      recognise: async (ground) => {
        const { record } = await ground.identify(ground.head.header('x-name') ?? '')
        return record ? { userId: record.user.id, proven: null } : 'absent'
      },
      challenges: () => [],
    },
  ],
}

async function installation(store: Store) {
  const clock = createClock()
  const features = [session(), password(), registration(), named]
  const auth = createAuth({ origin, secret, store, features, clock, passwords: { dangerouslyCheapHash: true }, requestId: () => 'request' })
  const events: AuthEvent[] = []
  auth.on('authorization.denied', (event) => void events.push(event))
  auth.on('request.refused', (event) => void events.push(event))
  const rules = { '/admin': { roles: ['admin'] }, '/tool': { with: ['named'], roles: ['admin'] }, '/members': {} }
  const alice = await registered(serve(auth, rules, { address: '203.0.113.7' }))
  const user = await auth.admin.users.byEmail('alice@example.com')
  assert.ok(user)
  const common = { user, at: clock(), ip: '203.0.113.7', userAgent: 'A browser', requestId: 'request' }
  const told = async (): Promise<readonly AuthEvent[]> => {
    await auth.settled()
    return events.splice(0)
  }
  return { alice, told, common, open: serve(auth, rules, { address: '203.0.113.7' }) }
}

const headers = { 'user-agent': 'A browser' }

onEveryStore('whoever lacks a role is named in authorization.denied, recognised by a session or by a scheme', async (store) => {
  const { alice, open, told, common } = await installation(store)
  assert.equal((await alice.get('/admin?code=secret-in-a-query', { headers })).status, 403)
  assert.deepEqual(await told(), [{ name: 'authorization.denied', target: '/admin', ...common }])
  assert.equal((await open().get('/tool?code=x', { headers: { ...headers, 'x-name': 'alice@example.com' } })).status, 403)
  assert.deepEqual(await told(), [{ name: 'authorization.denied', target: '/tool', ...common }])
  assert.equal((await open().get('/admin', { headers })).status, 401)
  assert.deepEqual(await told(), []) // asked to log in is not denied
})

onEveryStore('a request that another site had made is request.refused, at a route, a guard and a scheme', async (store) => {
  const { alice, open, told, common } = await installation(store)
  const foreign = { headers: { ...headers, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } }
  const refused = { name: 'request.refused', code: 'cross_site_request', ...common }
  const fields = { password: phrase, newPassword: 'another secret text' }
  assert.equal((await alice.submit('/auth/change-password?code=x', fields, foreign)).status, 403)
  assert.deepEqual(await told(), [{ ...refused, target: '/auth/change-password' }])
  assert.equal((await alice.submit('/members?code=x', fields, foreign)).status, 403)
  assert.deepEqual(await told(), [{ ...refused, target: '/members' }])
  assert.equal((await open().submit('/tool', {}, { headers: { ...foreign.headers, 'x-name': 'alice@example.com' } })).status, 403)
  assert.deepEqual(await told(), [{ ...refused, target: '/tool' }])
  assert.equal((await open().submit('/auth/login', { email: 'alice@example.com', password: phrase }, foreign)).status, 403)
  assert.deepEqual(await told(), [{ ...refused, user: null, target: '/auth/login' }])
})

onEveryStore('neither event holds a password, a hash, a stamp or a cookie', async (store) => {
  const { alice, told } = await installation(store)
  await alice.get('/admin')
  const foreign = { headers: { origin: 'https://evil.example' } }
  await alice.submit('/auth/verify', { password: phrase }, foreign)
  const events = await told()
  assert.equal(events.length, 2)
  const record = await store.reads.users.byEmailKey('alice@example.com')
  const text = JSON.stringify(events)
  for (const value of [phrase, record?.passwordHash, record?.stamp, ...alice.cookies.values()]) {
    assert.ok(value)
    assert.equal(text.includes(value), false, value)
  }
})
