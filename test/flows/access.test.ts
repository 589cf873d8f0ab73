/** Guarded paths: who may pass, and what everybody else is told. */
import assert from 'node:assert/strict'
import type { Auth, CreateAuthOptions } from '../../src/index.ts'
import { createAuth, html, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { codeOf, memberOf, origin, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

function installation(store: Store, options: Partial<CreateAuthOptions> = {}): Auth {
  const features = [session(), password(), registration()]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, afterLogin: '/welcome', ...options })
}

/** Gives a user roles that are made for it. */
async function giveRoles(auth: Auth, email: string, roles: readonly string[], permissions: readonly string[] = []): Promise<void> {
  const user = await auth.admin.users.byEmail(email)
  assert.ok(user)
  for (const name of roles) {
    await auth.admin.roles.put({ name, permissions })
    await auth.admin.users.addRole(user.id, name)
  }
}

onEveryStore('AL-QS-1: a page without a session leads to the login with the way back, anything else is 401', async (store) => {
  const open = serve(installation(store), { '/members': {} })
  const page = await open().visit('/members?tab=2')
  assert.deepEqual([page.status, page.location], [303, '/auth/login?next=%2Fmembers%3Ftab%3D2'])
  const answer = await open().get('/members')
  assert.deepEqual([answer.status, codeOf(answer)], [401, 'unauthenticated'])
  const script = await open().send('GET', '/members', { accept: '*/*' })
  assert.deepEqual([script.status, script.location], [401, null])
  const form = await open().submit('/members', { note: 'hello' })
  assert.deepEqual([form.status, form.location], [401, null]) // a form's answer would be lost on the way
})

onEveryStore('AL-QS-3: a path for a role is 403 without it and opens with it, at the next request', async (store) => {
  const auth = installation(store)
  const open = serve(auth, { '/admin': { roles: ['admin'] } })
  const alice = await registered(open)
  const refused = await alice.get('/admin')
  assert.deepEqual([refused.status, codeOf(refused)], [403, 'forbidden'])
  assert.equal((await alice.visit('/admin')).status, 403)
  await giveRoles(auth, 'alice@example.com', ['admin'])
  assert.equal((await alice.get('/admin')).status, 200)
})

onEveryStore(
  'AL-FS-17: roles asks for all, anyRole for one, permissions for all by any role; a visitor is asked to log in',
  async (store) => {
    const auth = installation(store)
    const rules = {
      '/both': { roles: ['editor', 'author'] },
      '/either': { anyRole: ['editor', 'author'] },
      '/permitted': { permissions: ['texts.write', 'texts.read'] },
      '/mixed': { anyRole: ['editor'], permissions: ['texts.burn'] },
    }
    const open = serve(auth, rules)
    const alice = await registered(open)
    const statuses = async (): Promise<readonly number[]> => {
      const replies = await Promise.all(Object.keys(rules).map((path) => alice.get(path)))
      return replies.map(({ status }) => status)
    }
    assert.deepEqual(await statuses(), [403, 403, 403, 403])
    await giveRoles(auth, 'alice@example.com', ['author'], ['texts.read'])
    assert.deepEqual(await statuses(), [403, 200, 403, 403])
    await giveRoles(auth, 'alice@example.com', ['editor'], ['texts.write'])
    assert.deepEqual(await statuses(), [200, 200, 200, 403])
    for (const path of Object.keys(rules)) {
      assert.equal((await open().get(path)).status, 401)
      assert.equal((await open().visit(path)).location, `/auth/login?next=${encodeURIComponent(path)}`)
    }
  },
)

onEveryStore('AL-FST-A13: whoever is logged in and lacks a role or permission gets 403 and never 401', async (store) => {
  const auth = installation(store)
  const open = serve(auth, { '/role': { roles: ['nobody'] }, '/any': { anyRole: ['nobody'] }, '/permission': { permissions: ['nothing'] } })
  const alice = await registered(open)
  for (const path of ['/role', '/any', '/permission']) {
    assert.equal((await alice.get(path)).status, 403)
    assert.equal((await alice.visit(path)).status, 403)
  }
})

