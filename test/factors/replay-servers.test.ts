/** A code of an authenticator is good once between all servers of a store. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createClock } from '../../src/testing/clock.ts'
import { codeOf, phrase, registered } from '../flows/application.ts'
import { enrol, type Phone } from '../flows/phone.ts'
import { type StorePlace, stores } from '../flows/stores.ts'
import { type Servers, sentOf, startServers } from '../servers/servers.ts'

for (const { name: store, place } of stores.filter(({ reach }) => reach !== 'one process')) {
  describe(store, () => {
    let at: StorePlace
    let servers: Servers

    before(async () => {
      at = await place()
      servers = await startServers(2, { address: at.address, triesPerSource: 1_000_000 })
    })

    after(async () => {
      await servers.stop()
      await at.remove()
    })

    /** Somebody whose phone was set up at both servers: begun at one, confirmed at the other. The servers live in real time. */
    async function phoneOfNew(email: string): Promise<Phone> {
      const browser = await registered(servers.browser, email)
      return (await enrol(browser, createClock(Date.now()))).phone
    }

    /** What a login with this code is answered, which is at one server from beginning to end. */
    async function login(server: number, email: string, code: string): Promise<unknown> {
      const browser = servers.browserOf(server)
      await browser.post('/auth/login', { email, password: phrase })
      const reply = await browser.post('/auth/totp/verify', { code })
      return reply.status === 200 ? reply.json.status : codeOf(reply)
    }

    test('what was typed at one server is spent at both, the code of the setup included', async () => {
      for (const [email, server] of [
        ['first@example.com', 0],
        ['second@example.com', 1],
      ] as const) {
        const phone = await phoneOfNew(email)
        for (const each of [0, 1]) assert.equal(await login(each, email, phone.code()), 'invalid_credentials')
        assert.equal(await login(server, email, phone.code(1)), 'authenticated')
        for (const each of [0, 1]) {
          for (const steps of [1, 0, -1]) assert.equal(await login(each, email, phone.code(steps)), 'invalid_credentials')
        }
      }
    })

    test('of many logins that type one code at the same time at two servers one gets in', async () => {
      for (let round = 0; round < 3; round++) {
        const email = `round${round}@example.com`
        const phone = await phoneOfNew(email)
        const browsers = await Promise.all(
          Array.from({ length: 8 }, async (_, number) => {
            const browser = servers.browserOf(number % 2)
            await browser.post('/auth/login', { email, password: phrase })
            return browser
          }),
        )
        const code = phone.code(1)
        const sent = browsers.map((browser, number) => servers.send(sentOf(browser, '/auth/totp/verify', { code }), number % 2))
        const statuses = (await Promise.all(sent)).map(({ status }) => status).sort()
        assert.deepEqual(statuses, [200, ...Array<number>(7).fill(401)])
      }
    })
  })
}
