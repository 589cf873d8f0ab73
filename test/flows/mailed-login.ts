/** A site where members log in by mail, and what its mails hold. */
import assert from 'node:assert/strict'
import {
  type Auth,
  type CreateAuthOptions,
  createAuth,
  language,
  type MagicLinkOptions,
  magicLink,
  password,
  registration,
  session,
} from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { secondStep } from '../contract/second-step.ts'
import { origin, phrase, secret, serve } from './application.ts'

export const alice = 'alice@example.com'
export const bob = 'bob@example.com'
export const clock: MovableClock = createClock()

export interface Site {
  readonly auth: Auth
  readonly mailbox: Mailbox
  readonly open: () => TestBrowser
}

export function site(store: Store, linking: MagicLinkOptions = {}, options: Partial<CreateAuthOptions> = {}): Site {
  const mailbox = createMailbox()
  const auth = createAuth({
    origin,
    secret,
    store,
    features: [session(), password(), registration(), magicLink(linking), language(), secondStep()],
    passwords: { dangerouslyCheapHash: true },
    limits: { mailsPerAddress: 100 },
    mailer: mailbox,
    clock,
    ...options,
  })
  return { auth, mailbox, open: serve(auth, { '/members': {} }) }
}

export interface Mailed {
  readonly token: string
  readonly code: string
}

/** Asks in a browser; what the mail held, or empty texts when none came. */
export async function ask({ auth, mailbox, open }: Site, email: string = alice, browser: TestBrowser = open()): Promise<Mailed> {
  await auth.settled()
  mailbox.clear()
  assert.deepEqual((await browser.post('/auth/magic-link', { email })).json, { ok: true, status: 'link_sent' })
  await auth.settled()
  const text = mailbox.messages[0]?.text ?? ''
  return {
    token: /magic-link\/redeem\?token=([\w-]+)/.exec(text)?.[1] ?? '',
    code: /^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/m.exec(text)?.[0] ?? '',
  }
}

export async function members({ auth }: Site): Promise<void> {
  for (const email of [alice, bob]) await auth.admin.users.create({ email, password: phrase })
}
