/** What an untyped program misspells stops the start-up with a sentence: an option that nobody reads would leave a door open. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CreateAuthOptions } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import { origin, secret } from './application.ts'

/** The options, and what JSON says besides, which no compiler has looked at. */
function start(json = '{}') {
  const options: CreateAuthOptions = { origin, secret, store: memory(), features: [session(), password(), registration()] }
  return createAuth({ ...options, ...JSON.parse(json) })
}

const guards: readonly (readonly [json: string, sentence: RegExp])[] = [
  ['{"role":["admin"]}', /^A guard has no option "role": it may have with, roles, anyRole, permissions, /],
  ['{"secondfactor":true}', /^A guard has no option "secondfactor"/],
  ['{"roles":["admin"],"Fresh":true}', /^A guard has no option "Fresh"/],
  ...['with', 'roles', 'anyRole', 'permissions', 'scopes'].flatMap((key) =>
    ['"admin"', '[]', '[1]', '[["admin"]]', '{"0":"admin"}', 'null', 'true'].map(
      (value) => [`{"${key}":${value}}`, new RegExp(`^A guard's "${key}" must be a list of names that is not empty`)] as const,
    ),
  ),
  ['{"with":["sesion"]}', /^A guard names "sesion", which no feature offers: it may name session\.$/],
]

for (const [json, sentence] of guards) {
  test(`a guard of ${json} is refused with a sentence`, () => {
    const auth = start()
    assert.throws(() => auth.guard(JSON.parse(json)), { name: 'Error', message: sentence })
  })
}

const options: readonly (readonly [json: string, sentence: RegExp])[] = [
  ['{"trustproxy":1}', /^createAuth has no option "trustproxy": it may have origin, secret, store, features, /],
  ['{"requireSecondfactor":true}', /^createAuth has no option "requireSecondfactor"/],
  ['{"limits":{"triesPerUser":3}}', /^createAuth: limits has no option "triesPerUser": it may have triesPerSource, /],
  ['{"toString":1}', /^createAuth has no option "toString"/],
  ['{"trustProxy":true}', /^trustProxy is how many proxies stand in front, or a list of their addresses/],
  ['{"trustProxy":"10.0.0.0/8"}', /^trustProxy is how many proxies stand in front/],
  ['{"features":null}', /^createAuth needs features: a list such as \[session\(\), password\(\)\]\.$/],
  ['{"features":{}}', /^createAuth needs features/],
]

for (const [json, sentence] of options) {
  test(`createAuth with ${json} is refused with a sentence`, () => {
    assert.throws(() => start(json), { name: 'Error', message: sentence })
  })
}

test('createAuth without features is refused with a sentence', () => {
  const given = { ...JSON.parse('{}'), origin, secret, store: memory() }
  assert.throws(() => createAuth(given), { name: 'Error', message: /^createAuth needs features/ })
})

test('what is spelt right starts', () => {
  const auth = start('{"limits":{"triesPerSource":3},"trustProxy":1}')
  assert.equal(typeof auth.guard(JSON.parse('{"roles":["admin"],"fresh":true}')), 'function')
})
