/** Pages by files of the application: each can be replaced, what is broken stops the start, and nothing in them gets past the escaping. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  type Auth,
  type AuthOptions,
  account,
  audit,
  changeEmail,
  confirmEmail,
  createAuth,
  type Feature,
  html,
  language,
  loginTracking,
  magicLink,
  password,
  registration,
  remember,
  session,
  username,
} from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import { liquid } from '../../src/templates/liquid.ts'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { createClock, type MovableClock } from '../../src/testing/clock.ts'
import { createMailbox, type Mailbox } from '../../src/testing/mailbox.ts'
import { secondStep } from '../contract/second-step.ts'
import { hiddenField, origin, phrase, registered, secret, serve } from './application.ts'
import { enrol, secondFactors } from './phone.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

/** A folder with these files below `security/`. */
function folderOf(t: TestContext, files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-templates-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, 'security', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return folder
}

interface Site {
  readonly open: () => TestBrowser
  readonly reported: string[]
  readonly auth: Auth
  readonly mailbox: Mailbox
  readonly clock: MovableClock
}

function site(t: TestContext, files: Files, options: Partial<AuthOptions> = {}, more: readonly Feature[] = []): Site {
  const reported: string[] = []
  const mailbox = createMailbox()
  const clock = createClock()
  const extra = {
    schema: { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } },
    fields: [{ name: 'name', label: ({ language: tag }: { readonly language: string }) => `Name (${tag})` }],
  } as const
  const features = [
    session(),
    password(),
    registration({ extra }),
    language(),
    ...secondFactors(),
    secondStep({ method: 'other' }),
    ...more,
  ]
  const auth = createAuth({
    origin,
    secret,
    store: memory(),
    features,
    mailer: mailbox,
    templates: options.templates ?? liquid(folderOf(t, files)),
    passwords: { dangerouslyCheapHash: true },
    clock,
    purgeEvery: false,
    report: (error, about) => reported.push(`${about}: ${error instanceof Error ? error.message : error}`),
    ...options,
  })
  return { open: serve(auth), reported, auth, mailbox, clock }
}

const login = `<p>{{ locale.language }} {{ locale.direction }} {{ 'login.title' | text }}</p>
{% if message %}<p class="alert">{{ message }}</p>{% endif %}
<form method="post" action="{{ action }}">
<input type="hidden" name="csrf" value="{{ csrf }}">{% if next %}<input type="hidden" name="next" value="{{ next }}">{% endif %}
<input name="email" value="{{ values.email }}">
{% render 'security/_errors.html', errors: errors.email %}
<input name="password" type="password">
<button>{{ 'login.button' | text }}</button></form>
{% for link in links %}<a href="{{ link.href }}">{{ link.label }}</a>{% endfor %}`

const part = `{% for error in errors %}<b>{{ error }}</b>{% endfor %}`

/** Every page's file and where it is seen. */
const places: Readonly<Record<string, string>> = {
  login_user: '/auth/login',
  register_user: '/auth/register',
  logout_user: '/auth/logout',
  language: '/auth/language',
  change_password: '/auth/change-password',
  forgot_password: '/auth/forgot-password',
  reset_password: '/auth/reset-password',
  send_confirmation: '/auth/confirm-email',
  send_login: '/auth/magic-link',
  send_login_code: '/auth/magic-link/redeem',
  change_username: '/auth/username',
  recover_username: '/auth/recover-username',
  change_email: '/auth/change-email',
  change_email_confirm: '/auth/change-email/confirm',
  change_email_undo: '/auth/change-email/undo',
  sessions: '/auth/sessions',
  devices: '/auth/devices',
  history: '/auth/history',
  account_deactivate: '/auth/account/deactivate',
  account_delete: '/auth/account/delete',
  account_restore: '/auth/account/restore',
  login_not_me: '/auth/not-me',
  verify: '/auth/verify',
  two_factor_select: '/auth/second-factor',
  two_factor_setup: '/auth/totp/setup',
  two_factor_verify_code: '/auth/totp/verify',
  totp: '/auth/totp',
  mf_recovery_codes: '/auth/recovery-codes',
  mf_recovery: '/auth/recovery-codes/use',
  trusted_devices: '/auth/trusted-devices',
}

