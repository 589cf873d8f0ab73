/** Every mistake in the options stops the start-up with a sentence that says what to change. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memory } from '../stores/memory.ts'
import { assemble, type Defaults } from './assemble.ts'
import type { Feature, Scheme } from './feature.ts'
import { type AuthOptions, readOptions } from './options.ts'

const secret = 'w3zXb6mTqE9kLr2VnYc5HsPdJf8GtUaQ'
const right: AuthOptions = { origin: 'https://example.com', secret, store: memory(), features: [] }
const defaults: Defaults = { production: false, report: () => {}, mailer: { send: () => {} } }

function refuses(options: { readonly [N in keyof AuthOptions]?: unknown }, sentence: RegExp): void {
  // What a program without types could pass is the point here.
  assert.throws(
    () => assemble({ ...right, ...options } as AuthOptions, defaults),
    (error) => {
      assert.ok(error instanceof Error)
      assert.match(error.message, sentence)
      return true
    },
  )
}

test('an origin is scheme, host and port, and https unless it is this machine', () => {
  for (const origin of [
    'https://example.com',
    'https://example.com:8443',
    'https://example.com/',
    'http://localhost:3000',
    'http://127.0.0.1',
    'http://[::1]:8080',
    'http://demo.localhost',
  ])
    assert.equal(readOptions({ ...right, origin }, false).originNames[0], new URL(origin).origin, origin)
  refuses({ origin: 'example.com' }, /origin "example.com" is not a URL: write scheme and host/)
  refuses({ origin: 'https://example.com/app' }, /without a path: "https:\/\/example.com"/)
  refuses({ origin: 'https://Example.com' }, /in lower case/)
  refuses({ origin: 'https://example.com:443' }, /: "https:\/\/example.com"/)
  refuses({ origin: 'https://user@example.com' }, /must be scheme, host and port only/)
  refuses({ origin: 'http://example.com' }, /must begin with https:\/\/; plain http works on localhost only/)
  refuses({ origin: ['https://example.com', 'https://*.example.com'] }, /holds a star, which stands for nothing here/)
  refuses({ origin: 'http://localhost.example.com' }, /must begin with https/)
  refuses({ origin: 'ftp://example.com' }, /must be/)
  refuses({ origin: [] }, /origin is empty/)
  refuses({ origin: ['https://example.com', 'nonsense'] }, /origin "nonsense" is not a URL/)
})

test('cookies are prefixed and Secure by the origin, and told apart by port where there is no prefix', () => {
  const { origins } = readOptions({ ...right, origin: ['https://example.com', 'http://localhost:3000', 'http://localhost'] }, false)
  const shape = origins.map(({ secure, cookiePrefix, cookieSuffix }) => [secure, `${cookiePrefix}x${cookieSuffix}`])
  assert.deepEqual(shape, [
    [true, '__Host-portcullis-x'],
    [false, 'portcullis-x-3000'],
    [false, 'portcullis-x-80'],
  ])
})

test('a secret is 32 bytes at least, each of a list, and no pattern', () => {
  const sentence = /secret must be at least 32 bytes long: make one with "openssl rand -base64 32"/
  for (const given of ['', 'short', [], [secret, 'short'], new Uint8Array(31)]) refuses({ secret: given }, sentence)
  for (const given of ['x'.repeat(64), 'abc'.repeat(20), new Uint8Array(32)]) refuses({ secret: given }, /repeats a few bytes/)
  assert.equal(readOptions({ ...right, secret: [secret, Buffer.from(secret).reverse()] }, false).secrets.length, 2)
})

test('a base path begins with a slash, ends without one, and is plain', () => {
  for (const [basePath, expected] of [
    ['/auth', '/auth'],
    ['/app/konto', '/app/konto'],
    ['/', ''],
  ] as const)
    assert.equal(readOptions({ ...right, basePath }, false).basePath, expected)
  for (const basePath of ['', 'auth', '/auth/', '//auth', '/a b', '/a?b', '/:x', 'https://example.com/auth', '/ä'])
    refuses({ basePath }, /basePath ".*" must begin with a slash/)
})

test('targets after a flow are paths of this site', () => {
  assert.equal(readOptions({ ...right, afterLogin: '/a?b#c' }, false).targets.login, '/a?b#c')
  for (const name of ['afterLogin', 'afterLogout', 'afterRegister', 'afterChange']) {
    for (const value of ['https://evil.example/', '//evil.example', '/\\evil.example', 'welcome', ''])
      refuses({ [name]: value }, new RegExp(`${name} ".*" must be a path on this site, for example /welcome`))
  }
})

test('limits are whole numbers above zero, and waits are durations in order', () => {
  for (const name of ['triesPerSource', 'triesPerAccount', 'failuresPerNetwork', 'registrationsPerNetwork']) {
    for (const value of [0, -1, 1.5, Number.NaN, '5'])
      refuses({ limits: { [name]: value } }, new RegExp(`limits\\.${name} must be a whole number above zero`))
  }
  refuses({ limits: { firstWait: 'soon' } }, /limits\.firstWait must be a duration/)
  refuses({ limits: { longestWait: '0s' } }, /limits\.longestWait must be a duration/)
  refuses({ limits: { firstWait: '1h' } }, /firstWait must not be longer than limits\.longestWait/)
  refuses({ freshFor: '10 minutes' }, /freshFor must be a duration/)
  refuses({ trustProxy: 0 }, /trustProxy as a number/)
  refuses({ trustProxy: ['proxy.example.com'] }, /neither an address nor a CIDR range/)
})

const route = { path: '/a', access: 'anyone', on: {} } as const
const proof = { method: 'a', channel: 'a', as: ['first'], has: () => true } as const
const beforeAccount: Feature['beforeAccount'] = async () => new Response()
const limits = { idle: 1, absolute: 2 }
const scheme: Scheme = { name: 'token', ambient: false, recognise: async () => 'absent', challenges: () => [] }

test('features that cannot stand together are named', () => {
  const pair = (one: Omit<Feature, 'name'>, two: Omit<Feature, 'name'> = one) => ({
    features: [
      { name: 'one', ...one },
      { name: 'two', ...two },
    ],
  })
  refuses({ features: [{ name: 'one' }, { name: 'one' }] }, /Two features have the name "one"/)
  refuses(pair({ routes: [{ name: 'a', ...route }] }, { routes: [{ name: 'a', ...route, path: '/b' }] }), /Two routes have the name "a"/)
  refuses(pair({ routes: [{ name: 'a', ...route }] }, { routes: [{ name: 'b', ...route }] }), /Two routes have the path \/auth\/a/)
  refuses(pair({ proofs: [proof] }), /Two kinds of proof have the method "a"/)
  refuses(
    pair({ proofs: [{ ...proof, field: 'code' }] }, { proofs: [{ ...proof, method: 'b', field: 'code' }] }),
    /Two kinds of proof read the field "code"/,
  )
  refuses(pair({ schemes: [scheme] }), /Two ways to log in have the name "token"/)
  refuses(pair({ schemes: [{ ...scheme, name: 'session' }] }, {}), /Two ways to log in have the name "session"/)
  refuses(pair({ beforeAccount }), /Two features stand before the account/)
  refuses(pair({ sessionLimits: limits }), /Only one feature may set the limits of sessions; one and two both do/)
  refuses(pair({ proofs: [{ ...proof, route: 'nowhere' }] }, {}), /names the route "nowhere", which no feature has/)
  refuses(pair({ proofs: [{ ...proof, setup: 'nowhere' }] }, {}), /names the route "nowhere", which no feature has/)
  refuses(pair({ routes: [{ name: 'a', ...route, page: () => new Response() }] }, {}), /The route "a" has a page and needs a title/)
})

test('a feature sees what it may complain of, and all complaints are told at once', () => {
  const asked: unknown[] = []
  const checking = (name: string, complaint: string): Feature => ({ name, check: (options) => [asked.push(options) > 0 ? complaint : ''] })
  refuses({ features: [checking('one', 'Do this.'), checking('two', 'Do that.')], production: true }, /^Do this\.\nDo that\.$/)
  assert.deepEqual(asked[0], { features: ['one', 'two'], origins: ['https://example.com'], production: true })
})
