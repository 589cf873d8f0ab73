/** Requirements of ASVS 5.0 that no other test shows: cookies, headers, pages, password rules and what is told of events. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { AuthEvent, EventName } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import { createClock } from '../../src/testing/clock.ts'
import { secondStep } from '../contract/second-step.ts'
import { codeOf, otherPhrase, phrase, registered, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { account, installation, named, watched } from './setting.ts'

const site = 'https://example.com'

onEveryStore(
  'V3.3.2 V3.3.3 V3.3.4 V3.3.5: every cookie of a whole flow over https is __Host-, HttpOnly, Secure, SameSite=Lax and small',
  async (store) => {
    const open = serve(installation(store, { origin: site }, secondStep()), {}, { origin: site })
    const lines: string[] = []
    const browser = open()
    for (let user = 0; user < 7; user++) {
      const fields = { email: `user${user}@example.com`, password: phrase } // seven known devices in one cookie
      for (const path of ['/auth/register', '/auth/code/setup', '/auth/logout', '/auth/login', '/auth/logout'])
        lines.push(...(await browser.post(path, path.endsWith('setup') ? {} : fields)).headers.getSetCookie())
      lines.push(...(await browser.visit('/auth/login')).headers.getSetCookie())
    }
    const names = new Set(lines.map((line) => line.slice(0, line.indexOf('='))))
    assert.deepEqual(
      [...names].sort(),
      ['device', 'form', 'session', 'ticket'].map((name) => `__Host-portcullis-${name}`),
    )
    for (const line of lines) {
      assert.match(line, /^__Host-portcullis-[a-z]+=[\w-]*; Path=\/; HttpOnly; SameSite=Lax; Secure(; Max-Age=\d+)?$/)
      assert.ok((line.split(';')[0] ?? '').length < 1024)
    }
  },
)

onEveryStore(
  'V3.2.1 V3.4.3 V3.4.4 V3.4.5 V3.4.6 V3.4.8: every answer of every route says what it is and what it may load, and is not framed',
  async (store) => {
    const auth = installation(store)
    const open = serve(auth)
    const alice = await registered(open)
    for (const { path } of auth.routes) {
      for (const browser of [open(), alice.copy()]) {
        for (const { headers, status } of [
          await browser.visit(path),
          await browser.get(path),
          await browser.post(path, {}),
          await browser.submit(path, {}),
          await browser.send('PUT', path, {}),
        ]) {
          const policy = headers.get('content-security-policy') ?? ''
          for (const part of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"])
            assert.ok(policy.includes(part), `${path} ${status}`)
          assert.doesNotMatch(policy, /unsafe|\*/)
          assert.equal(headers.get('x-content-type-options'), 'nosniff')
          assert.equal(headers.get('referrer-policy'), 'strict-origin')
          assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin')
          if (status !== 303) assert.match(headers.get('content-type') ?? '', /^(text\/html|application\/json); charset=utf-8$/)
        }
      }
    }
  },
)

onEveryStore('V3.5.3 V7.6.2: GET, HEAD and OPTIONS change nothing in the store and open no session, on any route', async (store) => {
  const calls: string[] = []
  const auth = installation(
    watched(store, ({ name }) => void calls.push(name)),
    {},
    secondStep(),
  )
  const open = serve(auth)
  const alice = await registered(open)
  calls.length = 0
  const query = new URLSearchParams({ ...account, newPassword: otherPhrase, others: 'true', code: '123456' }).toString()
  for (const { path } of auth.routes) {
    for (const browser of [open(), alice]) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const reply = await browser.send(method, `${path}?${query}`, { accept: method === 'HEAD' ? 'text/html' : 'application/json' })
        for (const line of reply.headers.getSetCookie()) assert.match(line, new RegExp(`^${named('form')}=`), `${method} ${path}`)
      }
    }
  }
  const reading = ['recognise', 'find', 'byId', 'byEmailKey', 'listOf', 'get', 'permissionsOf']
  assert.ok(calls.length > 20)
  for (const call of calls)
    assert.ok(
      reading.some((name) => call.endsWith(`.${name}`)),
      call,
    )
})

onEveryStore(
  'V3.5.6 V3.5.7: no answer becomes a script by a callback’s name, and the script that there is says the same to everybody',
  async (store) => {
    const auth = installation(store)
    const open = serve(auth)
    const alice = await registered(open)
    for (const path of ['/auth/session', '/auth/sessions', '/auth/login'])
      for (const name of ['callback', 'jsonp', 'cb']) {
        const reply = await alice.get(`${path}?${name}=evil`, { headers: { accept: 'application/javascript, */*' } })
        assert.match(reply.headers.get('content-type') ?? '', /^application\/json/)
        assert.doesNotThrow(() => JSON.parse(reply.text))
      }
    for (const path of [auth.assets.script, auth.assets.style]) {
      const [mine, theirs] = [await alice.get(path), await open().get(path)]
      assert.equal(mine.text, theirs.text)
      assert.equal(mine.headers.get('x-content-type-options'), 'nosniff')
    }
    assert.doesNotMatch(
      (await open().get(auth.assets.script)).text,
      /postMessage|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/,
    )
  },
)

