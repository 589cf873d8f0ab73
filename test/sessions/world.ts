/** The real thing and the model of it, side by side: what the steps work on, and the check that both say the same. */
import assert from 'node:assert/strict'
import { type Auth, account, createAuth, loginTracking, magicLink, password, registration, remember, session } from '../../src/index.ts'
import { hashToken } from '../../src/kernel/exchange.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { memberOf, origin, secret, serve } from '../flows/application.ts'
import { secondFactors } from '../flows/phone.ts'
import { Model, type ModelSession, type ModelUser } from './model.ts'

/** The cookies by what they carry. */
export const cookies = {
  session: 'portcullis-session-3000',
  ticket: 'portcullis-ticket-3000',
  remember: 'portcullis-feature-remember-3000',
  trust: 'portcullis-feature-trust-3000',
} as const

export const phrases = ['purple otter juggles lamps', 'seven quiet harbours at dusk', 'a long honest passphrase'] as const
const many = 1_000_000_000

/** Everything a run needs. */
export class World {
  readonly auth: Auth
  readonly clock: MovableClock = createClock()
  readonly mailbox: Mailbox = createMailbox()
  readonly model: Model = new Model()
  readonly users: ModelUser[] = []
  readonly browsers: TestBrowser[] = []
  readonly #store: Store
  /** How often what happened that steps alone do not bring about. */
  readonly seen: Map<string, number> = new Map()
  readonly #open: () => TestBrowser

  constructor(store: Store) {
    this.#store = store
    this.auth = createAuth({
      origin,
      secret,
      store,
      features: [session(), password(), registration(), magicLink(), remember(), loginTracking(), account(), ...secondFactors()],
      passwords: { dangerouslyCheapHash: true },
      limits: {
        ...{ triesPerSource: many, triesPerAccount: many, failuresPerNetwork: many, registrationsPerNetwork: many },
        ...{ mailsPerAddress: many, mailsPerNetwork: many, mailsInTotal: many },
      },
      mailer: this.mailbox,
      clock: this.clock,
      purgeEvery: false,
    })
    this.#open = serve(this.auth)
  }

  get now(): number {
    return this.clock()
  }

  /** A browser that is not among those of the world. */
  visitor(): TestBrowser {
    return this.#open()
  }

  open(): TestBrowser {
    const browser = this.visitor()
    this.browsers.push(browser)
    return browser
  }

