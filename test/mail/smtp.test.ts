/** Mails over SMTP, read back from a real server over TCP. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { createAuth, type Mailer, type MailMessage, password, session } from '../../src/index.ts'
import { smtp } from '../../src/mail/smtp.ts'
import { memory } from '../../src/stores/memory.ts'
import { origin, phrase, secret, serve } from '../flows/application.ts'

interface Received {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}

interface TestServer {
  /** Sends to it. */
  readonly mailer: Mailer
  readonly received: Received[]
  /** What the next recipient is refused with. */
  refuse(code: number): void
}

const from = 'Example <accounts@example.com>'

async function serverFor(t: TestContext): Promise<TestServer> {
  const received: Received[] = []
  let refusal: number | null = null
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    onRcptTo(_address, _session, callback) {
      const code = refusal
      refusal = null
      callback(code === null ? null : Object.assign(new Error('refused'), { responseCode: code }))
    },
    async onData(stream, { envelope }, callback) {
      const raw = await text(stream)
      received.push({ from: envelope.mailFrom ? envelope.mailFrom.address : '', to: envelope.rcptTo.map(({ address }) => address), raw })
      callback()
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  const mailer = smtp(`smtp://127.0.0.1:${port}`, { from })
  t.after(async () => {
    await mailer.close?.()
    await new Promise<void>((resolve) => server.close(resolve))
  })
  return {
    mailer,
    received,
    refuse: (code) => {
      refusal = code
    },
  }
}

const message: MailMessage = { to: 'ada@example.com', subject: 'Größe', text: 'Hello\n', html: '<p>Hello</p>', mail: 'test', id: 'abc' }

function isPassing(error: Error): boolean {
  return !('permanent' in error && error.permanent === true)
}

test('AL-FST-G3: a mail arrives in both forms, from whom it says, with the id that it always has', async (t) => {
  const { mailer, received } = await serverFor(t)
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
  const { mailer, received } = await serverFor(t)
  for (const to of ['a@example.com\r\nBcc: evil@evil.example', 'a@example.com\nb@example.com'])
    await assert.rejects(async () => mailer.send({ ...message, to }), { permanent: true })
  await assert.rejects(async () => mailer.send({ ...message, subject: 'Hello\r\nBcc: evil@evil.example' }), { permanent: true })
  await Promise.allSettled([mailer.send({ ...message, to: 'evil@evil.example,victim@example.com' })])
  for (const { to } of received) assert.ok(!to.includes('victim@example.com') && to.length === 1, to.join())
})

test('what a server refuses for good is told from what may work later', async (t) => {
  const { mailer, refuse, received } = await serverFor(t)
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

test('the link of a forgotten password is read back from the server, and works', async (t) => {
  const { mailer, received } = await serverFor(t)
  const auth = createAuth({
    origin,
    secret,
    store: memory(),
    features: [session(), password()],
    passwords: { dangerouslyCheapHash: true },
    mailer,
  })
  await auth.admin.users.create({ email: 'ada@example.com' })
  const open = serve(auth)
  await open().post('/auth/forgot-password', { email: 'ada@example.com' })
  await auth.settled()
  const body = (received[0]?.raw ?? '').replace(/=\r\n/g, '').replace(/=3D/g, '=')
  const token = /reset-password\?token=([\w-]{43})/.exec(body)?.[1] ?? ''
  assert.equal((await open().post('/auth/reset-password', { token, newPassword: phrase })).status, 200)
})
