/** What happens meanwhile: a reset, a change or a deactivation between two steps of a flow undoes what the flow would have opened. */
import assert from 'node:assert/strict'
import type { Auth, Change, CreateAuthOptions, Feature } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { secondStep } from '../contract/second-step.ts'
import { aroundStore } from '../same-work/around-store.ts'
import { codeOf, origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

const email = 'alice@example.com'

function installation(store: Store, others: readonly Feature[] = [], options: Partial<CreateAuthOptions> = {}): Auth {
  const features = [session(), password(), registration(), secondStep(), ...others]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, ...options })
}

/** The store; before the next call of a method something else is done to it, once. */
function interrupted(store: Store): { readonly store: Store; before(method: string, act: () => Promise<unknown>): void } {
  let waiting: { readonly method: string; readonly act: () => Promise<unknown> } | null = null
  const around = aroundStore(store, async (method, _args, go) => {
    const { act } = waiting?.method === method ? waiting : { act: null }
    if (act) waiting = null
    await act?.()
    return go()
  })
  function before(method: string, act: () => Promise<unknown>): void {
    waiting = { method, act }
  }
  return { store: around, before }
}

/** Changes the user in the database, as another process would. */
async function set(store: Store, columns: Extract<Change, { kind: 'users.update' }>['set']): Promise<void> {
  const written = await store.durable.write([{ kind: 'users.update', id: await idOf(store), set: columns }])
  assert.ok(written.ok)
}

async function idOf(store: Store): Promise<string> {
  const record = await store.reads.users.byEmailKey(email)
  assert.ok(record)
  return record.user.id
}

async function login(browser: TestBrowser, typed: string = phrase): Promise<number> {
  return (await browser.post('/auth/login', { email, password: typed })).status
}

for (const call of ['resetAccess', 'changePassword', 'deactivate'] as const) {
  onEveryStore(`${call} ends sessions and held logins by the stamp, also where no row is removed`, async (store) => {
    const auth = installation(aroundStore(store, (method, _args, go) => (method === 'sessions.endAll' ? 0 : go())))
    const open = serve(auth, { '/members': {} })
    const alice = await registered(open)
    assert.equal((await alice.post('/auth/code/setup')).status, 200)
    const held = open()
    assert.equal(await login(held), 200)
    const id = await idOf(store)
    if (call === 'changePassword') await auth.admin.users.changePassword(id, otherPhrase)
    else await auth.admin.users[call](id)
    if (call === 'deactivate') await auth.admin.users.activate(id)
    assert.equal((await held.get('/auth/second-factor')).status, 401)
    assert.equal((await held.post('/auth/code', { code: '123456' })).status, 401)
    assert.deepEqual([(await alice.get('/members')).status, (await alice.get('/auth/session')).status], [401, 401])
    assert.deepEqual(await auth.admin.users.sessions(id), [])
  })
}

onEveryStore('of parallel password changes of one user exactly one wins, and only its password logs in', async (store) => {
  const rivals = 3
  let arrived = 0
  let release = (): void => {}
  const together = new Promise<void>((resolve) => {
    release = resolve
  })
  let racing = false
  const auth = installation(
    aroundStore(store, async (method, _args, go) => {
      if (racing && method === 'durable.write') {
        arrived += 1
        if (arrived === rivals) release()
        await together // every rival has proven the old password
      }
      return go()
    }),
  )
  const open = serve(auth)
  await registered(open)
  const browsers = await Promise.all(
    Array.from({ length: rivals }, async () => {
      const browser = open()
      assert.equal(await login(browser), 200)
      return browser
    }),
  )
  racing = true
  const chosen = browsers.map((_, index) => `a new password of rival ${index}`)
  const replies = await Promise.all(
    browsers.map((browser, index) => browser.post('/auth/change-password', { password: phrase, newPassword: chosen[index] ?? '' })),
  )
  racing = false
  assert.equal(replies.filter(({ status }) => status === 200).length, 1)
  for (const reply of replies) assert.match(`${reply.status} ${codeOf(reply)}`, /^(200 undefined|409 conflict|401 unauthenticated)$/)
  const logins = await Promise.all(chosen.map((typed) => login(open(), typed)))
  assert.deepEqual(
    logins,
    replies.map(({ status }) => (status === 200 ? 200 : 401)),
  )
  assert.equal(await login(open()), 401)
})

