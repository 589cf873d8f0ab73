/** With confirmation, registering and asking for another mail do the same and say the same, whatever there is to know of an address. */
import './hash-count.ts'
import assert from 'node:assert/strict'
import { type Auth, confirmEmail, createAuth, type LimitOptions, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { origin, otherPhrase, phrase, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { type RecordedStore, recordStore } from './around-store.ts'
import { type Observed, observe } from './observed.ts'

/** Addresses of one length, since a page shows them again, and whether registering each brings it a mail. */
const addresses: Readonly<Record<string, boolean>> = {
  'known@example.com': true,
  'locks@example.com': true, // guessed at until it waits
  'empty@example.com': true, // without a password
  'ended@example.com': false, // deactivated
  'waits@example.com': true, // registered and not confirmed
  'noone@example.com': true,
}

interface Installation extends RecordedStore {
  readonly auth: Auth
  readonly mailbox: Mailbox
}

async function installation(real: Store, limits: LimitOptions = {}): Promise<Installation> {
  const recorded = recordStore(real)
  const mailbox = createMailbox()
  const auth = createAuth({
    origin,
    secret,
    store: recorded.store,
    clock: createClock(),
    features: [session(), password(), registration(), confirmEmail()],
    passwords: { dangerouslyCheapHash: true },
    limits: { mailsPerAddress: 100, ...limits },
    mailer: mailbox,
  })
  const { users } = auth.admin
  for (const name of ['known', 'locks']) await users.create({ email: `${name}@example.com`, password: phrase })
  await users.create({ email: 'ended@example.com', password: phrase, active: false })
  await users.create({ email: 'empty@example.com' })
  const open = serve(auth)
  await open().post('/auth/register', { email: 'waits@example.com', password: phrase })
  for (let tried = 0; tried < 6; tried++) await open().post('/auth/login', { email: 'locks@example.com', password: otherPhrase })
  await auth.settled()
  return { auth, mailbox, ...recorded }
}

type Ask = (browser: TestBrowser, email: string) => Promise<TestReply>

const registering: Readonly<Record<string, Ask>> = {
  JSON: (browser, email) => browser.post('/auth/register', { email, password: otherPhrase }),
  'a page': (browser, email) => browser.submit('/auth/register', { email, password: otherPhrase }),
}
const resending: Readonly<Record<string, Ask>> = {
  JSON: (browser, email) => browser.post('/auth/confirm-email/resend', { email }),
  'a page': (browser, email) => browser.submit('/auth/confirm-email/resend', { email }),
}

/** What each address brings, which must be one and the same; sending, which goes on after the reply, is looked at by itself. */
async function compare(
  { auth, mailbox, calls }: Installation,
  ask: Ask,
  address = '198.51.100.9',
): Promise<Observed & { mailed: readonly string[] }> {
  const open = serve(auth, {}, { address })
  const seen: Observed[] = []
  const mailed: string[] = []
  for (const email of Object.keys(addresses)) {
    await auth.settled()
    mailbox.clear()
    const observed = await observe(calls, email, () => ask(open(), email))
    assert.deepEqual(mailbox.messages, [], 'nothing is sent within the request')
    seen.push({ ...observed, calls: observed.calls.filter((call) => !call.startsWith('outbox.')).map(withoutOwner) })
    await auth.settled()
    mailed.push(...mailbox.messages.map(({ to }) => to))
  }
  const [first] = seen
  assert.ok(first)
  for (const [index, observed] of seen.entries()) assert.deepEqual(observed, first, Object.keys(addresses)[index] ?? '')
  return { ...first, mailed }
}

/** Whose account a queued mail is about is one column of the same row, empty or not. */
function withoutOwner(call: string): string {
  return call.replace(/(row: \{[^}]*userId: )(string|null)/, '$1<owner>')
}

function names(calls: readonly string[]): readonly string[] {
  return calls.map((call) => call.slice(0, call.indexOf('(')))
}

for (const [way, ask] of Object.entries(registering)) {
  onEveryStore(
    `AL-FST-D7 AL-FST-L7: registering by ${way} does the same work and says the same, whatever there is to an address`,
    async (real) => {
      const here = await installation(real)
      const { status, hashes, calls, cookies, mailed } = await compare(here, ask)
      assert.deepEqual([status, hashes.length, cookies.length], [way === 'JSON' ? 200 : 303, 1, 1])
      const own = real.ownUsers ? ['ownUsers.newId', 'ownUsers.foresee'] : []
      assert.deepEqual(names(calls), ['attempts.add', ...own, 'reads.users.byEmailKey', 'attempts.add', 'durable.write'])
      assert.deepEqual(
        mailed,
        Object.entries(addresses).flatMap(([email, isMailed]) => (isMailed ? [email] : [])),
      )
    },
  )

  for (const limits of [{ mailsPerAddress: 1 }, { mailsPerNetwork: 1 }, { mailsInTotal: 1 }])
    onEveryStore(
      `beyond ${Object.keys(limits)} a registration by ${way} is refused alike and sends nothing, whoever has the address`,
      async (real) => {
        const here = await installation(real, limits)
        const open = serve(here.auth, {}, { address: '198.51.100.9' })
        for (const email of Object.keys(addresses)) await ask(open(), email)
        await here.auth.settled()
        const { status, mailed } = await compare(here, ask)
        assert.deepEqual([status, mailed], [429, []])
      },
    )
}

for (const [way, ask] of Object.entries(resending)) {
  onEveryStore(
    `AL-FS-28 AL-FST-D7: asking for another mail by ${way} does the same work and says the same, whatever there is to an address`,
    async (real) => {
      const here = await installation(real)
      const { status, hashes, calls, cookies, mailed } = await compare(here, ask)
      assert.deepEqual([status, hashes, cookies, mailed], [way === 'JSON' ? 200 : 303, [], [], []])
      assert.deepEqual(names(calls), ['attempts.add', 'reads.links.bySubject', 'durable.write'])
    },
  )

  for (const limits of [{ mailsPerAddress: 1 }, { mailsPerNetwork: 1 }, { mailsInTotal: 1 }])
    onEveryStore(`beyond ${Object.keys(limits)} another mail is asked for by ${way} in vain, whoever has the address`, async (real) => {
      const here = await installation(real, limits)
      const open = serve(here.auth, {}, { address: '198.51.100.9' })
      for (const email of Object.keys(addresses)) await ask(open(), email)
      const { status, mailed } = await compare(here, ask)
      assert.deepEqual([status, mailed], [429, []])
    })
}
