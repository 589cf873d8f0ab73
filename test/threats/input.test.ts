/** Fields, headers and names that were never meant: each is refused or ignored, and nothing of it reaches the database. */
import assert from 'node:assert/strict'
import { z } from 'zod'
import { type Feature, password, registration, session } from '../../src/index.ts'
import type { Members } from '../../src/model/json.ts'
import { memberOf, otherPhrase, phrase, registered, serve } from '../flows/application.ts'
import { overlookStored } from '../flows/secrets.ts'
import { onEveryStore } from '../flows/stores.ts'
import { account, cookieHeader, installation, isIn, rawHead } from './setting.ts'

const odd = [
  '',
  'Bearer',
  'Bearer ',
  'Digest',
  'Digest ',
  'Basic',
  'Basic ::::',
  'Basic %%%',
  `Basic ${'A'.repeat(1 << 16)}`,
  'x'.repeat(1 << 16),
  'Bearer \0',
  'Bearer \ud800',
  'Bearer \u{1f511}',
  ' ',
  ',',
  'Digest username=',
  'Digest username="',
  'Basic YTpi, Bearer x',
  'null',
  '[object Object]',
  '__proto__',
]

/** A scheme that reads the header as the toolkit's own will: by a stored hash. */
const tokenScheme: Feature = {
  name: 'token',
  schemes: [
    {
      name: 'token',
      ambient: false,
      recognise: async (ground) => {
        const sent = ground.head.header('authorization')
        if (sent === null) return 'absent'
        const entry = await ground.reads.records.get('token', ground.hash('token', sent), ground.now)
        return entry?.userId ? { userId: entry.userId, proven: null } : 'refused'
      },
      challenges: () => ['Token'],
    },
  ],
}

onEveryStore('THR-117: whatever stands in Authorization and its like, the answer is 401 and never an error', async (store) => {
  const reports: unknown[] = []
  const auth = installation(store, { report: (error) => void reports.push(error) }, tokenScheme)
  const guards = [auth.guard(), auth.guard({ with: ['token'] }), auth.guard({ with: ['token', 'session'], roles: ['admin'] })]
  for (const value of odd) {
    for (const name of ['authorization', 'proxy-authorization', 'x-api-key', 'cookie']) {
      for (const guard of guards) {
        const guarded = await guard(rawHead('GET', '/api', { [name]: value, accept: 'application/json' }))
        assert.equal(guarded.ok ? 200 : guarded.response.status, 401, `${name}: ${value.slice(0, 30)}`)
      }
      assert.equal((await auth.handle(rawHead('GET', '/auth/session', { [name]: value })))?.status, 401)
    }
  }
  assert.deepEqual(reports, [])
})

const values = [
  0,
  1,
  -1,
  1e308,
  true,
  false,
  null,
  [],
  ['a'],
  [[['a']]],
  {},
  { $ne: 1 },
  { length: 3 },
  { toString: 'x' },
  'x'.repeat(1 << 20),
  '\ud800',
  'a\udc00b',
  '\0',
  'a\0b',
  '__proto__',
] as const

onEveryStore('THR-119: each field takes each kind of JSON value without an error of the server', async (store) => {
  const reports: unknown[] = []
  const auth = installation(store, { report: (error) => void reports.push(error), limits: { registrationsPerNetwork: 10_000 } })
  const open = serve(auth, { '/members': {} })
  const alice = await registered(open)
  const bodies: Readonly<Record<string, Members>> = {
    '/auth/login': { ...account, next: '/' },
    '/auth/register': { email: 'no address', password: phrase, passwordConfirm: phrase, next: '/' },
    '/auth/verify': { password: 'wrong', next: '/' },
    '/auth/change-password': { password: phrase, newPassword: 'short', next: '/' },
    '/auth/sessions/revoke': { id: 'nothing', others: false, next: '/' },
  }
  for (const [path, body] of Object.entries(bodies)) {
    for (const field of [...Object.keys(body), 'csrf', 'remember', '__proto__', 'constructor']) {
      for (const value of values) {
        const browser = path === '/auth/login' || path === '/auth/register' ? open() : alice
        const text = JSON.stringify({ ...body, FIELD: value }).replace('"FIELD"', JSON.stringify(field))
        const reply = await browser.send('POST', path, { accept: 'application/json', 'content-type': 'application/json' }, text)
        assert.ok(reply.status < 500, `${path} ${field} ${JSON.stringify(value).slice(0, 40)}: ${reply.status}`)
      }
    }
  }
  assert.equal(await isIn(alice), true)
  assert.deepEqual(reports, [])
  overlookStored() // what it calls secrets is what it types everywhere
})

