/** Cookie headers that were made to confuse: what is not exactly one value of ours is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { equalTexts } from '../../src/crypto/hash.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { secondStep } from '../contract/second-step.ts'
import { hiddenField, otherPhrase, phrase, registered, serve } from '../flows/application.ts'
import { overlookStored } from '../flows/secrets.ts'
import { onEveryStore } from '../flows/stores.ts'
import { account, cookieHeader, cookieOf, installation, isIn, named, watched } from './setting.ts'

const cookies = ['session', 'ticket', 'form', 'device', 'challenge']

/** Base64url of a text, as an unsigned token would carry it. */
function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

onEveryStore('THR-7: what does not open as sealed by us is absent, whatever plain, encoded or cut content it has', async (store) => {
  const auth = installation(store, {}, secondStep())
  const open = serve(auth, { '/members': {} })
  const alice = await registered(open)
  const { id } = (await auth.admin.users.byEmail(account.email)) ?? assert.fail()
  const identity = { userId: id, user: { id, roles: ['admin'] }, session: true, id: 'x' }
  const sealed = cookieOf(alice, 'device')
  const values = [
    JSON.stringify(identity),
    encodeURIComponent(JSON.stringify(identity)),
    encoded(identity),
    encoded([[id, 'device']]),
    `${encoded(identity)}.`,
    `~${encoded(identity)}`,
    sealed,
    sealed.slice(0, 20),
    `${sealed.slice(0, -22)}${'A'.repeat(22)}`, // an empty tag
    `${'A'.repeat(8)}${sealed.slice(8)}`, // another key
    'A'.repeat(80),
    '0',
    'null',
    'undefined',
  ]
  for (const value of values) {
    const forger = open()
    for (const cookie of cookies) forger.cookies.set(named(cookie), value)
    assert.equal(await isIn(forger), false, value)
    assert.equal((await forger.get('/auth/second-factor')).status, 401, value)
    assert.equal((await forger.visit('/auth/login')).status, 200, value)
    const { json } = await forger.post('/auth/login', account)
    assert.equal(json.status, 'authenticated', value) // and nothing of it stands in the way
  }
})

onEveryStore('THR-9: an empty, blank or NUL session cookie is no session, and the store is not even asked', async (store) => {
  const asked: unknown[] = []
  const auth = installation(watched(store, ({ name, args }) => void (name === 'sessions.recognise' && asked.push(args[0]))))
  const open = serve(auth, { '/members': {} })
  await registered(open)
  const name = named('session')
  for (const header of [
    `${name}=`,
    `${name}=""`,
    `${name}=%00`,
    `${name}=\t`,
    `${name}= `,
    name,
    `=${name}`,
    `${name}==`,
    `${name}=;`,
    `;${name};`,
    '',
  ]) {
    for (const path of ['/members', '/auth/session', '/auth/sessions'])
      assert.equal((await open().get(path, { headers: { cookie: header } })).status, 401, header)
    await open().post('/auth/logout', {}, { headers: { cookie: header } })
  }
  assert.deepEqual(asked, [])
})

onEveryStore('THR-11: names of other things in the store, and tokens of other kinds, are no session tokens', async (store) => {
  const keys = new Set<string>()
  const collecting = watched(store, ({ args }) => {
    for (const text of JSON.stringify(args).matchAll(/"([\w-]{16,64})"/g)) keys.add(text[1] ?? '')
    return undefined
  })
  const auth = installation(collecting, {}, secondStep())
  const open = serve(auth, { '/members': {} })
  const alice = await registered(open)
  const session = cookieOf(alice, 'session')
  await alice.post('/auth/code/setup')
  const half = open()
  await half.post('/auth/login', { ...account, password: 'wrong' })
  await half.post('/auth/login', account)
  for (const cookie of [...alice.cookies.values(), ...half.cookies.values()]) keys.add(cookie)
  keys.add(await store.fleeting.epoch())
  keys.delete(cookieOf(alice, 'session')) // the one that is good
  keys.delete(session) // replaced by the set-up
  assert.ok(keys.size > 10)
  for (const key of [...keys]) {
    const thief = open()
    for (const padded of [key, key.padEnd(43, 'A'), key.slice(0, 43)]) {
      thief.cookies.set(named('session'), padded)
      assert.equal(await isIn(thief), false, key)
    }
  }
  assert.equal(await isIn(alice), true)
})

onEveryStore('THR-13: a nameless, doubled, quoted or renamed cookie never passes as the protected one', async (store) => {
  const site = 'https://example.com'
  const open = serve(installation(store, { origin: site }), { '/members': {} }, { origin: site })
  const alice = await registered(open)
  const name = '__Host-portcullis-session'
  const good = alice.cookies.get(name)
  const attack = 'A'.repeat(43)
  const status = async (cookie: string): Promise<number> => (await open().get('/members', { headers: { cookie } })).status
  for (const passes of [
    `${name}=${good}`,
    `=${name}=${attack}; ${name}=${good}`,
    `;; ${name}=${good};`,
    `x=${name}=${attack}; ${name}=${good}`,
  ])
    assert.equal(await status(passes), 200, passes)
  for (const refused of [
    `=${name}=${good}`,
    `${name}=${good}; ${name}=${attack}`,
    `${name}=${attack}; ${name}=${good}`,
    `${name}="${good}"`,
    `"${name}"=${good}`,
    `a=b, ${name}=${good}`,
    `${name.toLowerCase()}=${good}`,
    `portcullis-session=${good}`,
    `__Secure-portcullis-session=${good}`,
    `portcullis-session-443=${good}`,
    `${name}[]=${good}`,
    `${name}.0=${good}`,
  ])
    assert.equal(await status(refused), 401, refused)
})