onEveryStore('AL-FS-18: a refusal never leads back to the page that was refused, whatever the referrer says', async (store) => {
  const open = serve(installation(store), { '/admin': { roles: ['admin'] }, '/members': {} })
  const headers = { referer: `${origin}/admin?other=query` }
  const visitor = open()
  const page = await visitor.visit('/admin', { headers })
  assert.equal(page.location, '/auth/login?next=%2Fadmin')
  assert.equal((await visitor.visit(page.location ?? '', { headers })).status, 200)

  const alice = await registered(open)
  const refused = await alice.visit('/admin', { headers })
  assert.deepEqual([refused.status, refused.location], [403, null])
  assert.equal((await alice.visit('/auth/login?next=%2Fadmin', { headers })).location, '/welcome')
})

onEveryStore(
  'AL-FS-19 AL-FST-A12: the application may answer refusals itself, for one guard or all; null keeps what there is',
  async (store) => {
    const seen: string[] = []
    const auth = installation(store, {
      refused: ({ error, head, response }) => {
        seen.push(`${error.code} ${head.target} ${response.status}`)
        return error.status === 403 ? new Response('Ask the office.', { status: 418 }) : null
      },
    })
    const open = serve(auth, {
      '/members': {},
      '/admin': { roles: ['admin'] },
      '/own': { refused: () => Response.json({ own: true }, { status: 499 }) },
      '/silent': { roles: ['admin'], refused: () => null },
      '/broken': {
        refused: () => {
          throw new Error('a mistake of the application')
        },
      },
    })
    const alice = await registered(open)
    assert.equal((await open().get('/members')).status, 401)
    const admin = await alice.get('/admin')
    assert.deepEqual([admin.status, admin.text], [418, 'Ask the office.'])
    assert.deepEqual((await open().get('/own')).json, { own: true })
    assert.equal((await alice.get('/silent')).status, 418)
    assert.deepEqual(seen, ['unauthenticated /members 401', 'forbidden /admin 403', 'forbidden /silent 403'])
  },
)

onEveryStore('AL-FST-A12 AL-FST-M2: a handler of refusals that fails opens nothing and is reported', async (store) => {
  const reports: string[] = []
  const auth = installation(store, { report: (_error, about) => reports.push(about) })
  const failing = (): never => {
    throw new Error('a mistake of the application')
  }
  const answer = await serve(auth, { '/members': { refused: failing } })().get('/members')
  assert.deepEqual([answer.status, codeOf(answer)], [401, 'unauthenticated'])
  assert.deepEqual(reports, ['a handler of refusals failed'])
})

onEveryStore(
  'AL-FST-A22: what belongs to somebody is never cached: every route, every refusal, and guarded paths by default',
  async (store) => {
    const open = serve(installation(store), { '/members': {} })
    const alice = await registered(open)
    const replies = [
      await open().visit('/auth/login'),
      await open().get('/auth/session'),
      await open().visit('/members'),
      await alice.get('/auth/session'),
      await alice.visit('/auth/sessions'),
      await alice.submit('/auth/logout'),
    ]
    for (const { headers, status } of replies) assert.equal(headers.get('cache-control'), 'no-store', String(status))
    const bob = await registered(open, 'bob@example.com')
    const own = await bob.get('/members')
    assert.deepEqual([own.headers.get('cache-control'), own.headers.get('vary')], ['no-store', 'Cookie'])
  },
)

onEveryStore('AL-FST-H5: a request tells how it was recognised and what was proven, when', async (store) => {
  const at = 1_900_000_000_000
  const open = serve(installation(store, { clock: () => at }), { '/members': {} })
  const alice = await registered(open)
  const { json } = await alice.get('/members')
  assert.equal(json.with, 'session')
  const proof = { method: 'password', channel: 'password', as: 'first', factors: 1, at, fresh: true, phishingResistant: false }
  assert.deepEqual(json.proofs, [proof])
  const own = await alice.get('/auth/session')
  assert.deepEqual(memberOf(own.json.session, 'proofs'), [{ method: 'password', as: 'first', factors: 1, at }])
})

onEveryStore('a page of the application’s own shows refusals in its layout', async (store) => {
  const auth = installation(store, { layout: ({ title, body }) => html`<main class="ours"><h1>${title}</h1>${body}</main>` })
  const open = serve(auth, { '/admin': { roles: ['admin'] } })
  const alice = await registered(open)
  assert.match((await alice.visit('/admin')).text, /^<main class="ours"><h1>Not allowed<\/h1>/)
})
