/** Targets that lead away: no route that redirects follows one, wherever it is written. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memory } from '../../src/stores/memory.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { hiddenField, origin, otherPhrase, phrase, registered, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { account, installation, rawHead } from './setting.ts'

/** Targets by the row whose products were misled by the like. */
const hostile: Readonly<Record<string, readonly string[]>> = {
  'THR-32': [
    '//evil.example',
    '\\\\evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    ' //evil.example',
    'https:evil.example',
    '////evil.example/%2f..',
    'http:///evil.example',
    'javascript:alert(1)',
    '\u0000//evil.example',
  ],
  'THR-33': [
    'https://evillocalhost:3000/',
    'https://localhost.evil.example/',
    'http://a.localhost:3000@evil.example/',
    'http://sub.localhost:3000/',
    'http://localhost:3000.evil.example/',
    'http://.localhost:3000/',
  ],
  'THR-34': ['/////evil.example', '///////evil.example/a', '/%09//evil.example\\..', '/.//evil.example', '/a/../..//evil.example'],
  'THR-36': [
    'http:\\\\\\evil.example',
    'http:/\\evil.example',
    'http:999999999',
    'ftp://evil.example/',
    'http://localhost:3000\\@evil.example',
    'http://[::1',
    '\nhttps://evil.example',
    'https:/evil.example',
    'http://evil.example\\.localhost:3000',
    'https://ev\u0131l.example',
    '%2f%2fevil.example@localhost:3000//evil',
    '\u2028//evil.example',
  ],
  'THR-38': [
    '/\\/evil.example',
    'http://localhost:3000evil.example/',
    'http://localhost:30001/',
    'https://localhost:3000/',
    'http://localhost:3000@evil.example',
    'http://localhost/',
    'http://localhost:3000#@evil.example/',
  ],
}

/** Every route that redirects, with what it takes to get there. */
const routes: Readonly<Record<string, (browser: TestBrowser, round: number) => Readonly<Record<string, string>>>> = {
  '/auth/login': () => account,
  '/auth/register': (_browser, round) => ({ email: `user${round}@example.com`, password: phrase }),
  '/auth/logout': () => ({}),
  '/auth/verify': () => ({ password: phrase }),
  '/auth/change-password': (_browser, round) =>
    round % 2 === 0 ? { password: phrase, newPassword: otherPhrase } : { password: otherPhrase, newPassword: phrase },
  '/auth/sessions/revoke': () => ({ others: 'true' }),
}

/** Fails when an answer leads anywhere but to a path of this site. */
function staysHere({ location, json, text }: TestReply, about: string): void {
  for (const target of [location, json.next, hiddenField({ text }, 'next')]) {
    if (target === null || target === undefined) continue
    assert.match(String(target), /^\/(?![/\\])/, about)
    assert.equal(new URL(String(target), origin).origin, origin, about)
  }
}

for (const [path, fieldsFor] of Object.entries(routes)) {
  onEveryStore(`THR-32 THR-33 THR-34 THR-36 THR-38: ${path} never leads off the site, by query or body, form or JSON`, async (store) => {
    const open = serve(installation(store, { limits: { registrationsPerNetwork: 10_000 } }))
    let alice = await registered(open)
    let round = 0
    const browser = async (): Promise<TestBrowser> => {
      if (path === '/auth/register') return open()
      if (path === '/auth/logout' || path === '/auth/login') await alice.post('/auth/login', account)
      return alice
    }
    const ask = async (next: string, place: number): Promise<TestReply> => {
      const fields = fieldsFor(alice, round)
      const query = `${path}?next=${encodeURIComponent(next)}`
      const client = await browser()
      if (place === 0) return client.submit(query, fields)
      if (place === 1) return client.submit(path, { ...fields, next })
      return client.post(path, { ...fields, ...(path.endsWith('revoke') && { others: true }), next })
    }
    for (const [row, targets] of Object.entries(hostile)) {
      for (const target of targets) {
        for (const place of [0, 1, 2]) {
          const reply = await ask(target, place)
          assert.ok(reply.status < 500)
          staysHere(reply, `${row} ${place} ${JSON.stringify(target)}`)
          if (reply.status < 400) round += 1
          if (place === 0) staysHere(await open().visit(`/auth/login?next=${encodeURIComponent(target)}`), target)
        }
      }
    }
    for (const place of [0, 1, 2]) {
      const reply = await ask('/page1', place) // a local one is followed, so that the rest means something
      assert.equal(reply.location ?? reply.json.next, '/page1', `${place}`)
      round += 1
    }
    alice = open()
  })
}

