/** Mails are queued in the write that they belong to, and sent by one process at a time, again and again, until they are sent or nobody wants them any more. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Auth, CreateAuthOptions, Mailer, MailMessage } from '../../src/index.ts'
import { createAuth, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox } from '../../src/testing/mailbox.ts'
import { aroundStore } from '../same-work/around-store.ts'
import { origin, otherPhrase, phrase, registered, secret, serve } from './application.ts'
import { onEveryStore } from './stores.ts'

interface Installation {
  readonly auth: Auth
  readonly clock: MovableClock
  readonly reports: string[]
  /** Asks for a mail. */
  ask(email?: string): Promise<void>
}

const alice = 'alice@example.com'

function installation(store: Store, mailer: Mailer, options: Partial<CreateAuthOptions> = {}): Installation {
  const clock = createClock()
  const reports: string[] = []
  const auth = createAuth({
    origin,
    secret,
    store,
    features: [session(), password(), registration()],
    passwords: { dangerouslyCheapHash: true },
    limits: { mailsPerAddress: 1000, registrationsPerNetwork: 1000 },
    mailer,
    clock,
    report: (error, about) => reports.push(`${about}: ${error instanceof Error ? error.message : error}`),
    ...options,
  })
  const open = serve(auth)
  return {
    auth,
    clock,
    reports,
    async ask(email = alice) {
      assert.equal((await open().post('/auth/forgot-password', { email })).status, 200)
      await auth.settled()
    },
  }
}

/** A mailer that fails until it is told otherwise. */
function failing(error: Error): Mailer & { readonly tried: MailMessage[]; heal(): void } {
  const tried: MailMessage[] = []
  let isWell = false
  return {
    tried,
    heal: () => {
      isWell = true
    },
    send(message) {
      tried.push(message)
      if (!isWell) throw error
    },
  }
}

onEveryStore('a mail that could not be sent waits, longer each time, and is sent when it can be, with the same id', async (store) => {
  const mailer = failing(new Error('the server is away'))
  const { auth, clock, reports, ask } = installation(store, mailer)
  const sent: string[] = []
  auth.on('mail.sent', ({ mail, user }) => void sent.push(`${mail} ${user?.email}`))
  await auth.admin.users.create({ email: alice, password: phrase })
  await ask()
  assert.equal(mailer.tried.length, 1)
  assert.deepEqual(reports, ['the mail "password.reset" could not be sent yet: the server is away'])
  for (const [pause, tries] of [
    [29_999, 1],
    [1, 2],
    [59_999, 2],
    [1, 3],
  ] as const) {
    clock.advance(pause)
    await ask('nobody@example.com') // looks after what is due
    assert.equal(mailer.tried.length, tries)
  }
  assert.deepEqual(await auth.admin.mails.count(), { waiting: 1, due: 0, failed: 0 })
  mailer.heal()
  clock.advance(120_000)
  await ask('nobody@example.com')
  assert.deepEqual(sent, ['password.reset alice@example.com'])
  assert.equal(new Set(mailer.tried.map(({ id }) => id)).size, 1)
  assert.deepEqual(await auth.admin.mails.count(), { waiting: 0, due: 0, failed: 0 })
})

onEveryStore('a mail that is refused for good, or that nobody wants any more, is kept without its link, and reported', async (store) => {
  const refusing = failing(Object.assign(new Error('550 no such\nmailbox'), { permanent: true }))
  const { auth, clock, ask } = installation(store, refusing)
  const failed: string[] = []
  auth.on('mail.failed', ({ mail, reason }) => void failed.push(`${mail}: ${reason}`))
  await auth.admin.users.create({ email: alice, password: phrase })
  await ask()
  assert.deepEqual(failed, ['password.reset: 550 no such mailbox'])
  const [kept] = await auth.admin.mails.failed()
  assert.deepEqual([kept?.mail, kept?.to, kept?.reason], ['password.reset', alice, '550 no such mailbox'])
  clock.advance(86_400_000)
  await ask('nobody@example.com')
  assert.equal(refusing.tried.length, 1)
  clock.advance(30 * 86_400_000)
  await auth.purge()
  assert.deepEqual(await auth.admin.mails.failed(), [])
})

test('a link is not sent when it has expired meanwhile', async () => {
  const mailer = failing(new Error('away'))
  const { auth, clock, ask } = installation(memory(), mailer)
  await auth.admin.users.create({ email: alice, password: phrase })
  await ask()
  mailer.heal()
  clock.advance(30 * 60_000)
  await ask('nobody@example.com')
  assert.equal(mailer.tried.length, 1)
  assert.equal((await auth.admin.mails.failed())[0]?.reason, 'it could not be sent in time')
})

onEveryStore('a mail that a process left when it died is sent by another, once', async (store) => {
  const [first, second] = [createMailbox(), createMailbox()]
  const dying = aroundStore(store, (method, _args, go) => (method === 'outbox.claim' ? [] : go()))
  const dead = installation(dying, first)
  await dead.auth.admin.users.create({ email: alice, password: phrase })
  await dead.ask()
  assert.equal(first.messages.length, 0)
  const { ask } = installation(store, second)
  await ask('nobody@example.com')
  await ask('nobody@example.com')
  assert.deepEqual(
    second.messages.map(({ mail, to }) => [mail, to]),
    [['password.reset', alice]],
  )
})

onEveryStore('of two processes that send at once, each mail is sent by one', async (store) => {
  const box = createMailbox()
  const [first, second] = [installation(store, box), installation(store, box)]
  const emails = Array.from({ length: 10 }, (_, index) => `user${index}@example.com`)
  for (const email of emails) await first.auth.admin.users.create({ email, password: phrase })
  await Promise.all(emails.map((email, index) => (index % 2 === 0 ? first : second).ask(email)))
  await Promise.all([first.auth.settled(), second.auth.settled()])
  assert.deepEqual(box.messages.map(({ to }) => to).toSorted(), emails)
})

onEveryStore('what is queued holds no readable link, and is of no use to whoever moves it to another row', async (store) => {
  const bodies: string[] = []
  const spied = aroundStore(store, (method, args, go) => {
    if (method === 'durable.write') bodies.push(JSON.stringify(args))
    return go()
  })
  const box = createMailbox()
  const { auth, ask } = installation(spied, box)
  await auth.admin.users.create({ email: alice, password: phrase })
  await ask()
  const token = /token=([\w-]+)/.exec(box.messages[0]?.text ?? '')?.[1] ?? 'none'
  assert.ok(bodies.some((body) => body.includes('outbox.put')) && bodies.every((body) => !body.includes(token)))
})

onEveryStore('a write that is refused queues no mail', async (store) => {
  const box = createMailbox()
  const { auth } = installation(store, box)
  const browser = await registered(serve(auth))
  await auth.settled()
  const racing = Array.from({ length: 4 }, () =>
    browser.copy().post('/auth/change-password', { password: phrase, newPassword: otherPhrase }),
  )
  assert.equal((await Promise.all(racing)).filter(({ status }) => status === 200).length, 1)
  await auth.settled()
  assert.equal(box.messages.length, 1)
})

test('in production an installation that sends mails needs a mailer, and says which mails', () => {
  const make = (options: Partial<CreateAuthOptions>) => () =>
    createAuth({ origin: 'https://example.com', secret, store: memory(), production: true, features: [session(), password()], ...options })
  assert.throws(make({}), /needs a mailer, for example smtp\(\) .*password\.changed, password\.reset, password\.invitation/)
  make({ mailer: createMailbox() })()
  assert.throws(make({ features: [session(), password({ reset: false })] }), /its features send password\.changed\./)
  make({ features: [session()] })()
})
