/** Codes of second factors, and the logins that wait for them: each is good once. */
import { computeTotp, fromBase32 } from '../../src/protocols/totp.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { phrase } from '../flows/application.ts'
import { type Artefact, accepted, account, loggedIn, RefusedError, textOf } from './artefact.ts'

/** An account with an authenticator. */
export interface FactorAccount {
  readonly email: string
  /** Logged in by both factors. */
  readonly browser: TestBrowser
  /** A code that is not used up, good for half a minute and more by the servers' clock, which nobody moves. */
  readonly code: string
  readonly recoveryCodes: readonly string[]
}

const periodMs = 30_000

/** Makes an account, and sets an authenticator up by the code of now; the next one is left. */
export async function factorAccount(open: () => TestBrowser): Promise<FactorAccount> {
  const email = await account(open)
  const browser = await loggedIn(open, email)
  const begun = await accepted(browser.post('/auth/totp/setup'))
  const secret = fromBase32(textOf(begun, 'secret'))
  if (!secret) throw new RefusedError(begun)
  const now = Date.now()
  const [code, next] = [computeTotp(secret, now), computeTotp(secret, now + periodMs)]
  if (code === next) return factorAccount(open) // once in a million it would be used up
  const { json } = await accepted(browser.post('/auth/totp/confirm', { setupId: textOf(begun, 'setupId'), code }))
  const recoveryCodes = Array.isArray(json.recoveryCodes) ? json.recoveryCodes.map(String) : []
  return { email, browser, code: next, recoveryCodes }
}

/** Those that are good once. */
export const factorArtefacts: readonly Artefact[] = [
  {
    name: 'a login that is held until the code of an authenticator',
    kind: 'costly',
    late: ['unauthenticated', 'invalid_credentials'],
    begin: async (open) => async () => {
      const { email, code } = await factorAccount(open)
      return { browser: await loggedIn(open, email), path: '/auth/totp/verify', body: { code } }
    },
  },
  {
    name: 'a code of an authenticator, typed where two logins are held',
    kind: 'costly',
    late: ['unauthenticated', 'invalid_credentials'],
    begin: async (open) => async () => {
      const { email, code } = await factorAccount(open)
      const [browser, other] = [await loggedIn(open, email), await loggedIn(open, email)]
      const path = '/auth/totp/verify'
      return { browser, path, body: { code }, rival: { browser: other, path, body: { code } } }
    },
  },
  {
    name: 'a recovery code, typed where two logins are held',
    kind: 'costly',
    late: ['unauthenticated', 'invalid_credentials'],
    async begin(open) {
      const { email, browser: owner, recoveryCodes } = await factorAccount(open)
      const codes = [...recoveryCodes]
      return async () => {
        if (codes.length === 0) codes.push(...(await newCodes(owner)))
        const code = codes.shift() ?? ''
        const [browser, other] = [await loggedIn(open, email), await loggedIn(open, email)]
        const path = '/auth/recovery-codes/use'
        const spelled = code.replaceAll('-', '').toLowerCase()
        return { browser, path, body: { code }, rival: { browser: other, path, body: { code: spelled } } }
      }
    },
  },
  {
    name: 'an attempt to set an authenticator up',
    late: ['unauthenticated', 'challenge_expired', 'conflict'],
    kind: 'costly',
    begin: async (open) => async () => {
      const browser = await loggedIn(open, await account(open))
      const begun = await accepted(browser.post('/auth/totp/setup'))
      const secret = fromBase32(textOf(begun, 'secret'))
      if (!secret) throw new RefusedError(begun)
      return {
        browser,
        path: '/auth/totp/confirm',
        body: { setupId: textOf(begun, 'setupId'), code: computeTotp(secret, Date.now()) },
      }
    },
  },
]

/** Ten new ones, for a session that has shown just now whose it is. */
async function newCodes(browser: TestBrowser): Promise<readonly string[]> {
  await accepted(browser.post('/auth/verify', { password: phrase }))
  const { json } = await accepted(browser.post('/auth/recovery-codes'))
  return Array.isArray(json.codes) ? json.codes.map(String) : []
}
