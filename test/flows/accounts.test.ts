/** What operators do to accounts, and what it means for whoever is logged in. */
import assert from 'node:assert/strict'
import type { Auth, Feature, User } from '../../src/index.ts'
import { AuthError, createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { codeOf, origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

function installation(store: Store, others: readonly Feature[] = []): Auth {
  const features = [session(), password(), registration(), ...others]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true } })
}

async function userOf(auth: Auth, email = 'alice@example.com'): Promise<User> {
  const user = await auth.admin.users.byEmail(email)
  assert.ok(user)
  return user
}

onEveryStore('AL-FS-11 AL-FST-A21: whoever is deleted while logged in is a visitor at the next request', async (store) => {
  const auth = installation(store)
  const open = serve(auth, { '/members': {} })
  const alice = await registered(open)
  await auth.admin.users.delete((await userOf(auth)).id)
  assert.equal((await alice.get('/members')).status, 401)
  assert.equal((await alice.visit('/members')).location, '/auth/login?next=%2Fmembers')
  assert.equal((await alice.visit('/auth/login')).status, 200)
  assert.equal((await alice.post('/auth/login', { email: 'alice@example.com', password: phrase })).status, 401)
  await registered(open, 'alice@example.com', otherPhrase) // another account, which the old browser is not in
  assert.equal((await alice.get('/members')).status, 401)
})

onEveryStore('AL-FST-A9: deactivation counts at the next request, and activating revives no session', async (store) => {
  const auth = installation(store)
  const open = serve(auth, { '/members': {} })
  const alice = await registered(open)
  const { id } = await userOf(auth)
  await auth.admin.users.deactivate(id)
  assert.equal((await alice.get('/members')).status, 401)
  assert.equal((await alice.get('/auth/session')).status, 401)
  assert.equal((await alice.post('/auth/verify', { password: phrase })).status, 401)
  assert.equal(codeOf(await open().post('/auth/login', { email: 'alice@example.com', password: phrase })), 'invalid_credentials')
  await auth.admin.users.activate(id)
  assert.equal((await alice.get('/members')).status, 401)
  assert.equal((await open().post('/auth/login', { email: 'alice@example.com', password: phrase })).status, 200)
})

onEveryStore('AL-FST-A9: an application that deactivates a user in its own table ends the session at once too', async (store) => {
  const auth = installation(store)
  const alice = await registered(serve(auth))
  await store.durable.write([{ kind: 'users.update', id: (await userOf(auth)).id, set: { active: false } }])
  assert.equal((await alice.get('/auth/session')).status, 401)
})

onEveryStore('AL-FST-F1: operator calls tell whether anything changed, and unknown users are an error', async (store) => {
  const auth = installation(store)
  const { users, roles } = auth.admin
  const { id } = await users.create({ email: 'alice@example.com' })
  await roles.put({ name: 'editor' })
  assert.deepEqual([await users.deactivate(id), await users.deactivate(id)], [true, false])
  assert.deepEqual([await users.activate(id), await users.activate(id)], [true, false])
  assert.deepEqual([await users.addRole(id, 'editor'), await users.addRole(id, 'editor')], [true, false])
  assert.deepEqual([await users.removeRole(id, 'editor'), await users.removeRole(id, 'editor')], [true, false])
  const notFound = (error: unknown): boolean => error instanceof AuthError && error.code === 'not_found'
  await assert.rejects(users.activate('nobody'), notFound)
  await assert.rejects(users.addRole('nobody', 'editor'), notFound)
  await assert.rejects(users.addRole(id, 'no such role'), notFound)
  await assert.rejects(users.factors('nobody'), notFound)
  assert.deepEqual(await users.factors(id), { authenticators: [], recoveryCodes: 0 })
  await assert.rejects(users.delete('nobody'), notFound)
})