/** Those that need what is mailed, or owed, later on. */
const owed = ['two_factor_select', 'two_factor_verify_code', 'mf_recovery']
const later = [...owed, 'change_email_undo', 'login_not_me', 'account_restore']
/** Those that have nothing to send when there is nothing to list. */
const lists = ['history', 'totp', 'trusted_devices']

test('AL-FST-G1 a file takes the place of the page of its name, for every page, and `shipped` is what it stands for', async (t) => {
  const files = Object.fromEntries(Object.keys(places).map((name) => [`${name}.html`, `<i>${name}</i>{{ shipped }}`]))
  const mailed = [magicLink(), changeEmail(), username(), confirmEmail(), remember(), loginTracking(), account(), audit()]
  const { open, reported, auth, mailbox, clock } = site(t, { ...files, 'error.html': '<i>error</i> {{ code }} {{ message }}' }, {}, mailed)
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  const [visitor, member, enrolled] = [open(), open(), open()]
  for (const browser of [member, enrolled])
    await browser.post('/auth/login', { email: 'alice@example.com', password: phrase, remember: true })
  const tokenFor = async (to: string): Promise<string> => {
    await auth.settled()
    return /token=([\w-]+)/.exec(mailbox.latest(to)?.text ?? '')?.[1] ?? ''
  }
  const tokenOf = async (name: string): Promise<string> => {
    await auth.settled()
    return /token=([\w-]+)/.exec(mailbox.messages.findLast(({ mail }) => mail === name)?.text ?? '')?.[1] ?? ''
  }
  await visitor.post('/auth/forgot-password', { email: 'alice@example.com' })
  const tokens: Record<string, string> = { reset_password: await tokenFor('alice@example.com') }
  await member.post('/auth/change-email', { email: 'ada@example.com' })
  tokens.change_email_confirm = await tokenFor('ada@example.com')
  for (const [name, place] of Object.entries(places).filter(([name]) => !later.includes(name))) {
    const page = await (/login|register|reset|forgot|magic/.test(place) ? visitor : member).visit(`${place}?token=${tokens[name] ?? ''}`)
    assert.ok(page.text.includes(`<h1>`) && page.text.includes(`<i>${name}</i>`), name)
    assert.ok(page.text.includes('<form method="post"') || lists.includes(name), name)
  }
  await member.post('/auth/change-email/confirm', { token: tokens.change_email_confirm ?? '' })
  const notMe = await visitor.visit(`/auth/not-me?token=${await tokenOf('login.new_device')}`)
  assert.ok(notMe.text.includes('<i>login_not_me</i>') && notMe.text.includes('<form method="post"'))
  const undo = await visitor.visit(`/auth/change-email/undo?token=${await tokenFor('alice@example.com')}`)
  assert.ok(undo.text.includes('<i>change_email_undo</i>') && undo.text.includes('<form method="post"'))
  await enrolled.post('/auth/login', { email: 'ada@example.com', password: phrase })
  await enrol(enrolled, clock)
  await enrolled.post('/auth/other/setup')
  const owing = open()
  await owing.post('/auth/login', { email: 'ada@example.com', password: phrase })
  for (const name of owed) assert.ok((await owing.visit(places[name] ?? '')).text.includes(`<i>${name}</i>`), name)
  await enrolled.post('/auth/account/delete')
  const restore = await visitor.visit(`/auth/account/restore?token=${await tokenOf('account.deletion')}`)
  assert.ok(restore.text.includes('<i>account_restore</i>') && restore.text.includes('<form method="post"'))
  const refused = await visitor.visit('/auth/sessions/revoke', { headers: { 'accept-language': 'de' } })
  assert.match(refused.text, /<i>error<\/i> method_not_allowed Das geht hier auf diese Weise nicht\./)
  assert.deepEqual(reported, [])
})