onEveryStore('a hash that is replaced at the login never undoes a password change that happened meanwhile', async (store) => {
  const old = installation(store, [], { passwords: { dangerouslyCheapHash: true, scheme: 'scrypt' } })
  await registered(serve(old))
  const changing = interrupted(store)
  const auth = installation(changing.store, [], { passwords: { dangerouslyCheapHash: true, older: ['scrypt'] } })
  const open = serve(auth)
  const passwordHash = await auth.hashPassword(otherPhrase, { email })
  changing.before('durable.write', () => set(store, { passwordHash, stamp: 'another stamp' }))
  const late = open()
  await login(late)
  assert.equal((await store.reads.users.byEmailKey(email))?.passwordHash, passwordHash)
  assert.equal((await late.get('/auth/session')).status, 401)
  assert.deepEqual([await login(open()), await login(open(), otherPhrase)], [401, 200])
})

const interruptions: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  'the stamp is rotated': (store) => set(store, { stamp: 'another stamp' }),
  'the user is deactivated': (store) => set(store, { active: false }),
  'the session is ended': async (store) => store.sessions.endAll(await idOf(store), null),
}

for (const [name, interrupt] of Object.entries(interruptions)) {
  onEveryStore(`when ${name} while a password is verified again, no session comes of it`, async (store) => {
    const changing = interrupted(store)
    const open = serve(installation(changing.store))
    const alice = await registered(open)
    changing.before('attempts.add', () => interrupt(store))
    const reply = await alice.post('/auth/verify', { password: phrase })
    assert.equal(reply.status, 401)
    assert.doesNotMatch(reply.headers.getSetCookie().join('\n'), /session-3000=[^;]/)
    assert.equal((await alice.get('/auth/session')).status, 401)
  })
}

/** Writes a row whenever one of these events is stated. */
const recording: Feature = {
  name: 'recording',
  join: {
    at: ['user.logged_in', 'user.reauthenticated'],
    run: async (ctx, { user }) => {
      const row = { feature: 'recording', key: ctx.id(), userId: user?.id ?? null, value: null, secret: null, expiresAt: null }
      return { changes: [{ kind: 'records.put', ...row, expect: 0, now: ctx.now }] }
    },
  },
}

for (const path of ['/auth/verify', '/auth/login']) {
  onEveryStore(`a stamp that is rotated just before the write of ${path} voids the write and the session`, async (store) => {
    const changing = interrupted(store)
    const open = serve(installation(changing.store, [recording]))
    const alice = await registered(open)
    const rows = async () => (await store.reads.records.listOf('recording', await idOf(store), 0)).length
    const before = await rows()
    changing.before('durable.write', () => set(store, { stamp: 'another stamp' }))
    const reply = await alice.post(path, { email, password: phrase })
    assert.deepEqual([reply.status, codeOf(reply), await rows()], [401, 'unauthenticated', before])
    assert.doesNotMatch(reply.headers.getSetCookie().join('\n'), /session-3000=[^;]/)
  })
}

onEveryStore('a deactivated user has neither session nor held login, also while the stamp is the same', async (store) => {
  const open = serve(installation(store), { '/members': {} })
  const alice = await registered(open)
  await alice.post('/auth/code/setup')
  const held = open()
  await login(held)
  await set(store, { active: false })
  assert.deepEqual([(await alice.get('/members')).status, (await alice.get('/auth/session')).status], [401, 401])
  for (const reply of [await held.get('/auth/second-factor'), await held.post('/auth/code', { code: '123456' })])
    assert.deepEqual([reply.status, codeOf(reply)], [401, 'unauthenticated'])
})

onEveryStore('a held right to set a factor up ends as soon as there is one, however it came', async (store) => {
  const auth = installation(store, [secondStep({ method: 'other' })], { requireSecondFactor: () => true })
  const open = serve(auth)
  await auth.admin.users.create({ email, password: phrase })
  const held = open()
  assert.equal((await held.post('/auth/login', { email, password: phrase })).json.status, 'second_factor_setup_required')
  const id = await idOf(store)
  const row = { feature: 'code', key: id, userId: id, value: null, secret: null, expiresAt: null, expect: 0, now: 0 }
  await store.durable.write([{ kind: 'records.put', ...row }]) // no stamp is rotated
  const setup = await held.post('/auth/other/setup')
  assert.deepEqual([setup.status, codeOf(setup)], [401, 'unauthenticated'])
  assert.equal((await held.get('/auth/session')).status, 401)
})

onEveryStore('a login whose account changes while its password is hashed opens nothing, and says so', async (store) => {
  const { store: around, before } = interrupted(store)
  const open = serve(installation(around))
  await registered(open)
  before('durable.write', () => set(store, { stamp: 'another stamp' }))
  const browser = open()
  const reply = await browser.post('/auth/login', { email, password: phrase })
  assert.deepEqual([reply.status, codeOf(reply)], [401, 'unauthenticated'])
  assert.equal((await browser.get('/auth/session')).status, 401)
})
