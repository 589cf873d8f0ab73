/** Requests that another site makes a browser send, and form tokens that belong to somebody else. */
import assert from 'node:assert/strict'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { codeOf, hiddenField, origin, phrase, registered, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { account, cookieHeader, cookieOf, installation, isIn, oldForm } from './setting.ts'

const evil = 'https://evil.example'

async function tokenOf(browser: TestBrowser, path: string): Promise<string> {
  return hiddenField(await browser.visit(path), 'csrf') ?? assert.fail(`${path} has no token`)
}

onEveryStore(
  'THR-3 THR-27: a form token from before the login is refused after it, on the toolkit’s and the application’s paths',
  async (store) => {
    const open = serve(installation(store), { '/members': {}, '/notes': {} })
    await registered(open)
    const browser = open()
    const csrf = await tokenOf(browser, '/auth/login')
    assert.equal((await oldForm(browser, '/auth/login', { ...account, csrf })).status, 303)
    for (const path of ['/auth/login', '/auth/logout', '/auth/verify', '/auth/change-password', '/auth/sessions/revoke', '/notes'])
      assert.equal((await oldForm(browser, path, { ...account, csrf, others: 'true' })).status, 403, path)
    assert.equal(await isIn(browser), true)
  },
)

onEveryStore(
  'THR-23: a token of the attacker’s session, or one whose cookie the attacker planted, is refused for a victim',
  async (store) => {
    const open = serve(installation(store), { '/members': {} })
    const [victim, attacker] = [await registered(open), await registered(open, 'mallory@example.com')]
    const csrf = await tokenOf(attacker, '/auth/logout')
    assert.equal((await oldForm(victim, '/auth/logout', { csrf })).status, 403)
    const visitor = open()
    const planted = await tokenOf(visitor, '/auth/login')
    for (const [name, value] of visitor.cookies) victim.cookies.set(name, value)
    assert.equal((await oldForm(victim, '/auth/logout', { csrf: planted })).status, 403)
    assert.equal((await oldForm(victim, '/auth/logout', { csrf: cookieOf(victim, 'form') })).status, 403)
    assert.equal(await isIn(victim), true)
  },
)

onEveryStore('THR-24: a referrer proves nothing, whether of this site, of a sibling or over http', async (store) => {
  const site = 'https://example.com'
  const open = serve(installation(store, { origin: site }), { '/members': {} }, { origin: site })
  const alice = await registered(open)
  const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }
  for (const referer of [
    `${site}/auth/logout`,
    'http://example.com/',
    'http://sub.example.com/',
    'https://sub.example.com/',
    `${site}@evil.example/`,
  ])
    assert.equal((await alice.send('POST', '/auth/logout', { ...headers, referer })).status, 403, referer)
  assert.equal(await isIn(alice), true)
})

onEveryStore('THR-25: an origin counts with its scheme, its port and its whole host', async (store) => {
  const site = 'https://example.com'
  const open = serve(installation(store, { origin: [site, 'https://shop.example.net:8443'] }), { '/notes': {} }, { origin: site })
  const alice = await registered(open)
  const post = async (from: string): Promise<number> => (await alice.post('/notes', {}, { headers: { origin: from } })).status
  for (const right of [site, 'https://shop.example.net:8443']) assert.equal(await post(right), 200, right)
  for (const wrong of [
    'http://example.com',
    'https://example.com:444',
    'https://example.com.evil.example',
    'https://evilexample.com',
    'https://sub.example.com',
    'https://shop.example.net',
    'https://example.com/',
    'https://EXAMPLE.com',
    'https://example.com, https://evil.example',
    'null',
    '',
  ])
    assert.equal(await post(wrong), 403, wrong)
})

onEveryStore('THR-26: a token made for one user is refused for another one in the same browser', async (store) => {
  const open = serve(installation(store), { '/members': {} })
  await registered(open, 'bob@example.com')
  const browser = await registered(open)
  const csrf = await tokenOf(browser, '/auth/logout')
  await browser.post('/auth/login', { email: 'bob@example.com', password: phrase })
  assert.equal((await oldForm(browser, '/auth/logout', { csrf })).status, 403)
  await browser.post('/auth/login', account) // the first one again, in another session
  assert.equal((await oldForm(browser, '/auth/logout', { csrf })).status, 403)
  assert.equal(await isIn(browser), true)
})

