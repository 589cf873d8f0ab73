/** THREATS: login does the same work and says the same, whatever there is to know of an account. */
import './hash-count.ts'
import assert from 'node:assert/strict'
import { type Auth, createAuth, type LimitOptions, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { createMailbox } from '../../src/testing/mailbox.ts'
import { origin, phrase, registered, secret, serve } from '../flows/application.ts'
import { enrol, secondFactors } from '../flows/phone.ts'
import { overlookStored } from '../flows/secrets.ts'
import { onEveryStore } from '../flows/stores.ts'
import { type RecordedStore, recordStore } from './around-store.ts'
import { type Observed, observe } from './observed.ts'

const wrong = 'a wrong password'

/** Whom a stranger may try. All addresses have one length, since a page shows them again. */
const tries: Readonly<Record<string, { readonly email: string; readonly typed: string }>> = {
  'a known account': { email: 'known@example.com', typed: wrong },
  'an account with a second factor': { email: 'armed@example.com', typed: wrong },
  'an unknown account': { email: 'noone@example.com', typed: wrong },
  'a deactivated account': { email: 'ended@example.com', typed: wrong },
  'a deactivated account, by its right password': { email: 'ended@example.com', typed: phrase },
  'a deactivated account, by its right password under an old hash': { email: 'olden@example.com', typed: phrase },
  'an account without a password': { email: 'empty@example.com', typed: wrong },
  'an account whose stored text is no hash': { email: 'plain@example.com', typed: phrase },
  'a text that is no address': { email: 'no-address@an.y.', typed: wrong },
}

async function installation(real: Store, limits: LimitOptions = {}): Promise<{ readonly auth: Auth } & RecordedStore> {
  const recorded = recordStore(real)
  const clock = createClock()
  const auth = createAuth({
    origin,
    secret,
    store: recorded.store,
    clock,
    features: [session(), password(), registration(), ...secondFactors()],
    mailer: createMailbox(),
    limits: { failuresPerNetwork: 10_000, ...limits },
    passwords: { dangerouslyCheapHash: true },
  })
  const { users } = auth.admin
  for (const name of ['known', 'ended', 'plain', 'olden']) await users.create({ email: `${name}@example.com`, password: phrase })
  await users.create({ email: 'empty@example.com' })
  await enrol(await registered(serve(auth), 'armed@example.com'), clock)
  await auth.settled()
  const [plain, olden] = [await users.byEmail('plain@example.com'), await users.byEmail('olden@example.com')]
  assert.ok(plain && olden)
  const older = createAuth({ origin, secret, store: real, features: [], passwords: { dangerouslyCheapHash: true, scheme: 'scrypt' } })
  const set = { passwordHash: await older.hashPassword(phrase, { email: olden.email }) }
  await real.durable.write([
    { kind: 'users.update', id: plain.id, set: { passwordHash: phrase } },
    { kind: 'users.update', id: olden.id, set },
  ])
  overlookStored() // the plain text
  for (const email of ['ended@example.com', 'olden@example.com']) await users.deactivate((await users.byEmail(email))?.id ?? '')
  return { auth, ...recorded }
}

const ways: Readonly<
  Record<string, (browser: TestBrowser, fields: { email: string; password: string }) => ReturnType<TestBrowser['post']>>
> = {
  JSON: (browser, fields) => browser.post('/auth/login', fields),
  'a page': (browser, fields) => browser.submit('/auth/login', fields),
  'a page with a target': (browser, fields) => browser.submit('/auth/login?next=/page1', fields),
}

/** Compares every try of the table with the one of an unknown account. */
async function compare(calls: string[], open: () => TestBrowser, way: string, except: readonly string[] = []): Promise<Observed> {
  const ask = ways[way]
  assert.ok(ask)
  const seen = new Map<string, Observed>()
  for (const [name, { email, typed }] of Object.entries(tries))
    if (!except.includes(name)) seen.set(name, await observe(calls, email, () => ask(open(), { email, password: typed })))
  const unknown = seen.get('an unknown account')
  assert.ok(unknown)
  for (const [name, observed] of seen) assert.deepEqual(observed, unknown, name)
  return unknown
}

for (const way of Object.keys(ways)) {
  onEveryStore(
    `AL-FST-A8: a refused login by ${way} asks the same of store and hashing and looks the same, whatever there is to the account`,
    async (real) => {
      const { auth, calls } = await installation(real)
      const { status, hashes, calls: asked } = await compare(calls, serve(auth, {}, { address: '198.51.100.9' }), way, [oldHash])
      assert.deepEqual([status, hashes.length], [401, 1])
      assert.deepEqual(
        asked.map((call) => call.slice(0, call.indexOf('('))),
        ['reads.users.byEmailKey', 'attempts.add'],
      )
    },
  )

  onEveryStore(
    `a login by ${way} beyond the tries of a source does no hashing and looks the same, right or wrong, known or not`,
    async (real) => {
      const { auth, calls } = await installation(real)
      const open = serve(auth, {}, { address: '198.51.100.9' })
      await spend(open, 6)
      const { status, hashes, headers } = await compare(calls, open, way)
      assert.deepEqual([status, hashes], [429, []])
      assert.ok(headers.includes('retry-after: 30'))
      await assertRightIsTheSame(calls, open, way)
    },
  )

  onEveryStore(`a login by ${way} beyond the tries of an account looks the same from every network, known or not`, async (real) => {
    const { auth, calls } = await installation(real, { triesPerAccount: 4 })
    await spend(serve(auth, {}, { address: '198.51.100.9' }), 5)
    const open = serve(auth, {}, { address: '203.0.113.7' })
    const { status, hashes } = await compare(calls, open, way)
    assert.deepEqual([status, hashes], [429, []])
    await assertRightIsTheSame(calls, open, way)
  })
}

/** Its one hash is of another kind than the decoy, and a decoy of that kind is made only where the kind is configured. */
const oldHash = 'a deactivated account, by its right password under an old hash'

onEveryStore('a right password of a deactivated account writes nothing and hashes nothing anew, also under an old hash', async (real) => {
  const { auth, calls } = await installation(real)
  const open = serve(auth)
  const { email } = tries[oldHash] ?? assert.fail()
  const seen = await observe(calls, email, () => open().post('/auth/login', { email, password: phrase }))
  const other = await observe(calls, email, () => open().post('/auth/login', { email, password: wrong }))
  assert.deepEqual(seen, other)
})

async function spend(open: () => TestBrowser, count: number): Promise<void> {
  const emails = new Set(Object.values(tries).map(({ email }) => email))
  for (const email of emails) for (let tried = 0; tried < count; tried++) await open().post('/auth/login', { email, password: wrong })
}

async function assertRightIsTheSame(calls: string[], open: () => TestBrowser, way: string): Promise<void> {
  const ask = ways[way]
  assert.ok(ask)
  const email = 'known@example.com'
  const right = await observe(calls, email, () => ask(open(), { email, password: phrase }))
  const notRight = await observe(calls, email, () => ask(open(), { email, password: wrong }))
  assert.deepEqual(right, notRight)
}
