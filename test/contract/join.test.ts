/** CONTRACT 4.3, 4.4, 4.10: what features join to a login is done in its one write, or nothing is. */
import assert from 'node:assert/strict'
import type { Auth, Change, CreateAuthOptions, Feature } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { codeOf, origin, otherPhrase, phrase, registered, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { secondStep } from './second-step.ts'

function installation(store: Store, others: readonly Feature[], options: Partial<CreateAuthOptions> = {}): Auth {
  const features = [session(), password(), registration(), ...others]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, ...options })
}

/** The store, with a list of its durable writes. */
function counting(store: Store): { readonly store: Store; readonly writes: (readonly Change[])[] } {
  const writes: (readonly Change[])[] = []
  const write: Store['durable']['write'] = (changes) => {
    writes.push(changes)
    return store.durable.write(changes)
  }
  return { writes, store: { ...store, durable: { ...store.durable, write } } }
}

/** Joins completed logins with a wish: keeps a note, sets a cookie, adds to the reply. */
function noting(wish: string, expect = 0): Feature {
  return {
    name: `noting-${wish}`,
    join: {
      at: ['user.logged_in'],
      wish: { name: wish, label: wish },
      run: async (ctx, event) => {
        const wishes = await ctx.wishes()
        if (!wishes.includes(wish) || !event.user) return {}
        ctx.setCookie(wish, 'kept', 3600)
        const entry = { feature: `noting-${wish}`, key: ctx.id(), userId: event.user.id, value: [...wishes], secret: null }
        return { changes: [{ kind: 'records.put', ...entry, expiresAt: null, expect, now: ctx.now }], reply: { [`${wish}Kept`]: true } }
      },
    },
  }
}

onEveryStore('what features join is in the one write of the login, with its cookie and its member of the reply', async (store) => {
  const { store: counted, writes } = counting(store)
  const auth = installation(counted, [noting('remember'), noting('trust')])
  const open = serve(auth)
  await registered(open)
  writes.splice(0)
  const browser = open()
  const answer = await browser.post('/auth/login', { email: 'alice@example.com', password: phrase, remember: true, trust: true })
  assert.deepEqual([answer.json.status, answer.json.rememberKept, answer.json.trustKept], ['authenticated', true, true])
  assert.equal(browser.cookies.get('portcullis-feature-remember-3000'), 'kept')
  assert.deepEqual(
    writes.map((changes) => changes.map(({ kind }) => kind)),
    [['records.put', 'records.put', 'users.expect']],
  )
  const user = await auth.admin.users.byEmail('alice@example.com')
  assert.deepEqual(
    (await store.reads.records.listOf('noting-trust', user?.id ?? '', 0)).map(({ value }) => value),
    [['remember', 'trust']],
  )
})

onEveryStore('a wish is a flag: absent it does nothing, and anything else is refused at its field before a hash is made', async (store) => {
  const open = serve(installation(store, [noting('remember')]))
  await registered(open)
  const plain = await open().post('/auth/login', { email: 'alice@example.com', password: phrase })
  assert.deepEqual([plain.status, plain.json.rememberKept], [200, undefined])
  const odd = await open().post('/auth/login', { email: 'alice@example.com', password: phrase, remember: 'perhaps' })
  assert.deepEqual([odd.status, codeOf(odd)], [400, 'invalid_fields'])
  const form = open()
  assert.equal((await form.submit('/auth/login', { email: 'alice@example.com', password: phrase, remember: 'on' })).status, 303)
  assert.ok(form.cookies.has('portcullis-feature-remember-3000'))
})

onEveryStore('wishes of both steps of a login are merged, and nothing is joined before it is complete', async (store) => {
  const open = serve(installation(store, [secondStep(), noting('remember'), noting('trust')]))
  await (await registered(open)).post('/auth/code/setup')
  const browser = open()
  const first = await browser.post('/auth/login', { email: 'alice@example.com', password: phrase, remember: true })
  assert.equal(first.json.status, 'second_factor_required')
  assert.equal(browser.cookies.has('portcullis-feature-remember-3000'), false)
  const second = await browser.post('/auth/code', { code: '123456', trust: true })
  assert.deepEqual([second.json.status, second.json.rememberKept, second.json.trustKept], ['authenticated', true, true])
})

