/** Every page and mail, in both languages, is HTML without an error, and no id stands twice. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DefaultTreeAdapterTypes, parse } from 'parse5'
import {
  account,
  audit,
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
} from '../src/index.ts'
import { memory } from '../src/stores/memory.ts'
import type { TestBrowser } from '../src/testing/browser.ts'
import { createClock, type MovableClock } from '../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../src/testing/mailbox.ts'
import { hiddenField, origin, phrase, secret, serve } from './flows/application.ts'
import { keyOn } from './flows/factors.ts'
import { phoneOf, secondFactors } from './flows/phone.ts'

const alice = 'alice@example.com'

/** What the standard calls a parse error (https://html.spec.whatwg.org/multipage/parsing.html#parse-errors), and ids that stand twice. */
function mistakes(html: string): readonly string[] {
  const found: string[] = []
  const document = parse(html, { onParseError: ({ code, startLine }) => void found.push(`${code} in line ${startLine}`) })
  const ids = idsOf(document)
  return [...found, ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `the id ${id} stands twice`)]
}

function idsOf(node: DefaultTreeAdapterTypes.ParentNode | DefaultTreeAdapterTypes.ChildNode): readonly string[] {
  const own = 'attrs' in node ? node.attrs.filter(({ name }) => name === 'id').map(({ value }) => value) : []
  return [...own, ...('childNodes' in node ? node.childNodes.flatMap(idsOf) : [])]
}

interface Site {
  readonly open: () => TestBrowser
  readonly mailbox: Mailbox
  readonly clock: MovableClock
  settled(): Promise<void>
}

function site(features: readonly Feature[]): Site {
  const [clock, mailbox] = [createClock(), createMailbox()]
  const own = [
    session(),
    password(),
    registration({ confirmPassword: true }),
    magicLink(),
    changeEmail(),
    username(),
    remember(),
    loginTracking(),
    account(),
    audit(),
    language(),
    ...secondFactors(),
  ]
  const auth = createAuth({
    origin,
    secret,
    store: memory(),
    features: [...own, ...features],
    passwords: { dangerouslyCheapHash: true },
    limits: { mailsPerAddress: 100 },
    mailer: mailbox,
    clock,
    siteName: 'A & B <b>"\'',
  })
  return { open: serve(auth), mailbox, clock, settled: () => auth.settled() }
}

test('what is no HTML is found', () => {
  assert.deepEqual(mistakes('<!doctype html><title>x</title><p id="a"><p id="b">'), [])
  for (const wrong of ['<p>', '<!doctype html><p id="a" id="a">', '<!doctype html></b><p', '<!doctype html><p id="a"></p><p id="a">'])
    assert.notDeepEqual(mistakes(wrong), [], wrong)
})

for (const tag of ['en', 'de'])
  test(`AL-FST-M3: every page and mail in ${tag} is HTML without an error, and no id stands twice`, async () => {
    let pages = 0
    const headers = { 'accept-language': tag }
    async function look(browser: TestBrowser, path: string): Promise<void> {
      const page = await browser.visit(path, { headers })
      assert.deepEqual(mistakes(page.text), [], path)
      pages += 1
    }
    async function refused(browser: TestBrowser, path: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
      const page = await browser.submit(path, fields, { headers })
      assert.ok(page.status >= 400, `${path} ${page.status}`)
      assert.deepEqual(mistakes(page.text), [], `${path}, refused`)
      pages += 1
    }

    const { open, mailbox, settled, clock } = site([])
    const waiting = site([confirmEmail()])
    const visitor = open()
    for (const path of [
      'login',
      'register',
      'forgot-password',
      'magic-link',
      'magic-link/redeem',
      'language',
      'logout',
      'reset-password?token=x',
    ])
      await look(visitor, `/auth/${path}`)
    for (const path of ['login', 'register', 'forgot-password', 'magic-link', 'magic-link/redeem', 'reset-password', 'change-email/undo'])
      await refused(visitor, `/auth/${path}`, { email: '"><b>', password: 'short', code: '<' })
    const member = open()
    await member.post('/auth/register', { email: alice, password: phrase }, { headers })
    for (const path of [
      ...['sessions', 'change-password', 'change-email', 'change-email?sent=1', 'verify', 'language', 'logout', 'devices', 'history'],
      ...['account/deactivate', 'account/delete', 'not-me?done=1', 'account/restore?done=1'],
    ])
      await look(member, `/auth/${path}`)
    for (const path of ['change-password', 'change-email', 'verify']) await refused(member, `/auth/${path}`, { email: 'x', password: 'x' })
    await member.post('/auth/change-email', { email: 'ada@example.com' }, { headers })
    await visitor.post('/auth/forgot-password', { email: alice }, { headers })
    await visitor.post('/auth/magic-link', { email: alice }, { headers })
    await open().post('/auth/login', { email: alice, password: phrase, remember: true }, { headers })
    await settled()
    for (const { text } of [...mailbox.messages]) await look(member, new URL(/https?:\S+/.exec(text)?.[0] ?? '').href.slice(origin.length))
    const token = /confirm\?token=([\w-]+)/.exec(mailbox.latest('ada@example.com')?.text ?? '')?.[1] ?? ''
    await member.post('/auth/change-email/confirm', { token }, { headers })

    for (const path of ['totp', 'totp/setup', 'recovery-codes', 'trusted-devices']) await look(member, `/auth/${path}`)
    const setup = await member.visit('/auth/totp/setup', { headers })
    const setupId = hiddenField(setup, 'setupId') ?? ''
    await refused(member, '/auth/totp/confirm', { setupId, code: '"><b>', name: '"><b>' })
    const phone = phoneOf(keyOn(setup), clock)
    const added = await member.submit('/auth/totp/confirm', { setupId, code: phone.code(), name: '"><b>' }, { headers })
    assert.equal(added.location, '/auth/recovery-codes?next=%2Fauth%2Ftotp')
    await look(member, '/auth/recovery-codes?next=%2Fauth%2Ftotp')
    for (const path of ['totp', 'recovery-codes', 'verify']) await look(member, `/auth/${path}`)
    const owing = open()
    await owing.post('/auth/login', { email: 'ada@example.com', password: phrase })
    for (const path of ['second-factor', 'totp/verify', 'recovery-codes/use']) await look(owing, `/auth/${path}`)
    for (const path of ['totp/verify', 'recovery-codes/use']) await refused(owing, `/auth/${path}`, { code: '"><b>' })
    await owing.post('/auth/totp/verify', { code: phone.next(), trustDevice: true }, { headers })
    await look(owing, '/auth/trusted-devices')

    await waiting.open().post('/auth/register', { email: alice, password: phrase }, { headers })
    await waiting.settled()
    const link = /\/auth\/confirm-email\?token=[\w-]+/.exec(waiting.mailbox.latest(alice)?.text ?? '')?.[0] ?? ''
    for (const path of ['/auth/confirm-email', link]) await look(waiting.open(), path)
    await settled()
    const mails = [...mailbox.messages, ...waiting.mailbox.messages]
    for (const kind of ['totp.changed', 'recovery_codes.changed'])
      assert.ok(
        mails.some(({ mail }) => mail === kind),
        kind,
      )
    assert.ok(mails.length >= 5, `${mails.length} mails`)
    for (const { html, mail } of mails) assert.deepEqual(mistakes(html), [], mail)
    assert.ok(pages >= 45, `${pages} pages`)
  })
