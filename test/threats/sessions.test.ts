/** Sessions that should have ended, and those that are not one's own. */
import assert from 'node:assert/strict'
import { password, registration, session } from '../../src/index.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, hiddenField, memberOf, registered, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { account, cookieOf, installation, isIn, named, nearMisses, oldForm, watched } from './setting.ts'

onEveryStore('THR-4: a session that is used every minute ends at its limit, and an unused one long before', async (store) => {
  const clock = createClock()
  const features = [session({ idle: '30m', absolute: '2h' }), password(), registration()]
  const open = serve(installation(store, { clock, features }), { '/members': {} })
  const used = await registered(open)
  const unused = open()
  await unused.post('/auth/login', account)
  for (let minute = 1; minute < 120; minute++) {
    clock.advance(60_000)
    assert.equal(await isIn(used), true, `after ${minute} minutes`)
  }
  assert.equal(await isIn(unused), false)
  clock.advance(60_000)
  assert.equal(await isIn(used), false)
})

onEveryStore('THR-5: after a logout, and after the account was deleted, the old cookies open nothing', async (store) => {
  const auth = installation(store)
  const open = serve(auth, { '/members': {} })
  const alice = await registered(open)
  const copy = alice.copy()
  await alice.post('/auth/logout')
  assert.equal(await isIn(copy), false)
  await alice.post('/auth/login', account)
  const user = await auth.admin.users.byEmail(account.email)
  assert.ok(user)
  await auth.admin.users.delete(user.id)
  assert.equal(await isIn(alice), false)
})

onEveryStore('THR-6: a request that was under way during a logout does not bring the session back', async (store) => {
  const clock = createClock()
  const { promise: gate, resolve: letGo } = Promise.withResolvers<void>()
  const { promise: reached, resolve: tellReached } = Promise.withResolvers<void>()
  let touches = 0
  const slow = watched(store, ({ name }) => {
    if (name !== 'sessions.touch' || ++touches > 1) return undefined
    tellReached()
    return gate
  })
  const open = serve(installation(slow, { clock }), { '/members': {} })
  const alice = await registered(open)
  const elsewhere = alice.copy()
  clock.advance(5 * 60_000)
  const pending = alice.get('/members')
  await reached // the session was read and is about to be written
  assert.equal((await elsewhere.post('/auth/logout')).status, 200)
  letGo()
  assert.equal((await pending).status, 200)
  assert.equal(await isIn(alice), false)
})

onEveryStore(
  'THR-8: two logins of one account share no cookie, one is revoked without the other, and a replaced token is dead',
  async (store) => {
    const open = serve(installation(store), { '/members': {} })
    const first = await registered(open)
    const second = open()
    await second.post('/auth/login', account)
    for (const cookie of ['session', 'device']) {
      assert.notEqual(cookieOf(first, cookie), '')
      assert.notEqual(cookieOf(first, cookie), cookieOf(second, cookie))
    }
    const before = second.copy()
    await second.post('/auth/verify', { password: account.password })
    assert.deepEqual([await isIn(before), await isIn(second)], [false, true])
    const id = memberOf((await first.get('/auth/session')).json.session, 'id')
    assert.equal((await second.post('/auth/sessions/revoke', { id: String(id) })).status, 200)
    assert.deepEqual([await isIn(first), await isIn(second)], [false, true])
  },
)

onEveryStore('THR-18: deleting an account ends its sessions on every device and leaves no row of them', async (store) => {
  const auth = installation(store, {}, secondStep())
  const open = serve(auth, { '/members': {} })
  const bob = await registered(open, 'bob@example.com')
  const devices = [await registered(open), open(), open()]
  for (const device of devices.slice(1)) await device.post('/auth/login', account)
  const record = await store.reads.users.byEmailKey(account.email)
  assert.ok(record)
  assert.equal((await store.sessions.listOf(record.user.id, record.stamp, 0)).length, 3)
  await auth.admin.users.delete(record.user.id)
  for (const device of devices) assert.equal(await isIn(device), false)
  assert.equal((await store.sessions.listOf(record.user.id, record.stamp, 0)).length, 0)
  assert.equal(await isIn(bob), true)
})

onEveryStore('THR-19: naming a session that is not one’s own ends nothing, and is answered like naming none that exists', async (store) => {
  const open = serve(installation(store), { '/members': {} })
  const [alice, bob] = [await registered(open), await registered(open, 'bob@example.com')]
  const id = String(memberOf((await bob.get('/auth/session')).json.session, 'id'))
  const [foreign, unknown] = [
    await alice.post('/auth/sessions/revoke', { id }),
    await alice.post('/auth/sessions/revoke', { id: 'nothing' }),
  ]
  assert.deepEqual([foreign.status, foreign.text], [404, unknown.text])
  assert.equal((await alice.submit('/auth/sessions/revoke', { id })).status, 404)
  assert.equal((await alice.post('/auth/sessions/revoke', { others: true })).json.ended, 0)
  for (const name of ['sessionId', 'session', 'userId']) await alice.post('/auth/logout', { [name]: id })
  assert.equal(await isIn(bob), true)
})

/** How a browser with a changed cookie is refused, for each of our cookies. */
const refusals: Readonly<Record<string, (browser: TestBrowser) => Promise<boolean>>> = {
  session: async (browser) => !(await isIn(browser)),
  ticket: async (browser) => (await browser.get('/auth/second-factor')).status === 401,
  form: async (browser) =>
    codeOf(await browser.send('POST', '/auth/logout', urlencoded, `csrf=${browser.cookies.get('token')}`)) === 'cross_site_request',
}
const urlencoded = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }

for (const [cookie, isRefused] of Object.entries(refusals)) {
  onEveryStore(`THR-22: a ${cookie} cookie that was cut, lengthened or written in other letters is worth nothing`, async (store) => {
    const open = serve(installation(store, {}, secondStep()), { '/members': {} })
    const alice = await registered(open)
    if (cookie === 'ticket') {
      await alice.post('/auth/code/setup')
      await alice.post('/auth/logout')
      await alice.post('/auth/login', account)
    }
    if (cookie === 'form') {
      await alice.post('/auth/logout')
      alice.cookies.set('token', hiddenField(await alice.visit('/auth/login'), 'csrf') ?? '')
    }
    const right = cookieOf(alice, cookie)
    assert.ok(right.length >= 43)
    assert.equal(await isRefused(alice.copy()), false)
    for (const near of nearMisses(right)) {
      const thief = alice.copy()
      thief.cookies.set(named(cookie), near)
      assert.equal(await isRefused(thief), true, near)
    }
  })
}

onEveryStore('THR-22: a form token that was cut, lengthened or written in other letters is refused', async (store) => {
  const open = serve(installation(store), { '/members': {} })
  const alice = await registered(open)
  const right = hiddenField(await alice.visit('/auth/logout'), 'csrf') ?? ''
  for (const csrf of ['', ' ', ...nearMisses(right)]) assert.equal((await oldForm(alice, '/auth/logout', { csrf })).status, 403, csrf)
  assert.equal((await oldForm(alice, '/auth/logout', { csrf: right })).status, 303)
})
