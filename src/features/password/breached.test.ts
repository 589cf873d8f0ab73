/** Breached passwords are found without telling which password was looked up. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { createLocales } from '../../kernel/locale.ts'
import type { PasswordContext } from '../../kernel/step.ts'
import { type BreachedPasswordsOptions, breachedPasswords } from './breached.ts'

const { fallback: locale } = createLocales({}, () => {})
const about: PasswordContext = { email: 'alice@example.com', username: null, secondFactor: false }
const digest = createHash('sha1').update('password').digest('hex').toUpperCase() // 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8
const filler = '0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n00D4F6E8FA6EECAD2A3AA415EEC418D38EC:2'

/** Answers every call alike, and keeps what was asked. */
function answering(
  body: string,
  status = 200,
): { readonly fetch: typeof fetch; readonly calls: { readonly url: string; readonly init: RequestInit }[] } {
  const calls: { url: string; init: RequestInit }[] = []
  return {
    calls,
    fetch: async (url, init = {}) => {
      calls.push({ url: String(url), init })
      return new Response(body, { status })
    },
  }
}

async function judge(body: string, options: BreachedPasswordsOptions = {}): Promise<string | null> {
  const complaint = await breachedPasswords({ fetch: answering(body).fetch, ...options })('password', about)
  return complaint && locale.say(complaint)
}

test('only the first five digits of the hash leave, padding is asked for, and no redirect is followed', async () => {
  const { fetch, calls } = answering(filler)
  await breachedPasswords({ fetch })('password', about)
  assert.equal(calls.length, 1)
  assert.equal(calls[0]?.url, 'https://api.pwnedpasswords.com/range/5BAA6')
  assert.equal(new Headers(calls[0]?.init.headers).get('add-padding'), 'true')
  assert.equal(calls[0]?.init.redirect, 'error')
  assert.equal(calls[0]?.init.body, undefined)
  assert.ok(!JSON.stringify(calls).includes(digest.slice(5, 12)))
})

test('a password in the answer is refused, in whatever case and line ends, and one that is not there passes', async () => {
  assert.match((await judge(`${filler}\r\n${digest.slice(5)}:52256179\r\n`)) ?? '', /data leak/)
  assert.match((await judge(`${filler}\n${digest.slice(5).toLowerCase()}:1`)) ?? '', /data leak/)
  assert.equal(await judge(filler), null)
  assert.equal(await judge(''), null)
})

test('a padded entry, with count 0, is no leak', async () => {
  assert.equal(await judge(`${filler}\r\n${digest.slice(5)}:0`), null)
})

test('AL-FST-G5: the threshold can be set', async () => {
  const body = `${digest.slice(5)}:9`
  assert.equal(await judge(body, { threshold: 10 }), null)
  assert.notEqual(await judge(body, { threshold: 9 }), null)
})

test('AL-FST-G5: when the service fails, answers nonsense or is late, the choice of the application counts', async () => {
  const failing: readonly (typeof fetch)[] = [
    () => Promise.reject(new Error('no network')),
    answering('busy', 503).fetch,
    (_url, init) => new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))),
  ]
  for (const fetch of failing) {
    const alive = setTimeout(() => {}, 5000) // the time limit itself does not keep a process alive
    assert.equal(await breachedPasswords({ fetch, timeoutMs: 20 })('password', about), null)
    const complaint = await breachedPasswords({ fetch, timeoutMs: 20, whenUnavailable: 'refuse' })('password', about)
    assert.match(locale.say(complaint ?? ''), /try again/)
    clearTimeout(alive)
  }
  assert.equal(await judge('<html>'), null)
  assert.equal(await judge(`${digest.slice(5)}:many`), null)
})

test('a mirror can be named, over https or on this machine only', async () => {
  const { fetch, calls } = answering(filler)
  await breachedPasswords({ fetch, url: 'http://localhost:8080/range/' })('password', about)
  assert.equal(calls[0]?.url, 'http://localhost:8080/range/5BAA6')
  assert.throws(() => breachedPasswords({ url: 'http://mirror.example/range/' }), /https/)
  assert.throws(() => breachedPasswords({ threshold: 0 }), /threshold/)
})
