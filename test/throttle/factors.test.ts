/** Guessing at second factors: whatever is begun anew, the count of the account goes on, and its owner gets in. */
import assert from 'node:assert/strict'
import { type Auth, createAuth, type LimitOptions, password, registration, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox } from '../../src/testing/mailbox.ts'
import { codeOf, origin, phrase, registered, secret, serve } from '../flows/application.ts'
import { wrongCode } from '../flows/factors.ts'
import { type Enrolled, enrol, secondFactors } from '../flows/phone.ts'
import { onEveryStore } from '../flows/stores.ts'

const [home, elsewhere, farAway] = ['203.0.113.7', '198.51.100.9', '192.0.2.77']
const account = { email: 'alice@example.com', password: phrase }
/** A code of the right form that no account here has. */
const noRecoveryCode = 'AAAA-AAAA-AAAA-AAAA'

interface Setting extends Enrolled {
  readonly auth: Auth
  readonly clock: MovableClock
  /** Alice's, a known device, logged in by both factors. */
  readonly owner: TestBrowser
  readonly at: (address: string) => () => TestBrowser
  /** Another installation on the same store, as after a restart. */
  anew(address: string): () => TestBrowser
}

async function setting(store: Store, limits: LimitOptions = {}): Promise<Setting> {
  const clock = createClock()
  const install = (): Auth => {
    const features = [session(), password(), registration(), ...secondFactors()]
    const passwords = { dangerouslyCheapHash: true } as const
    return createAuth({ origin, secret, store, clock, features, limits, passwords, mailer: createMailbox(), purgeEvery: false })
  }
  const auth = install()
  const at = (address: string) => serve(auth, {}, { address })
  const owner = await registered(at(home))
  return { auth, clock, owner, at, anew: (address) => serve(install(), {}, { address }), ...(await enrol(owner, clock)) }
}

/** A browser that holds alice's login: whoever has it knows the password. */
async function holding(open: () => TestBrowser): Promise<TestBrowser> {
  const browser = open()
  assert.equal((await browser.post('/auth/login', account)).json.status, 'second_factor_required')
  return browser
}

function typed(browser: TestBrowser, code: string): Promise<TestReply> {
  return browser.post('/auth/totp/verify', { code })
}

function typedRecoveryCode(browser: TestBrowser, code: string): Promise<TestReply> {
  return browser.post('/auth/recovery-codes/use', { code })
}

/** The other browser with the cookies of this one: a browser is none of one installation. */
function carriedOver(open: () => TestBrowser, { cookies }: TestBrowser): TestBrowser {
  const browser = open()
  for (const [name, value] of cookies) browser.cookies.set(name, value)
  return browser
}

onEveryStore(
  'THR-51 THR-52 THR-53: five wrong codes of either kind, at any login, and from that network even right ones are refused, unseen',
  async (store) => {
    const site = await setting(store)
    const { phone, codes, clock, at, anew } = site
    clock.advance(30_000)
    const [first, second, third] = [await holding(at(elsewhere)), await holding(at(elsewhere)), await holding(at(elsewhere))]
    const guesses = [
      await typed(first, wrongCode(site.phone)),
      await typedRecoveryCode(first, noRecoveryCode),
      await typed(second, wrongCode(phone)),
      await typedRecoveryCode(second, phone.code()),
      await typed(third, codes[0] ?? ''),
    ]
    for (const guess of guesses) assert.deepEqual([guess.status, codeOf(guess)], [401, 'invalid_credentials'])
    const restarted = anew(elsewhere)
    for (const browser of [first, third, carriedOver(restarted, first), carriedOver(restarted, second)]) {
      for (const reply of [
        await typed(browser, phone.code()),
        await typedRecoveryCode(browser, codes[0] ?? ''),
        await typed(browser, wrongCode(site.phone)),
      ])
        assert.deepEqual([reply.status, codeOf(reply), reply.headers.get('retry-after')], [429, 'too_many_attempts', '30'])
    }
    for (const open of [at(elsewhere), restarted]) assert.equal((await open().post('/auth/login', account)).status, 429)

    const refused = phone.code()
    clock.advance(30_000)
    assert.equal((await typed(first, refused)).json.status, 'authenticated') // it was not spent, nor was the held login
    assert.equal((await typedRecoveryCode(third, codes[0] ?? '')).json.status, 'authenticated')
  },
)

onEveryStore('the wait after wrong codes doubles up to a quarter of an hour; one more is judged after each', async (store) => {
  const site = await setting(store)
  const { clock, at } = site
  const first = await holding(at(elsewhere))
  for (let tried = 0; tried < 5; tried++) assert.equal((await typed(first, wrongCode(site.phone))).status, 401)
  for (const seconds of [30, 60, 120, 240, 480, 900, 900]) {
    clock.advance(seconds * 1000 - 1)
    assert.equal((await at(elsewhere)().post('/auth/login', account)).status, 429)
    clock.advance(1)
    const browser = await holding(at(elsewhere))
    assert.equal((await typed(browser, wrongCode(site.phone))).status, 401, `after ${seconds} s`)
    assert.equal((await typed(browser, wrongCode(site.phone))).status, 429)
  }
})

