/** What an installation is made of: where it lives, what it is sealed with, and that two share nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Auth, CreateAuthOptions } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import { codeOf, hiddenField, origin, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

const newSecret = 'Zq8pLw2xTn6vBk4yHd9sRf3mCg7jUa5e'
const otherSecret = 'unknown-to-everybody-0123456789-abc'

function installation(store: Store, options: Partial<CreateAuthOptions> = {}): Auth {
  const features = [session(), password(), registration()]
  return createAuth({ origin, secret, store, features, passwords: { dangerouslyCheapHash: true }, ...options })
}

onEveryStore('AL-FST-G10: after a new secret, sessions and whatever an older listed secret sealed still hold', async (store) => {
  const before = serve(installation(store))
  const alice = await registered(before)
  const visitor = before()
  const token = hiddenField(await visitor.visit('/auth/login'), 'csrf') ?? ''

  const auth = installation(store, { secret: [newSecret, secret] })
  const after = serve(auth)
  const cookieOf = (browser: typeof alice): string => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  assert.ok(await auth.identify(new Request(origin, { headers: { cookie: cookieOf(alice) } })))
  const form = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', cookie: cookieOf(visitor) }
  const body = new URLSearchParams({ email: 'alice@example.com', password: phrase, csrf: token }).toString()
  assert.equal((await after().send('POST', '/auth/login', form, body)).status, 303)

  const newest = after()
  const fresh = hiddenField(await newest.visit('/auth/login'), 'csrf') ?? ''
  const alone = serve(installation(store, { secret: newSecret })) // the old one retired: what the newest sealed still holds
  const sent = { ...form, cookie: cookieOf(newest) }
  assert.equal((await alone().send('POST', '/auth/login', sent, body.replace(token, fresh))).status, 303)
})

onEveryStore('AL-FST-G10: what an unknown secret sealed is worth nothing', async (store) => {
  const forger = serve(installation(memory(), { secret: otherSecret }))
  const visitor = forger()
  const token = hiddenField(await visitor.visit('/auth/login'), 'csrf') ?? ''
  const auth = installation(store)
  await registered(serve(auth))
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const body = new URLSearchParams({ email: 'alice@example.com', password: phrase, csrf: token }).toString()
  const form = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', cookie }
  const refused = await serve(auth)().send('POST', '/auth/login', form, body)
  assert.deepEqual([refused.status, codeOf(refused)], [403, 'cross_site_request'])
})

onEveryStore('AL-FST-G9: the base path is in every path that replies, redirects and pages name', async (store) => {
  const auth = installation(store, { basePath: '/app/konto' })
  const open = serve(auth, { '/members': {}, '/settings': { fresh: '1s' } })
  assert.equal((await open().visit('/members')).location, '/app/konto/login?next=%2Fmembers')
  assert.equal((await open().visit('/app/konto/sessions')).location, '/app/konto/login?next=%2Fapp%2Fkonto%2Fsessions')
  const alice = open()
  await alice.post('/app/konto/register', { email: 'alice@example.com', password: phrase })
  for (const path of ['/app/konto/sessions', '/app/konto/change-password', '/app/konto/verify', '/app/konto/logout']) {
    const page = await alice.visit(path)
    assert.equal(page.status, 200, path)
    for (const [, link = ''] of page.text.matchAll(/(?:href|src|action)="(\/[^"]*)"/g))
      assert.ok(link === '/' || link.startsWith('/app/konto/'), `${path} links to ${link}`)
  }
  await assert.rejects(open().visit('/auth/login'), /Nothing answers/)
  assert.equal(auth.urlFor('password.change'), '/app/konto/change-password')
})

onEveryStore('with several origins, cookies, CSRF and next follow the one that was asked, and no other host', async (store) => {
  const other = 'https://shop.example.net'
  const auth = installation(store, { origin: ['https://example.com', other] })
  const shop = serve(auth, {}, { origin: other })()
  const reply = await shop.submit('/auth/register', { email: 'alice@example.com', password: phrase, next: `${other}/cart` })
  assert.equal(reply.location, '/cart')
  const crossed = await shop.post('/auth/login', { email: 'alice@example.com', password: phrase, next: 'https://example.com/' })
  assert.equal(codeOf(crossed), 'invalid_next')
  assert.equal((await shop.post('/auth/logout', {}, { headers: { origin: 'https://third.example' } })).status, 403)
})

test('AL-FST-F5: two installations in one process share nothing', async () => {
  const [first, second] = [installation(memory()), installation(memory())]
  const open = serve(first)
  const alice = await registered(open)
  const cookie = [...alice.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const request = () => new Request(origin, { headers: { cookie } })
  assert.ok(await first.identify(request()))
  assert.equal(await second.identify(request()), null)
  await registered(serve(second)) // the same address is free here
})

test('while the store cannot be opened, routes and guards answer 503 and let nobody in; then it is tried again', async () => {
  let broken = true
  const reports: string[] = []
  const store = async (): Promise<Store> => {
    if (broken) throw new Error('no database yet')
    return memory()
  }
  const features = [session(), password(), registration()]
  const auth = createAuth({
    origin,
    secret,
    store,
    features,
    passwords: { dangerouslyCheapHash: true },
    report: (_, about) => reports.push(about),
  })
  const open = serve(auth, { '/members': {} })
  await assert.rejects(auth.ready, /not available right now/)
  for (const path of ['/members', '/auth/session', '/auth/login']) {
    const answer = await open().get(path)
    assert.deepEqual([answer.status, codeOf(answer), answer.headers.get('retry-after')], [503, 'unavailable', '5'])
  }
  assert.ok(reports.includes('the store is not ready'))
  broken = false
  assert.equal((await (await registered(open)).get('/members')).status, 200)
})

test('AL-FST-F5: a store that lacks parts, or is a mixture of several, stops createAuth with a sentence that names them', async () => {
  const [one, other] = [memory(), memory()]
  const { durable, reads, outbox, meta, ...half } = other
  const start = (store: Store) => createAuth({ origin, secret, store, features: [session()] })
  assert.ok(start({ ...one, ...half }))
  assert.ok(start({ ...half, durable: one.durable, reads: one.reads, outbox: one.outbox, meta: one.meta }))
  assert.ok(start({ ...one, sessions: { ...one.sessions, touch: () => {} } })) // wrapped, not mixed
  assert.throws(() => start({ ...one, tickets: other.tickets }), /The store's tickets is not of the store that fleeting is of/)
  assert.throws(() => start({ ...one, sessions: other.sessions, attempts: other.attempts }), /The store's sessions is not/)
  assert.throws(() => start({ ...one, reads: other.reads }), /The store's reads is not of the store that durable is of/)
  assert.throws(
    () => start(half as Store),
    /The store has no durable, reads, outbox, meta: one half, such as redis\(\), is joined to another/,
  )
  const late = createAuth({ origin, secret, store: async () => half as Store, features: [session()], report: () => {} })
  await assert.rejects(late.ready, /not available/)
})

test('what createAuth forgets in production stops it with a sentence', () => {
  assert.throws(() => createAuth({ features: [session()], production: true }), /In production createAuth needs origin, secret, store\./)
  assert.throws(() => createAuth({ origin, features: [session()], production: true }), /needs secret, store\./)
})