  note(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1)
  }

  /** The session that a browser's request goes with. */
  sessionOf(browser: TestBrowser): ModelSession | null {
    return this.model.live(browser.cookies.get(cookies.session), this.now)
  }

  /** Sends a request, which notes the use of what it carries. */
  async post(browser: TestBrowser, path: string, body: Readonly<Record<string, string | boolean>> = {}): Promise<TestReply> {
    this.model.touch(browser.cookies.get(cookies.session), this.now)
    return browser.post(path, body)
  }

  /** The ids in a list that a browser is shown. */
  async idsIn(browser: TestBrowser, path: string, list: string): Promise<readonly string[]> {
    this.model.touch(browser.cookies.get(cookies.session), this.now)
    const shown = (await browser.get(path)).json[list]
    return Array.isArray(shown) ? shown.map((one) => String(memberOf(one, 'id'))) : []
  }

  async makeUser(email: string): Promise<void> {
    const [phrase] = phrases
    const { id } = await this.auth.admin.users.create({ email, password: phrase })
    const life = { active: true, exists: true, stamp: 0, deletesAt: null, restore: null }
    this.users.push({ email, id, password: phrase, ...life, authenticators: [], codes: [], voidCodes: [] })
  }

  /** The session that a reply has opened in a browser. */
  async opened(browser: TestBrowser, user: ModelUser): Promise<ModelSession> {
    const { session: shown } = (await browser.get('/auth/session')).json
    return this.model.open(user, String(memberOf(shown, 'id')), browser.cookies.get(cookies.session) ?? '', this.now)
  }

  /** A session that a browser had ends when it opens another, whosever it is. */
  close(token: string | undefined): void {
    const session = token === undefined ? undefined : this.model.sessions.get(token)
    if (session?.token === token && session) session.isEnded = true
  }

  endSession(session: ModelSession): void {
    if (session.isEnded || !session.user.exists) return
    session.isEnded = true
    this.model.endDevices(session.user, (device) => device.session === session)
  }

  forget(token: string | undefined): void {
    const carried = this.model.deviceOf(token, this.now)
    if (!carried) return
    carried.isEnded = true
    if (carried.token === token) return
    this.note('a copy was noticed') // so what the device opened ends too
    if (carried.session) this.endSession(carried.session)
  }

  /** The token in the latest mail of a kind to a user. */
  async mailed(kind: string, { email }: ModelUser): Promise<string> {
    await this.auth.settled()
    const mail = this.mailbox.messages.findLast((message) => message.mail === kind && message.to === email)
    return /token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? ''
  }

  /** The id of the remembered or trusted browser of a token. */
  async deviceId(kind: 'remember' | 'trust', token: string): Promise<string> {
    return (await this.#kept(kind, token))?.id ?? ''
  }

  #kept(kind: 'remember' | 'trust', token: string) {
    const [label, half] = kind === 'trust' ? ['trusted device', token] : ['selector', token.split('.')[0] ?? '']
    return this.#store.reads.devices.bySelector(hashToken(`feature ${label}`, half), kind, this.now)
  }

  /** Every token that counts, and those that counted last, are let in or not as the model says; so is every browser. */
  async check(): Promise<void> {
    const tokens = [...this.model.sessions.keys()].slice(-60)
    const live = [...this.model.sessions].filter(([token]) => this.model.live(token, this.now)).map(([token]) => token)
    const held = this.browsers.flatMap((browser) => browser.cookies.get(cookies.session) ?? [])
    for (const token of new Set([...tokens, ...live, ...held])) {
      const expected = this.model.live(token, this.now)
      const found = await this.auth.identify(new Request(origin, { headers: { cookie: `${cookies.session}=${token}` } }))
      this.model.touch(token, this.now)
      assert.equal(found?.user.email, expected?.user.email, expected ? 'it lives and was refused' : 'it is dead and was let in')
    }
    for (const token of this.model.given.slice(-60))
      assert.equal(await this.#counts('remember', token), this.model.resumes(token, this.now) !== null, 'a remembered browser')
    for (const token of [...this.model.trusts.keys()].slice(-20)) {
      const expected = this.model.trustOf(token, this.now)
      assert.equal(await this.#counts('trust', token), expected?.user.active === true, 'a trusted browser')
    }
    await this.#checkTickets()
    for (const user of this.users) await this.#checkFactors(user)
  }

  async #counts(kind: 'remember' | 'trust', token: string): Promise<boolean> {
    const kept = await this.#kept(kind, token)
    const record = kept && (await this.#store.reads.users.byId(kept.userId))
    const verifier = kind === 'trust' ? hashToken('feature trust', token) : hashToken('feature verifier', token.split('.')[1] ?? '')
    return kept?.verifier === verifier && kept.stamp === record?.stamp && record.user.active
  }

  async #checkTickets(): Promise<void> {
    const visitor = this.visitor()
    for (const token of [...this.model.tickets.keys()].slice(-8)) {
      visitor.cookies.set(cookies.ticket, token)
      const { status } = await visitor.get('/auth/second-factor')
      assert.equal(status === 200, this.model.held(token, this.now) !== null, 'a held login')
    }
  }

  /** What an account has to prove a second factor with. */
  async #checkFactors({ id, exists, authenticators, codes }: ModelUser): Promise<void> {
    const { totp, recoveryCodes } = this.#store.reads
    const kept = (await totp.listOf(id)).map((row) => `${row.id} ${row.step}`).sort()
    assert.deepEqual(kept, exists ? authenticators.map((one) => `${one.id} ${one.spent}`).sort() : [], 'authenticators')
    assert.equal((await recoveryCodes.listOf(id)).length, exists ? codes.length : 0, 'recovery codes')
  }
}
