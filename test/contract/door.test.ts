/** DESIGN 1.1: one door. The application's own login goes through it like every other, and inherits what it asks. */
import assert from 'node:assert/strict'
import type { Auth, Feature, OwnProof, User } from '../../src/index.ts'
import { AuthError, createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { createBrowser, type TestBrowser } from '../../src/testing/browser.ts'
import { loggedIn } from '../../src/testing/logged-in.ts'
import { codeOf, memberOf, origin, otherPhrase, phrase, registered, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { secondStep } from './second-step.ts'

function installation(store: Store, others: readonly Feature[] = []): Auth {
  const features = [session(), password(), registration(), secondStep(), ...others]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, afterLogin: '/welcome' })
}

/** A browser of an application that logs this user in at `/callback`, however it proved who it is. */
function ownLogin(auth: Auth, user: User, proof: OwnProof = { method: 'google' }): TestBrowser {
  return createBrowser(async (request) => {
    if (new URL(request.url).pathname === '/callback') return auth.login(request, user, proof)
    if (new URL(request.url).pathname === '/leave') return auth.logout(request)
    return auth.handle(request)
  }, origin)
}

onEveryStore('the application’s own login opens a session by the method it names, and follows a next of this site only', async (store) => {
  const auth = installation(store)
  const user = await auth.admin.users.create({ email: 'alice@example.com' })
  const browser = ownLogin(auth, user)
  assert.equal((await browser.visit('/callback?next=/page1')).location, '/page1')
  assert.match((await browser.get('/auth/session')).text, /"method":"google"/)
  assert.equal((await browser.visit('/callback?next=https://evil.example/')).location, '/welcome')
  const answer = await browser.get('/callback')
  assert.deepEqual([answer.json.status, answer.json.next], ['authenticated', '/welcome'])
  assert.equal((await browser.post('/leave')).status, 200)
  assert.equal((await browser.get('/auth/session')).status, 401)
})

onEveryStore('a deactivated or deleted user is refused by the door, whatever the method, and nothing is kept', async (store) => {
  const auth = installation(store)
  const user = await auth.admin.users.create({ email: 'alice@example.com' })
  await auth.admin.users.deactivate(user.id)
  const browser = ownLogin(auth, user, { method: 'google', factors: 2 })
  const refused = await browser.get('/callback')
  assert.deepEqual([refused.status, codeOf(refused), browser.cookies.size], [401, 'invalid_credentials', 0])
  await auth.admin.users.activate(user.id)
  assert.equal((await browser.get('/auth/session')).status, 401)
  assert.deepEqual(await auth.admin.users.sessions(user.id), [])
  await auth.admin.users.delete(user.id)
  assert.equal(codeOf(await browser.get('/callback')), 'invalid_credentials')
})

onEveryStore('a second factor is asked for after the application’s own login too, unless that proved two', async (store) => {
  const auth = installation(store)
  await (await registered(serve(auth))).post('/auth/code/setup')
  const user = await auth.admin.users.byEmail('alice@example.com')
  assert.ok(user)
  const one = ownLogin(auth, user)
  const answer = await one.get('/callback?next=/page1')
  assert.deepEqual([answer.json.status, answer.json.methods], ['second_factor_required', ['code']])
  assert.equal((await one.get('/auth/session')).status, 401)
  assert.equal((await one.post('/auth/code', { code: '123456' })).json.next, '/page1')
  const two = ownLogin(auth, user, { method: 'smartcard', factors: 2 })
  assert.equal((await two.get('/callback')).json.status, 'authenticated')
})

onEveryStore('admit of every feature is asked at every login, and what it throws is the answer', async (store) => {
  const methods: string[] = []
  const auth = installation(store, [{ name: 'asking', admit: (_record, { method }) => void methods.push(method) }])
  const open = serve(auth)
  const alice = await registered(open)
  await alice.post('/auth/verify', { password: phrase })
  const user = await auth.admin.users.byEmail('alice@example.com')
  assert.ok(user)
  await ownLogin(auth, user).get('/callback')
  assert.deepEqual(methods, ['password', 'password', 'google'])
})

onEveryStore(
  'AL-FST-A10: a reason of the application to keep somebody out has its own words, and only who knows the password reads them',
  async (store) => {
    const locked: Feature = {
      name: 'locked',
      admit: ({ user }) => {
        if (user.extra.locked === true) throw new AuthError('forbidden', { message: 'Your bill is open. Call us.' })
      },
    }
    const auth = installation(store, [locked])
    await auth.admin.users.create({ email: 'alice@example.com', password: phrase, extra: { locked: true } })
    const open = serve(auth)
    const right = await open().post('/auth/login', { email: 'alice@example.com', password: phrase })
    assert.deepEqual([right.status, memberOf(right.json.error, 'message')], [403, 'Your bill is open. Call us.'])
    assert.match(
      (await open().submit('/auth/login', { email: 'alice@example.com', password: phrase })).text,
      /Your bill is open\. Call us\./,
    )
    const wrong = await open().post('/auth/login', { email: 'alice@example.com', password: otherPhrase })
    assert.deepEqual([wrong.status, wrong.text.includes('bill')], [401, false])
    const user = await auth.admin.users.byEmail('alice@example.com')
    await auth.admin.users.update(user?.id ?? '', { locked: false })
    assert.equal((await open().post('/auth/login', { email: 'alice@example.com', password: phrase })).status, 200)
  },
)

onEveryStore('loggedIn gives tests a session without a form, and fails for who may not log in', async (store) => {
  const auth = installation(store)
  const user = await auth.admin.users.create({ email: 'alice@example.com' })
  const { cookie } = await loggedIn(auth, user)
  assert.equal((await auth.identify(new Request(origin, { headers: { cookie } })))?.user.email, 'alice@example.com')
  await auth.admin.users.deactivate(user.id)
  await assert.rejects(loggedIn(auth, user), /alice@example\.com could not log in/)
})
