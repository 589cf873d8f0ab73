/** A server process of its own, as an application has several: the package as it is published, behind `node:http`. Run by `servers.ts`. */
import { createServer } from 'node:http'
import {
  account,
  changeEmail,
  confirmEmail,
  createAuth,
  magicLink,
  password,
  recoveryCodes,
  registration,
  remember,
  session,
  totp,
  trustedDevice,
  username,
} from 'portcullis'
import { mount, requireUser } from 'portcullis/node'
import { pin } from '../third-party/pin.ts'
import { ceremony, linking, mailbox } from './one-time.ts'
import { storeAt } from './store-at.ts'

/** What a server is told. */
export interface ServerOptions {
  /** Where its store is. */
  readonly address: string
  /** How many wrong guesses one network has for an account; the default when left out. */
  readonly triesPerSource?: number
  /** Whether addresses are confirmed before there is an account. */
  readonly confirms?: true
}

const { address, triesPerSource, confirms }: ServerOptions = JSON.parse(process.argv[2] ?? '')
const { feature, mailer } = mailbox()
const auth = createAuth({
  origin: 'http://localhost:3000',
  secret: 'w3zXb6mTqE9kLr2VnYc5HsPdJf8GtUaQ',
  store: storeAt(address),
  features: [
    session(),
    password(),
    registration(),
    magicLink(),
    changeEmail(),
    username(),
    remember(),
    account(),
    ...(confirms ? [confirmEmail()] : []),
    totp({ issuer: 'Servers' }),
    recoveryCodes(),
    trustedDevice(),
    pin(),
    linking,
    ceremony,
    feature,
  ],
  mailer,
  passwords: { scheme: 'pbkdf2-sha256', dangerouslyCheapHash: true }, // the quickest there is
  limits: {
    registrationsPerNetwork: 1_000_000,
    mailsPerAddress: 1_000_000,
    mailsPerNetwork: 1_000_000,
    mailsInTotal: 1_000_000,
    ...(triesPerSource !== undefined && { triesPerSource }),
  },
  report: () => {}, // clients see the status, and that is what they judge
})
const routes = mount(auth)
const member = requireUser(auth)

// All that the toolkit does not answer is for members.
const server = createServer((request, reply) => {
  void routes(request, reply, async () => {
    const identity = await member(request, reply)
    if (identity) reply.end(identity.user.email)
  })
})
server.keepAliveTimeout = 600_000

await auth.ready
server.listen(0, '127.0.0.1', () => {
  const listening = server.address()
  process.send?.(typeof listening === 'object' ? listening?.port : null)
})
process.once('disconnect', () => process.exit())