onEveryStore('a login that begins anew forgets the wishes of the one that was held before', async (store) => {
  const open = serve(installation(store, [secondStep(), noting('remember')]))
  await (await registered(open)).post('/auth/code/setup')
  const browser = open()
  await browser.post('/auth/login', { email: 'alice@example.com', password: phrase, remember: true })
  await browser.post('/auth/login', { email: 'alice@example.com', password: phrase })
  const answer = await browser.post('/auth/code', { code: '123456' })
  assert.deepEqual([answer.json.status, answer.json.rememberKept], ['authenticated', undefined])
})

onEveryStore('when a joined change is refused, the login does nothing at all: no row, no session, no cookie', async (store) => {
  const auth = installation(store, [noting('remember'), noting('trust', 7)]) // which expects a version that is not there
  const open = serve(auth)
  await registered(open)
  const browser = open()
  const answer = await browser.post('/auth/login', { email: 'alice@example.com', password: phrase, remember: true, trust: true })
  assert.deepEqual([answer.status, codeOf(answer)], [409, 'conflict'])
  assert.equal((await browser.get('/auth/session')).status, 401)
  const user = await auth.admin.users.byEmail('alice@example.com')
  assert.deepEqual(await store.reads.records.listOf('noting-remember', user?.id ?? '', 0), [])
})

onEveryStore('a write tells which of its changes was refused, and why, and did none of them', async (store) => {
  const auth = installation(store, [])
  const { id } = await auth.admin.users.create({ email: 'alice@example.com' })
  const keep = { kind: 'users.update', id, set: { username: 'alice', usernameKey: 'alice' } } as const
  const refused = { kind: 'users.update', id, set: { active: false }, when: { stamp: 'not hers' } } as const
  const written = await store.durable.write([keep, refused, { kind: 'users.delete', id: 'nobody' }])
  assert.deepEqual(written, { ok: false, conflict: { index: 1, reason: 'stale' } })
  assert.equal((await auth.admin.users.byId(id))?.username, null)
})

onEveryStore('a login is one durable write, which expects the account as it was read', async (store) => {
  const { store: counted, writes } = counting(store)
  const audit: Feature = {
    name: 'audit',
    record: ({ name, user, at }, { keyed }) =>
      name === 'user.logged_in' && user
        ? [
            {
              kind: 'records.put',
              feature: 'audit',
              key: `${at} ${keyed('row', user.id)}`,
              userId: user.id,
              value: name,
              secret: null,
              expiresAt: null,
              expect: 0,
              now: at,
            },
          ]
        : [],
  }
  const plain = serve(installation(counted, []))
  await registered(plain)
  writes.splice(0)
  await plain().post('/auth/login', { email: 'alice@example.com', password: phrase })
  const kinds = (): readonly (readonly string[])[] => writes.splice(0).map((changes) => changes.map(({ kind }) => kind))
  assert.deepEqual(kinds(), [['users.expect']])
  const audited = serve(installation(counted, [audit]))
  await audited().post('/auth/login', { email: 'alice@example.com', password: phrase })
  assert.deepEqual(kinds(), [['records.put', 'users.expect']])
})

onEveryStore('what is recorded of a registration is in the write that makes the account', async (store) => {
  const { store: counted, writes } = counting(store)
  const open = serve(installation(counted, [noting('remember')]))
  await open().post('/auth/register', { email: 'alice@example.com', password: phrase, remember: true })
  assert.deepEqual(
    writes.map((changes) => changes.map(({ kind }) => kind)),
    // The first entries say that the address is not shown to be theirs, and that nobody holds it.
    [['users.create', 'records.put', 'records.put', 'records.drop', 'records.put', 'users.expect']],
  )
})

onEveryStore('an account that changed while it logs in is let in by nothing that was read before', async (store) => {
  const changing: Feature = {
    name: 'changing',
    join: {
      at: ['user.logged_in'],
      run: async (ctx, { user }) => {
        if (user?.email !== 'alice@example.com') return {}
        await ctx.tryCommit({ changes: [{ kind: 'users.update', id: user.id, set: { stamp: ctx.id() } }] }) // an operator, just now
        const entry = { feature: 'changing', key: ctx.id(), userId: user.id, value: null, secret: null, expiresAt: null }
        return { changes: [{ kind: 'records.put', ...entry, expect: 0, now: ctx.now }] }
      },
    },
  }
  const auth = installation(store, [changing])
  const { id } = await auth.admin.users.create({ email: 'alice@example.com', password: otherPhrase })
  const browser = serve(auth)()
  assert.equal((await browser.post('/auth/login', { email: 'alice@example.com', password: otherPhrase })).status, 401)
  assert.equal((await browser.get('/auth/session')).status, 401)
  assert.deepEqual(await store.reads.records.listOf('changing', id, 0), [])
})
