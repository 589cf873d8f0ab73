/** CONTRACT 4.1, 4.2, 4.5: a held login masks the session, set-up is not for whoever owes, and factors are counted by channel. */
import assert from 'node:assert/strict'
import type { Auth, CreateAuthOptions, Feature } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { codeOf, memberOf, origin, phrase, registered, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { byMail, secondStep } from './second-step.ts'

function installation(store: Store, others: readonly Feature[], options: Partial<CreateAuthOptions> = {}): Auth {
  const features = [session(), password(), registration(), ...others]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, ...options })
}

/** Logs in by password, which is not all that is asked for. */
async function firstStep(open: () => TestBrowser): Promise<TestBrowser> {
  const browser = open()
  const answer = await browser.post('/auth/login', { email: 'alice@example.com', password: phrase })
  assert.equal(answer.json.status, 'second_factor_required')
  return browser
}

onEveryStore('the first of two factors opens no session: it is held, and only the second one opens it', async (store) => {
  const open = serve(installation(store, [secondStep()]), { '/members': {}, '/vault': { secondFactor: true } })
  await (await registered(open)).post('/auth/code/setup')
  const browser = open()
  const answer = await browser.post('/auth/login', { email: 'alice@example.com', password: phrase, next: '/vault' })
  assert.deepEqual([answer.status, answer.json.status, answer.json.methods], [200, 'second_factor_required', ['code']])
  assert.deepEqual([...browser.cookies.keys()], ['portcullis-ticket-3000'])
  assert.equal((await browser.get('/members')).status, 401)
  assert.deepEqual((await browser.get('/auth/second-factor')).json.methods, ['code'])
  const wrong = await browser.post('/auth/code', { code: '654321' })
  assert.deepEqual([wrong.status, codeOf(wrong)], [401, 'invalid_credentials'])
  const right = await browser.post('/auth/code', { code: '123456' })
  assert.deepEqual([right.json.status, right.json.next], ['authenticated', '/vault'])
  assert.equal((await browser.get('/vault')).status, 200)
  assert.equal((await browser.get('/auth/second-factor')).status, 401)
})

onEveryStore('a live ticket masks the session of the same browser: no session route and no set-up answers', async (store) => {
  const open = serve(installation(store, [secondStep(), secondStep({ method: 'other' })]))
  const alice = await registered(open)
  await alice.post('/auth/code/setup')
  const browser = await firstStep(open)
  for (const [name, value] of alice.cookies) if (name.includes('session')) browser.cookies.set(name, value)
  for (const path of ['/auth/session', '/auth/sessions', '/auth/verify', '/auth/change-password'])
    assert.equal((await browser.get(path)).status, 401, path)
  assert.equal((await browser.get('/auth/login')).json.user, null)
  const setup = await browser.post('/auth/other/setup')
  assert.deepEqual([setup.status, codeOf(setup)], [401, 'unauthenticated'])
  assert.equal((await alice.post('/auth/other/setup')).status, 200)
})

onEveryStore('a login that is held ends the session that the browser had', async (store) => {
  const open = serve(installation(store, [secondStep()]))
  await (await registered(open)).post('/auth/code/setup')
  const browser = await registered(open, 'bob@example.com')
  const before = browser.copy()
  await browser.post('/auth/login', { email: 'alice@example.com', password: phrase })
  assert.equal((await before.get('/auth/session')).status, 401)
  await browser.post('/auth/logout') // and with the ticket gone nothing is left
  assert.equal((await browser.get('/auth/session')).status, 401)
})

onEveryStore('whoever owes a factor cannot set another one up with the password alone', async (store) => {
  const open = serve(installation(store, [secondStep(), secondStep({ method: 'other' })]))
  await (await registered(open)).post('/auth/code/setup')
  const thief = await firstStep(open)
  assert.equal((await thief.post('/auth/other/setup')).status, 401)
  assert.deepEqual((await thief.get('/auth/second-factor')).json.methods, ['code'])
})

onEveryStore('where a second factor is required and none is held, the ticket sets one up and does nothing else', async (store) => {
  const auth = installation(store, [secondStep()], { requireSecondFactor: () => true })
  const open = serve(auth, { '/members': {} })
  const browser = open()
  const answer = await browser.post('/auth/register', { email: 'alice@example.com', password: phrase })
  assert.equal(answer.json.status, 'second_factor_setup_required')
  assert.deepEqual([...browser.cookies.keys()], ['portcullis-ticket-3000'])
  for (const path of ['/members', '/auth/session', '/auth/second-factor']) assert.equal((await browser.get(path)).status, 401, path)
  const done = await browser.post('/auth/code/setup')
  assert.equal(done.json.status, 'authenticated')
  assert.equal((await browser.get('/members')).status, 200)
})

onEveryStore('of many that set the first factor up at once one wins; every other ticket and session is dead', async (store) => {
  const auth = installation(store, [secondStep()], { requireSecondFactor: ({ email }) => email.startsWith('alice') })
  const open = serve(auth)
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  const browsers = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const browser = open()
      await browser.post('/auth/login', { email: 'alice@example.com', password: phrase })
      return browser
    }),
  )
  const answers = await Promise.all(browsers.map((browser) => browser.post('/auth/code/setup')))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  const sessions = await Promise.all(browsers.map((browser) => browser.get('/auth/session')))
  assert.deepEqual(sessions.map(({ status }) => status).sort(), [200, 401, 401, 401, 401])
})

