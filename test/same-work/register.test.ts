/** Registration tells that an address is taken, since nothing here can hide it; by its work it tells no more than by its words. */
import './hash-count.ts'
import assert from 'node:assert/strict'
import { type Auth, createAuth, type LimitOptions, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { codeOf, origin, otherPhrase, phrase, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { type RecordedStore, recordStore } from './around-store.ts'
import { type Observed, observe } from './observed.ts'

/** Addresses of one length, since a page shows them again; the last is free. */
const taken = ['known@example.com', 'ended@example.com', 'empty@example.com']
const free = 'noone@example.com'

async function installation(real: Store, limits: LimitOptions = {}): Promise<{ readonly auth: Auth } & RecordedStore> {
  const recorded = recordStore(real)
  const features = [session(), password(), registration()]
  const passwords = { dangerouslyCheapHash: true } as const
  const auth = createAuth({ origin, secret, store: recorded.store, clock: createClock(), features, passwords, limits })
  await auth.admin.users.create({ email: 'known@example.com', password: phrase })
  await auth.admin.users.create({ email: 'ended@example.com', password: phrase, active: false })
  await auth.admin.users.create({ email: 'empty@example.com' })
  return { auth, ...recorded }
}

type Ask = (browser: TestBrowser, email: string, secretTyped: string) => Promise<TestReply>

const ways: Readonly<Record<string, Ask>> = {
  JSON: (browser, email, typed) => browser.post('/auth/register', { email, password: typed }),
  'a page': (browser, email, typed) => browser.submit('/auth/register', { email, password: typed }),
}

function names(calls: readonly string[]): readonly string[] {
  return calls.map((call) => call.slice(0, call.indexOf('(')))
}

for (const [way, ask] of Object.entries(ways)) {
  async function all(calls: string[], open: () => TestBrowser, emails: readonly string[], typed: string): Promise<Observed> {
    const seen: Observed[] = []
    for (const email of emails) seen.push(await observe(calls, email, () => ask(open(), email, typed)))
    const [first] = seen
    assert.ok(first)
    for (const [index, observed] of seen.entries()) assert.deepEqual(observed, first, emails[index] ?? '')
    return first
  }

  onEveryStore(
    `registering a taken address by ${way} is 409 after the limit, the hash and the write of a free one, whoever has it`,
    async (real) => {
      const { auth, calls } = await installation(real)
      const open = serve(auth)
      for (const typed of [phrase, otherPhrase]) {
        const { status, hashes, calls: asked } = await all(calls, open, taken, typed)
        assert.equal(status, 409)
        assert.deepEqual(names(asked), ['attempts.add', ...(real.ownUsers ? ['ownUsers.newId', 'ownUsers.foresee'] : []), 'durable.write'])
        assert.equal(hashes.length, 1)
      }
      const refused = await observe(calls, free, () => ask(open(), 'known@example.com', otherPhrase))
      const made = await observe(calls, free, () => ask(open(), free, otherPhrase))
      assert.deepEqual(made.hashes, refused.hashes)
      assert.deepEqual(made.calls.slice(0, refused.calls.length), refused.calls)
      assert.deepEqual(names(made.calls.slice(refused.calls.length)), ['sessions.open'])
    },
  )

  onEveryStore(`a refused password is told by ${way} before anybody looks for the address, taken or free`, async (real) => {
    const { auth, calls } = await installation(real)
    const open = serve(auth)
    for (const typed of ['too short', 'password password', 'x'.repeat(200)]) {
      const { status, hashes, calls: asked } = await all(calls, open, [...taken, free], typed)
      assert.equal(status, 400, typed)
      assert.deepEqual([hashes, names(asked)], [[], ['attempts.add']])
    }
  })

  onEveryStore(`beyond the registrations of a network, a registration by ${way} hashes nothing, taken or free`, async (real) => {
    const { auth, calls } = await installation(real, { registrationsPerNetwork: 2 })
    const open = serve(auth, {}, { address: '198.51.100.9' })
    for (let tried = 0; tried < 2; tried++) assert.equal((await ask(open(), 'known@example.com', phrase)).status, 409)
    const { status, hashes, calls: asked } = await all(calls, open, [...taken, free], otherPhrase)
    assert.deepEqual([status, hashes, names(asked)], [429, [], ['attempts.add']])
  })
}

onEveryStore('what comes from a taken address is one answer, in any spelling of it', async (real) => {
  const { auth, calls } = await installation(real)
  const open = serve(auth)
  for (const email of ['KNOWN@example.com', 'Known@Example.Com']) {
    const answer = await open().post('/auth/register', { email, password: otherPhrase })
    assert.deepEqual([answer.status, codeOf(answer)], [409, 'email_taken'])
    assert.deepEqual(answer.headers.getSetCookie(), [])
  }
  assert.ok(!names(calls).includes('sessions.open'))
})
