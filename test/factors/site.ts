/** A site with every feature there is and a login of the application's own, where staff must have a second factor. */
import { setTimeout as pause } from 'node:timers/promises'
import {
  type Auth,
  account,
  audit,
  type CreateAuthOptions,
  changeEmail,
  confirmEmail,
  createAuth,
  type Feature,
  language,
  loginTracking,
  magicLink,
  password,
  registration,
  remember,
  session,
  username,
} from '../../src/index.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { origin, secret, serve } from '../flows/application.ts'
import { secondFactors } from '../flows/phone.ts'
import { aroundStore } from '../same-work/around-store.ts'

/** How a registration becomes an account: at once, or when its address is confirmed, which may log in. */
export type Accounts = 'at once' | 'confirmed' | 'confirmed and logged in'

export interface Site {
  readonly auth: Auth
  readonly clock: MovableClock
  readonly mailbox: Mailbox
  readonly features: readonly Feature[]
  readonly open: () => TestBrowser
}

/** What a site may be told besides the options of an installation. */
export interface SiteOptions extends Partial<Omit<CreateAuthOptions, 'features' | 'clock'>> {
  readonly accounts?: Accounts
  readonly others?: readonly Feature[]
  readonly clock?: MovableClock
}

const many = 1_000_000_000

/** No guess of a test waits for those of another. */
const limits = {
  ...{ triesPerSource: many, triesPerAccount: many, failuresPerNetwork: many, registrationsPerNetwork: many },
  ...{ mailsPerAddress: many, mailsPerNetwork: many, mailsInTotal: many },
}

/** Every feature there is. */
export function everyFeature(accounts: Accounts = 'at once'): readonly Feature[] {
  return [
    ...[session(), password(), registration(), magicLink(), username(), changeEmail(), language()],
    ...[remember(), loginTracking(), account(), audit(), ...secondFactors()],
    ...(accounts === 'at once' ? [] : [confirmEmail({ loginAfter: accounts === 'confirmed and logged in' })]),
  ]
}

/** Builds it. `/members` is for whoever is logged in, `/vault` wants a second factor that was proven just now. */
export function createSite(store: Store, given: SiteOptions = {}): Site {
  const { accounts = 'at once', others = [], clock = createClock(), ...options } = given
  const mailbox = createMailbox()
  const features = [...everyFeature(accounts), ...others]
  const auth = createAuth({
    ...{ origin, secret, store, features, limits, clock },
    requireSecondFactor: ({ roles, email }) => roles.includes('staff') || email.endsWith('@staff.example'),
    passwords: { dangerouslyCheapHash: true },
    mailer: mailbox,
    purgeEvery: false,
    ...options,
  })

  /** `POST /own?email=&factors=`: the application has proven somebody in its own way. */
  async function elsewhere(request: Request): Promise<Response | null> {
    const { pathname, searchParams } = new URL(request.url)
    const user = pathname === '/own' ? await auth.admin.users.byEmail(searchParams.get('email') ?? '') : null
    return user && auth.login(request, user, { method: 'google', factors: searchParams.get('factors') === '2' ? 2 : 1 })
  }

  const open = serve(auth, { '/members': {}, '/vault': { secondFactor: true, fresh: '10m' } }, { elsewhere })
  return { auth, clock, mailbox, features, open }
}

/** The store, so slow to count a guess and to write that requests which come at once meet there, also where nothing else makes them wait. */
export function slowed(given: Store): Store {
  return aroundStore(given, (method, _, go) => (['attempts.add', 'durable.write'].includes(method) ? pause(30).then(go) : go()))
}

/** What the latest mail of a kind to an address holds; empty texts when there is none. */
export async function mailed(
  { auth, mailbox }: Pick<Site, 'auth' | 'mailbox'>,
  mail: string,
  to: string,
): Promise<{ readonly token: string; readonly code: string }> {
  await auth.settled()
  const text = mailbox.messages.findLast((message) => message.mail === mail && message.to === to)?.text ?? ''
  return { token: /token=([\w-]+)/.exec(text)?.[1] ?? '', code: /^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/m.exec(text)?.[0] ?? '' }
}

/** Puts a user among the staff. */
export async function promote({ auth }: Pick<Site, 'auth'>, userId: string): Promise<void> {
  await auth.admin.roles.put({ name: 'staff' })
  await auth.admin.users.addRole(userId, 'staff')
}