onEveryStore(
  'of codes that are guessed at the same time no more are judged than there are tries, and the right one among them is none',
  async (store) => {
    const site = await setting(store)
    site.clock.advance(30_000)
    const browsers = [await holding(site.at(elsewhere)), await holding(site.at(elsewhere))]
    const burst = browsers.flatMap((browser) =>
      Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0 ? typed(browser, wrongCode(site.phone)) : typedRecoveryCode(browser, noRecoveryCode),
      ),
    )
    const replies = await Promise.all(burst)
    assert.deepEqual(
      [401, 429].map((status) => replies.filter((reply) => reply.status === status).length),
      [5, 35],
    )
    assert.equal((await typed(browsers[0] ?? assert.fail(), site.phone.code())).status, 429)
  },
)

onEveryStore(
  'guesses from many networks spend the budget of the account; its owner gets in by a known device all the same',
  async (store) => {
    const site = await setting(store, { triesPerAccount: 12 })
    const { owner, at, phone, codes } = site
    await owner.post('/auth/logout')
    const held = await Promise.all([1, 2, 3, 4].map((host) => holding(at(`192.0.2.${host}`))))
    const statuses: number[] = []
    for (const browser of held) for (let tried = 0; tried < 4; tried++) statuses.push((await typed(browser, wrongCode(site.phone))).status)
    assert.deepEqual(statuses, [...Array<number>(12).fill(401), ...Array<number>(4).fill(429)])
    assert.equal((await at(farAway)().post('/auth/login', account)).status, 429)
    assert.equal((await typedRecoveryCode(held[0] ?? assert.fail(), codes[0] ?? '')).status, 429)

    assert.equal((await owner.post('/auth/login', account)).json.status, 'second_factor_required')
    assert.equal((await typed(owner, wrongCode(site.phone))).status, 401)
    assert.equal((await typed(owner, phone.next())).json.status, 'authenticated')
    const stranger = await holding(at(farAway)) // a completed login ends the row of failures from everywhere
    assert.equal((await typed(stranger, wrongCode(site.phone))).status, 401)
    assert.equal((await typed(held[3] ?? assert.fail(), phone.next())).json.status, 'authenticated')
  },
)

onEveryStore('a thief on a known device has its tries and those of a stranger, at set-up and re-authentication as well', async (store) => {
  const site = await setting(store)
  const { owner, clock, phone } = site
  clock.advance(30_000)
  const { json } = await owner.post('/auth/totp/setup')
  const setupId = String(json.setupId)
  const places = [
    () => owner.post('/auth/verify', { code: wrongCode(site.phone) }),
    () => owner.post('/auth/verify', { recoveryCode: noRecoveryCode }),
    () => owner.post('/auth/totp/confirm', { setupId, code: wrongCode(site.phone) }),
  ]
  const statuses: number[] = []
  for (let tried = 0; tried < 12; tried++) statuses.push((await places[tried % 3]?.())?.status ?? 0)
  assert.deepEqual(statuses, [...Array<number>(10).fill(401), 429, 429])
  assert.equal((await owner.post('/auth/verify', { code: phone.code() })).status, 429)
  assert.equal((await owner.get('/auth/session')).status, 200) // nothing has ended
})

onEveryStore('wrong codes are events with their method, and a right one clears the count of its network', async (store) => {
  const site = await setting(store)
  const { auth, at, phone, clock } = site
  const told: string[] = []
  auth.on('user.authentication_failed', ({ user, method, ip }) => void told.push(`failed ${user?.email} ${method} ${ip}`))
  auth.on('user.throttled', ({ user, method, ip }) => void told.push(`throttled ${user?.email} ${method} ${ip}`))
  for (let round = 0; round < 3; round++) {
    clock.advance(60_000)
    const browser = await holding(at(elsewhere))
    for (let tried = 0; tried < 4; tried++) assert.equal((await typed(browser, wrongCode(site.phone))).status, 401, `round ${round}`)
    assert.equal((await typed(browser, phone.next())).json.status, 'authenticated')
  }
  const browser = await holding(at(elsewhere))
  for (let tried = 0; tried < 6; tried++) await typedRecoveryCode(browser, noRecoveryCode)
  await auth.settled()
  const by = (what: string, method: string) => told.filter((line) => line === `${what} alice@example.com ${method} ${elsewhere}`).length
  assert.deepEqual([by('failed', 'totp'), by('failed', 'recovery_code'), by('throttled', 'recovery_code')], [12, 5, 1])
  assert.equal(told.length, 18)
})
