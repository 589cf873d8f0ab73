/** Whoever reads everything, the store, the mails that are done with, the events and the reports, learns no secret and gets in nowhere. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import {
  type Auth,
  type AuthEvent,
  account,
  audit,
  changeEmail,
  createAuth,
  type EventName,
  language,
  loginTracking,
  magicLink,
  password,
  registration,
  remember,
  session,
  username,
} from '../../src/index.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { createBrowser, type TestBrowser } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { origin, otherPhrase, phrase, secret } from '../flows/application.ts'
import { codesOn } from '../flows/factors.ts'
import { enrol, secondFactors } from '../flows/phone.ts'
import { named } from './setting.ts'

const wrongPhrase = 'nobody ever chose this phrase'
const email = 'alice@example.com'

/** Codes that are long enough not to stand anywhere by chance. */
const digits = 8

interface Site {
  readonly auth: Auth
  readonly clock: MovableClock
  readonly mailbox: Mailbox
  readonly file: string
  /** Everything that was said: events and reports. */
  readonly said: string[]
  /** Every cookie that was ever set, whole and by its parts. */
  readonly cookies: Set<string>
  readonly open: () => TestBrowser
}

const eventNames = [...readFileSync('src/model/event.ts', 'utf8').matchAll(/^ {2}'([\w.]+)':/gm)].map(([, name]) => name as EventName)

function site(folder: string): Site {
  const file = join(folder, 'dump.db')
  const [clock, mailbox] = [createClock(), createMailbox()]
  const said: string[] = []
  const cookies = new Set<string>()
  const features = [
    session(),
    password(),
    registration(),
    magicLink(),
    changeEmail(),
    username(),
    remember(),
    loginTracking(),
    account(),
    audit(),
  ]
  const auth = createAuth({
    origin,
    secret,
    store: sqlite(file),
    features: [...features, language(), ...secondFactors({ digits })],
    passwords: { dangerouslyCheapHash: true },
    limits: { triesPerSource: 1_000_000, triesPerAccount: 1_000_000 },
    mailer: mailbox,
    clock,
    purgeEvery: false,
    report: (error, about) => void said.push(`${about} ${error instanceof Error ? error.stack : String(error)}`),
  })
  for (const name of eventNames) auth.on(name, (event: AuthEvent) => void said.push(JSON.stringify(event)))
  async function answer(request: Request): Promise<Response | null> {
    const reply = await auth.handle(request)
    for (const line of reply?.headers.getSetCookie() ?? []) {
      const value = line.slice(line.indexOf('=') + 1).split(';', 1)[0] ?? ''
      for (const part of [value, ...value.split('.')]) if (part.length >= 20) cookies.add(part)
    }
    return reply
  }
  return { auth, clock, mailbox, file, said, cookies, open: () => createBrowser(answer, origin) }
}

async function tokenOf({ auth, mailbox }: Site, kind: string): Promise<string> {
  await auth.settled()
  return /token=([\w-]+)/.exec(mailbox.messages.findLast(({ mail }) => mail === kind)?.text ?? '')?.[1] ?? ''
}

/** What an account's life has used. */
interface Used {
  /** Of mails. */
  readonly tokens: readonly string[]
  /** Of second factors: secrets and codes, as they were shown and typed. */
  readonly factors: readonly string[]
}

/** An account's life, which leaves something of every kind behind. */
async function live(here: Site): Promise<Used> {
  const { open, auth } = here
  const browser = open()
  await browser.visit('/auth/login')
  await browser.post('/auth/register', { email, password: phrase, username: 'alice' })
  await browser.post('/auth/login', { email, password: wrongPhrase })
  const remembered = open()
  await remembered.post('/auth/login', { email, password: phrase, remember: true })
  remembered.cookies.delete(named('session'))
  await remembered.post('/auth/resume')
  await remembered.post('/auth/verify', { password: phrase })
  await open().post('/auth/magic-link', { email })
  await open().post('/auth/magic-link', { email: 'nobody@example.com' })
  await open().post('/auth/forgot-password', { email })
  await remembered.post('/auth/change-email', { email: 'ada@example.com' })
  await remembered.post('/auth/change-password', { password: phrase, newPassword: otherPhrase })
  const factors = await useFactors(here, remembered)
  await open().post('/auth/login', { email, password: otherPhrase })
  await auth.settled()
  const kinds = ['magic_link.link', 'password.reset', 'email.change', 'login.new_device']
  return { tokens: await Promise.all(kinds.map((kind) => tokenOf(here, kind))), factors }
}

