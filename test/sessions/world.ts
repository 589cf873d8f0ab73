/** The real thing and the model of it, side by side: each step is done to both, and what it answers is what the model says. */
import assert from 'node:assert/strict'
import { type Auth, account, createAuth, loginTracking, magicLink, password, registration, remember, session } from '../../src/index.ts'
import { hashToken } from '../../src/kernel/exchange.ts'
import type { Store } from '../../src/model/store.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import type { Dice } from '../attacks/random.ts'
import { memberOf, origin, secret, serve } from '../flows/application.ts'
import { coolingOff, Model, type ModelSession, type ModelUser } from './model.ts'

const sessionCookie = 'portcullis-session-3000'
const rememberCookie = 'portcullis-feature-remember-3000'
const phrases = ['purple otter juggles lamps', 'seven quiet harbours at dusk', 'a long honest passphrase'] as const
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
  /** How often a token came that was used before. */
  copies = 0
  readonly #open: () => TestBrowser

  constructor(store: Store) {
    this.#store = store
    this.auth = createAuth({
      origin,
      secret,
      store,
      features: [session(), password(), registration(), magicLink(), remember(), loginTracking(), account()],
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

  open(): TestBrowser {
    const browser = this.#open()
    this.browsers.push(browser)
    return browser
  }

  /** The session that a browser's request goes with. */
  sessionOf(browser: TestBrowser): ModelSession | null {
    return this.model.live(browser.cookies.get(sessionCookie), this.now)
  }

  /** Sends a request, which notes the use of what it carries. */
  async post(browser: TestBrowser, path: string, body: Readonly<Record<string, string | boolean>> = {}): Promise<TestReply> {
    this.model.touch(browser.cookies.get(sessionCookie), this.now)
    return browser.post(path, body)
  }

  async makeUser(email: string): Promise<void> {
    const [phrase] = phrases
    const { id } = await this.auth.admin.users.create({ email, password: phrase })
    this.users.push({ email, id, password: phrase, active: true, exists: true, stamp: 0, deletesAt: null, restore: null })
  }

  /** A login by any means that names the user: what it says counts for the browser. */
  async login(browser: TestBrowser, user: ModelUser, how: 'password' | 'mail', asks: boolean): Promise<void> {
    const fits = user.exists && user.active
    const body =
      how === 'password' ? { email: user.email, password: user.password } : { token: await this.#magicToken(browser, user, fits) }
    const path = how === 'password' ? '/auth/login' : '/auth/magic-link/redeem'
    const [before, token] = [browser.cookies.get(sessionCookie), browser.cookies.get(rememberCookie)]
    const reply = await this.post(browser, path, { ...body, ...(asks && { remember: true }) })
    assert.equal(reply.status === 200, fits, `${how} ${reply.text}`)
    if (!fits) return
    this.#forget(token)
    this.#close(before)
    const opened = await this.#opened(browser, user)
    assert.equal(browser.cookies.has(rememberCookie), asks)
    if (asks) this.model.remember(user, opened, browser.cookies.get(rememberCookie) ?? '', this.now)
    opened.proofs.push(how)
    this.model.callOff(user)
  }

  async resume(browser: TestBrowser): Promise<void> {
    const live = this.sessionOf(browser)
    const [before, token] = [browser.cookies.get(sessionCookie), browser.cookies.get(rememberCookie)]
    const device = this.model.resumes(token, this.now)
    const copied = this.model.deviceOf(token, this.now)
    const reply = await this.post(browser, '/auth/resume')
    assert.equal(reply.status === 200, live !== null || device !== null, `resume ${reply.text}`)
    if (live) return
    if (device) {
      this.#close(before)
      this.model.give(device, browser.cookies.get(rememberCookie) ?? '')
      assert.notEqual(device.token, token)
      const earlier = device.session
      device.session = await this.#opened(browser, device.user)
      device.session.proofs.push('remember')
      if (earlier && earlier !== device.session) this.#endSession(earlier)
      this.model.callOff(device.user)
      return
    }
    assert.equal(browser.cookies.has(rememberCookie), false)
    if (copied && copied.token !== token && copied.stamp === copied.user.stamp) this.#forget(token)
  }

  async logout(browser: TestBrowser): Promise<void> {
    const [live, token] = [this.sessionOf(browser), browser.cookies.get(rememberCookie)]
    assert.equal((await this.post(browser, '/auth/logout')).status, 200)
    if (live) live.isEnded = true
    this.#forget(token)
    assert.deepEqual([browser.cookies.has(sessionCookie), browser.cookies.has(rememberCookie)], [false, false])
  }

  async verify(browser: TestBrowser): Promise<void> {
    const live = this.sessionOf(browser)
    const reply = await this.post(browser, '/auth/verify', { password: live?.user.password ?? 'x' })
    assert.equal(reply.status === 200, live !== null, `verify ${reply.text}`)
    if (!live) return
    this.model.replace(live, browser.cookies.get(sessionCookie) ?? '', this.now)
    live.proofs.push('password')
  }

  async changePassword(browser: TestBrowser, dice: Dice): Promise<void> {
    const live = this.sessionOf(browser)
    const newPassword = dice.pick(phrases.filter((phrase) => phrase !== live?.user.password))
    const token = browser.cookies.get(rememberCookie)
    const carried = this.model.resumes(token, this.now)
    const reply = await this.post(browser, '/auth/change-password', { password: live?.user.password ?? 'x', newPassword })
    assert.equal(reply.status === 200, live !== null, `change ${reply.text}`)
    if (!live) return
    const { user } = live
    user.password = newPassword
    user.stamp += 1
    this.model.replace(live, browser.cookies.get(sessionCookie) ?? '', this.now)
    this.model.end(user, (other) => other !== live)
    if (carried?.user !== user) return
    carried.stamp = user.stamp
    carried.session = live
    this.model.give(carried, browser.cookies.get(rememberCookie) ?? '')
    assert.notEqual(carried.token, token)
  }

  async resetPassword(user: ModelUser, dice: Dice): Promise<void> {
    const visitor = this.#open()
    await visitor.post('/auth/forgot-password', { email: user.email })
    const token = await this.#mailed('password.reset', user)
    if (!(user.exists && user.active)) return
    const newPassword = dice.pick(phrases.filter((phrase) => phrase !== user.password))
    assert.equal((await visitor.post('/auth/reset-password', { token, newPassword })).status, 200)
    user.password = newPassword
    user.stamp += 1
    this.model.callOff(user)
  }

  async revokeOthers(browser: TestBrowser): Promise<void> {
    const live = this.sessionOf(browser)
    assert.equal((await this.post(browser, '/auth/sessions/revoke', { others: true })).status === 200, live !== null)
    if (!live) return
    this.model.end(live.user, (other) => other !== live)
    this.model.endDevices(live.user, (device) => device.session !== live)
  }

  /** Ends one session of the same user by its id; what has ended is not found. */
  async revokeOne(browser: TestBrowser, dice: Dice): Promise<void> {
    const live = this.sessionOf(browser)
    const others = [...new Set(this.model.sessions.values())].filter(
      (other) => other !== live && other.user === live?.user && this.model.live(other.token, this.now) !== null,
    )
    if (!live || others.length === 0) return
    const other = dice.pick(others)
    const reply = await this.post(browser, '/auth/sessions/revoke', { id: other.id })
    assert.equal(reply.status, 200, reply.text)
    this.#endSession(other)
  }

  /** Forgets a remembered browser; whoever is logged in by nothing else is logged out. */
  async revokeDevice(browser: TestBrowser, dice: Dice): Promise<void> {
    const live = this.sessionOf(browser)
    const own = this.model.devices.filter((device) => device.user === live?.user && this.model.resumes(device.token, this.now) === device)
    if (!live || own.length === 0) return
    const device = dice.pick(own)
    this.model.touch(browser.cookies.get(sessionCookie), this.now)
    const { devices } = (await browser.get('/auth/devices')).json
    const ids = Array.isArray(devices) ? devices.map((one) => String(memberOf(one, 'id'))) : []
    assert.equal(ids.length, own.length)
    const id = await this.#idOf(device.token)
    const [carried, byDevice] = [
      this.model.deviceOf(browser.cookies.get(rememberCookie), this.now),
      live.proofs.every((method) => method === 'remember'),
    ]
    assert.equal((await this.post(browser, '/auth/devices/revoke', { id })).status, 200)
    device.isEnded = true
    if (device.session !== live) return device.session ? this.#endSession(device.session) : undefined
    if (byDevice) live.isEnded = true
    assert.equal(browser.cookies.has(rememberCookie) && (byDevice || carried === device), false)
  }

  async #idOf(token: string): Promise<string> {
    const hash = hashToken('feature selector', token.split('.')[0] ?? '')
    return (await this.#store.reads.devices.bySelector(hash, 'remember', this.now))?.id ?? ''
  }

  async requestDeletion(browser: TestBrowser): Promise<void> {
    const live = this.sessionOf(browser)
    if (!live) return
    await this.verify(browser) // which makes it fresh
    const token = browser.cookies.get(rememberCookie)
    assert.equal((await this.post(browser, '/auth/account/delete')).json.deletesAt, this.now + coolingOff)
    const { user } = live
    user.stamp += 1
    user.deletesAt = this.now + coolingOff
    this.#forget(token)
    user.restore = await this.#mailed('account.deletion', user)
    assert.equal(browser.cookies.has(sessionCookie), false)
  }

  async restore(user: ModelUser): Promise<void> {
    if (user.restore === null) return
    const may = user.exists && user.deletesAt !== null && user.deletesAt > this.now
    const reply = await this.#open().post('/auth/account/restore', { token: user.restore })
    assert.equal(reply.status === 200, may, `restore ${reply.text}`)
    if (may) this.model.callOff(user)
  }

  /** What an operator does. */
  async operate(user: ModelUser, action: 'deactivate' | 'activate' | 'end' | 'reset' | 'delete'): Promise<void> {
    if (!user.exists) return
    const { users } = this.auth.admin
    if (action === 'deactivate') {
      if (await users.deactivate(user.id)) user.stamp += 1
      user.active = false
    } else if (action === 'activate') {
      await users.activate(user.id)
      user.active = true
    } else if (action === 'end') {
      await users.endSessions(user.id)
      this.model.end(user, () => true)
      this.model.endDevices(user, () => true)
    } else if (action === 'reset') {
      await users.resetAccess(user.id)
      user.stamp += 1
    } else {
      await users.delete(user.id)
      user.exists = false
    }
  }

  async purge(): Promise<void> {
    await this.auth.purge()
    this.model.purge(this.users, this.now)
  }

  /** Every token that counts, and those that counted last, are let in or not as the model says; so is every browser. */
  async check(): Promise<void> {
    const tokens = [...this.model.sessions.keys()].slice(-60)
    const live = [...this.model.sessions].filter(([token]) => this.model.live(token, this.now)).map(([token]) => token)
    const held = this.browsers.flatMap(({ cookies }) => cookies.get(sessionCookie) ?? [])
    for (const token of new Set([...tokens, ...live, ...held])) {
      const expected = this.model.live(token, this.now)
      const found = await this.auth.identify(new Request(origin, { headers: { cookie: `${sessionCookie}=${token}` } }))
      this.model.touch(token, this.now)
      assert.equal(found?.user.email, expected?.user.email, expected ? 'it lives and was refused' : 'it is dead and was let in')
    }
    for (const token of this.model.given.slice(-60)) {
      const [selector = '', verifier = ''] = token.split('.')
      const kept = await this.#store.reads.devices.bySelector(hashToken('feature selector', selector), 'remember', this.now)
      const record = kept && (await this.#store.reads.users.byId(kept.userId))
      const counts = kept?.verifier === hashToken('feature verifier', verifier) && kept.stamp === record?.stamp && record.user.active
      assert.equal(counts, this.model.resumes(token, this.now) !== null, 'a remembered browser')
    }
  }

  async #opened(browser: TestBrowser, user: ModelUser): Promise<ModelSession> {
    const { session: shown } = (await browser.get('/auth/session')).json
    return this.model.open(user, String(memberOf(shown, 'id')), browser.cookies.get(sessionCookie) ?? '', this.now)
  }

  /** A session that a browser had ends when it opens another, whosever it is. */
  #close(token: string | undefined): void {
    const session = token === undefined ? undefined : this.model.sessions.get(token)
    if (session?.token === token && session) session.isEnded = true
  }

  #endSession(session: ModelSession): void {
    if (session.isEnded || !session.user.exists) return
    session.isEnded = true
    this.model.endDevices(session.user, (device) => device.session === session)
  }

  #forget(token: string | undefined): void {
    const carried = this.model.deviceOf(token, this.now)
    if (!carried) return
    carried.isEnded = true
    if (carried.token === token) return
    this.copies += 1 // somebody has a copy, so what the device opened ends too
    if (carried.session) this.#endSession(carried.session)
  }

  async #magicToken(browser: TestBrowser, user: ModelUser, fits: boolean): Promise<string> {
    await this.post(browser, '/auth/magic-link', { email: user.email })
    return fits ? this.#mailed('magic_link.link', user) : 'A'.repeat(43)
  }

  async #mailed(kind: string, { email }: ModelUser): Promise<string> {
    await this.auth.settled()
    const mail = this.mailbox.messages.findLast((message) => message.mail === kind && message.to === email)
    return /token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? ''
  }
}
