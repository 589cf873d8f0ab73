/** Whatever sends a mail to an address does the same work and gives the same answer for every address, whoever has it. */
import './hash-count.ts'
import assert from 'node:assert/strict'
import {
  type Auth,
  changeEmail,
  confirmEmail,
  createAuth,
  type LimitOptions,
  magicLink,
  password,
  registration,
  session,
  username,
} from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { createMailbox } from '../../src/testing/mailbox.ts'
import { origin, otherPhrase, phrase, secret, serve } from '../flows/application.ts'
import { enrol, secondFactors } from '../flows/phone.ts'
import { onEveryStore } from '../flows/stores.ts'
import { type RecordedStore, recordStore } from './around-store.ts'
import { type Observed, observe } from './observed.ts'

/** Addresses of one length: of an account, of one with a second factor, a deactivated one, one without a password, locked, waiting, and of nobody. */
const addresses = ['known', 'armed', 'ended', 'empty', 'guard', 'waits', 'noone'].map((name) => `${name}@example.com`)

async function installation(real: Store, limits: LimitOptions = {}): Promise<{ readonly auth: Auth } & RecordedStore> {
  const recorded = recordStore(real)
  const clock = createClock()
  const ways = [session(), password(), registration(), confirmEmail(), magicLink(), changeEmail(), username()]
  const auth = createAuth({
    origin,
    secret,
    store: recorded.store,
    clock,
    features: [...ways, ...secondFactors()],
    passwords: { dangerouslyCheapHash: true },
    limits: { mailsPerAddress: 100, ...limits },
    mailer: createMailbox(),
  })
  for (const email of ['known@example.com', 'armed@example.com', 'guard@example.com', 'asker@example.com'])
    await auth.admin.users.create({ email, password: phrase })
  await auth.admin.users.create({ email: 'ended@example.com', password: phrase, active: false })
  await auth.admin.users.create({ email: 'empty@example.com' })
  const open = serve(auth)
  const armed = open()
  await armed.post('/auth/login', { email: 'armed@example.com', password: phrase })
  await enrol(armed, clock)
  await open().post('/auth/register', { email: 'waits@example.com', password: phrase })
  for (let tries = 0; tries < 6; tries++) await open().post('/auth/login', { email: 'guard@example.com', password: otherPhrase })
  await auth.settled()
  return { auth, ...recorded }
}

/** What a request asks of the store: not what sending its mail does later, nor whether a column of a row is filled or null. */
async function workOf(calls: string[], email: string, ask: () => Promise<TestReply>): Promise<Observed> {
  const observed = await observe(calls, email, ask)
  const own = observed.calls
    .filter((call) => !call.startsWith('outbox.'))
    .map((call) => call.replace(/(userId|stamp): (null|string)/g, '$1'))
  return { ...observed, calls: own }
}

type Ask = (browser: TestBrowser, email: string) => Promise<TestReply>

const ways: Readonly<Record<string, Ask>> = {
  'a registration with confirmation': (browser, email) => browser.post('/auth/register', { email, password: otherPhrase }),
  'a registration with confirmation, as a page': (browser, email) => browser.submit('/auth/register', { email, password: otherPhrase }),
  'another link to confirm': (browser, email) => browser.post('/auth/confirm-email/resend', { email }),
  'another link to confirm, as a page': (browser, email) => browser.submit('/auth/confirm-email/resend', { email }),
  'a forgotten username': (browser, email) => browser.post('/auth/recover-username', { email }),
  'a link to log in': (browser, email) => browser.post('/auth/magic-link', { email }),
  'a link to log in, as a page': (browser, email) => browser.submit('/auth/magic-link', { email }),
  'a wrong code to log in': (browser, email) => browser.post('/auth/magic-link/redeem', { email, code: '2222-2222' }),
}

for (const [what, ask] of Object.entries(ways)) {
  onEveryStore(`${what} costs the same calls and hashes and gets the same answer for every address`, async (real) => {
    const { auth, calls } = await installation(real, { triesPerSource: 1000 })
    const open = serve(auth)
    const seen: Observed[] = []
    for (const email of addresses) {
      seen.push(await workOf(calls, email, () => ask(open(), email)))
      await auth.settled()
    }
    for (const [at, observed] of seen.entries()) assert.deepEqual(observed, seen[0], addresses[at] ?? '')
    assert.ok((seen[0]?.calls.length ?? 0) > 1)
  })
}

onEveryStore('asking for a new address costs the same and gets the same answer, whoever has it', async (real) => {
  const { auth, calls } = await installation(real)
  const browser = serve(auth)()
  await browser.post('/auth/login', { email: 'asker@example.com', password: phrase })
  const seen: Observed[] = []
  for (const email of addresses) {
    seen.push(await workOf(calls, email, () => browser.post('/auth/change-email', { email })))
    await auth.settled()
  }
  for (const [at, observed] of seen.entries()) assert.deepEqual(observed, seen[0], addresses[at] ?? '')
  assert.equal(seen[0]?.status, 200)
})