onEveryStore('AL-FST-F2: users are found by any spelling of the address, and what is absent matches nobody', async (store) => {
  const auth = installation(store)
  const created = await auth.admin.users.create({ email: 'Älice@Bücher.example' })
  for (const email of ['älice@bücher.example', 'ÄLICE@BÜCHER.EXAMPLE', 'älice@xn--bcher-kva.example', 'A\u0308lice@bu\u0308cher.example'])
    assert.equal((await auth.admin.users.byEmail(email))?.id, created.id, email)
  assert.equal(await auth.admin.users.byEmail('alice@bücher.example'), null)
  assert.equal(await auth.admin.users.byEmail(''), null)
  assert.equal(await auth.admin.users.byId(''), null)
  await auth.admin.users.create({ email: 'bob@example.com' }) // a second one without a username
  for (const nothing of ['', 'null', 'undefined']) assert.equal(await store.reads.users.byUsernameKey(nothing), null)
})

onEveryStore(
  'AL-FST-F3: making a user leaves the caller’s lists alone; permissions are a set; unknown roles make no user',
  async (store) => {
    const auth = installation(store)
    const { users, roles } = auth.admin
    const wanted = Object.freeze(['writer', 'editor'])
    await roles.put({ name: 'editor', permissions: ['b', 'a', 'b'] })
    await roles.put({ name: 'writer' })
    const user = await users.create({ email: 'alice@example.com', roles: wanted })
    assert.deepEqual(
      [wanted, user.roles],
      [
        ['writer', 'editor'],
        ['editor', 'writer'],
      ],
    )
    assert.deepEqual((await roles.byName('editor'))?.permissions, ['a', 'b'])
    assert.deepEqual((await roles.byName('writer'))?.permissions, [])
    assert.deepEqual(await store.reads.roles.permissionsOf(user.id), ['a', 'b'])
    await assert.rejects(users.create({ email: 'bob@example.com', roles: ['editor', 'missing'] }), /There is nothing here/)
    assert.equal(await users.byEmail('bob@example.com'), null)
    await roles.drop('editor')
    assert.deepEqual((await users.byId(user.id))?.roles, ['writer'])
  },
)

onEveryStore('AL-QS-23: listeners, hooks and stores may answer at once or later, and a failing listener breaks nothing', async (store) => {
  const told: string[] = []
  const atOnce: Feature = { name: 'at-once', admit: ({ user }) => refuseMallory(user, 'mallory@example.com') }
  const later: Feature = {
    name: 'later',
    admit: async ({ user }) => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      refuseMallory(user, 'marvin@example.com')
    },
  }
  const auth = createAuth({
    origin,
    secret,
    store: async () => store,
    features: [session(), password(), registration(), atOnce, later],
    passwords: { dangerouslyCheapHash: true },
    report: (_error, about) => told.push(about),
  })
  auth.on('user.registered', () => void told.push('at once'))
  auth.on('user.registered', async () => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    told.push('later')
  })
  auth.on('user.registered', async () => {
    throw new Error('a mistake of the application')
  })
  auth.on('user.logged_in', () => void told.push('after it'))
  const open = serve(auth)
  await registered(open)
  await auth.settled()
  assert.deepEqual(told, ['at once', 'later', 'a listener of user.registered failed', 'after it'])
  for (const email of ['mallory@example.com', 'marvin@example.com']) {
    await auth.admin.users.create({ email, password: phrase })
    assert.equal(codeOf(await open().post('/auth/login', { email, password: phrase })), 'forbidden')
  }
})

function refuseMallory(user: User, email: string): void {
  if (user.email === email) throw new AuthError('forbidden', { message: 'Your office closed this account.' })
}

onEveryStore('what names or counts nothing is told in the same way by every store', async (store) => {
  const auth = installation(store)
  const { id } = await auth.admin.users.create({ email: 'ada@example.com' })
  for (const limit of [0, -5, 2.5, Number.NaN, 1001, Number.POSITIVE_INFINITY])
    await assert.rejects(auth.admin.users.list({ limit }), /limit must be a whole number from 1 to 1000/)
  await assert.rejects(auth.admin.users.history(id, { limit: 0 }), /limit must be/)
  await assert.rejects(auth.admin.users.addRole(id, 'a\0b'), { code: 'not_found' })
  await assert.rejects(auth.admin.roles.put({ name: 'a', permissions: ['\0'] }), { code: 'invalid_fields' })
  await assert.rejects(auth.admin.roles.put({ name: 'a', description: '\0' }), { code: 'invalid_fields' })
  assert.equal(await auth.admin.users.endSessions(id, 'a\0b'), 0)
  await assert.rejects(auth.admin.users.sessions('a\0b'), { code: 'not_found' })
})