onEveryStore('THR-28: no GET gives a secret away, and no other site may read what it answers', async (store) => {
  const auth = installation(store)
  const open = serve(auth, { '/members': {} })
  const alice = await registered(open)
  const record = await store.reads.users.byEmailKey(account.email)
  assert.ok(record?.passwordHash)
  const secrets = [...alice.cookies.values(), record.passwordHash, record.stamp, phrase]
  const reads = auth.routes.filter(({ methods }) => methods.includes('GET')).map(({ path }) => path)
  assert.ok(reads.length >= 8)
  for (const path of [...reads, '/members']) {
    for (const headers of [{}, { origin: evil, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }]) {
      for (const reply of [await alice.get(path, { headers }), await alice.visit(path, { headers })]) {
        for (const secret of secrets) assert.equal(reply.text.includes(secret), false, `${path} shows ${secret}`)
        for (const [name] of reply.headers) assert.doesNotMatch(name, /^access-control-/, path)
      }
    }
  }
  for (const path of reads) {
    const preflight = await alice.send('OPTIONS', path, { origin: evil, 'access-control-request-method': 'POST' })
    assert.equal(preflight.status, 405)
    for (const [name] of preflight.headers) assert.doesNotMatch(name, /^access-control-/, path)
  }
})

onEveryStore('THR-30: another site logs nobody in, also where a browser has no cookie yet', async (store) => {
  const open = serve(installation(store), { '/members': {} })
  await registered(open)
  for (const headers of [{ origin: evil }, { origin: 'null' }, { origin: evil, 'sec-fetch-site': 'cross-site' }]) {
    for (const [path, fields] of [
      ['/auth/login', account],
      ['/auth/register', { email: 'new@example.com', password: phrase }],
    ] as const) {
      const visitor = open()
      assert.equal(codeOf(await visitor.post(path, fields, { headers })), 'cross_site_request')
      assert.equal((await visitor.submit(path, fields, { headers })).status, 403)
      assert.equal(cookieOf(visitor, 'session'), '')
    }
  }
  const old = open()
  assert.equal((await oldForm(old, '/auth/login', account)).status, 403)
  assert.equal(cookieOf(old, 'session'), '')
  assert.equal(await store.reads.users.byEmailKey('new@example.com'), null)
})

onEveryStore('THR-31: JSON in a body of another type, or of none, is never taken from another site nor without a token', async (store) => {
  const auth = installation(store)
  const open = serve(auth, { '/members': {}, '/notes': {} })
  const alice = await registered(open)
  const types = [
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/json;x',
    'text/json',
    'application/jsonp',
    '',
  ]
  const sources: Readonly<Record<string, string>>[] = [
    {},
    { origin: evil },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]
  const posts = auth.routes.filter(({ methods }) => methods.includes('POST')).map(({ path }) => path)
  for (const path of [...posts, '/notes']) {
    for (const type of types) {
      for (const source of sources) {
        if (type.startsWith('application/json;') && Object.keys(source).length === 0) continue // JSON with a parameter is JSON
        const visitor = open()
        const browsers = [visitor, alice]
        for (const browser of browsers) {
          const headers = { accept: 'application/json', ...source, ...(type !== '' && { 'content-type': type }) }
          const { status } = await browser.send(
            'POST',
            path,
            headers,
            new TextEncoder().encode(JSON.stringify({ ...account, others: true })),
          )
          assert.ok(status === 403 || status === 415 || status === 401, `${path} ${type} ${JSON.stringify(source)}: ${status}`)
        }
        assert.equal(cookieOf(visitor, 'session'), '')
      }
    }
  }
  assert.equal(await isIn(alice), true)
  assert.notEqual(cookieHeader(alice), '')
  assert.equal((await alice.post('/notes', {}, { headers: { origin } })).status, 200)
})
