/** A site whose members have second factors, with every way in, and what they type there. */
import assert from 'node:assert/strict'
import { changeEmail, loginTracking, magicLink, username } from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { phrase } from '../flows/application.ts'
import { type Site, type SiteOptions, site } from '../flows/factors.ts'
import { type Enrolled, enrol } from '../flows/phone.ts'

/** An account with a second factor, and the browser that set it up. */
export interface FactorMember extends Enrolled {
  readonly id: string
  readonly browser: TestBrowser
}

/** Guesses are as good as free in it: how many there may be is tried elsewhere. */
export function factorSite(store: Store, options: SiteOptions = {}): Site {
  const limits = { triesPerSource: 10_000, triesPerAccount: 10_000, mailsPerAddress: 1000 }
  return site(store, { others: [magicLink(), username(), changeEmail(), loginTracking()], limits, ...options })
}

/** Makes an account whose mailbox is known to be its user's, and sets an authenticator up. */
export async function factorMember({ auth, open, clock }: Site, name: string = 'alice'): Promise<FactorMember> {
  const fields = { email: `${name}@example.com`, password: phrase }
  const { id } = await auth.admin.users.create({ ...fields, username: name })
  const browser = open()
  assert.equal((await browser.post('/auth/login', fields)).json.status, 'authenticated')
  return { id, browser, ...(await enrol(browser, clock)) }
}

/** What a code of an authenticator is answered where a login is held. */
export async function typedCode(browser: TestBrowser, code: string): Promise<number> {
  return (await browser.post('/auth/totp/verify', { code })).status
}

/** The same of a recovery code. */
export async function typedRecoveryCode(browser: TestBrowser, code: string): Promise<number> {
  return (await browser.post('/auth/recovery-codes/use', { code })).status
}

/** The token and the code of the latest mail of a kind. */
export async function mailed({ auth, mailbox }: Site, kind: string): Promise<{ readonly token: string; readonly code: string }> {
  await auth.settled()
  const text = mailbox.messages.findLast(({ mail }) => mail === kind)?.text ?? ''
  const [token = '', code = ''] = [/token=([\w-]+)/.exec(text)?.[1], /^[2-9A-Z]{4}-[2-9A-Z]{4}$/m.exec(text)?.[0]]
  assert.notEqual(token, '', `there is no ${kind}`)
  return { token, code }
}
