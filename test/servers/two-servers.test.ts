/** Two server processes that share a store are one application: whichever a request goes to, what was said to the other holds. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { memberOf, otherPhrase, phrase, registered } from '../flows/application.ts'
import { type StorePlace, stores } from '../flows/stores.ts'
import { artefactsOf } from './artefacts.ts'
import { type Servers, sentOf, startServers } from './servers.ts'

const soak = process.env.PORTCULLIS_SOAK === '1'

for (const { name: store, reach, place } of stores.filter((each) => each.reach !== 'one process')) {
  const rounds = reach === 'network' && !soak ? 50 : 1000
  describe(store, () => {
    let at: StorePlace
    let servers: Servers

    before(async () => {
      at = await place()
      servers = await startServers(2, { address: at.address })
    })

    after(async () => {
      await servers.stop()
      await at.remove()
    })

    /** What both servers answer to these cookies. */
    async function statuses(browser: TestBrowser): Promise<readonly number[]> {
      return Promise.all([0, 1].map(async (server) => (await servers.browserOf(server, browser).get('/members')).status))
    }

    test('a login at one server is a session at the other, and a logout there ends it at both', async () => {
      const first = await registered(() => servers.browserOf(0), 'shared@example.com')
      assert.deepEqual(await statuses(first), [200, 200])
      assert.equal((await servers.browserOf(1, first).post('/auth/logout')).status, 200)
      assert.deepEqual(await statuses(first), [401, 401])
    })

    test('a change of the password at one server ends every other session at both', async () => {
      const email = 'changed@example.com'
      const thief = await registered(servers.browser, email)
      const owner = servers.browser()
      await owner.post('/auth/login', { email, password: phrase })
      assert.equal((await owner.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })).status, 200)
      assert.deepEqual(await statuses(thief), [401, 401])
      assert.deepEqual(await statuses(owner), [200, 200])
    })

    test(`once a revocation has returned, neither server answers that session, ${rounds} times`, async () => {
      const email = 'revoked@example.com'
      const owner = await registered(servers.browser, email)
      let answered = 0
      for (let round = 0; round < rounds; round++) {
        const used = servers.browser()
        await used.post('/auth/login', { email, password: phrase })
        const id = memberOf((await used.get('/auth/session')).json.session, 'id')
        const using = [0, 1].map((server) => use(servers, server, used))
        const revoked = await owner.post('/auth/sessions/revoke', { id: String(id) })
        const returnedAt = performance.now()
        assert.equal(revoked.status, 200)
        for (const { count, lastBegan } of await Promise.all(using)) {
          assert.ok(lastBegan <= returnedAt, `round ${round}: a request that began after the revocation was let in`)
          answered += count
        }
      }
      assert.ok(answered > 2 * rounds, `only ${answered} requests were under way: these were no races`)
    })

    test('wrong guesses at both servers are counted together, and lock out at both', async () => {
      const email = 'guessed@example.com'
      await registered(servers.browser, email)
      const wrong = await servers.volley(sentOf(servers.browser(), '/auth/login', { email, password: 'wrong' }), 32)
      assert.deepEqual(tally(wrong), { 401: 5, 429: 27 })
      for (const server of [0, 1])
        assert.equal((await servers.browserOf(server).post('/auth/login', { email, password: phrase })).status, 429)
    })

    for (const { name, begin } of artefactsOf(false)) {
      test(`${name}, from one server, is good at the other, and then at neither`, async () => {
        const { browser, path, body } = await (await begin(() => servers.browserOf(0)))(0)
        const redeem = async (server: number) => (await servers.browserOf(server, browser).post(path, body)).status
        assert.equal(await redeem(1), 200)
        for (const server of [0, 1]) {
          const status = await redeem(server)
          assert.ok(status >= 400 && status < 500, `server ${server} answers ${status}`)
        }
      })
    }
  })
}

/** Asks a server with a session until it is refused: how often it was let in, and when the last such request began. */
async function use(
  servers: Servers,
  server: number,
  browser: TestBrowser,
): Promise<{ readonly count: number; readonly lastBegan: number }> {
  const sent = { ...sentOf(browser, '/members', {}), method: 'GET', body: '' }
  let lastBegan = 0
  for (let count = 0; ; count++) {
    const began = performance.now()
    const { status } = await servers.send(sent, server)
    if (status !== 200) {
      assert.equal(status, 401)
      return { count, lastBegan }
    }
    lastBegan = began
  }
}

function tally(answers: readonly { readonly status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
