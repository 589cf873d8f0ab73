/** Proving again does the same work and says the same, whatever there is to know of the account behind the session. */
import './hash-count.ts'
import assert from 'node:assert/strict'
import { type Auth, createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { origin, otherPhrase, phrase, registered, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { type RecordedStore, recordStore } from './around-store.ts'
import { type Observed, observe } from './observed.ts'

const wrong = 'a wrong password'

function installation(real: Store): { readonly auth: Auth; readonly open: () => TestBrowser } & RecordedStore {
  const recorded = recordStore(real)
  const features = [session(), password(), registration()]
  const passwords = { dangerouslyCheapHash: true } as const
  const auth = createAuth({ origin, secret, store: recorded.store, clock: createClock(), features, passwords })
  return { auth, open: serve(auth, {}, { address: '198.51.100.9' }), ...recorded }
}

type Ask = (browser: TestBrowser, typed: string) => Promise<TestReply>

const ways: Readonly<Record<string, Ask>> = {
  JSON: (browser, typed) => browser.post('/auth/verify', { password: typed }),
  'a page': (browser, typed) => browser.submit('/auth/verify', { password: typed }),
}

for (const [way, ask] of Object.entries(ways)) {
  onEveryStore(`a session that is forged, ended, or of a deactivated or deleted user gets one answer to verify by ${way}`, async (real) => {
    const { auth, open, calls } = installation(real)
    const forged = await registered(open, 'first@example.com')
    forged.cookies.set('portcullis-session-3000', 'A'.repeat(43))
    const ended = await registered(open, 'secnd@example.com')
    await ended.copy().post('/auth/logout')
    const deactivated = await registered(open, 'third@example.com')
    await auth.admin.users.deactivate((await auth.admin.users.byEmail('third@example.com'))?.id ?? '')
    const gone = await registered(open, 'forth@example.com')
    await auth.admin.users.delete((await auth.admin.users.byEmail('forth@example.com'))?.id ?? '')
    const seen: Observed[] = []
    for (const browser of [forged, ended, deactivated, gone])
      for (const typed of [phrase, wrong]) seen.push(await observe(calls, '<nothing>', () => ask(browser.copy(), typed)))
    for (const observed of seen) assert.deepEqual(observed, seen[0])
    assert.deepEqual([seen[0]?.status, seen[0]?.hashes], [way === 'JSON' ? 401 : 303, []])
  })

  onEveryStore(`a wrong password at verify by ${way} is one answer and one hash, whoever is asked`, async (real) => {
    const { open, calls } = installation(real)
    const [first, second] = [await registered(open, 'first@example.com'), await registered(open, 'secnd@example.com', otherPhrase)]
    const one = await observe(calls, 'first@example.com', () => ask(first, wrong))
    const other = await observe(calls, 'secnd@example.com', () => ask(second, wrong))
    const others = await observe(calls, 'secnd@example.com', () => ask(second, phrase)) // the right one of somebody else
    assert.deepEqual([other, others], [one, one])
    assert.deepEqual([one.status, one.hashes.length], [401, 1])
  })

  onEveryStore(`beyond the tries, verify by ${way} does no hashing, and right and wrong look the same`, async (real) => {
    const { open, calls } = installation(real)
    const browser = await registered(open, 'first@example.com')
    for (let tried = 0; tried < 10; tried++) assert.equal((await ask(browser, wrong)).status, 401) // five of the device, five of the network
    const right = await observe(calls, 'first@example.com', () => ask(browser, phrase))
    const notRight = await observe(calls, 'first@example.com', () => ask(browser, wrong))
    assert.deepEqual(right, notRight)
    assert.deepEqual([right.status, right.hashes], [429, []])
  })
}
