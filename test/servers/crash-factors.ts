/** Flows of second factors that a server dies in. */
import assert from 'node:assert/strict'
import { computeTotp, fromBase32 } from '../../src/protocols/totp.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { phrase } from '../flows/application.ts'
import { account, type Flow, type Victim } from './victim.ts'

const periodMs = 30_000

/** An attempt to set an authenticator up, by the code of now. */
interface Attempt {
  readonly email: string
  readonly browser: TestBrowser
  readonly body: { readonly setupId: string; readonly code: string }
  /** The code of so many steps from now. */
  code(victim: Victim, steps?: number): string
}

async function attempt(victim: Victim): Promise<Attempt> {
  const email = await account(victim)
  const browser = victim.browser()
  await browser.post('/auth/login', { email, password: phrase })
  const { setupId, secret } = (await browser.post('/auth/totp/setup')).json
  const key = fromBase32(String(secret))
  assert.ok(key)
  const code: Attempt['code'] = (at, steps = 0) => computeTotp(key, at.now + steps * periodMs)
  return { email, browser, body: { setupId: String(setupId), code: code(victim) }, code }
}

/** An account with both factors, and a browser that holds a login to it. */
async function holding(victim: Victim): Promise<Attempt & { readonly recoveryCode: string }> {
  const begun = await attempt(victim)
  const { recoveryCodes } = (await begun.browser.post('/auth/totp/confirm', begun.body)).json
  assert.ok(Array.isArray(recoveryCodes))
  const browser = victim.browser()
  await browser.post('/auth/login', { email: begun.email, password: phrase })
  return { ...begun, browser, recoveryCode: String(recoveryCodes[0]) }
}

/** Logs in by password, and by a code where one is owed; whether it was. */
async function logIn(victim: Victim, { email, code }: Attempt): Promise<{ readonly browser: TestBrowser; readonly owed: boolean }> {
  const browser = victim.browser()
  const { status } = (await browser.post('/auth/login', { email, password: phrase })).json
  const owed = status === 'second_factor_required'
  if (owed) assert.equal((await browser.post('/auth/totp/verify', { code: code(victim) })).status, 200)
  assert.equal((await browser.get('/auth/session')).status, 200)
  return { browser, owed }
}

/** How many authenticators there are, and how many recovery codes are left. */
async function held(browser: TestBrowser): Promise<readonly [authenticators: number, codes: unknown]> {
  const { authenticators } = (await browser.get('/auth/totp')).json
  return [Array.isArray(authenticators) ? authenticators.length : -1, (await browser.get('/auth/recovery-codes')).json.left]
}

/** Those that die. */
export const factorFlows: readonly Flow[] = [
  {
    name: 'setting up the first second factor',
    confirms: false,
    async prepare(victim) {
      const begun = await attempt(victim)
      const { email, browser, body } = begun
      return {
        ...{ browser, path: '/auth/totp/confirm', body, mail: [email, 'totp.changed'] },
        async check(again, status) {
          const { browser: member, owed } = await logIn(again, begun)
          if (status !== null) assert.ok(owed)
          assert.deepEqual(await held(member), owed ? [1, 10] : [0, 0])
        },
      }
    },
  },
  {
    name: 'a login by a code of an authenticator',
    confirms: false,
    async prepare(victim) {
      const begun = await holding(victim)
      const { browser, code } = begun
      return {
        ...{ browser, path: '/auth/totp/verify', body: { code: code(victim, 1) } },
        async check(again, status) {
          if (status !== null) assert.equal((await browser.get('/auth/session')).status, 200)
          const { browser: member, owed } = await logIn(again, begun)
          assert.deepEqual([owed, await held(member)], [true, [1, 10]])
        },
      }
    },
  },
  {
    name: 'a login by a recovery code',
    confirms: false,
    async prepare(victim) {
      const begun = await holding(victim)
      const { email, browser, recoveryCode } = begun
      return {
        ...{ browser, path: '/auth/recovery-codes/use', body: { code: recoveryCode }, mail: [email, 'recovery_codes.changed'] },
        async check(again, status) {
          if (status !== null) assert.equal((await browser.get('/auth/session')).status, 200)
          const [, left] = await held((await logIn(again, begun)).browser)
          assert.ok(left === 9 || (left === 10 && status === null), `${left} codes are left`)
          const other = again.browser()
          await other.post('/auth/login', { email, password: phrase })
          assert.equal((await other.post('/auth/recovery-codes/use', { code: recoveryCode })).status, left === 10 ? 200 : 401)
        },
      }
    },
  },
]