onEveryStore('THR-34: a guarded path of many slashes leads to no other host, neither at once nor after the login', async (store) => {
  const auth = installation(store)
  const guard = auth.guard()
  const browser = await registered(serve(auth))
  for (const target of [
    '/////evil.example',
    '//evil.example/a',
    '/\\evil.example',
    '/.//evil.example',
    '/%5cevil.example',
    '/a//evil.example',
  ]) {
    const guarded = await guard(rawHead('GET', target, { accept: 'text/html' }))
    assert.ok(!guarded.ok)
    const location = guarded.response.headers.get('location')
    if (location === null) continue
    assert.match(location, /^\/auth\/login\?next=/)
    staysHere(await browser.submit(location, account), target)
  }
})

onEveryStore('THR-35: when a session has expired, a post leads to the login at most, whatever the referrer says', async (store) => {
  const clock = createClock()
  const auth = installation(store, { clock })
  const open = serve(auth, { '/notes': {} })
  const alice = await registered(open)
  clock.advance(2 * 3_600_000)
  const headers = { referer: 'https://evil.example/' }
  for (const path of ['/notes', ...auth.routes.filter(({ methods }) => methods.includes('POST')).map((route) => route.path)]) {
    const reply = await alice.copy().submit(path, { note: 'x', others: 'true' }, { headers })
    assert.doesNotMatch(JSON.stringify([reply.location, reply.text]), /evil\.example/, path)
    staysHere(reply, path)
  }
})

onEveryStore('THR-37: no other field, header or cookie is a target', async (store) => {
  const open = serve(installation(store, { afterLogin: '/welcome', afterLogout: '/goodbye' }))
  await registered(open)
  const names = [
    'callbackUrl',
    'callbackURL',
    'redirect',
    'redirect_to',
    'redirectTo',
    'return_to',
    'returnTo',
    'url',
    'target',
    'continue',
  ]
  const evil = 'https://evil.example/'
  const query = names.map((name) => `${name}=${encodeURIComponent(evil)}`).join('&')
  const fields = Object.fromEntries(names.map((name) => [name, evil]))
  for (const name of [...names, 'next', 'next-auth.callback-url', 'portcullis-next-3000']) {
    const browser = open()
    browser.cookies.set(name, encodeURIComponent(evil))
    const headers = { referer: evil, 'x-forwarded-host': 'evil.example', 'x-original-url': evil, forwarded: 'host=evil.example' }
    assert.equal((await browser.submit(`/auth/login?${query}`, { ...account, ...fields }, { headers })).location, '/welcome')
    assert.equal((await browser.submit(`/auth/logout?${query}`, fields, { headers })).location, '/goodbye')
  }
})

test('THR-33 THR-38: with several origins, a target of one is none of another, and none is matched by its beginning', async () => {
  const site = 'https://example.com'
  const auth = installation(memory(), { origin: [site, 'https://shop.example.net'] })
  const open = serve(auth, {}, { origin: site })
  await registered(open)
  for (const next of [
    'https://shop.example.net/',
    'https://example.com.evil.example/',
    'https://example.community/',
    'https://evilexample.com/',
    'https://www.example.com/',
  ])
    assert.equal((await open().post('/auth/login', { ...account, next })).status, 400, next)
  assert.equal((await open().post('/auth/login', { ...account, next: `${site}/page1` })).json.next, '/page1')
  assert.throws(() => installation(memory(), { origin: [site, 'https://*.example.com'] }), /holds a star/)
  assert.throws(() => installation(memory(), { afterLogin: 'https://evil.example/' }), /must be a path on this site/)
})
