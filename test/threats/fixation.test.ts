/** Tokens that somebody planted, and logins that are only half done: neither may turn into a session. */
import assert from 'node:assert/strict'
import { remember } from '../../src/index.ts'
import { createBrowser, type TestBrowser } from '../../src/testing/browser.ts'
import { secondStep } from '../contract/second-step.ts'
import { memberOf, origin, otherPhrase, phrase, registered, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { account, cookieOf, installation, isIn, named } from './setting.ts'

const madeUp = 'A'.repeat(43)

onEveryStore('THR-1: the token changes at login and at logout, and every older one is dead', async (store) => {
  const open = serve(installation(store), { '/members': {} })
  await registered(open)
  const browser = open()
  await browser.visit('/auth/login')
  const before = browser.copy()
  assert.equal((await browser.submit('/auth/login', account)).status, 303)
  const during = browser.copy()
  assert.deepEqual([await isIn(browser), await isIn(before)], [true, false])
  assert.equal((await browser.submit('/auth/login', account)).status, 303)
  assert.notEqual(cookieOf(browser, 'session'), cookieOf(during, 'session'))
  const last = browser.copy()
  assert.equal((await browser.submit('/auth/logout')).status, 303)
  for (const old of [browser, before, during, last]) assert.equal(await isIn(old), false)
})

/** Ways to come in, in a browser that somebody may have prepared. */
const ways: Readonly<Record<string, (browser: TestBrowser) => Promise<unknown>>> = {
  'a password': (browser) => browser.post('/auth/login', account),
  'a registration': (browser) => browser.post('/auth/register', { email: 'new@example.com', password: otherPhrase }),
  'the application’s own login': (browser) => browser.post('/own'),
  'a remembered browser': async (browser) => {
    await browser.post('/auth/login', { ...account, remember: true })
    browser.cookies.set(named('session'), madeUp)
    await browser.post('/auth/resume')
  },
  'a second factor': async (browser) => {
    await browser.post('/auth/login', { email: 'careful@example.com', password: phrase })
    await browser.post('/auth/code', { code: '123456' })
  },
}

for (const [way, enter] of Object.entries(ways)) {
  onEveryStore(`THR-2: a token planted before ${way} is not the one after it, and opens nothing`, async (store) => {
    const auth = installation(store, {}, secondStep(), remember())
    const open = (): TestBrowser =>
      createBrowser(async (request) => {
        if (new URL(request.url).pathname !== '/own') return auth.handle(request)
        const user = await auth.admin.users.byEmail(account.email)
        assert.ok(user)
        return auth.login(request, user, { method: 'own' })
      }, origin)
    await registered(open)
    await (await registered(open, 'careful@example.com')).post('/auth/code/setup')
    const mallory = await registered(open, 'mallory@example.com')
    const live = way === 'a registration' ? [] : [cookieOf(mallory, 'session')] // who is logged in cannot register
    for (const planted of [madeUp, ...live]) {
      const victim = open()
      victim.cookies.set(named('session'), planted)
      await enter(victim)
      assert.equal((await victim.get('/auth/session')).status, 200)
      assert.notEqual(cookieOf(victim, 'session'), planted)
      const attacker = open()
      attacker.cookies.set(named('session'), planted)
      assert.equal((await attacker.get('/auth/session')).status, 401)
    }
  })
}

onEveryStore('THR-15: a token of the client’s own choice is never adopted, and visitors get none', async (store) => {
  const auth = installation(store)
  const open = serve(auth, { '/members': {} })
  await registered(open)
  const visitor = open()
  for (const { path, methods } of auth.routes) {
    for (const method of methods) {
      visitor.cookies.clear()
      visitor.cookies.set(named('session'), madeUp)
      const reply = method === 'GET' ? await visitor.get(path) : await visitor.post(path)
      assert.ok(reply.status < 500, `${method} ${path}`)
      for (const line of reply.headers.getSetCookie()) assert.doesNotMatch(line, /^portcullis-session-3000=[^;]/, `${method} ${path}`)
      assert.equal(await isIn(visitor), false)
    }
  }
  assert.equal((await visitor.post('/auth/login', account)).status, 200)
  assert.notEqual(cookieOf(visitor, 'session'), madeUp)
})

onEveryStore(
  'THR-16: a half-finished login or a session planted in a victim’s browser gains nothing when the victim logs in',
  async (store) => {
    const open = serve(installation(store, {}, secondStep()), { '/members': {} })
    await (await registered(open)).post('/auth/code/setup')
    await (await registered(open, 'mallory@example.com')).post('/auth/code/setup')
    const attacker = open()
    await attacker.post('/auth/login', { email: 'mallory@example.com', password: phrase })
    const planted = cookieOf(attacker, 'ticket')
    assert.notEqual(planted, '')

    const victim = attacker.copy()
    await victim.post('/auth/login', account)
    assert.equal((await victim.post('/auth/code', { code: '123456' })).json.status, 'authenticated')
    assert.match((await victim.get('/members')).text, /alice@example\.com/)
    assert.notEqual(cookieOf(victim, 'ticket'), planted)
    assert.equal(await isIn(attacker), false)
    const answer = await attacker.post('/auth/code', { code: '123456' }) // still good for the attacker’s own account at most
    assert.notEqual(memberOf(answer.json.user, 'email'), account.email)
  },
)

onEveryStore('THR-17: no cookie of a login that owes its second factor opens anything, under whatever name it is sent', async (store) => {
  const auth = installation(store, {}, secondStep())
  const open = serve(auth, { '/members': {} })
  await (await registered(open)).post('/auth/code/setup')
  const half = open()
  assert.equal((await half.post('/auth/login', account)).json.status, 'second_factor_required')
  const values = [...half.cookies.values()]
  assert.ok(values.length > 0)
  const closed = auth.routes.filter(({ access }) => !access.some((kind) => kind === 'anyone' || kind === 'anonymous' || kind === 'owed'))
  assert.ok(closed.length >= 5)
  const disguised = open()
  for (const [index, name] of ['session', 'ticket', 'form', 'device', 'challenge'].entries())
    disguised.cookies.set(named(name), values[index % values.length] ?? '')
  for (const browser of [half, disguised]) {
    assert.equal(await isIn(browser.copy()), false)
    for (const { path, methods } of closed) {
      if (methods.includes('GET')) assert.equal((await browser.copy().get(path)).status, 401, path)
      if (methods.includes('POST'))
        assert.equal((await browser.copy().post(path, { password: phrase, newPassword: otherPhrase })).status, 401, path)
    }
    assert.equal((await browser.copy().get('/auth/login')).json.user, null)
  }
})