onEveryStore(
  'V3.6.1 V3.7.1 V6.2.6 V6.2.7: pages load files of this site only; passwords are masked, pasted freely and known to managers',
  async (store) => {
    const auth = installation(store)
    const open = serve(auth)
    const alice = await registered(open)
    let inputs = 0
    for (const { path } of auth.routes) {
      for (const browser of [open(), alice]) {
        const { text } = await browser.visit(path)
        for (const [, target = ''] of text.matchAll(/(?:src|href|action)="([^"]*)"/g)) assert.match(target, /^(\/(?!\/)|#)/, path)
        assert.doesNotMatch(text, /<(object|embed|applet|iframe|frame|base)\b| on[a-z]+=|<style|style="/i)
        for (const [input] of text.matchAll(/<input[^>]*name="(password|newPassword|passwordConfirm)"[^>]*>/g)) {
          inputs += 1
          assert.match(input, /type="password"/)
          assert.match(input, /autocomplete="(current|new)-password"/)
          assert.doesNotMatch(input, /maxlength|readonly|value=|pattern=/)
        }
      }
    }
    assert.ok(inputs >= 5)
  },
)

onEveryStore(
  'V6.2.5 V6.2.8 V6.2.9 V6.2.10: no kind of character is asked for, every one counts, 64 are fine, and no password expires',
  async (store) => {
    const clock = createClock()
    const open = serve(installation(store, { clock }))
    const passwords = [
      'seven quiet harbours',
      'SEVENQUIETHARBOURS',
      '82 7193 6405 2281 9',
      '?!;:#*+~§$%&/()=-_',
      'ζέστη κρύο βροχή άνεμος',
      `${'harbour tea '.repeat(5)}okay`,
    ]
    assert.equal(passwords.at(-1)?.length, 64)
    for (const [index, typed] of passwords.entries()) {
      const email = `user${index}@example.com`
      assert.equal((await open().post('/auth/register', { email, password: typed })).status, 200, typed)
      clock.advance(3 * 365 * 86_400_000)
      for (const near of [typed.slice(0, -1), ` ${typed}`, typed.toLowerCase(), typed.toUpperCase()])
        if (near !== typed) assert.equal((await open().post('/auth/login', { email, password: near })).status, 401, near)
      assert.equal((await open().post('/auth/login', { email, password: typed })).json.status, 'authenticated', typed)
    }
  },
)

test('V6.3.2 V6.3.4: a new installation has no account and no role, and no way in but the routes it lists', async () => {
  const auth = installation(memory())
  assert.deepEqual([await auth.admin.users.list(), await auth.admin.roles.list()], [[], []])
  const open = auth.routes.filter(({ access }) => access.includes('anyone') || access.includes('anonymous')).map(({ name }) => name)
  assert.deepEqual(open.sort(), ['language', 'login', 'logout', 'password.forgot', 'password.reset', 'register'])
  for (const [email, password] of [
    ['admin', 'admin'],
    ['admin@example.com', 'admin'],
    ['root', ''],
    ['', ''],
  ] as const)
    assert.ok((await serve(auth)().post('/auth/login', { email, password })).status >= 400)
})

onEveryStore(
  'V16.2.1 V16.2.2 V16.2.4 V16.2.5 V16.3.2 V16.3.3: each event says who, what, when and where in one form, and never a secret',
  async (store) => {
    const events: AuthEvent[] = []
    const seen: string[] = []
    const clock = createClock()
    const auth = installation(store, { clock, report: (error, about) => void seen.push(about, inspect(error)) })
    const names: readonly EventName[] = [
      'user.registered',
      'user.logged_in',
      'user.logged_out',
      'user.reauthenticated',
      'user.authentication_failed',
      'user.throttled',
      'password.changed',
      'sessions.ended',
      'authorization.denied',
      'request.refused',
    ]
    for (const name of names) auth.on(name, (event: AuthEvent) => void events.push(event))
    const open = serve(auth, { '/admin': { roles: ['admin'] } }, { address: '203.0.113.7' })
    const headers = { 'user-agent': 'A browser of tests' }
    const alice = open()
    const tokens = new Set<string>()
    const does = async (path: string, fields: Record<string, string | boolean>, more: Record<string, string> = {}) => {
      const reply = await alice.post(path, fields, { headers: { ...headers, ...more } })
      for (const value of alice.cookies.values()) tokens.add(value)
      seen.push(reply.text)
      return reply
    }
    await does('/auth/register', account)
    await does('/auth/verify', { password: phrase })
    assert.equal(codeOf(await does('/auth/logout', {}, { origin: 'https://evil.example' })), 'cross_site_request')
    seen.push((await alice.get('/admin', { headers })).text)
    await does('/auth/sessions/revoke', { others: true })
    await open().post('/auth/login', account, { headers })
    await does('/auth/sessions/revoke', { others: true })
    await does('/auth/change-password', { password: phrase, newPassword: otherPhrase })
    await does('/auth/logout', {})
    for (let tried = 0; tried < 12; tried++) await does('/auth/login', account)
    await auth.settled()
    assert.deepEqual([...new Set(events.map(({ name }) => name))].sort(), [...names].sort())
    for (const event of events) {
      assert.deepEqual([event.at, event.ip, event.userAgent], [clock(), '203.0.113.7', 'A browser of tests'], event.name)
      assert.equal(event.user?.email, account.email, event.name)
    }
    const record = await store.reads.users.byEmailKey(account.email)
    assert.ok(record?.passwordHash)
    const all = [...seen, inspect(events, { depth: 12 }), JSON.stringify(events)].join('\n')
    for (const secret of [...tokens, record.passwordHash, record.stamp, phrase, otherPhrase])
      assert.equal(all.includes(secret), false, secret)
  },
)
