/** CONTRACT 4.7: a token of one kind is nothing as another, even where the database would hold a row for it. */
import assert from 'node:assert/strict'
import type { Feature, Link } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { TokenHash } from '../../src/model/session.ts'
import type { Store } from '../../src/model/store.ts'
import { codeOf, origin, phrase, registered, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { aroundStore } from '../same-work/around-store.ts'
import { secondStep } from './second-step.ts'

const [sessionCookie, ticketCookie] = ['portcullis-session-3000', 'portcullis-ticket-3000']

/** Makes a link of one purpose, and looks at one of any. */
const linking: Feature = {
  name: 'linking',
  routes: [
    {
      name: 'linking.make',
      path: '/make',
      access: 'session',
      on: {
        POST: async (ctx) => {
          const { record } = await ctx.subject()
          const { token, change } = ctx.newLink({ purpose: 'one', subject: record.user.id, record, seconds: 600, keep: 1 })
          await ctx.commit({ changes: [change] })
          return ctx.json({ token })
        },
      },
    },
    {
      name: 'linking.look',
      path: '/look',
      access: 'anyone',
      on: { GET: async (ctx) => ctx.json({ subject: (await ctx.link(ctx.query('purpose'), ctx.query('token'))).link.subject }) },
    },
  ],
}

/** An installation, and the hashes that its sessions, tickets and links were stored and looked up by. */
function installation(store: Store) {
  const hashes: Record<'sessions' | 'tickets' | 'links', string[]> = { sessions: [], tickets: [], links: [] }
  const recorded = aroundStore(store, (method, [hash], go) => {
    if (method === 'sessions.open' || method === 'sessions.recognise') hashes.sessions.push(String(hash))
    if (method === 'tickets.put' || method === 'tickets.find') hashes.tickets.push(String(hash))
    if (method === 'reads.links.byHash') hashes.links.push(String(hash))
    return go()
  })
  const features = [session(), password(), registration(), secondStep(), linking]
  const auth = createAuth({ origin, secret, store: recorded, features, passwords: { dangerouslyCheapHash: true } })
  return { open: serve(auth, { '/members': {} }), hashes }
}

onEveryStore('a ticket’s token is no session, and a session’s token is no ticket', async (store) => {
  const { open, hashes } = installation(store)
  const alice = await registered(open)
  await alice.post('/auth/code/setup')
  const held = open()
  await held.post('/auth/login', { email: 'alice@example.com', password: phrase })
  const [ticket, token] = [held.cookies.get(ticketCookie) ?? '', alice.cookies.get(sessionCookie) ?? '']
  for (const value of [ticket, token]) assert.match(value, /^[\w-]{43}$/)

  const swapped = open()
  swapped.cookies.set(sessionCookie, ticket)
  assert.deepEqual([(await swapped.get('/members')).status, (await swapped.get('/auth/session')).status], [401, 401])
  swapped.cookies.delete(sessionCookie)
  swapped.cookies.set(ticketCookie, token)
  assert.equal((await swapped.get('/auth/second-factor')).status, 401)
  assert.equal((await swapped.post('/auth/code', { code: '123456' })).status, 401)
  for (const cookie of [sessionCookie, ticketCookie]) swapped.cookies.set(cookie, token)
  await swapped.get('/auth/session')
  assert.ok(hashes.sessions.length > 0 && hashes.tickets.length > 0)
  assert.deepEqual(
    hashes.tickets.filter((hash) => hashes.sessions.includes(hash)),
    [],
  )
})

onEveryStore('a row under the hash of a session’s token is no ticket of that token', async (store) => {
  const { open, hashes } = installation(store)
  const alice = await registered(open)
  await alice.post('/auth/code/setup')
  const held = open()
  await held.post('/auth/login', { email: 'alice@example.com', password: phrase })
  const ticket = await store.tickets.find(hashes.tickets.at(-1) as TokenHash, 0)
  assert.ok(ticket)
  await store.tickets.put(hashes.sessions.at(-1) as TokenHash, { ...ticket, id: 'another' }, ticket.expiresAt - 1)
  const swapped = open()
  swapped.cookies.set(ticketCookie, alice.cookies.get(sessionCookie) ?? '')
  assert.equal((await swapped.get('/auth/second-factor')).status, 401)
})

onEveryStore('a link of one purpose is none of another, in no database', async (store) => {
  const { open, hashes } = installation(store)
  const alice = await registered(open)
  const token = String((await alice.post('/auth/make')).json.token)
  assert.equal((await open().get(`/auth/look?purpose=one&token=${token}`)).status, 200)
  const other = await open().get(`/auth/look?purpose=two&token=${token}`)
  assert.deepEqual([other.status, codeOf(other)], [400, 'link_invalid'])
  const [one, two] = hashes.links
  assert.ok(one && two && one !== two)
  const link: Link | null = await store.reads.links.byHash(one as TokenHash, 'one', 0)
  assert.ok(link)
  await store.durable.write([{ kind: 'links.put', link: { ...link, purpose: 'two', subject: 'somebody' }, keep: 1 }])
  assert.equal((await open().get(`/auth/look?purpose=two&token=${token}`)).status, 400)
  for (const cookie of [sessionCookie, ticketCookie]) {
    const thief = open()
    thief.cookies.set(cookie, token)
    assert.deepEqual([(await thief.get('/members')).status, (await thief.get('/auth/second-factor')).status], [401, 401])
  }
  const sessionToken = alice.cookies.get(sessionCookie) ?? ''
  assert.equal((await open().get(`/auth/look?purpose=one&token=${sessionToken}`)).status, 400)
})
