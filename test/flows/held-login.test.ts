/** A login that waits for its second factor: in one browser, for ten minutes, and for the account as it was. */
import assert from 'node:assert/strict'
import { loginTracking } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { codeOf, otherPhrase, phrase } from './application.ts'
import { alice, enrolled, idOf, login, mails, minute, named, owing, type Site, site } from './factors.ts'
import { type Enrolled, enrol } from './phone.ts'
import { onEveryStore } from './stores.ts'

const step = 30_000

/** A site with a member. */
interface Membership extends Site, Enrolled {
  /** Logged in by both factors. */
  readonly owner: TestBrowser
  readonly id: string
}

async function membership(store: Store): Promise<Membership> {
  const here = site(store, { others: [loginTracking()] })
  const { browser: owner, ...factors } = await enrolled(here)
  return { ...here, ...factors, owner, id: await idOf(here) }
}

/** The token of the latest mail of a kind. */
async function mailed(here: Site, kind: string): Promise<string> {
  return /token=([\w-]+)/.exec((await mails(here)).findLast(({ mail }) => mail === kind)?.text ?? '')?.[1] ?? ''
}

async function typed(browser: TestBrowser, code: string): Promise<readonly [status: number, code: unknown]> {
  const reply = await browser.post('/auth/totp/verify', { code })
  return [reply.status, codeOf(reply)]
}

onEveryStore('a wrong code, of either kind and in any number below the limit, does not void the held login', async (store) => {
  const here = await membership(store)
  const browser = await owing(here)
  const { phone } = here
  here.clock.advance(step)
  for (const wrong of ['', 'abcdef', phone.code(-3), `${phone.code()}0`]) {
    const [status] = await typed(browser, wrong)
    assert.ok(status === 401 || status === 400, wrong)
    assert.deepEqual((await browser.get('/auth/second-factor')).json.methods, ['totp', 'recovery_code'])
  }
  const page = await browser.submit('/auth/recovery-codes/use', { code: 'AAAA-AAAA-AAAA-AAAA' })
  assert.deepEqual([page.status, page.text.includes('<form method="post" action="/auth/recovery-codes/use">')], [401, true])
  assert.deepEqual(await typed(browser, phone.code()), [200, undefined])
})

onEveryStore('a held login is of one browser: its cookie is all there is of it, and no other cookie or field names it', async (store) => {
  const here = await membership(store)
  const browser = await owing(here)
  const { phone, open, owner } = here
  here.clock.advance(step)
  assert.deepEqual([...browser.cookies.keys()], [named('ticket')])
  const value = browser.cookies.get(named('ticket')) ?? ''
  const elsewhere = [open(), owner.copy(), await planted(open, 'session', value), await planted(open, 'challenge', value)]
  for (const other of elsewhere) {
    const reply = await other.post('/auth/totp/verify', { code: phone.code(), ticket: value, email: alice, [named('ticket')]: value })
    assert.deepEqual([reply.status, codeOf(reply)], [401, 'unauthenticated'])
  }
  const second = await owing(here) // one browser's login is not another's
  assert.deepEqual(await typed(second, phone.code()), [200, undefined])
  assert.deepEqual(await typed(browser, phone.next()), [200, undefined])
})

async function planted(open: () => TestBrowser, name: string, value: string): Promise<TestBrowser> {
  const browser = open()
  browser.cookies.set(named(name), value)
  return browser
}

onEveryStore(
  'a held login lasts ten minutes from the first factor; neither looking at it nor a wrong code makes it last longer',
  async (store) => {
    const here = await membership(store)
    const browser = await owing(here)
    for (let passed = 0; passed < 9; passed++) {
      here.clock.advance(minute)
      assert.equal((await browser.visit('/auth/totp/verify')).status, 200)
      if (passed % 3 === 0) assert.deepEqual(await typed(browser, here.phone.code(-3)), [401, 'invalid_credentials'])
    }
    const inTime = browser.copy()
    here.clock.advance(minute - 1)
    assert.deepEqual(await typed(inTime, here.phone.code()), [200, undefined])
    const late = await owing(here)
    here.clock.advance(10 * minute)
    assert.deepEqual(await typed(late, here.phone.code()), [401, 'unauthenticated'])
    const page = await late.submit('/auth/totp/verify', { code: here.phone.code() })
    assert.deepEqual([page.status, page.location], [303, '/auth/login?next=%2F'])
  },
)

/** What changes the account so that nothing begun before it goes on. */
const endings: Readonly<Record<string, (here: Membership) => Promise<unknown>>> = {
  'a change of the password': async ({ owner }) =>
    assert.equal((await owner.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })).status, 200),
  'a reset of the password by mail': async (here) => {
    await here.open().post('/auth/forgot-password', { email: alice })
    const token = await mailed(here, 'password.reset')
    assert.equal((await here.open().post('/auth/reset-password', { token, newPassword: otherPhrase })).status, 200)
  },
  'an operator’s change of the password': ({ auth, id }) => auth.admin.users.changePassword(id, otherPhrase),
  'an operator’s reset of access': ({ auth, id }) => auth.admin.users.resetAccess(id),
  deactivation: ({ auth, id }) => auth.admin.users.deactivate(id),
  deletion: ({ auth, id }) => auth.admin.users.delete(id),
  'a login that its user disowns': async (here) =>
    assert.equal((await here.open().post('/auth/not-me', { token: await mailed(here, 'login.new_device') })).status, 200),
}

for (const [ending, end] of Object.entries(endings)) {
  onEveryStore(`a held login dies with ${ending} elsewhere, and neither code is used up by it`, async (store) => {
    const here = await membership(store)
    const { phone, codes, clock, open, id } = here
    clock.advance(step)
    const other = open() // whose login is a mail to the user
    await login(other)
    assert.deepEqual(await typed(other, phone.code()), [200, undefined])
    const [browser, second] = [await owing(here), await owing(here)]
    const left = async (): Promise<unknown> => [await store.reads.totp.listOf(id), await store.reads.recoveryCodes.listOf(id)]
    await end(here)
    const before = await left()
    clock.advance(step)
    assert.deepEqual(await typed(browser, phone.code()), [401, 'unauthenticated'])
    const reply = await second.post('/auth/recovery-codes/use', { code: codes[0] ?? '' })
    assert.deepEqual([reply.status, codeOf(reply)], [401, 'unauthenticated'])
    for (const each of [browser, second]) assert.equal((await each.get('/auth/session')).status, 401)
    assert.deepEqual(await left(), before)
  })
}

onEveryStore(
  'a login that waits for a set-up dies when another browser sets the first one up; then the second factor is owed',
  async (store) => {
    const { auth, open, clock } = site(store, { requireSecondFactor: () => true })
    await auth.admin.users.create({ email: alice, password: phrase })
    const [first, second] = [open(), open()]
    for (const browser of [first, second]) assert.equal((await login(browser)).json.status, 'second_factor_setup_required')
    const { json } = await second.post('/auth/totp/setup')
    const { phone } = await enrol(first, clock)
    const confirmed = await second.post('/auth/totp/confirm', { setupId: String(json.setupId), code: '000000' })
    assert.deepEqual([confirmed.status, codeOf(confirmed)], [401, 'unauthenticated'])
    assert.equal((await second.post('/auth/totp/setup')).status, 401)
    assert.equal((await login(second)).json.status, 'second_factor_required')
    assert.deepEqual(await typed(second, phone.next()), [200, undefined])
  },
)