onEveryStore('THR-14: a tainted cookie sets no other: the form token stays bound to the browser’s own', async (store) => {
  const open = serve(installation(store))
  const [victim, attacker] = [open(), open()]
  const tokenOf = async (browser: TestBrowser, cookie = cookieHeader(browser)): Promise<string | null> =>
    hiddenField(await browser.copy().visit('/auth/login', { headers: { cookie } }), 'csrf')
  await victim.visit('/auth/login')
  await attacker.visit('/auth/login')
  const [own, evil] = [await tokenOf(victim), await tokenOf(attacker)]
  assert.notEqual(own, evil)
  const planted = cookieHeader(attacker)
  for (const taint of [
    `ga="a]${planted}"`,
    `ga="x,${planted}"`,
    `ga=[${planted}]`,
    `ga=a ${planted}`,
    `ga=a\\,${planted}`,
    `ga={${planted}`,
  ]) {
    assert.equal(await tokenOf(victim, `${taint}; ${cookieHeader(victim)}`), own, taint)
    assert.equal(await tokenOf(victim, `${cookieHeader(victim)}; ${taint}`), own, taint)
    assert.notEqual(await tokenOf(open(), taint), evil, taint)
  }
})

test('THR-20: how long a comparison takes does not tell how much of the value was right', () => {
  const right = 'a'.repeat(1 << 20)
  const guesses = [`b${right.slice(1)}`, `${right.slice(1)}b`].map((text) => Buffer.from(text).toString())
  const least = [Infinity, Infinity]
  for (let round = 0; round < 300; round++) {
    for (const [index, guess] of guesses.entries()) {
      const before = process.hrtime.bigint()
      assert.equal(equalTexts(right, guess), false)
      least[index] = Math.min(least[index] ?? Infinity, Number(process.hrtime.bigint() - before))
    }
  }
  const [early = 0, late = 0] = least
  assert.ok(late < early * 1.1, `wrong at the beginning ${early} ns, at the end ${late} ns`)
})

onEveryStore('THR-21: nothing that a client sends becomes part of a cookie’s attributes', async (store) => {
  const open = serve(installation(store, {}, secondStep()))
  const attacks = ['x; Domain=evil.example', 'x\r\nSet-Cookie: a=b', 'x, a=b; Path=/', '"; Max-Age=0', `__Host-x=1; Path=/evil`]
  const lines: string[] = []
  for (const [index, attack] of attacks.entries()) {
    const headers = {
      'user-agent': attack.replaceAll(/[\r\n]/g, ' '),
      'x-forwarded-host': 'evil.example',
      cookie: `${named('device')}=${attack.replaceAll(/[\r\n]/g, ' ')}`,
    }
    const browser = open()
    for (const fields of [
      { email: attack, password: attack, next: `/${attack}` },
      { email: `user${index}@example.com`, password: phrase, next: `/${attack}` },
    ]) {
      for (const path of ['/auth/register', '/auth/login', '/auth/logout']) {
        const reply = await browser.submit(`${path}?next=${encodeURIComponent(`/${attack}`)}`, fields, { headers })
        lines.push(...reply.headers.getSetCookie())
      }
    }
  }
  assert.ok(lines.some((line) => line.includes('session-3000=')) && lines.length > 20)
  for (const line of lines) assert.match(line, /^portcullis-[a-z]+-3000=[\w-]*; Path=\/; HttpOnly; SameSite=Lax(; Max-Age=(0|15552000))?$/)
  overlookStored() // what it calls secrets is what it types everywhere
})

onEveryStore('THR-12 THR-29: whatever depends on a cookie or carries a form token is kept by no cache, on every route', async (store) => {
  const auth = installation(store, {}, secondStep())
  const open = serve(auth, { '/members': {}, '/admin': { roles: ['admin'] } })
  const alice = await registered(open)
  const paths = [...auth.routes.map(({ path }) => path), '/members', '/admin']
  let tokens = 0
  for (const path of paths) {
    for (const browser of [open(), alice]) {
      const replies = [
        await browser.copy().visit(path),
        await browser.copy().get(path),
        await browser.copy().send('HEAD', path, { accept: 'text/html' }),
        await browser.copy().post(path, { password: phrase, newPassword: otherPhrase, email: 'new@example.com' }),
        await browser.copy().submit(path, { password: 'wrong' }),
        await browser.copy().submit(path, {}, { headers: { origin: 'https://evil.example' } }),
      ]
      for (const { headers, status, text } of replies) {
        const vary = (headers.get('vary') ?? '').split(/, */)
        assert.ok(vary.includes('Cookie') && headers.get('cache-control') === 'no-store', `${path} ${status}`)
        tokens += Number(text.includes('name="csrf"'))
      }
    }
  }
  assert.ok(tokens > 10)
})

onEveryStore('THR-127: tokens that say how they want to be checked are not looked at', async (store) => {
  const auth = installation(store)
  const open = serve(auth, { '/members': {} })
  await registered(open)
  const { id } = (await auth.admin.users.byEmail(account.email)) ?? assert.fail()
  const claims = encoded({ sub: id, id, email: account.email, roles: ['admin'], exp: 9_999_999_999 })
  const headers = [{ alg: 'none' }, { alg: 'nOnE', typ: 'JWT' }, { alg: 'HS256', kid: '../../dev/null' }, { alg: 'HS256', jwk: {} }, {}]
  for (const token of headers.flatMap((header) => ['', '.', '.AAAA'].map((end) => `${encoded(header)}.${claims}${end}`))) {
    const forger = open()
    for (const cookie of cookies) forger.cookies.set(named(cookie), token)
    const authorization = `Bearer ${token}`
    for (const path of ['/members', '/auth/session'])
      assert.equal((await forger.get(path, { headers: { authorization } })).status, 401, token)
  }
})
