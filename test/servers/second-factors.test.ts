/** Second factors over two server processes: what was proven, used up or guessed at one of them is so at the other. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { phrase } from '../flows/application.ts'
import { type StorePlace, stores } from '../flows/stores.ts'
import { loggedIn } from './artefact.ts'
import { factorAccount } from './factor-artefacts.ts'
import { type Servers, sentOf, startServers } from './servers.ts'

const verifyPath = '/auth/totp/verify'
const usePath = '/auth/recovery-codes/use'
const noRecoveryCode = 'AAAA-AAAA-AAAA-AAAA'

for (const { name: store, place } of stores.filter((each) => each.reach !== 'one process')) {
  describe(store, () => {
    let at: StorePlace
    let servers: Servers
    /** Two more on the same store, which count no guesses. */
    let lenient: Servers

    before(async () => {
      at = await place()
      servers = await startServers(2, { address: at.address })
      lenient = await startServers(2, { address: at.address, triesPerSource: 1_000_000 })
    })

    after(async () => {
      await Promise.all([servers.stop(), lenient.stop()])
      await at.remove()
    })

    async function countSessions(browser: TestBrowser): Promise<number> {
      const { sessions } = (await browser.get('/auth/sessions')).json
      return Array.isArray(sessions) ? sessions.length : 0
    }

    test('THR-88: of 50 uses of one recovery code at once at two servers, by two logins, one logs in; each of ten codes', async () => {
      const { email, browser: owner, recoveryCodes } = await factorAccount(lenient.browser)
      const before = await countSessions(owner)
      for (const code of recoveryCodes) {
        const held = [await loggedIn(lenient.browser, email), await loggedIn(lenient.browser, email)] as const
        const volleys = held.map((browser, at) => lenient.volley(sentOf(browser, usePath, { code }), at === 0 ? 26 : 24))
        const answers = (await Promise.all(volleys)).flat()
        assert.deepEqual([answers.length, answers.filter(({ status }) => status === 200).length], [50, 1])
      }
      assert.equal(await countSessions(owner), before + 10)
      assert.equal((await owner.get('/auth/recovery-codes')).json.left, 0)
    })

    test('THR-92: of 32 that finish one held login by one code at once at two servers, one gets a session', async () => {
      const { email, browser: owner, code } = await factorAccount(lenient.browser)
      const before = await countSessions(owner)
      const browser = await loggedIn(lenient.browser, email)
      const answers = await lenient.volley(sentOf(browser, verifyPath, { code }), 32)
      const won = answers.filter(({ status }) => status === 200)
      const opened = answers.filter(({ said }) => /^set-cookie: portcullis-session-3000=[\w-]{43};/im.test(said))
      assert.deepEqual([answers.length, won.length, opened.length], [32, 1, 1])
      assert.equal(await countSessions(owner), before + 1)
    })

    test('a login that is held at one server is finished at the other, and a code that was used at one is used at both', async () => {
      const { email, code } = await factorAccount(servers.browser)
      const [first, second] = [await loggedIn(() => servers.browserOf(0), email), await loggedIn(() => servers.browserOf(0), email)]
      assert.equal((await servers.browserOf(1, first).post(verifyPath, { code })).json.status, 'authenticated')
      for (const server of [0, 1]) {
        assert.equal((await servers.browserOf(server, first).post(verifyPath, { code })).status, 401)
        assert.equal((await servers.browserOf(server, second).post(verifyPath, { code })).status, 401)
      }
    })

    test('wrong codes of both kinds at both servers are counted together, and lock out at both; the owner’s device gets in', async () => {
      const { email, browser: owner, code, recoveryCodes } = await factorAccount(servers.browser)
      const held = [await loggedIn(servers.browser, email), await loggedIn(servers.browser, email)] as const
      const guesses = await Promise.all([
        servers.volley(sentOf(held[0], usePath, { code: noRecoveryCode }), 16),
        servers.volley(sentOf(held[1], verifyPath, { code: 'no code' }), 16),
      ])
      const statuses = guesses.flat().map(({ status }) => status)
      assert.deepEqual(
        [401, 429].map((status) => statuses.filter((given) => given === status).length),
        [5, 27],
      )
      for (const server of [0, 1]) {
        const [browser, other] = [servers.browserOf(server, held[0]), servers.browserOf(server, held[1])]
        assert.equal((await browser.post(verifyPath, { code })).status, 429)
        assert.equal((await other.post(usePath, { code: recoveryCodes[0] ?? '' })).status, 429)
        assert.equal((await servers.browserOf(server).post('/auth/login', { email, password: phrase })).status, 429)
      }
      assert.equal((await owner.post('/auth/login', { email, password: phrase })).json.status, 'second_factor_required')
      assert.equal((await owner.post(verifyPath, { code })).json.status, 'authenticated')
    })
  })
}
