/** Where a login may lead: to a path of the very origin that was asked, whatever is configured beside it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CreateAuthOptions } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { codeOf, phrase, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'

const [root, member, port] = ['https://example.com', 'https://app.example.com', 'https://example.com:8443']
const account = { email: 'alice@example.com', password: phrase }

function installation(store: Store, options: Partial<CreateAuthOptions> = {}) {
  const features = [session(), password(), registration()]
  const passwords = { dangerouslyCheapHash: true } as const
  return createAuth({ origin: [root, member, port], secret, store, features, passwords, afterLogin: '/welcome', ...options })
}

/** Where a page login at an origin leads with this `next`; `null` when it is refused. */
async function ledTo(at: () => TestBrowser, next: string, way: 'query' | 'form'): Promise<string | null> {
  const reply = await at().submit(way === 'query' ? `/auth/login?next=${encodeURIComponent(next)}` : '/auth/login', {
    ...account,
    ...(way === 'form' && { next }),
  })
  if (reply.status === 303) return reply.location
  assert.deepEqual([reply.status, reply.headers.getSetCookie().some((line) => /session=[^;]/.test(line))], [400, false], next)
  return null
}

onEveryStore(
  'AL-FST-A3: a next on a subdomain, a parent domain, another port or scheme is refused, listed as an origin or not',
  async (store) => {
    const auth = installation(store)
    await auth.admin.users.create(account)
    for (const [here, elsewhere] of [
      [
        root,
        [member, port, 'https://other.example.com', 'https://evil-example.com', 'https://example.com.evil.example', 'http://example.com'],
      ],
      [member, [root, port, 'https://example.com', 'https://a.app.example.com', 'https://app.example.org']],
      [port, [root, member, 'https://example.com:8444']],
    ] as const) {
      const at = serve(auth, {}, { origin: here })
      for (const way of ['query', 'form'] as const) {
        assert.equal(await ledTo(at, `${here}/page1`, way), '/page1')
        for (const origin of elsewhere) assert.equal(await ledTo(at, `${origin}/page1`, way), null, `${here} to ${origin}`)
      }
    }
  },
)

onEveryStore('AL-FST-A4: with several origins listed each keeps to itself, subdomain of several labels, port and all', async (store) => {
  const deep = 'https://a.b.example.com'
  const auth = installation(store, { origin: [root, deep, port] })
  await auth.admin.users.create(account)
  for (const here of [root, deep, port]) {
    const client = serve(auth, {}, { origin: here })
    assert.equal((await client().post('/auth/login', { ...account, next: `${here}/page1` })).json.next, '/page1')
    for (const there of [root, deep, port].filter((origin) => origin !== here)) {
      const refused = await client().post('/auth/login', { ...account, next: `${there}/page1` })
      assert.deepEqual([refused.status, codeOf(refused)], [400, 'invalid_next'], `${here} to ${there}`)
    }
    assert.equal((await client().submit('/auth/login', account)).location, '/welcome')
  }
})

test('AL-FST-A4: configured targets are paths of this site, or the start stops', () => {
  const away = [
    member,
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'welcome',
    '/\t/evil.example',
    'javascript:alert(1)',
    '',
  ]
  for (const name of ['afterLogin', 'afterLogout', 'afterRegister', 'afterChange'])
    for (const target of away)
      assert.throws(() => installation(memory(), { [name]: target }), new RegExp(`^Error: ${name} `), `${name} ${target}`)
})

/** What has fooled filters before: `evil.example` is what a browser would ask. */
const hostile = [
  '\\\\\\evil.example',
  '\\\\evil.example',
  ' //evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '//evil.example',
  '///evil.example',
  '\t//evil.example',
  '/\t/evil.example',
  '\t/\t/evil.example',
  '/\n/evil.example',
  '\r\n//evil.example',
  '\u0000//evil.example',
  'https:evil.example/..//evil.example',
  'https://example.com\\@evil.example',
  'https://evil.example\\.example.com',
  'https://user@example.com/',
  'https:///evil.example',
  '/%09/../\\evil.example',
  '/.//evil.example',
  '/a/..//evil.example',
]

onEveryStore(
  'AL-FST-A5: slashes, backslashes, spaces and tabs in front of a host do not leave the site, in query or form',
  async (store) => {
    const auth = installation(store, { origin: root })
    await auth.admin.users.create(account)
    const at = serve(auth, {}, { origin: root })
    for (const next of hostile) {
      for (const way of ['query', 'form'] as const) {
        const location = await ledTo(at, next, way)
        if (location === null) continue
        assert.equal(new URL(location, root).origin, root, next)
        assert.match(location, /^\/(?![/\\])/, next)
      }
      const page = await at().visit(`/auth/login?next=${encodeURIComponent(next)}`)
      assert.doesNotMatch(page.text, /name="next" value="(?:[^"/]|\/[/\\]|[^"]*[\\\s])/, next)
      const left = await at().submit(`/auth/logout?next=${encodeURIComponent(next)}`)
      assert.equal(new URL(left.location ?? '', root).origin, root, next)
      assert.match(left.location ?? '', /^\/(?![/\\])/, next)
    }
    // A host with a backslash in it is a path of ours to a browser, and is written as one.
    assert.equal(await ledTo(at, 'https://example.com\\.evil.example', 'query'), '/.evil.example')
  },
)