test('a form of one’s own has the token, the target, what was typed, what was wrong and the language, and logs in', async (t) => {
  const { open, reported } = site(t, { 'login_user.html': login, '_errors.html': part })
  await registered(open)
  const browser = open()
  const headers = { 'accept-language': 'de' }
  const page = await browser.visit('/auth/login?next=%2Fmembers%3Fa%3D1%26b%3D2', { headers })
  assert.match(page.text, /<p>de ltr Anmelden<\/p>/)
  assert.match(page.text, /name="next" value="\/members\?a=1&amp;b=2"/)
  assert.match(page.text, /<a href="\/auth\/register\?next=%2Fmembers%3Fa%3D1%26b%3D2">Konto anlegen<\/a>/)
  const csrf = hiddenField(page, 'csrf') ?? ''
  const wrong = await browser.submit('/auth/login', { csrf, email: 'x'.repeat(400), password: 'x' }, { headers })
  assert.match(wrong.text, /<b>Dies darf höchstens 320 Zeichen lang sein\.<\/b>/)
  const refused = await browser.submit('/auth/login', { csrf, email: 'alice@example.com', password: 'x' }, { headers })
  assert.match(refused.text, /<p class="alert">Diese Angaben passen zu keinem Konto/)
  assert.match(refused.text, /<input name="email" value="alice@example\.com">/)
  const plain = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' } // nothing but the token speaks for it
  const form = new URLSearchParams({ csrf, email: 'alice@example.com', password: phrase, next: '/members' }).toString()
  const done = await browser.send('POST', '/auth/login', plain, form)
  assert.deepEqual([done.status, done.location], [303, '/members'])
  assert.deepEqual(reported, [])
})

