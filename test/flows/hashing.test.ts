/** How passwords are kept, seen from outside: old hashes go on working and are replaced, weak settings never start. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HashScheme } from '../../src/crypto/password-hash-scheme.ts'
import type { Auth, CreateAuthOptions, PasswordOptions } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import { origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { overlookStored } from './secrets.ts'
import { onEveryStore } from './stores.ts'

function installation(store: Store, passwords: PasswordOptions, options: Partial<CreateAuthOptions> = {}): Auth {
  const limits = { triesPerSource: 50 }
  return createAuth({ origin, secret, store, features: [session(), password(), registration()], passwords, limits, ...options })
}

async function storedHash(store: Store): Promise<string> {
  return (await store.reads.users.byEmailKey('alice@example.com'))?.passwordHash ?? ''
}

for (const older of ['bcrypt', 'scrypt', 'pbkdf2-sha512', 'pbkdf2-sha256'] as const) {
  onEveryStore(`AL-FS-45 AL-FST-G2: a hash by ${older} logs in, and the first right login replaces it`, async (store) => {
    const before = installation(store, { dangerouslyCheapHash: true, scheme: older })
    await registered(serve(before))
    const old = await storedHash(store)
    assert.doesNotMatch(old, /^\$argon2id/)

    const open = serve(installation(store, { dangerouslyCheapHash: true, older: [older] }))
    assert.equal((await open().post('/auth/login', { email: 'alice@example.com', password: otherPhrase })).status, 401)
    assert.equal(await storedHash(store), old)
    assert.equal((await open().post('/auth/login', { email: 'alice@example.com', password: phrase })).status, 200)
    const replaced = await storedHash(store)
    assert.match(replaced, /^\$argon2id\$/)
    assert.equal((await open().post('/auth/login', { email: 'alice@example.com', password: phrase })).status, 200)
    assert.equal(await storedHash(store), replaced)
  })
}

onEveryStore('AL-FS-45: a hash of lower cost is replaced at the login, and sessions live on', async (store) => {
  const cheap = serve(installation(store, { dangerouslyCheapHash: true }))
  const alice = await registered(cheap)
  const costly: HashScheme = { name: 'argon2id', memoryKiB: 64, passes: 2, parallelism: 1 }
  const auth = installation(store, { dangerouslyCheapHash: true, scheme: costly })
  const open = serve(auth, { '/members': {} })
  assert.equal((await open().post('/auth/login', { email: 'alice@example.com', password: phrase })).status, 200)
  assert.match(await storedHash(store), /m=64,t=2,p=1/)
  const cookie = [...alice.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  assert.ok(await auth.identify(new Request(`${origin}/members`, { headers: { cookie } })))
})

onEveryStore(
  'AL-FS-44 AL-FST-G2: a stored text that is no hash of a known scheme lets nobody in, least of all as plain text',
  async (store) => {
    const open = serve(installation(store, { dangerouslyCheapHash: true }))
    await registered(open)
    const record = await store.reads.users.byEmailKey('alice@example.com')
    assert.ok(record)
    for (const text of [phrase, '', `{plain}${phrase}`, '$5$rounds=1000$salt$hash', '$2b$04$tooshort']) {
      await store.durable.write([{ kind: 'users.update', id: record.user.id, set: { passwordHash: text } }])
      assert.equal((await open().post('/auth/login', { email: 'alice@example.com', password: phrase })).status, 401, text)
      assert.equal((await open().post('/auth/login', { email: 'alice@example.com', password: text || ' ' })).status, 401, text)
    }
    overlookStored() // the plain text
  },
)

test('AL-FS-44: an unknown scheme, a cost that is too low or cannot be paid, and cheap hashing in production stop the start-up', () => {
  const start = (passwords: PasswordOptions, production = false) => installation(memory(), passwords, { production })
  assert.throws(() => start({ scheme: 'md5' as 'argon2id' }), /passwords\.scheme names "md5", which is no scheme: take one of argon2id/)
  assert.throws(() => start({ older: ['plaintext' as 'argon2id'] }), /passwords\.older names "plaintext"/)
  assert.throws(() => start({ scheme: { name: 'argon2id', memoryKiB: 1024, passes: 1, parallelism: 1 } }), /too cheap to attack/)
  assert.throws(() => start({ scheme: { name: 'argon2id', memoryKiB: 2 ** 24, passes: 1, parallelism: 1 } }), /more than 1 GiB/)
  assert.throws(() => start({ dangerouslyCheapHash: true }, true), /dangerouslyCheapHash is for tests/)
})