onEveryStore(
  'THR-120: an id or address in body, query, header or cookie stands in for no session, and turns one into no other',
  async (store) => {
    const auth = installation(store)
    const open = serve(auth, { '/members': {} })
    const bob = await registered(open, 'bob@example.com')
    const alice = await registered(open)
    const { id } = (await auth.admin.users.byEmail('bob@example.com')) ?? assert.fail()
    const names = ['userId', 'user_id', 'id', 'user', 'uid', 'sub', 'email', 'username', 'account']
    const wanted = Object.fromEntries(names.flatMap((name) => [[name, name === 'email' ? 'bob@example.com' : id]]))
    const query = new URLSearchParams(wanted).toString()
    const headers = {
      'x-user-id': id,
      'x-user': id,
      'x-email': 'bob@example.com',
      'x-forwarded-user': 'bob@example.com',
      'remote-user': 'bob@example.com',
    }
    const closed = auth.routes.filter(({ access }) => !access.includes('anyone') && !access.includes('anonymous'))
    assert.ok(closed.length >= 5)
    const visitor = open()
    for (const [name, value] of Object.entries(wanted)) visitor.cookies.set(name, value)
    for (const { path, methods } of [...closed, { path: '/members', methods: ['GET', 'POST'] }]) {
      for (const method of methods) {
        const target = `${path}?${query}`
        const reply =
          method === 'GET'
            ? await visitor.get(target, { headers })
            : await visitor.post(target, { ...wanted, password: phrase, newPassword: otherPhrase }, { headers })
        assert.equal(reply.status, 401, `${method} ${path}`)
      }
    }
    for (const path of ['/auth/session', '/members', '/auth/sessions', '/auth/login']) {
      const reply = await alice.get(`${path}?${query}`, { headers })
      assert.equal(reply.status, 200)
      assert.equal(reply.text.includes('bob@example.com') || reply.text.includes(`"${id}"`), false, path)
    }
    assert.equal(
      (await alice.post(`/auth/change-password?${query}`, { ...wanted, password: phrase, newPassword: otherPhrase }, { headers })).status,
      200,
    )
    assert.equal(memberOf((await alice.get('/auth/session')).json.user, 'email'), account.email)
    assert.equal((await open().post('/auth/login', { email: 'bob@example.com', password: phrase })).status, 200)
    assert.equal(await isIn(bob), true)
  },
)

const sql = [
  "'",
  '"',
  "' or '1'='1",
  "x'; drop table portcullis_users; --",
  '\\',
  '%',
  '_',
  '(select 1)',
  '1e999',
  '\u2019',
  '`x`',
  '{"after":1}',
  '\0',
  'é\u0301',
] as const

onEveryStore('THR-121: a cursor, a prefix or an id that was tampered with finds what it names, or nothing', async (store) => {
  const { admin } = installation(store)
  for (const name of ['a', 'b', 'c']) await admin.users.create({ email: `${name}@example.com` })
  for (const text of sql) {
    assert.deepEqual(await admin.users.list({ prefix: text }), [], text)
    const after = await admin.users.list({ after: text })
    assert.deepEqual(
      after.map(({ email }) => email),
      ['a', 'b', 'c'].map((name) => `${name}@example.com`).filter((email) => Buffer.compare(Buffer.from(email), Buffer.from(text)) > 0),
      text,
    )
    assert.equal(await admin.users.byId(text), null)
    assert.equal(await admin.users.byEmail(text), null)
    assert.equal(await admin.roles.byName(text), null)
  }
  assert.equal((await admin.users.list()).length, 3)
})

onEveryStore(
  'THR-122: names of fields reach no statement: unknown ones are ignored, those of the application are kept as they are',
  async (store) => {
    const features = [session(), password(), registration({ extra: { schema: z.record(z.string(), z.unknown()), fields: [] } })]
    const auth = installation(store, { features })
    const open = serve(auth, { '/members': {} })
    const names = [
      ...sql.filter((name) => name !== '\0'),
      'email_key = 1, active',
      'password_hash',
      'id',
      'roles',
      'active',
      'stamp',
      'extra',
      'emailKey',
      '$where',
      'constructor',
    ]
    const extra = Object.fromEntries(names.map((name) => [name, 'x']))
    const alice = open()
    assert.equal((await alice.post('/auth/register', { ...extra, ...account })).status, 200)
    const record = await store.reads.users.byEmailKey(account.email)
    assert.deepEqual(record?.user.extra, extra)
    assert.deepEqual([record.user.active, record.user.roles.length, record.user.username], [true, 0, null])
    assert.match(record.passwordHash ?? '', /^\$argon2id/)
    for (const name of names) {
      assert.equal((await open().post('/auth/login', { [name]: account.email, password: phrase })).status, 400, name)
      assert.equal(
        (await open().get(`/auth/login?${encodeURIComponent(name)}=x`, { headers: { cookie: cookieHeader(alice) } })).status,
        200,
        name,
      )
    }
    assert.equal(await isIn(alice), true)
  },
)