onEveryStore('enrolling the first factor ends the other sessions; the one that enrolled goes on with two factors', async (store) => {
  const open = serve(installation(store, [secondStep()]), { '/vault': { secondFactor: true } })
  const alice = await registered(open)
  const elsewhere = open()
  await elsewhere.post('/auth/login', { email: 'alice@example.com', password: phrase })
  const answer = await elsewhere.get('/vault')
  assert.deepEqual([answer.status, codeOf(answer)], [403, 'forbidden']) // there is no second factor to ask for
  assert.equal((await alice.post('/auth/code/setup')).status, 200)
  assert.equal((await alice.get('/vault')).status, 200)
  assert.equal((await elsewhere.get('/auth/session')).status, 401)
})

onEveryStore('what excuses from a second factor opens a session of one, which is asked for it where two are needed', async (store) => {
  const excusing: Feature = { name: 'excusing', excuse: async (ctx) => ctx.cookie('excused') === 'yes' }
  const options = { requireSecondFactor: ({ email }: { email: string }) => email.startsWith('bob') }
  const open = serve(installation(store, [secondStep(), excusing], options), { '/members': {}, '/vault': { secondFactor: true } })
  await (await registered(open)).post('/auth/code/setup')
  const excused = open()
  excused.cookies.set('portcullis-feature-excused-3000', 'yes')
  assert.equal((await excused.post('/auth/login', { email: 'alice@example.com', password: phrase })).json.status, 'authenticated')
  assert.equal((await excused.get('/members')).status, 200)
  const refused = await excused.get('/vault')
  assert.deepEqual([codeOf(refused), memberOf(refused.json.error, 'methods')], ['reauthentication_required', ['code']])
  assert.equal((await excused.post('/auth/verify', { code: '123456' })).status, 200)
  assert.equal((await excused.get('/vault')).status, 200)

  await excused.post('/auth/logout') // nothing excuses from setting one up
  assert.equal(
    (await excused.post('/auth/register', { email: 'bob@example.com', password: phrase })).json.status,
    'second_factor_setup_required',
  )
})

onEveryStore('a ticket dies with the stamp, with deactivation, after ten minutes, and with logging out', async (store) => {
  let now = 1_900_000_000_000
  const auth = installation(store, [secondStep()], { clock: () => now })
  const open = serve(auth)
  await (await registered(open)).post('/auth/code/setup')
  const user = await auth.admin.users.byEmail('alice@example.com')
  assert.ok(user)
  const finish = async (browser: TestBrowser): Promise<number> => (await browser.post('/auth/code', { code: '123456' })).status

  const reset = await firstStep(open)
  await auth.admin.users.changePassword(user.id, phrase)
  assert.equal(await finish(reset), 401)
  const deactivated = await firstStep(open)
  await auth.admin.users.deactivate(user.id)
  assert.equal(await finish(deactivated), 401)
  await auth.admin.users.activate(user.id)
  assert.equal(await finish(deactivated), 401)
  const late = await firstStep(open)
  now += 10 * 60_000
  assert.equal(await finish(late), 401)
  const left = await firstStep(open)
  const copy = left.copy()
  await left.post('/auth/logout')
  assert.equal(await finish(copy), 401)
  assert.equal(await finish(await firstStep(open)), 200)
})

onEveryStore('two proofs of one channel never make two factors', async (store) => {
  const open = serve(installation(store, [byMail, secondStep({ method: 'mailed', channel: 'mail' }), secondStep()]))
  const alice = await registered(open)
  await alice.post('/auth/mailed/setup')
  const browser = open()
  const answer = await browser.post('/auth/by-mail')
  assert.deepEqual([answer.json.status, answer.json.methods], ['second_factor_required', []])
  assert.equal((await browser.post('/auth/mailed', { code: '123456' })).json.status, 'second_factor_required')
  assert.equal((await browser.get('/auth/session')).status, 401)

  await alice.post('/auth/code/setup') // one of another channel
  const again = open()
  assert.deepEqual((await again.post('/auth/by-mail')).json.methods, ['code'])
  assert.equal((await again.post('/auth/code', { code: '123456' })).json.status, 'authenticated')
})

onEveryStore('the door refuses a proof in a role that its kind lacks, reports it, and opens nothing', async (store) => {
  const reports: unknown[] = []
  const careless: Feature = {
    name: 'careless',
    routes: [
      {
        name: 'careless',
        path: '/careless',
        access: 'anyone',
        login: true,
        on: {
          POST: async (ctx) => {
            const { record } = await ctx.identify('alice@example.com')
            return record ? ctx.login(record, { method: ctx.query('method') }) : ctx.json({})
          },
        },
      },
    ],
  }
  const auth = installation(store, [secondStep(), careless], { report: (error) => reports.push(String(error)) })
  const open = serve(auth)
  await registered(open)
  for (const method of ['code', 'unheard-of']) {
    const browser = open()
    const answer = await browser.post(`/auth/careless?method=${method}`)
    assert.deepEqual([answer.status, codeOf(answer)], [500, 'internal_error'])
    assert.doesNotMatch(String(memberOf(answer.json.error, 'message')), new RegExp(method))
    assert.equal((await browser.get('/auth/session')).status, 401)
  }
  assert.deepEqual(reports, [
    'Error: A proof by "code" may not be used as first.',
    'Error: No feature has proofs of the method "unheard-of".',
  ])
})
