/** Everything that is good once, a row each: how one is made, and the request that redeems it. A new kind takes part by one more row. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { otherPhrase, phrase } from '../flows/application.ts'
import { type Artefact, accepted, account, loggedIn, newAddress, type Redemption, textOf } from './artefact.ts'
import { factorArtefacts } from './factor-artefacts.ts'

/** A mail is still under way: one that was being sent when something failed is sent again after a while. */
export class LateMailError extends Error {}

const pin = '271828'

const artefacts: readonly Artefact[] = [
  {
    name: 'an address that nobody has registered',
    kind: 'held by one',
    late: ['email_taken'],
    begin: async (open) => async () => ({
      browser: open(),
      path: '/auth/register',
      body: { email: newAddress(), password: phrase },
    }),
  },
  {
    name: 'a username that two want',
    kind: 'held by one',
    late: ['username_taken', 'email_taken'],
    begin: async (open) => async () => {
      const username = `n${randomUUID()}`.slice(0, 30)
      const claim = (): Redemption => ({
        browser: open(),
        path: '/auth/register',
        body: { email: newAddress(), password: phrase, username },
      })
      return { ...claim(), rival: claim() }
    },
  },
  {
    name: 'a session that another replaces at the change of the password',
    kind: 'held by one',
    late: ['unauthenticated', 'conflict'],
    async begin(open) {
      const email = await account(open)
      const passwords = [phrase, otherPhrase] as const
      return async (round) => {
        const [password, newPassword] = round % 2 === 0 ? passwords : passwords.toReversed()
        return {
          browser: await loggedIn(open, email, password),
          path: '/auth/change-password',
          body: { password: password ?? '', newPassword: newPassword ?? '' },
        }
      }
    },
  },
  {
    name: 'a session that another replaces at re-authentication',
    kind: 'held by one',
    late: ['unauthenticated'],
    async begin(open) {
      const email = await account(open)
      return async () => ({ browser: await loggedIn(open, email), path: '/auth/verify', body: { password: phrase } })
    },
  },
  {
    name: 'a login that is held until the second factor',
    late: ['unauthenticated'],
    async begin(open) {
      const email = await account(open)
      await accepted((await loggedIn(open, email)).post('/auth/pin/setup', { pin }))
      return async () => ({ browser: await loggedIn(open, email), path: '/auth/pin', body: { pin } })
    },
  },
  {
    name: 'the right to set up the first second factor',
    late: ['unauthenticated', 'conflict'],
    begin: async (open) => async () => {
      const email = await account(open)
      return { browser: await loggedIn(open, email), path: '/auth/pin/setup', body: { pin } }
    },
  },
  {
    name: 'a link',
    late: ['link_invalid'],
    async begin(open) {
      const browser = await loggedIn(open, await account(open))
      return async () => ({
        browser: open(),
        path: '/auth/link/redeem',
        body: { token: textOf(await accepted(browser.post('/auth/link')), 'token') },
      })
    },
  },
  {
    name: 'a mailed link to choose a new password',
    late: ['link_invalid'],
    kind: 'mailed',
    async begin(open) {
      const email = await account(open)
      return async () => {
        await accepted(open().post('/auth/forgot-password', { email }))
        return { browser: open(), path: '/auth/reset-password', body: { token: await mailedTo(open, email), newPassword: otherPhrase } }
      }
    },
  },
  {
    name: 'a mailed link to log in',
    late: ['link_invalid'],
    kind: 'mailed',
    async begin(open) {
      const email = await account(open)
      return async () => {
        await accepted(open().post('/auth/magic-link', { email }))
        return { browser: open(), path: '/auth/magic-link/redeem', body: { token: (await mailed(open, email)).token } }
      }
    },
  },
  {
    name: 'a mailed link to log in to an account that is nobody’s yet',
    late: ['link_invalid'],
    kind: 'mailed',
    begin: async (open) => async () => {
      const email = await account(open)
      await accepted(open().post('/auth/magic-link', { email }))
      return { browser: open(), path: '/auth/magic-link/redeem', body: { token: (await mailed(open, email)).token } }
    },
  },
  {
    name: 'a mailed code to log in, or the link that it came with',
    late: ['link_invalid', 'invalid_credentials'],
    kind: 'mailed',
    async begin(open) {
      const email = await account(open)
      return async () => {
        await accepted(open().post('/auth/magic-link', { email }))
        const { token, code } = await mailed(open, email)
        const path = '/auth/magic-link/redeem'
        return { browser: open(), path, body: { email, code }, rival: { browser: open(), path, body: { token } } }
      }
    },
  },
  {
    name: 'a mailed link to another address',
    late: ['link_invalid'],
    kind: 'mailed',
    async begin(open) {
      let current = await account(open)
      return async () => {
        const email = newAddress()
        const browser = await loggedIn(open, current)
        await accepted(browser.post('/auth/change-email', { email }))
        current = email
        return { browser, path: '/auth/change-email/confirm', body: { token: (await mailed(open, email)).token } }
      }
    },
  },
  {
    name: 'a mailed link that takes a change of address back',
    late: ['link_invalid'],
    kind: 'mailed',
    begin: async (open) => async () => {
      const [email, other] = [await account(open), newAddress()]
      const browser = await loggedIn(open, email)
      await accepted(browser.post('/auth/change-email', { email: other }))
      await accepted(browser.post('/auth/change-email/confirm', { token: (await mailed(open, other)).token }))
      return { browser: open(), path: '/auth/change-email/undo', body: { token: (await mailed(open, email)).token } }
    },
  },
  {
    name: 'a mailed link that confirms an address',
    late: ['link_invalid'],
    kind: 'mailed',
    confirms: true,
    begin: async (open) => async () => pendingAt(open, newAddress()),
  },
  {
    name: 'one of two registrations of one address that wait to be confirmed',
    late: ['link_invalid'],
    kind: 'mailed',
    confirms: true,
    begin: async (open) => async () => {
      const email = newAddress()
      return { ...(await pendingAt(open, email)), rival: await pendingAt(open, email) }
    },
  },
  {
    name: 'the token of a remembered browser',
    late: ['unauthenticated'],
    async begin(open) {
      const email = await account(open)
      return async () => {
        const browser = open()
        await accepted(browser.post('/auth/login', { email, password: phrase, remember: true }))
        for (const cookie of browser.cookies.keys()) if (cookie.includes('session')) browser.cookies.delete(cookie)
        return { browser, path: '/auth/resume', body: {} }
      }
    },
  },
  {
    name: 'a mailed link that calls a deletion off',
    late: ['link_invalid'],
    kind: 'mailed',
    begin: async (open) => async () => {
      const email = await account(open)
      await accepted((await loggedIn(open, email)).post('/auth/account/delete'))
      return { browser: open(), path: '/auth/account/restore', body: { token: await mailedTo(open, email) } }
    },
  },
  {
    name: 'a challenge',
    late: ['challenge_expired'],
    begin: async (open) => async () => {
      const browser = open()
      return { browser, path: '/auth/ceremony/finish', body: { id: textOf(await accepted(browser.post('/auth/ceremony')), 'id') } }
    },
  },
  ...factorArtefacts,
]

