/** Freshness: some paths want a proof that is recent, and re-authentication gives one. */
import assert from 'node:assert/strict'
import type { Auth, CreateAuthOptions, Feature } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { codeOf, fieldError, hiddenField, memberOf, origin, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

const minute = 60_000

function installation(store: Store, clock: MovableClock, options: Partial<CreateAuthOptions> = {}): Auth {
  const features = [session({ idle: '12h' }), password(), registration()]
  return createAuth({ origin, secret, store, clock, features, passwords: { dangerouslyCheapHash: true }, ...options })
}

onEveryStore('AL-FST-H1: a fresh session passes; a stale one is led to verify with the way back, or told what would do', async (store) => {
  const clock = createClock()
  const open = serve(installation(store, clock), { '/settings': { fresh: '10m' } })
  const alice = await registered(open)
  clock.advance(10 * minute - 1)
  assert.equal((await alice.get('/settings')).status, 200)
  clock.advance(1)
  const page = await alice.visit('/settings?tab=keys')
  assert.deepEqual([page.status, page.location], [303, '/auth/verify?next=%2Fsettings%3Ftab%3Dkeys'])
  const answer = await alice.get('/settings')
  assert.deepEqual([answer.status, codeOf(answer)], [401, 'reauthentication_required'])
  assert.deepEqual(memberOf(answer.json.error, 'methods'), ['password'])
  assert.equal((await open().visit('/settings')).location, '/auth/login?next=%2Fsettings') // a visitor logs in
})

onEveryStore('AL-FST-H1: the time may differ by path, true is the installation’s own, and the base path counts', async (store) => {
  const clock = createClock()
  const auth = installation(store, clock, { freshFor: '3m', basePath: '/konto' })
  const open = serve(auth, { '/short': { fresh: '1m' }, '/own': { fresh: true }, '/long': { fresh: '1h' } })
  const alice = open()
  await alice.post('/konto/register', { email: 'alice@example.com', password: phrase })
  const statuses = async () => Promise.all(['/short', '/own', '/long'].map(async (path) => (await alice.get(path)).status))
  assert.deepEqual(await statuses(), [200, 200, 200])
  clock.advance(2 * minute)
  assert.deepEqual(await statuses(), [401, 200, 200])
  clock.advance(2 * minute)
  assert.deepEqual(await statuses(), [401, 401, 200])
  assert.equal((await alice.visit('/own')).location, '/konto/verify?next=%2Fown')
})

onEveryStore('AL-FST-H1: the application may answer a stale session itself', async (store) => {
  const clock = createClock()
  const refused = () => Response.json({ ask: 'again' }, { status: 440 })
  const open = serve(installation(store, clock), { '/settings': { fresh: '10m', refused } })
  const alice = await registered(open)
  clock.advance(11 * minute)
  const answer = await alice.get('/settings')
  assert.deepEqual([answer.status, answer.json], [440, { ask: 'again' }])
})

onEveryStore('AL-FST-H4: the verify form restores access and keeps next, also through a wrong password', async (store) => {
  const clock = createClock()
  const open = serve(installation(store, clock), { '/settings': { fresh: '10m' } })
  const alice = await registered(open)
  clock.advance(11 * minute)
  const page = await alice.visit('/auth/verify?next=%2Fsettings')
  assert.equal(hiddenField(page, 'next'), '/settings')
  const wrong = await alice.submit('/auth/verify', { password: 'wrong', next: '/settings' })
  assert.deepEqual([wrong.status, hiddenField(wrong, 'next')], [401, '/settings'])
  assert.equal((await alice.get('/settings')).status, 401)
  const right = await alice.submit('/auth/verify', { password: phrase, next: '/settings' })
  assert.deepEqual([right.status, right.location], [303, '/settings'])
  assert.equal((await alice.get('/settings')).status, 200)
})

onEveryStore(
  'AL-FST-H4: JSON re-authenticates too, a wrong or missing password is told at its field, and it is an event',
  async (store) => {
    const clock = createClock()
    const auth = installation(store, clock)
    const events: string[] = []
    auth.on('user.reauthenticated', ({ user, method }) => void events.push(`${user?.email} ${method}`))
    const open = serve(auth, { '/settings': { fresh: '10m' } })
    const alice = await registered(open)
    clock.advance(11 * minute)
    assert.deepEqual((await alice.get('/auth/verify')).json.methods, ['password'])
    assert.notEqual(fieldError(await alice.post('/auth/verify', {}), 'password'), '')
    const wrong = await alice.post('/auth/verify', { password: 'wrong' })
    assert.deepEqual([wrong.status, codeOf(wrong)], [401, 'invalid_credentials'])
    const right = await alice.post('/auth/verify', { password: phrase })
    assert.deepEqual([right.status, right.json.status], [200, 'authenticated'])
    assert.equal((await alice.get('/settings')).status, 200)
    await auth.settled()
    assert.deepEqual(events, ['alice@example.com password'])
  },
)

onEveryStore('AL-FST-H4: the password is accepted in either normal form', async (store) => {
  const clock = createClock()
  const open = serve(installation(store, clock))
  const typed = 'crème brûlée für Zoë'
  const alice = await registered(open, 'alice@example.com', typed.normalize('NFC'))
  for (const form of ['NFC', 'NFD']) assert.equal((await alice.post('/auth/verify', { password: typed.normalize(form) })).status, 200)
})

onEveryStore('AL-FST-H3: the time travels in the session: of each proof the latest counts, in each session its own', async (store) => {
  const clock = createClock()
  const open = serve(installation(store, clock), { '/settings': { fresh: '10m' } })
  const alice = await registered(open)
  const loginAt = clock()
  clock.advance(11 * minute)
  const elsewhere = open()
  await elsewhere.post('/auth/login', { email: 'alice@example.com', password: phrase })
  assert.deepEqual([(await alice.get('/settings')).status, (await elsewhere.get('/settings')).status], [401, 200])
  const proofs = async () => memberOf((await alice.get('/auth/session')).json.session, 'proofs')
  assert.deepEqual(await proofs(), [{ method: 'password', as: 'first', factors: 1, at: loginAt }])
  await alice.post('/auth/verify', { password: phrase })
  assert.deepEqual(await proofs(), [{ method: 'password', as: 'first', factors: 1, at: clock() }])
})

onEveryStore('AL-FST-H3: a proof that shows nobody is there is never fresh, however new', async (store) => {
  const carried: Feature = {
    name: 'carried',
    proofs: [{ method: 'carried', channel: 'carried', as: ['first'], neverFresh: true, has: () => true }],
    routes: [
      {
        name: 'carried',
        path: '/carried',
        access: 'anyone',
        login: true,
        on: {
          POST: async (ctx) => {
            const { record } = await ctx.identify('alice@example.com')
            return record ? ctx.login(record, { method: 'carried' }) : ctx.json({})
          },
        },
      },
    ],
  }
  const clock = createClock()
  const features = [session(), password(), registration(), carried]
  const open = serve(installation(store, clock, { features }), { '/members': {}, '/settings': { fresh: '10m' } })
  await registered(open)
  const browser = open()
  assert.equal((await browser.post('/auth/carried')).status, 200)
  assert.equal((await browser.get('/members')).status, 200)
  assert.equal((await browser.get('/settings')).status, 401)
  await browser.post('/auth/verify', { password: phrase })
  assert.equal((await browser.get('/settings')).status, 200)
})