test('a file base is the document around every page, and its body is markup', async (t) => {
  const base = `<!doctype html><html lang="{{ locale.language }}" dir="{{ locale.direction }}"><title>{{ title }} - {{ siteName }}</title>
<link rel="stylesheet" href="{{ assets.style }}">{% if user %}<p>{{ user.email }}</p>{% for link in menu %}<a href="{{ link.href }}">{{ link.label }}</a>{% endfor %}{% endif %}
<main>{{ body }}</main></html>`
  const { open, reported } = site(t, { 'base.html': base })
  const page = await open().visit('/auth/login', { headers: { 'accept-language': 'de' } })
  assert.match(page.text, /^<!doctype html><html lang="de" dir="ltr"><title>Anmelden - localhost:3000<\/title>/)
  assert.match(page.text, /<main><form method="post" action="\/auth\/login">/)
  const member = await registered(open, `o'brien+<b>@example.com`.replace('<b>', 'b'))
  assert.match((await member.visit('/auth/sessions')).text, /<p>o&#39;brien\+b@example\.com<\/p><a href="\/auth\/sessions">/)
  assert.match((await member.visit('/auth/sessions/revoke')).text, /<main>\s*<p>/)
  assert.deepEqual(reported, [])
})

test('the files of the guide work as they stand there, and its table names every page that can be replaced', async (t) => {
  const guide = readFileSync('docs/guide/templates.md', 'utf8')
  const blocks = [...guide.matchAll(/`templates\/security\/(\w+\.html)`:\n\n```html\n([\s\S]*?)```/g)].map(([, name = '', source = '']) => [
    name,
    source,
  ])
  assert.deepEqual(
    blocks.map(([name]) => name),
    ['login_user.html', '_errors.html', 'base.html'],
  )
  const { open, reported } = site(t, Object.fromEntries(blocks))
  const browser = await registered(open)
  const sessions = await browser.visit('/auth/sessions')
  assert.match(
    sessions.text,
    /^<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n<title>Where you are logged in - /,
  )
  await browser.post('/auth/logout')
  const refused = await browser.submit('/auth/login', { email: '', password: 'x' })
  assert.match(refused.text, /value="" required>\s*<p class="error">This is required\.<\/p>/)
  const done = await browser.submit('/auth/login', { email: 'alice@example.com', password: phrase })
  assert.deepEqual([done.status, reported], [303, []])
  const features = [
    session(),
    password(),
    registration(),
    language(),
    magicLink(),
    changeEmail(),
    username(),
    confirmEmail(),
    remember(),
    loginTracking(),
    account(),
    audit(),
    ...secondFactors(),
  ]
  const own = features.flatMap(({ routes = [] }) =>
    routes.filter(({ page }) => page).map(({ template, name }) => template ?? `nothing for ${name}`),
  )
  assert.deepEqual([...new Set(own)].toSorted(), Object.keys(places).toSorted())
  const named = [...guide.matchAll(/^\| `(\w+)\.html` \|/gm)].map(([, name]) => name)
  assert.deepEqual(named.toSorted(), [...Object.keys(places), 'base', 'error'].toSorted())
})

test('no value becomes markup: not by a filter, not by naming it anew, not in a part', async (t) => {
  const hostile = `"><script>alert('1')</script>`
  const tried = [
    '{{ values.email }}',
    '{{ values.email | upcase }}',
    '{{ values.email | append: "" }}',
    '{% assign name = values.email %}{{ name }}',
    '{% capture name %}{{ values.email }}{% endcapture %}{{ name }}',
    '{% echo values.email %}',
    '{% liquid echo values.email %}',
    '{% render "security/_part.html", given: values.email %}',
    '{{ shipped | append: values.email }}',
    '{{ values.email | split: "," }}',
    '{% for part in values %}{{ part }}{% endfor %}',
    '{{ values.email | escape_once }}',
    '{{ values.email | url_decode }}',
  ]
  const { open, reported } = site(t, {
    'login_user.html': `<div>${tried.join('</div>\n<div>')}</div>`,
    '_part.html': '<u title="{{ given }}"></u>',
  })
  const page = await open().submit('/auth/login', { email: hostile, password: 'x' })
  assert.equal(page.status, 401)
  assert.ok(page.text.includes('<u title="&quot;&gt;&lt;script&gt;'))
  assert.doesNotMatch(page.text, /<script>|<SCRIPT>/i)
  assert.deepEqual(reported, [])
})

test('a file that is broken, misnamed or missing stops the start with its name and line', (t) => {
  const broken: readonly (readonly [Files, RegExp])[] = [
    [{ 'login_user.html': '<p>\n{% if a %}' }, /security\/login_user\.html, line:2, col:1/],
    [{ 'login_user.html': '\n\n{{ a' }, /security\/login_user\.html, line:3/],
    [{ 'login_user.html': '{% nothing %}' }, /"nothing" not found.*login_user\.html, line:1/],
    [{ 'login_user.html': 'a\n{{ message | raw }}' }, /undefined filter: raw.*login_user\.html, line:2/],
    [{ 'login_user.html': '{% echo message | raw %}' }, /undefined filter: raw/],
    [{ 'login_user.html': '{% if true %}{% assign a = message | raw %}{% endif %}' }, /undefined filter: raw/],
    [{ 'login_user.html': '{{ message | shout }}' }, /undefined filter: shout/],
    [
      { 'login_user.html': '\n{% render "security/_gone.html" %}' },
      /the part "security\/_gone\.html" is missing.*login_user\.html, line:2/,
    ],
    [{ 'login_user.html': '{% render message %}' }, /computed name/],
    [{ 'login_user.html': '{% render "security/{{ message }}" %}' }, /computed name/],
    [{ 'login_user.html': '{% render "constructor" %}' }, /the part "constructor" is missing/],
    [{ 'login_user.html': '{% render "../../../etc/passwd" %}' }, /is missing/],
    [{ '_part.html': '{% unless %}', 'login_user.html': '' }, /security\/_part\.html, line:1/],
    [{ 'login_user.html': new Uint8Array([0x3c, 0xff]) }, /login_user\.html cannot be read as UTF-8/],
    [{ 'Login.html': '' }, /security\/Login\.html takes the place of no page/],
    [{ 'log_in.html': '' }, /security\/log_in\.html takes the place of no page: there are base, error, sessions/],
  ]
  for (const tag of ['include', 'layout', 'cycle', 'tablerow', 'increment', 'decrement', 'block'])
    assert.throws(() => site(t, { 'login_user.html': `{% ${tag} "security/_a.html" %}`, '_a.html': '' }), /not found/, tag)
  for (const [files, sentence] of broken) assert.throws(() => site(t, files), sentence)
  assert.throws(() => site(t, { 'base.html': '' }, { layout: () => html`` }), /option layout, and there is .*base\.html: remove one/)
  assert.throws(() => liquid(join(tmpdir(), 'no such folder')), /folder .*security cannot be read/)
})

test('a file that fails when it is shown is told, and the shipped page is shown: people can still log in', async (t) => {
  const failing: readonly (readonly [string, RegExp])[] = [
    ['{{ nothing }}', /undefined variable: nothing/],
    ['{{ links }}', /an object is no text/],
    ['{{ values }}', /an object is no text/],
    ["{{ 'login.tittle' | text }}", /there is no text "login\.tittle"/],
    ["{{ 'toString' | text }}", /there is no text "toString"/],
    ["{{ 'password.hint' | text }}", /the text wants the value "least"/],
    ['{{ locale.constructor.name }}', /undefined variable/],
    ['{{ shipped.constructor }}', /undefined variable/],
    ['{% render "security/_endless.html" %}', /call stack|Maximum/],
    ['{{ "" | time }}{{ "x" | time }}', /Invalid time|RangeError|date/i],
  ]
  for (const [source, reason] of failing) {
    const files = {
      'login_user.html': source,
      'base.html': `${source}{{ body }}`,
      '_endless.html': '{% render "security/_endless.html" %}',
    }
    const { open, reported } = site(t, files)
    const page = await open().visit('/auth/login')
    assert.equal(page.status, 200)
    assert.match(page.text, /^<!doctype html>\n<html lang="en" dir="ltr">[\s\S]*<form method="post" action="\/auth\/login">/, source)
    assert.match(reported.join('\n'), /login_user\.html failed, so the shipped page was shown/)
    assert.match(reported.join('\n'), reason, source)
  }
})

test('the files are read once, at the start, and one reader’s names are not the next one’s', async (t) => {
  const folder = folderOf(t, {
    'login_user.html': '{% if seen %}again{% endif %}{% assign seen = true %}{% assign csrf = "mine" %}first',
    '_a.html': '',
  })
  const { open } = site(t, {}, { templates: liquid(folder) })
  writeFileSync(join(folder, 'security', 'login_user.html'), 'second')
  for (const browser of [open(), open()]) assert.match((await browser.visit('/auth/login')).text, /<h1>Log in<\/h1>\s*first\s*<\/main>/)
})

test('other files of the folder are left alone, a linked one is read, and a link that leads out stops the start', async (t) => {
  const folder = folderOf(t, { 'notes.txt': '{% if %}', 'parts/other.txt': '{{ x | raw }}', 'real.html.bak': '{%' })
  writeFileSync(join(folder, 'index.html'), '<% other engine %>{%')
  symlinkSync(join('parts', 'other.txt'), join(folder, 'security', 'login_user.html'))
  writeFileSync(join(folder, 'security', 'parts', 'other.txt'), 'linked')
  const { open } = site(t, {}, { templates: liquid(folder) })
  assert.match((await open().visit('/auth/login')).text, />\s*linked\s*</)
  symlinkSync(join(folder, 'index.html'), join(folder, 'security', '_out.html'))
  assert.throws(() => liquid(folder), /security\/_out\.html is a link that leads out of/)
})

const mailFiles = [
  'reset_instructions',
  'invitation',
  'change_notice',
  'confirmation_instructions',
  'welcome_existing',
  'login_instructions',
  'change_email_instructions',
  'change_email_notice',
  'change_email_undone',
  'change_username_notice',
  'username_recovery',
  'new_device_notice',
  'login_disowned',
  'account_deletion',
  'account_restored',
  'account_deleted',
  'account_deactivated',
  'totp_notice',
  'recovery_codes_notice',
]

test('AL-FST-G3: files take the place of a mail: its subject and text escape nothing, its HTML everything', async (t) => {
  const both = (name: string): Files => ({
    [`email/${name}.txt`]: `Subject: ${name} for {{ to }}\n\n{% if link %}{{ link.url }}{% endif %} {% if data.email %}{{ data.email }}{% endif %} {{ siteName }} {% render 'security/email/_end.txt' %}`,
    [`email/${name}.html`]: `<i>${name}</i> {% if link %}<a href="{{ link.url }}">{% if user %}{{ user.email }}{% endif %}</a>{% endif %} {{ siteName }} {{ at | time }}{{ shipped }}`,
  })
  const files = Object.assign({ 'email/_end.txt': 'The end.' }, ...mailFiles.map(both)) as Files
  const mailed = [magicLink(), changeEmail(), username(), confirmEmail(), remember(), loginTracking(), account(), audit()]
  const { open, reported, auth, mailbox, clock } = site(t, files, { siteName: 'A & B <b>' }, mailed)
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  await auth.admin.users.invite({ email: 'bob@example.com' })
  const browser = open()
  await browser.post('/auth/forgot-password', { email: 'alice@example.com' })
  await browser.post('/auth/magic-link', { email: 'alice@example.com' })
  await browser.post('/auth/register', { email: 'new@example.com', password: phrase })
  await browser.post('/auth/register', { email: 'alice@example.com', password: phrase })
  await browser.post('/auth/login', { email: 'alice@example.com', password: phrase })
  const tokenFor = async (to: string): Promise<string> => {
    await auth.settled()
    return /token=([\w-]+)/.exec(mailbox.latest(to)?.text ?? '')?.[1] ?? ''
  }
  await browser.post('/auth/username', { username: 'alice' })
  await browser.post('/auth/recover-username', { email: 'alice@example.com' })
  await browser.post('/auth/change-email', { email: 'ada@example.com' })
  await browser.post('/auth/change-email/confirm', { token: await tokenFor('ada@example.com') })
  await browser.post('/auth/change-email/undo', { token: await tokenFor('alice@example.com') })
  await auth.settled()
  const user = await auth.admin.users.byEmail('alice@example.com')
  await auth.admin.users.changePassword(user?.id ?? '', `${phrase} again`)
  await auth.settled()
  const again = { email: 'alice@example.com', password: `${phrase} again` }
  const [own, foreign] = [open(), open()]
  await foreign.post('/auth/login', again)
  const tokenOf = async (name: string): Promise<string> => {
    await auth.settled()
    const found = mailbox.messages.findLast(({ subject }) => subject.startsWith(`${name} `))
    return /token=([\w-]+)/.exec(found?.text ?? '')?.[1] ?? ''
  }
  await own.post('/auth/login', again)
  await own.post('/auth/account/delete')
  await own.post('/auth/account/restore', { token: await tokenOf('account_deletion') })
  await own.post('/auth/not-me', { token: await tokenOf('new_device_notice') })
  await auth.admin.users.changePassword(user?.id ?? '', `${phrase} again`)
  await own.post('/auth/login', again)
  await own.post('/auth/account/delete')
  await auth.settled()
  clock.advance(14 * 86_400_000)
  await auth.purge()
  const bob = await auth.admin.users.byEmail('bob@example.com')
  await auth.admin.users.changePassword(bob?.id ?? '', phrase)
  await own.post('/auth/login', { email: 'bob@example.com', password: phrase })
  await enrol(own, clock)
  await own.post('/auth/account/deactivate')
  await auth.settled()
  const seen = new Set(mailbox.messages.map(({ subject }) => subject.split(' ', 1)[0]))
  assert.deepEqual([...seen].toSorted(), mailFiles.toSorted())
  for (const { subject, text, html: body, to } of mailbox.messages) {
    assert.ok(subject.endsWith(` for ${to}`), subject)
    assert.match(text, /A & B <b> The end\.$/)
    assert.ok(body.includes('A &amp; B &lt;b&gt;') && body.includes('<p style='), body)
  }
  assert.deepEqual(reported, [])
  const guide = readFileSync(new URL('../../docs/guide/templates.md', import.meta.url), 'utf8')
  assert.deepEqual([...guide.matchAll(/^\| `email\/(\w+)` \|/gm)].map(([, name = '']) => name).toSorted(), mailFiles.toSorted())
})

test('a mail of which one form is missing, without a subject, or of no feature stops the start by its name; one that fails later is sent as shipped', async (t) => {
  const start = (files: Files) => (): unknown => site(t, files)
  const text = 'Subject: New password\n\n{{ link.url }}'
  assert.throws(start({ 'email/reset_instructions.txt': text }), /email\/reset_instructions\.html is missing beside/)
  assert.throws(start({ 'email/reset_instructions.html': '<p>' }), /email\/reset_instructions\.txt is missing beside/)
  assert.throws(
    start({ 'email/reset_instructions.txt': '{{ link.url }}', 'email/reset_instructions.html': '' }),
    /must begin with the line "Subject: …"/,
  )
  assert.throws(
    start({ 'email/rest_instructions.txt': text, 'email/rest_instructions.html': '' }),
    /takes the place of no mail: there are change_notice, reset_instructions,/,
  )
  assert.throws(
    start({ 'email/reset_instructions.txt': `${text}{% if %}`, 'email/reset_instructions.html': '' }),
    /reset_instructions\.txt/,
  )
  const { open, auth, mailbox, reported } = site(t, {
    'email/reset_instructions.txt': `${text} {{ nothing }}`,
    'email/reset_instructions.html': '',
  })
  await auth.admin.users.create({ email: 'alice@example.com', password: phrase })
  await open().post('/auth/forgot-password', { email: 'alice@example.com' })
  await auth.settled()
  assert.match(mailbox.latest('alice@example.com')?.text ?? '', /Somebody, probably you/)
  assert.match(reported.join(), /reset_instructions\.txt failed, so the shipped mail was sent/)
})
