/** Measures requests about several kinds of account, interleaved: run as a process by `timing.test.ts`, also from a copy with a defect. */
import { argv } from 'node:process'
import { confirmEmail, createAuth, magicLink, password, registration } from '../../src/index.ts'
import { sqlite } from '../../src/stores/sqlite.ts'

/** Milliseconds of each request, by the kind of account. */
export interface Timings {
  readonly known: readonly number[]
  readonly unknown: readonly number[]
  readonly deactivated: readonly number[]
  readonly empty: readonly number[]
}

const kinds = ['known', 'unknown', 'deactivated', 'empty'] as const
const each = 10 // accounts of a kind
const phrase = 'purple otter juggles lamps'
const origin = 'http://localhost:3000'

const rounds = Number(argv[2])
const memoryKiB = Number(argv[3])
const flow = argv[4] ?? 'login'
const auth = createAuth({
  origin,
  secret: 'w3zXb6mTqE9kLr2VnYc5HsPdJf8GtUaQ',
  store: sqlite(':memory:'),
  features: [password(), registration(), confirmEmail(), magicLink()],
  mailer: { send: () => {} },
  limits: {
    ...{ triesPerSource: 1e9, triesPerAccount: 1e9, failuresPerNetwork: 1e9, registrationsPerNetwork: 1e9 },
    ...{ mailsPerAddress: 1e9, mailsPerNetwork: 1e9, mailsInTotal: 1e9 },
  },
  passwords: { dangerouslyCheapHash: true, scheme: { name: 'argon2id', memoryKiB, passes: 1, parallelism: 1 } },
})

/** Addresses of one length. */
function addressOf(kind: (typeof kinds)[number], number: number): string {
  return `${kind.padEnd(12, 'x')}${number}@example.com`
}

for (let number = 0; number < each; number++) {
  await auth.admin.users.create({ email: addressOf('known', number), password: phrase })
  await auth.admin.users.create({ email: addressOf('deactivated', number), password: phrase, active: false })
  await auth.admin.users.create({ email: addressOf('empty', number) })
}

async function timeOf(kind: (typeof kinds)[number], number: number): Promise<number> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  // The right password of a deactivated account, and a wrong one of the same length everywhere else.
  const typed = kind === 'deactivated' ? phrase : `${phrase.slice(0, -1)}?`
  const email = addressOf(kind, number)
  const body = JSON.stringify(flow === 'login' || flow === 'register' ? { email, password: typed } : { email })
  const request = new Request(`${origin}/auth/${flow}`, { method: 'POST', headers, body })
  await auth.settled() // what sends mails is not within the request
  const begun = process.hrtime.bigint()
  const response = await auth.handle(request)
  const ms = Number(process.hrtime.bigint() - begun) / 1e6
  if (response?.status !== (flow === 'login' ? 401 : 200)) throw new Error(`${kind} answered ${response?.status}`)
  return ms
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}

const timings = { known: [] as number[], unknown: [] as number[], deactivated: [] as number[], empty: [] as number[] }
for (let round = -50; round < rounds; round++) {
  for (const kind of shuffled(kinds)) {
    const ms = await timeOf(kind, Math.floor(Math.random() * each))
    if (round >= 0) timings[kind].push(ms)
  }
}
process.stdout.write(JSON.stringify(timings satisfies Timings))
