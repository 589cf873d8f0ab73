/** Signing in and being asked to, as one story from a protected page back to it. */
import assert from 'node:assert/strict'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { codeOf, hiddenField, origin, phrase, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'

const account = { email: 'alice@example.com', password: phrase }

function installation(store: Store) {
  const features = [session(), password(), registration()]
  const auth = createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true } })
  return { auth, open: serve(auth, { '/members': {} }) }
}

onEveryStore('AL-FS-10: a protected page without a session leads to the login and back; a program is told 401', async (store) => {
  const { auth, open } = installation(store)
  await auth.admin.users.create(account)
  const visitor = open()
  const asked = await visitor.visit('/members?tab=2')
  assert.deepEqual([asked.status, asked.location], [303, '/auth/login?next=%2Fmembers%3Ftab%3D2'])
  const form = await visitor.visit(asked.location ?? '')
  const reply = await visitor.submit('/auth/login', { ...account, next: hiddenField(form, 'next') ?? '' })
  assert.deepEqual([reply.status, reply.location], [303, '/members?tab=2'])
  assert.equal((await visitor.visit(reply.location ?? '')).status, 200)
  const program = await open().get('/members')
  assert.deepEqual([program.status, codeOf(program)], [401, 'unauthenticated'])
})

onEveryStore('AL-FS-2: a valid login redirects, and the next page knows the user', async (store) => {
  const { auth, open } = installation(store)
  await auth.admin.users.create(account)
  const visitor = open()
  const reply = await visitor.submit('/auth/login', account)
  assert.deepEqual([reply.status, reply.location, reply.text], [303, '/', ''])
  assert.match((await visitor.visit('/members')).text, /alice@example\.com/)
  assert.match((await visitor.visit('/auth/sessions')).text, /alice@example\.com/)
})

onEveryStore('AL-FST-A7: an account without a username is found by its address alone; no text that is none finds it', async (store) => {
  const { auth, open } = installation(store)
  const { id } = await auth.admin.users.create(account)
  assert.equal((await store.reads.users.byId(id))?.user.username, null)
  for (const typed of ['null', 'undefined', 'None', '0', ' ', 'alice', '@', 'alice@', '@example.com', id]) {
    const reply = await open().post('/auth/login', { email: typed, password: phrase })
    assert.ok(reply.status === 401 || reply.status === 400, `${typed}: ${reply.status}`)
  }
  for (const nothing of [null, '', [], {}])
    assert.equal((await open().post('/auth/login', { email: nothing, password: phrase })).status, 400)
  assert.equal((await open().post('/auth/login', { ...account, username: 'somebody' })).status, 200)
})

onEveryStore('AL-FST-A8: a wrong login names no field, and no state of the account, whichever part of it is wrong', async (store) => {
  const { auth, open } = installation(store)
  await auth.admin.users.create(account)
  await auth.admin.users.create({ email: 'ended@example.com', password: phrase, active: false })
  for (const body of [
    { email: 'nobody@example.com', password: phrase },
    { email: account.email, password: 'wrong' },
    { email: 'ended@example.com', password: 'wrong' },
    { email: 'ended@example.com', password: phrase },
  ]) {
    const answer = await open().post('/auth/login', body)
    const message = 'These details do not match an account that may log in here.'
    assert.deepEqual(answer.json, { ok: false, error: { code: 'invalid_credentials', message } })
    const page = await open().submit('/auth/login', body)
    assert.equal(page.status, 401)
    assert.match(page.text, /These details do not match an account that may log in here\./)
    assert.doesNotMatch(page.text, /aria-invalid|deactivated|inactive|locked|unknown|disabled/i)
  }
})
