/** The map of the code: who may import whom, and what no source may hold. A change here is a decision about the design. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { circles } from './architecture/circles.ts'
import * as language from './architecture/language.ts'
import { featureViolations, type Layers, layerViolations, type Places, packageViolations, unknownFolders } from './architecture/layers.ts'
import { emptyNames, longFiles } from './architecture/shape.ts'
import { readSources } from './architecture/source.ts'

/** From the words at the bottom to the front door at the top. `node` stands for Node's own modules. */
const layers: Layers = {
  model: { values: [] },
  texts: { values: ['model'] },
  html: { values: [], types: ['model'] },
  browser: { values: [] },
  client: { values: [] },
  crypto: { values: ['node'] },
  protocols: { values: ['node', 'crypto'] },
  'digest-client': { values: ['node', 'crypto', 'protocols'] },
  http: { values: ['node', 'model', 'crypto', 'html'] },
  kernel: { values: ['node', 'model', 'crypto', 'texts', 'http', 'html'] },
  features: { values: ['node', 'model', 'crypto', 'protocols', 'html', 'http', 'kernel'] },
  stores: { values: ['node', 'model', 'crypto'] },
  adapters: { values: ['node', 'model', 'http', 'kernel'] },
  mail: { values: ['node', 'model', 'html'] },
  templates: { values: ['node', 'model', 'html'] },
  testing: { values: ['node', 'model', 'crypto', 'protocols'], types: ['kernel'] },
  migrate: { values: ['node', 'crypto', 'kernel', 'features'] },
  cli: { values: ['node', 'model', 'crypto', 'protocols', 'html', 'http', 'kernel', 'features', 'stores', 'mail', 'migrate', 'index.ts'] },
  'index.ts': {
    values: ['node', 'model', 'crypto', 'protocols', 'html', 'http', 'kernel', 'features'],
    types: ['stores'],
    lazy: ['src/stores/sqlite.ts'],
  },
}

/** What is imported in one place only. Any other package is imported nowhere; any other module of Node wherever the table above says `node`. */
const places: Places = {
  kysely: ['src/stores/sql/*'],
  'node:sqlite': ['src/stores/sqlite.ts', 'src/stores/sql/*'],
  '@node-rs/argon2': ['src/crypto/password-hash*'],
  '@node-rs/bcrypt': ['src/crypto/password-hash*'],
  '@zxcvbn-ts/core': ['src/features/password/strength.ts'],
  hono: ['src/adapters/hono*'],
  express: ['src/adapters/express.ts'],
  'express-serve-static-core': ['src/adapters/express.ts'],
  fastify: ['src/adapters/fastify.ts'],
  koa: ['src/adapters/koa.ts'],
  liquidjs: ['src/templates/liquid.ts'],
  mysql2: ['src/stores/mysql.ts'],
  ioredis: ['src/stores/redis.ts'],
  nodemailer: ['src/mail/smtp.ts'],
  pg: ['src/stores/postgres.ts'],
  '@levischuck/tiny-cbor': ['src/protocols/webauthn/cbor.ts', 'src/testing/authenticator*'],
  uqr: ['src/html/qr-code.ts'],
  'node:http': ['src/adapters/node*'],
}

const refusals: Readonly<Record<string, language.Refusal>> = {
  'reads the clock': { says: language.readsClock, only: ['src/kernel/clock.ts', 'src/crypto/random.ts'] },
  'uses Math.random': { says: language.usesMathRandom, only: ['src/kernel/clock.ts', 'src/crypto/random.ts'] },
  'reads the environment': { says: language.readsEnvironment, only: ['src/index.ts', 'src/cli/*'] },
  'uses the console': { says: language.usesConsole, only: ['src/index.ts'] },
  'has a default export': { says: language.exportsDefault, only: [] },
  'declares an enum': { says: language.declaresEnum, only: [] },
  'declares a namespace': { says: language.declaresNamespace, only: [] },
  'says any': { says: language.saysAny, only: [] },
}

const sources = readSources(process.cwd())

test('every folder of src has a row in the table', () => {
  assert.deepEqual(unknownFolders(sources, layers), [])
})

test('folders import only what the table allows', () => {
  assert.deepEqual(layerViolations(sources, layers), [])
})

test('no feature imports another feature', () => {
  assert.deepEqual(featureViolations(sources), [])
})

test('packages and Node modules are imported only in their place', () => {
  assert.deepEqual(packageViolations(sources, layers, places), [])
})

test('there are no import circles, type imports included', () => {
  assert.deepEqual(circles(sources), [])
})

test('no source file is over 300 lines', () => {
  assert.deepEqual(longFiles(sources, 300), [])
})

test('every name says what is inside', () => {
  const words = ['util', 'utils', 'helper', 'helpers', 'misc', 'manager', 'managers']
  assert.deepEqual(emptyNames(sources, { words, whole: ['common', 'data'] }), [])
})

test('clock, chance, environment and console are used only in their place, and some of the language nowhere', () => {
  assert.deepEqual(language.refusedWords(sources, refusals), [])
})
