/** A server process that kills itself at a chosen call of its store. Run by `crash.test.ts`. */
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { changeEmail, confirmEmail, createAuth, password, recoveryCodes, registration, type Store, session, totp } from 'portcullis'
import { mount } from 'portcullis/node'
import { aroundStore } from '../same-work/around-store.ts'
import { storeAt } from './store-at.ts'

/** What the process is told when it starts. */
export interface CrashingOptions {
  readonly address: string
  /** Where its mails are kept, a line each. */
  readonly mailFile: string
  readonly confirms: boolean
}

/** How it begins, when the one before it has died: by how much its clock is ahead, since a mail that was under way is sent again after a while. */
export interface Beginning {
  readonly aheadMs: number
}

/** What the process is asked while it runs: to begin counting calls, and to die at one of them; what was called so far. */
export type Order = { readonly arm: { readonly at: number; readonly when: 'before' | 'after' } | null } | 'calls'

const { address, mailFile, confirms }: CrashingOptions = JSON.parse(process.argv[2] ?? '')
/** Loaded, it waits. */
const { aheadMs } = await new Promise<Beginning>((begin) => process.once('message', begin))
let calls: string[] = []
let armed: { readonly at: number; readonly when: 'before' | 'after' } | null = null

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  for (;;); // until it arrives
}

const store: Store = aroundStore(storeAt(address), (method, _args, go) => {
  const at = calls.push(method) - 1
  if (armed?.at === at && armed.when === 'before') die()
  const result = go()
  if (armed?.at !== at) return result
  return result instanceof Promise ? result.then(die) : die()
})

const auth = createAuth({
  origin: 'http://localhost:3000',
  secret: 'w3zXb6mTqE9kLr2VnYc5HsPdJf8GtUaQ',
  store,
  features: [
    ...[session(), password(), registration(), changeEmail(), totp({ issuer: 'Crashing' }), recoveryCodes()],
    ...(confirms ? [confirmEmail()] : []),
  ],
  mailer: { send: ({ id, to, mail, text }) => appendFileSync(mailFile, `${JSON.stringify({ id, to, mail, text })}\n`) },
  passwords: { scheme: 'pbkdf2-sha256', dangerouslyCheapHash: true },
  limits: { registrationsPerNetwork: 1_000_000, mailsPerAddress: 1_000_000, mailsPerNetwork: 1_000_000, mailsInTotal: 1_000_000 },
  clock: () => Date.now() + aheadMs,
  purgeEvery: false,
  report: () => {},
})
const handle = mount(auth)
const server = createServer((request, reply) => void handle(request, reply, async () => void reply.writeHead(404).end()))

process.on('message', async (order: Order) => {
  await auth.settled()
  if (order === 'calls') process.send?.(calls)
  else {
    calls = []
    armed = order.arm
    process.send?.('armed')
  }
})
process.once('disconnect', () => process.exit())

await auth.ready
server.listen(0, '127.0.0.1', () => {
  const listening = server.address()
  process.send?.(typeof listening === 'object' ? listening?.port : null)
})