/** Sets an authenticator up, lets a page show new codes, and logs in by each kind, once in a browser that is trusted from then on. */
async function useFactors({ open, clock }: Site, browser: TestBrowser): Promise<readonly string[]> {
  const { phone, codes } = await enrol(browser, clock, { digits })
  const typed = [phone.code()]
  assert.equal((await browser.submit('/auth/recovery-codes')).status, 303)
  const [code = '', ...others] = codesOn(await browser.visit('/auth/recovery-codes'))
  assert.deepEqual([codes.length, others.length], [10, 9])
  for (const [path, given] of [
    ['/auth/totp/verify', phone.next()],
    ['/auth/recovery-codes/use', code],
  ] as const) {
    const other = open()
    await other.post('/auth/login', { email, password: otherPhrase })
    assert.equal((await other.post(path, { code: given, trustDevice: true })).json.status, 'authenticated')
    assert.ok(other.cookies.has(named('feature-trust')))
    typed.push(given)
  }
  await browser.post('/auth/verify', { code: phone.code(1) })
  const made = [...codes, code, ...others]
  return [
    phone.secret,
    phone.secret.replace(/.{4}(?=.)/g, '$& '),
    ...typed,
    phone.code(1),
    ...made,
    ...made.map((each) => each.replaceAll('-', '')),
  ]
}

function dumpOf(file: string): string {
  const folder = join(file, '..')
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name)).toString('latin1'))
    .join('\n')
}

async function within(prove: (here: Site) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-dump-'))
  const here = site(folder)
  try {
    await prove(here)
  } finally {
    await here.auth.close()
    rmSync(folder, { recursive: true })
  }
}

test('the files of a store, its events and its reports hold no password, token, code or cookie in clear; mails no password and no cookie', () =>
  within(async (here) => {
    const { tokens, factors } = await live(here)
    const code =
      /^[A-Z0-9]{4}-[A-Z0-9]{4}$/m.exec(here.mailbox.messages.find(({ mail }) => mail === 'magic_link.link')?.text ?? '')?.[0] ?? ''
    assert.ok(tokens.every((token) => token.length === 43) && code !== '' && here.cookies.size > 10)
    const passwords = [phrase, otherPhrase, wrongPhrase]
    const kept = [dumpOf(here.file), ...here.said].join('\n')
    for (const known of [email, 'user.logged_in', 'totp.added', 'recovery_code.used', 'device.trusted']) assert.ok(kept.includes(known)) // it is a dump
    for (const hidden of [...passwords, ...tokens, ...factors, code, code.replace('-', ''), secret, ...here.cookies])
      assert.ok(!kept.includes(hidden), hidden)
    const mails = JSON.stringify(here.mailbox.messages)
    for (const hidden of [...passwords, ...factors, secret, ...here.cookies]) assert.ok(!mails.includes(hidden), hidden)
  }))

/** Whether a value stands in for the second factor of who knows the password: as a trusted browser's token, or as a code. */
async function finishes({ open }: Site, value: string): Promise<boolean> {
  const browser = open()
  browser.cookies.set(named('feature-trust'), encodeURIComponent(value).slice(0, 3000))
  const reply = await browser.post('/auth/login', { email, password: otherPhrase })
  if (reply.json.status !== 'second_factor_required') return true
  for (const path of ['/auth/totp/verify', '/auth/recovery-codes/use'])
    for (const code of [value, value.slice(0, 32)]) if ((await browser.post(path, { code })).status < 400) return true
  return false
}

test('no value of a dump opens a session, as a cookie, a token, a code or a password', () =>
  within(async (here) => {
    await live(here)
    const { open, auth } = here
    const database = new DatabaseSync(here.file, { readOnly: true })
    const tables = database.prepare("select name from sqlite_schema where type = 'table' and name like 'portcullis%'").all()
    const rows = tables.flatMap(({ name }) => database.prepare(`select * from "${name}"`).all())
    database.close()
    const values = [
      ...new Set(rows.flatMap((row) => Object.values(row)).filter((value) => typeof value === 'string' && value.length >= 8)),
    ].map(String)
    assert.ok(values.length > 50)
    for (const value of values) {
      for (const cookie of ['session', 'ticket', 'device', 'form', 'challenge']) {
        const browser = open()
        browser.cookies.set(named(cookie), encodeURIComponent(value).slice(0, 3000))
        assert.equal((await browser.get('/auth/session')).status, 401)
        assert.equal((await browser.post('/auth/totp/verify', { code: '12345678' })).status, 401)
      }
      for (const [path, body] of Object.entries({
        '/auth/magic-link/redeem': { token: value.slice(0, 100) },
        '/auth/reset-password': { token: value.slice(0, 100), newPassword: phrase },
        '/auth/not-me': { token: value.slice(0, 100) },
        '/auth/change-email/confirm': { token: value.slice(0, 100) },
      }))
        assert.ok((await open().post(path, body)).status >= 400, path)
      assert.equal(await finishes(here, value), false, value)
    }
    const devices = rows.flatMap(({ selector_hash, verifier_hash }) =>
      typeof selector_hash === 'string' ? [[selector_hash, verifier_hash]] : [],
    )
    assert.ok(devices.length > 0)
    for (const pair of [...devices, ...devices.map((pair) => pair.toReversed())]) {
      const browser = open()
      browser.cookies.set(named('feature-remember'), pair.join('.'))
      assert.equal((await browser.post('/auth/resume')).status, 401)
    }
    const user = await auth.admin.users.byEmail(email)
    assert.ok(user)
    for (const value of values.slice(0, 200)) assert.equal(await auth.verifyPassword(user, value), false)
  }))
