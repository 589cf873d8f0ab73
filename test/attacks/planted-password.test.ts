/** Somebody registers a stranger's address first, with a password and fields of their own choosing: in no way does either outlive the confirmation. */
import assert from 'node:assert/strict'
import { type Auth, confirmEmail, createAuth, password, registration, type StandardSchema, session } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock } from '../../src/testing/clock.ts'
import { createMailbox } from '../../src/testing/mailbox.ts'
import { codeOf, memberOf, origin, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'

const victim = 'victim@example.com'
const planted = 'planted pineapple on the pier'
const chosen = 'seven quiet harbours at dusk'

/** Takes the field `name` as it is. */
const anyName: StandardSchema = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: { name: String(memberOf(value, 'name') ?? '') } }) },
}

interface Scene {
  readonly auth: Auth
  readonly open: () => TestBrowser
  readonly attacker: TestBrowser
  /** Registers the victim's address in a browser; the token, which only the victim's mailbox gets. */
  register(browser: TestBrowser, typed: string, name?: string): Promise<string>
  /** Lets a browser ask for another mail; the token, or an empty text. */
  resend(browser: TestBrowser): Promise<string>
}

async function scene(store: Store, loginAfter: boolean): Promise<Scene> {
  const mailbox = createMailbox()
  const clock = createClock()
  const extra = { schema: anyName, fields: [{ name: 'name', label: 'Name' }] }
  const auth = createAuth({
    origin,
    secret,
    store,
    clock,
    features: [session(), password(), registration({ extra }), confirmEmail({ loginAfter })],
    passwords: { dangerouslyCheapHash: true },
    limits: { mailsPerAddress: 100, triesPerSource: 1000 },
    mailer: mailbox,
  })
  const open = serve(auth, { '/members': {} })

  async function tokenOf(ask: () => Promise<unknown>): Promise<string> {
    await auth.settled()
    mailbox.clear()
    clock.advance(1)
    await ask()
    await auth.settled()
    return /token=([\w-]+)/.exec(mailbox.latest(victim)?.text ?? '')?.[1] ?? ''
  }

  return {
    auth,
    open,
    attacker: open(),
    register: (browser, typed, name = 'Mallory') => tokenOf(() => browser.post('/auth/register', { email: victim, password: typed, name })),
    resend: (browser) => tokenOf(() => browser.post('/auth/confirm-email/resend', { email: victim })),
  }
}

/** The end of every way: the account is the victim's alone. */
async function assertOwned({ auth, open, attacker }: Scene, name: string): Promise<void> {
  const user = await auth.admin.users.byEmail(victim)
  assert.equal(memberOf(user?.extra, 'name') ?? memberOf(user, 'name'), name)
  for (const browser of [attacker, open()]) {
    assert.equal(codeOf(await browser.post('/auth/login', { email: victim, password: planted })), 'invalid_credentials')
    assert.equal((await browser.get('/members')).status, 401)
  }
  assert.equal((await open().post('/auth/login', { email: victim, password: chosen })).status, 200)
}

for (const loginAfter of [false, true]) {
  const how = loginAfter ? ', where confirming logs in' : ''

  onEveryStore(
    `THR-79: an address that a stranger registered makes no account by its link alone, in whatever browser of its owner${how}`,
    async (store) => {
      const here = await scene(store, loginAfter)
      const owner = here.open()
      const tokens = [await here.register(here.attacker, planted), await here.resend(here.attacker)]
      const own = await here.register(owner, chosen, 'Victoria')
      for (const token of tokens) {
        for (const browser of [owner, here.open()]) {
          assert.equal(codeOf(await browser.post('/auth/confirm-email', { token })), 'password_required')
          for (const typed of [chosen, '', victim, `${planted} `])
            assert.equal((await browser.post('/auth/confirm-email', { token, password: typed })).json.ok, false)
        }
      }
      assert.equal(await here.auth.admin.users.byEmail(victim), null)
      assert.equal((await owner.post('/auth/confirm-email', { token: own })).status, 200)
      for (const token of tokens)
        assert.equal(codeOf(await here.attacker.post('/auth/confirm-email', { token, password: planted })), 'link_invalid')
      await assertOwned(here, 'Victoria')
    },
  )

  onEveryStore(
    `THR-79: in another browser of the owner only the owner’s own registration is confirmed by the owner’s password${how}`,
    async (store) => {
      const here = await scene(store, loginAfter)
      const first = await here.register(here.attacker, planted)
      const own = await here.register(here.open(), chosen, 'Victoria')
      const last = await here.register(here.attacker, planted)
      const phone = here.open()
      for (const token of [first, last]) assert.equal((await phone.post('/auth/confirm-email', { token, password: chosen })).status, 401)
      assert.equal((await phone.post('/auth/confirm-email', { token: own, password: chosen })).status, 200)
      assert.equal(await here.resend(here.attacker), '', 'nothing of the stranger waits any more')
      await assertOwned(here, 'Victoria')
    },
  )

  onEveryStore(
    `THR-79: whoever did not choose the password makes an account of their own, and nothing of the stranger is in it${how}`,
    async (store) => {
      const here = await scene(store, loginAfter)
      const token = await here.register(here.attacker, planted)
      const spare = await here.resend(here.attacker)
      const owner = here.open()
      assert.equal((await owner.post('/auth/confirm-email', { token, notMine: true })).status, 200)
      // The stranger has nothing of the proof, before and after.
      assert.equal(
        (await here.attacker.post('/auth/register', { email: victim, password: planted, name: 'Mallory' })).json.status,
        'confirmation_sent',
      )
      const made = await owner.post('/auth/register', { email: victim, password: chosen, name: 'Victoria' })
      assert.equal(made.json.status, loginAfter ? 'authenticated' : 'confirmed')
      assert.equal(codeOf(await here.attacker.post('/auth/confirm-email', { token: spare, password: planted })), 'link_invalid')
      assert.equal(await here.register(here.attacker, planted), '')
      await assertOwned(here, 'Victoria')
    },
  )
}