/** Those of servers where addresses are confirmed before there is an account, or of the others. */
export function artefactsOf(confirms: boolean): readonly Artefact[] {
  return artefacts.filter((artefact) => (artefact.confirms ?? false) === confirms)
}

const given = new Set<string>()

/** The token of the latest mail to an address: whichever server has sent it, soon. */
async function mailedTo(open: () => TestBrowser, email: string): Promise<string> {
  return (await mailed(open, email)).token
}

/** The same, with the code of the mail, where it has one. */
async function mailed(open: () => TestBrowser, email: string): Promise<{ readonly token: string; readonly code: string }> {
  for (let looks = 0; looks < 400; looks++) {
    const { token, code } = (await accepted(open().post('/auth/mailbox', { to: email }))).json
    if (typeof token === 'string' && token !== '' && !given.has(token)) {
      given.add(token)
      return { token, code: String(code) }
    }
    await pause(5)
  }
  throw new LateMailError(`No mail has come to ${email}.`)
}

/** Registers an address that is to be confirmed, in a browser that then holds the registration. */
async function pendingAt(open: () => TestBrowser, email: string): Promise<Redemption> {
  const browser = open()
  await accepted(browser.post('/auth/register', { email, password: phrase }))
  return { browser, path: '/auth/confirm-email', body: { token: await mailedTo(open, email) } }
}
