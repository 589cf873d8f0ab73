/** Mails over SMTP, read back from a real server over TCP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeEmail, confirmEmail, createAuth, type MailMessage, magicLink, password, registration, session } from '../../src/index.ts'
import { smtp } from '../../src/mail/smtp.ts'
import { origin, otherPhrase, phrase, secret, serve } from '../flows/application.ts'
import { onEveryStore } from '../flows/stores.ts'
import { from, readable, startSmtpServer } from './smtp-place.ts'

const message: MailMessage = { to: 'ada@example.com', subject: 'Größe', text: 'Hello\n', html: '<p>Hello</p>', mail: 'test', id: 'abc' }

function isPassing(error: Error): boolean {
  return !('permanent' in error && error.permanent === true)
}

test('AL-FST-G3: a mail arrives in both forms, from whom it says, with the id that it always has', async (t) => {
  const { mailer, received } = await startSmtpServer(t)
  await mailer.send(message)
  const [mail] = received
  assert.deepEqual([mail?.from, mail?.to], ['accounts@example.com', ['ada@example.com']])
  for (const part of [
    /^From: Example <accounts@example\.com>\r$/m,
    /^Message-ID: <abc@example\.com>\r$/m,
    /multipart\/alternative/,
    /text\/plain/,
    /text\/html/,
    /<p>Hello<\/p>/,
  ])
    assert.match(mail?.raw ?? '', part)
})

test('THR-69 THR-71: an address that holds two, or a line break, reaches nobody', async (t) => {
  const { mailer, received } = await startSmtpServer(t)
  for (const to of ['a@example.com\r\nBcc: evil@evil.example', 'a@example.com\nb@example.com'])
    await assert.rejects(async () => mailer.send({ ...message, to }), { permanent: true })
  await assert.rejects(async () => mailer.send({ ...message, subject: 'Hello\r\nBcc: evil@evil.example' }), { permanent: true })
  await Promise.allSettled([mailer.send({ ...message, to: 'evil@evil.example,victim@example.com' })])
  for (const { to } of received) assert.ok(!to.includes('victim@example.com') && to.length === 1, to.join())
})

test('what a server refuses for good is told from what may work later', async (t) => {
  const { mailer, refuse, received } = await startSmtpServer(t)
  refuse(550)
  await assert.rejects(async () => mailer.send(message), { permanent: true })
  refuse(451)
  await assert.rejects(async () => mailer.send(message), isPassing)
  await mailer.send(message)
  assert.equal(received.length, 1)
  const nowhere = smtp('smtp://127.0.0.1:1', { from })
  t.after(() => nowhere.close?.())
  await assert.rejects(async () => nowhere.send(message), isPassing)
})

test('a server elsewhere that offers no encryption is sent nothing, and mistakes in the settings are told', async () => {
  for (const url of ['https://example.com', 'mail.example.com', 'imap://example.com']) assert.throws(() => smtp(url, { from }), TypeError)
  for (const sender of ['nobody', 'a@example.com\r\nBcc: b@example.com'])
    assert.throws(() => smtp('smtp://localhost', { from: sender }), TypeError)
})

onEveryStore('every flow that begins with a mail goes on by what is read back from the server', async (store) => {
  const cleaning: (() => Promise<void>)[] = []
  const { mailer, received } = await startSmtpServer({ after: (clean) => void cleaning.push(clean) })
  const auth = createAuth({
    origin,
    secret,
    store,
    features: [session(), password(), registration(), confirmEmail(), magicLink(), changeEmail()],
    passwords: { dangerouslyCheapHash: true },
    limits: { mailsPerAddress: 100 },
    mailer,
  })
  const latest = async (to: string): Promise<{ readonly token: string; readonly code: string }> => {
    await auth.settled()
    const mail = received.findLast((one) => one.to.includes(to))
    assert.ok(mail, `no mail has come to ${to}`)
    const said = readable(mail)
    return { token: /token=([\w-]{43})/.exec(said)?.[1] ?? '', code: /^[2-9A-Z]{4}-[2-9A-Z]{4}$/m.exec(said)?.[0] ?? '' }
  }
  const browser = serve(auth)()
  const done = async (path: string, body: Readonly<Record<string, string>>): Promise<void> => {
    const reply = await browser.post(path, body)
    assert.equal(reply.status, 200, `${path}: ${reply.text}`)
  }
  const [ada, other] = ['ada@example.com', 'other@example.com']
  await done('/auth/register', { email: ada, password: phrase })
  await done('/auth/confirm-email', { token: (await latest(ada)).token })
  await done('/auth/forgot-password', { email: ada })
  await done('/auth/reset-password', { token: (await latest(ada)).token, newPassword: otherPhrase })
  await auth.settled()
  await done('/auth/magic-link', { email: ada })
  await done('/auth/magic-link/redeem', { token: (await latest(ada)).token })
  await done('/auth/magic-link', { email: ada })
  await done('/auth/magic-link/redeem', { email: ada, code: (await latest(ada)).code })
  await done('/auth/change-email', { email: other })
  await done('/auth/change-email/confirm', { token: (await latest(other)).token })
  await done('/auth/change-email/undo', { token: (await latest(ada)).token })
  await auth.admin.users.invite({ email: 'bob@example.com' })
  await done('/auth/reset-password', { token: (await latest('bob@example.com')).token, newPassword: phrase })
  await auth.close()
  for (const clean of cleaning) await clean()
})
