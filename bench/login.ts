/** Bench `login`: what a password login costs beside the hash that it cannot do without and a write that it cannot do without. */
import { DatabaseSync } from 'node:sqlite'
import { verify } from '@node-rs/argon2'
import { account, loginRequest, makePortcullis } from './kit/account.ts'
import { databaseFile } from './kit/contend.ts'
import { alternate, median } from './kit/measure.ts'
import type { Section } from './kit/results.ts'

const rounds = 60
/** Before code is compiled, it is the compiler that is measured. */
const warmUps = 300
const most = { hashes: 1.1, writes: 3 }

export async function run(): Promise<Section> {
  const file = databaseFile('login')
  const auth = await makePortcullis(file)
  const stored = await auth.hashPassword(account.password, { email: account.email })
  const database = new DatabaseSync(file)
  database.exec('pragma synchronous = full; create table bench (text text) strict')
  const insert = database.prepare('insert into bench values (?)')

  let request = loginRequest()
  const contenders = {
    login: async () => {
      const reply = await auth.handle(request)
      if (reply?.status !== 200) throw new Error(`The login was refused with ${reply?.status}.`)
    },
    hash: async () => {
      if (!(await verify(stored, account.password))) throw new Error('The hash is not of this password.')
    },
    write: async () => void insert.run('a committed write'),
  }
  const makeRequest = (): void => {
    request = loginRequest()
  }
  for (let i = 0; i < warmUps; i++)
    for (const operation of Object.values(contenders)) {
      makeRequest()
      await operation()
    }
  const took = await alternate(
    { login: timed(contenders.login, makeRequest), hash: timed(contenders.hash), write: timed(contenders.write) },
    rounds,
  )
  database.close()
  await auth.close()

  const [login, hash, write] = [median(took.login), median(took.hash), median(took.write)]
  const limit = most.hashes * hash + most.writes * write
  const beside = (ms: number): string => `${(ms / hash).toFixed(2)} ×`
  const shown = (ms: number): string => `${ms.toFixed(2)} ms`
  return {
    title: 'A password login',
    how: `Median of ${rounds} alternating rounds, in process, on a SQLite file with \`synchronous=FULL\`; the hash is argon2id with the parameters of the login.`,
    columns: { measured: 'once', ratio: 'beside the hash' },
    lines: [
      { what: 'the hash alone', measured: shown(hash), ratio: beside(hash) },
      { what: 'one committed write alone', measured: shown(write), ratio: beside(write) },
      { what: 'the hash and one write', measured: shown(hash + write), ratio: beside(hash + write) },
      {
        what: '`POST /auth/login`',
        measured: shown(login),
        ratio: beside(login),
        limit: `${most.hashes} hashes and ${most.writes} writes: ${shown(limit)}`,
        met: login <= limit,
      },
    ],
  }
}

/** What comes before is the client's. */
function timed(operation: () => Promise<void>, before: () => void = () => {}): () => Promise<number> {
  return async () => {
    before()
    const begin = performance.now()
    await operation()
    return performance.now() - begin
  }
}
