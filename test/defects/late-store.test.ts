/** A database answers late: when a reply is sent, whatever it says was done is done, and nothing is still under way. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAuth, password, registration, session } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import { secondStep } from '../contract/second-step.ts'
import { memberOf, origin, otherPhrase, phrase, secret, serve } from '../flows/application.ts'
import { aroundStore } from '../same-work/around-store.ts'

const email = 'alice@example.com'

function installation() {
  const underWay = new Set<symbol>()
  const calls: string[] = []
  const store = aroundStore(memory(), async (method, _args, go) => {
    if (method === 'outbox.claim') return [] // mails go out after the reply, and here none does
    if (method === 'outbox.nextDue') return null
    const call = Symbol(method)
    underWay.add(call)
    calls.push(method)
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
    const answer = await go()
    underWay.delete(call)
    return answer
  })
  const features = [session(), password(), registration(), secondStep()]
  const auth = createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true } })
  const browse = serve(auth, { '/members': {} })

  /** Makes a request, and sees to it that it left nothing under way. */
  async function done<T>(what: string, request: Promise<T>): Promise<T> {
    const reply = await request
    assert.deepEqual([...underWay].map(String), [], `${what} was answered before this was done`)
    return reply
  }
  return { auth, browse, done, calls }
}

test('every route has done its writes when it answers, however late the store does them', async () => {
  const { browse, done, calls } = installation()
  const alice = browse()
  await done('register', alice.post('/auth/register', { email, password: phrase }))
  await done('a wrong login', browse().post('/auth/login', { email, password: 'wrong' }))
  const other = browse()
  await done('login', other.post('/auth/login', { email, password: phrase }))
  await done('verify', alice.post('/auth/verify', { password: phrase }))
  await done('a wrong verify', alice.post('/auth/verify', { password: 'wrong' }))
  const id = String(memberOf((await other.get('/auth/session')).json.session, 'id'))
  await done('revoke one', alice.post('/auth/sessions/revoke', { id }))
  await done('revoke others', alice.post('/auth/sessions/revoke', { others: true }))
  await done('change-password', alice.post('/auth/change-password', { password: phrase, newPassword: otherPhrase }))
  await done('forgot-password', alice.post('/auth/forgot-password', { email }))
  await done('set-up', alice.post('/auth/code/setup'))
  const held = browse()
  await done('a held login', held.post('/auth/login', { email, password: otherPhrase }))
  await done('the second factor', held.post('/auth/code', { code: '123456' }))
  await done('logout', alice.post('/auth/logout'))
  for (const method of [
    'sessions.open',
    'sessions.end',
    'sessions.endAll',
    'tickets.put',
    'attempts.add',
    'attempts.refund',
    'durable.write',
  ])
    assert.ok(calls.includes(method), `${method} was never called`)
})

test('once a session was ended by any route it opens nothing, however late the store is', async () => {
  const { auth, browse } = installation()
  const alice = browse()
  await alice.post('/auth/register', { email, password: phrase })
  const user = await auth.admin.users.byEmail(email)
  assert.ok(user)
  let current = phrase
  const ends: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    'revoking it': (id) => alice.post('/auth/sessions/revoke', { id }),
    'revoking all others': () => alice.post('/auth/sessions/revoke', { others: true }),
    'changing the password': async () => {
      const next = current === phrase ? otherPhrase : phrase
      const { status } = await alice.post('/auth/change-password', { password: current, newPassword: next })
      assert.equal(status, 200)
      current = next
    },
    'an operator’s end of one': (id) => auth.admin.users.endSessions(user.id, id),
  }
  for (const [name, end] of Object.entries(ends)) {
    const other = browse()
    assert.equal((await other.post('/auth/login', { email, password: current })).status, 200)
    const id = String(memberOf((await other.get('/auth/session')).json.session, 'id'))
    await end(id)
    assert.equal((await other.get('/members')).status, 401, name)
    assert.equal((await alice.get('/members')).status, 200, name)
  }
  const copy = alice.copy()
  await alice.post('/auth/logout')
  assert.equal((await copy.get('/members')).status, 401)
})

test('an operator’s call has done its writes when it returns', async () => {
  const { auth, done } = installation()
  const { users, roles } = auth.admin
  const { id } = await done('create', users.create({ email, password: phrase }))
  await done('put', roles.put({ name: 'editor' }))
  await done('addRole', users.addRole(id, 'editor'))
  await done('removeRole', users.removeRole(id, 'editor'))
  await done('changePassword', users.changePassword(id, otherPhrase))
  await done('unlock', users.unlock(id))
  await done('endSessions', users.endSessions(id))
  await done('resetAccess', users.resetAccess(id))
  await done('deactivate', users.deactivate(id))
  await done('activate', users.activate(id))
  await done('delete', users.delete(id))
  await done('drop', roles.drop('editor'))
})
