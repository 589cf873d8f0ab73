/** A site with every second factor there is, and what its users do with them. */
import assert from 'node:assert/strict'
import {
  type Auth,
  type CreateAuthOptions,
  createAuth,
  type Feature,
  password,
  type RecoveryCodesOptions,
  recoveryCodes,
  registration,
  remember,
  session,
  type TotpOptions,
  type TrustedDeviceOptions,
  totp,
  trustedDevice,
} from '../../src/index.ts'
import type { MailMessage } from '../../src/model/mail.ts'
import type { Store } from '../../src/model/store.ts'
import type { TotpParameters } from '../../src/protocols/totp.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { memberOf, origin, phrase, registered, secret, serve } from './application.ts'
import { type Enrolled, enrol, type Phone, phoneOf } from './phone.ts'

export const alice = 'alice@example.com'
export const bob = 'bob@example.com'
export const minute = 60_000
export const day = 86_400_000

export interface Site {
  readonly auth: Auth
  readonly clock: MovableClock
  readonly mailbox: Mailbox
  readonly open: () => TestBrowser
}

/** What a site may be told besides the options of an installation. */
export interface SiteOptions extends Partial<Omit<CreateAuthOptions, 'clock' | 'features' | 'store'>> {
  readonly clock?: MovableClock
  readonly authenticators?: Partial<TotpOptions>
  readonly codes?: RecoveryCodesOptions
  readonly trusting?: TrustedDeviceOptions
  readonly others?: readonly Feature[]
}

export function site(store: Store, given: SiteOptions = {}): Site {
  const { clock = createClock(), authenticators, codes, trusting, others = [], ...options } = given
  const mailbox = createMailbox()
  const auth = createAuth({
    origin,
    secret,
    store,
    features: [
      session(),
      password(),
      registration(),
      remember(),
      totp({ issuer: 'Example', ...authenticators }),
      recoveryCodes(codes),
      trustedDevice(trusting),
      ...others,
    ],
    passwords: { dangerouslyCheapHash: true },
    mailer: mailbox,
    purgeEvery: false,
    clock,
    ...options,
  })
  return { auth, clock, mailbox, open: serve(auth, { '/members': {}, '/fresh': { fresh: '10m' }, '/vault': { secondFactor: true } }) }
}

/** The full name of a cookie of the site. */
export function named(cookie: string): string {
  return `portcullis-${cookie}-3000`
}

/** The mails that were sent since the last time. */
export async function mails({ auth, mailbox }: Site): Promise<readonly MailMessage[]> {
  await auth.settled()
  const sent = [...mailbox.messages]
  mailbox.clear()
  return sent
}

/** The id of a user. */
export async function idOf({ auth }: Site, email: string = alice): Promise<string> {
  return (await auth.admin.users.byEmail(email))?.id ?? ''
}

/** Six digits that none of the phones shows, now or right before or after. */
export function wrongCode(...phones: readonly Phone[]): string {
  const near = phones.flatMap(({ code }) => [-1, 0, 1].map((steps) => code(steps)))
  return ['000000', '111111', '222222', '333333'].find((code) => !near.includes(code)) ?? ''
}

/** An attempt to set an authenticator up: its id, and the phone that has scanned the picture. */
export interface Attempt {
  readonly setupId: string
  readonly phone: Phone
}

export async function begin({ clock }: Site, browser: TestBrowser, parameters: TotpParameters = {}): Promise<Attempt> {
  const { status, json, text } = await browser.post('/auth/totp/setup')
  assert.equal(status, 200, text)
  return { setupId: String(json.setupId), phone: phoneOf(String(json.secret), clock, parameters) }
}

/** Finishes an attempt by the code of now. */
export function confirm(browser: TestBrowser, { setupId, phone }: Attempt, name?: string): Promise<TestReply> {
  return browser.post('/auth/totp/confirm', { setupId, code: phone.code(), ...(name !== undefined && { name }) })
}

/** A new account with an authenticator and recovery codes, and the browser that is logged in to it. */
export async function enrolled(here: Site, email: string = alice): Promise<Enrolled & { readonly browser: TestBrowser }> {
  const browser = await registered(here.open, email)
  return { browser, ...(await enrol(browser, here.clock)) }
}

/** Logs in by password, whatever that leads to. */
export function login(browser: TestBrowser, more: Readonly<Record<string, string | boolean>> = {}): Promise<TestReply> {
  return browser.post('/auth/login', { email: alice, password: phrase, ...more })
}

/** A browser whose user has typed the password, and owes the second factor. */
export async function owing(
  { open }: Pick<Site, 'open'>,
  more: Readonly<Record<string, string | boolean>> = {},
  browser: TestBrowser = open(),
): Promise<TestBrowser> {
  const reply = await login(browser, more)
  assert.equal(reply.json.status, 'second_factor_required', reply.text)
  return browser
}

/** A browser that has logged in by password and code. */
export async function inByCode(here: Site, phone: Phone, more: Readonly<Record<string, string | boolean>> = {}): Promise<TestBrowser> {
  const browser = await owing(here, more)
  const reply = await browser.post('/auth/totp/verify', { code: phone.next() })
  assert.equal(reply.json.status, 'authenticated', reply.text)
  return browser
}

/** A line of a list in a reply. */
export interface Line {
  readonly id: string
  readonly name: string
  readonly current: boolean
}

/** What a logged-in browser lists: `totp` of `authenticators`, `trusted-devices` of `devices`. */
export async function listed(browser: TestBrowser, path: 'totp' | 'trusted-devices'): Promise<readonly Line[]> {
  const { status, json, text } = await browser.get(`/auth/${path}`)
  assert.equal(status, 200, text)
  const lines = path === 'totp' ? json.authenticators : json.devices
  assert.ok(Array.isArray(lines), text)
  return lines.map((line) => ({
    id: String(memberOf(line, 'id')),
    name: String(memberOf(line, 'name')),
    current: memberOf(line, 'current') === true,
  }))
}

/** The secret that a page to set one up shows to whoever must type it. */
export function keyOn(page: TestReply): string {
  return /<b>((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})<\/b>/.exec(page.text)?.[1]?.replaceAll(' ', '') ?? ''
}

/** The recovery codes that a page shows. */
export function codesOn(page: TestReply): readonly string[] {
  return [...page.text.matchAll(/<li><code>([A-Z2-7-]+)<\/code><\/li>/g)].map(([, code = '']) => code)
}
