/** The second step of a login does the same work and says the same, whatever there is to know of the code or of the held login. */
import './hash-count.ts'
import assert from 'node:assert/strict'
import { type Auth, createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox } from '../../src/testing/mailbox.ts'
import { origin, registered, secret, serve } from '../flows/application.ts'
import { named, owing, wrongCode } from '../flows/factors.ts'
import { enrol, secondFactors } from '../flows/phone.ts'
import { onEveryStore } from '../flows/stores.ts'
import { type RecordedStore, recordStore } from './around-store.ts'
import { type Observed, observe } from './observed.ts'

const noRecoveryCode = 'AAAA-AAAA-AAAA-AAAA'

interface Setting extends RecordedStore {
  readonly auth: Auth
  readonly clock: MovableClock
  /** Browsers of one network. */
  readonly open: () => TestBrowser
}

function installation(real: Store): Setting {
  const recorded = recordStore(real)
  const clock = createClock()
  const features = [session(), password(), registration(), ...secondFactors()]
  const passwords = { dangerouslyCheapHash: true } as const
  const auth = createAuth({ origin, secret, store: recorded.store, clock, features, passwords, mailer: createMailbox(), purgeEvery: false })
  return { auth, clock, open: serve(auth, {}, { address: '198.51.100.9' }), ...recorded }
}

type Ask = (browser: TestBrowser, code: string) => Promise<TestReply>

const ways: Readonly<Record<string, { readonly isRecovery: boolean; readonly ask: Ask }>> = {
  'a code as JSON': { isRecovery: false, ask: (browser, code) => browser.post('/auth/totp/verify', { code }) },
  'a code on a page': { isRecovery: false, ask: (browser, code) => browser.submit('/auth/totp/verify', { code }) },
  'a recovery code as JSON': { isRecovery: true, ask: (browser, code) => browser.post('/auth/recovery-codes/use', { code }) },
  'a recovery code on a page': { isRecovery: true, ask: (browser, code) => browser.submit('/auth/recovery-codes/use', { code }) },
}

for (const [way, { isRecovery, ask }] of Object.entries(ways)) {
  onEveryStore(
    `a held login that is forged, late, given up, or of a deactivated or deleted user gets one answer to ${way}`,
    async (real) => {
      const { auth, clock, open, calls } = installation(real)
      const { phone, codes } = await enrol(await registered(open), clock)
      const { id } = (await auth.admin.users.byEmail('alice@example.com')) ?? assert.fail()
      const right = (): string => (isRecovery ? (codes[0] ?? '') : phone.code(1))
      const seen: Observed[] = []
      async function ended(browser: TestBrowser): Promise<void> {
        await auth.settled()
        for (const code of [right(), isRecovery ? noRecoveryCode : wrongCode(phone)])
          seen.push(await observe(calls, '<nothing>', () => ask(browser.copy(), code)))
      }
      const forged = await owing({ open })
      forged.cookies.set(named('ticket'), 'A'.repeat(43))
      await ended(forged)
      const late = await owing({ open })
      clock.advance(600_000)
      await ended(late)
      const givenUp = await owing({ open })
      await givenUp.copy().post('/auth/logout')
      await ended(givenUp)
      const held = await owing({ open })
      await auth.admin.users.deactivate(id)
      await ended(held)
      await auth.admin.users.delete(id)
      await ended(held)
      for (const { status, body, headers, hashes } of seen)
        assert.deepEqual([status, body, headers, hashes], [seen[0]?.status, seen[0]?.body, seen[0]?.headers, []])
      assert.equal(seen[0]?.status, way.endsWith('JSON') ? 401 : 303)
      assert.deepEqual([(await auth.admin.users.byEmail('alice@example.com')) ?? null, seen.length], [null, 10])
    },
  )

  onEveryStore(`a wrong code is one answer and one piece of work to ${way}, however nearly it was right`, async (real) => {
    const { auth, clock, open, calls } = installation(real)
    const { phone, codes } = await enrol(await registered(open), clock)
    const { phone: others, codes: otherCodes } = await enrol(await registered(open, 'bobby@example.com'), clock)
    clock.advance(60_000)
    const [code = ''] = codes
    const near = isRecovery
      ? [noRecoveryCode, `${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`, otherCodes[0] ?? '', `${code}${code}`]
      : [wrongCode(phone), phone.code(-2), others.code(), `${phone.code()}0`]
    const seen: Observed[] = []
    for (const typed of near) {
      const browser = await owing({ open })
      await auth.settled()
      seen.push(await observe(calls, '<nothing>', () => ask(browser, typed)))
    }
    for (const [at, observed] of seen.entries()) assert.deepEqual(observed, seen[0], near[at] ?? '')
    assert.deepEqual([seen[0]?.status, seen[0]?.hashes], [401, []])
  })

  onEveryStore(`beyond the tries, right and wrong look the same to ${way}, and neither is looked at`, async (real) => {
    const { auth, clock, open, calls } = installation(real)
    const { phone, codes } = await enrol(await registered(open), clock)
    clock.advance(60_000)
    const browser = await owing({ open })
    const wrong = isRecovery ? noRecoveryCode : wrongCode(phone)
    for (let tried = 0; tried < 5; tried++) assert.equal((await ask(browser, wrong)).status, 401)
    await auth.settled()
    const right = await observe(calls, '<nothing>', () => ask(browser, isRecovery ? (codes[0] ?? '') : phone.code()))
    const notRight = await observe(calls, '<nothing>', () => ask(browser, wrong))
    assert.deepEqual(right, notRight)
    assert.deepEqual([right.status, right.hashes], [429, []])
    if (!way.endsWith('page')) assert.equal(right.calls.filter((call) => /^reads\.(totp|recoveryCodes)\./.test(call)).length, 0)
  })
}
