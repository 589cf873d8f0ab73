/** What happens to a session's token, over real sockets: behind every adapter, on both stores that need no server. */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { memory } from '../../src/stores/memory.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import type { TestBrowser } from '../../src/testing/index.ts'
import { createTestAuth, type Member, passphrase, serving } from './served.ts'

const account = { email: 'ada@example.com', password: passphrase }
const changed = 'another honest passphrase'
const stores = { memory: () => memory<Member>(), sqlite: () => sqlite<Member>(new DatabaseSync(':memory:')) }

async function statusOf(browser: TestBrowser): Promise<number> {
  return (await browser.get('/auth/session')).status
}

for (const [adapter, serve] of serving)
  for (const [name, store] of Object.entries(stores)) {
    test(`login, re-authentication and password change renew the token, and the old one is dead (${adapter}, ${name})`, async (t) => {
      const auth = createTestAuth({ store: store() })
      await auth.admin.users.create({ ...account, extra: { name: 'Ada' } })
      const browser = (await serve(t, auth)).browser()
      assert.equal((await browser.post('/auth/login', account)).status, 200)
      for (const [path, fields] of [
        ['/auth/login', account],
        ['/auth/verify', { password: passphrase }],
        ['/auth/change-password', { password: passphrase, newPassword: changed }],
      ] as const) {
        const before = browser.copy()
        assert.equal(await statusOf(before), 200, path)
        assert.equal((await browser.post(path, fields)).status, 200, path)
        assert.notDeepEqual([...browser.cookies], [...before.cookies])
        assert.deepEqual([await statusOf(browser), await statusOf(before)], [200, 401], path)
      }
    })

    test(`a new stamp ends all sessions, and deactivation counts at the next request (${adapter}, ${name})`, async (t) => {
      const auth = createTestAuth({ store: store() })
      const { id } = await auth.admin.users.create({ ...account, extra: { name: 'Ada' } })
      const served = await serve(t, auth)
      const loggedIn = async (): Promise<TestBrowser> => {
        const browser = served.browser()
        assert.equal((await browser.post('/auth/login', account)).status, 200)
        return browser
      }
      const two = [await loggedIn(), await loggedIn()] as const
      await auth.admin.users.resetAccess(id)
      assert.deepEqual([await statusOf(two[0]), await statusOf(two[1])], [401, 401])
      const later = await loggedIn()
      await auth.admin.users.deactivate(id)
      assert.equal(await statusOf(later), 401)
      assert.equal((await served.browser().post('/auth/login', account)).status, 401)
    })
  }
