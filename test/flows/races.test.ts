/** Two server processes on one SQLite file: what must happen once happens once, and what has ended stays ended. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Result, Task } from './contender.ts'

const rounds = 1000

const folder = mkdtempSync(join(tmpdir(), 'portcullis-races-'))
const contenders: ChildProcess[] = []

before(async () => {
  for (let count = 0; count < 2; count++) {
    const contender = fork(join(import.meta.dirname, 'contender.ts'), [join(folder, 'races.db')])
    assert.deepEqual(await messageOf(contender), 'ready')
    contenders.push(contender)
  }
})

after(async () => {
  for (const contender of contenders) {
    contender.disconnect()
    await once(contender, 'exit')
  }
  rmSync(folder, { recursive: true })
})

async function messageOf(contender: ChildProcess): Promise<unknown> {
  const [message]: unknown[] = await once(contender, 'message')
  return message
}

async function tell(contender: ChildProcess, task: Task): Promise<Result> {
  contender.send(task)
  const message = await messageOf(contender)
  assert.ok(isResult(message), `unexpected: ${String(message)}`)
  return message
}

function isResult(message: unknown): message is Result {
  return typeof message === 'object' && message !== null && 'status' in message
}

function pair(): readonly [ChildProcess, ChildProcess] {
  const [first, second] = contenders
  assert.ok(first && second)
  return [first, second]
}

test(`one address that two processes register at once makes exactly one account, ${rounds} times`, async () => {
  const [first, second] = pair()
  let wonByFirst = 0
  for (let round = 0; round < rounds; round++) {
    const task = { kind: 'register', email: `user${round}@example.com` } as const
    const [one, two] = await Promise.all([tell(first, task), tell(second, task)])
    assert.deepEqual([one.status, two.status].sort(), [200, 409], `round ${round}`)
    if (one.status === 200) wonByFirst++
  }
  assert.equal((await tell(second, { kind: 'count users' })).count, rounds)
  assert.ok(wonByFirst > 0 && wonByFirst < rounds, `the first process won ${wonByFirst} of ${rounds} races: these were none`)
})

test(`once revoke has returned, no request of that session is answered as authenticated, ${rounds} times`, async () => {
  const [first, second] = pair()
  const email = 'revoked@example.com'
  await tell(first, { kind: 'register', email })
  const own = await tell(first, { kind: 'log in', email })
  let answered = 0
  for (let round = 0; round < rounds; round++) {
    const used = await tell(first, { kind: 'log in', email })
    const { cookie = '', id = '' } = used
    second.send({ kind: 'use', cookie } satisfies Task)
    assert.equal(await messageOf(second), 'using')
    const refused = messageOf(second)
    const revoked = await tell(first, { kind: 'revoke', cookie: own.cookie ?? '', id })
    const last = await refused
    assert.ok(isResult(last))
    assert.deepEqual([revoked.status, last.status], [200, 401], `round ${round}`)
    assert.ok(BigInt(last.at ?? '') <= BigInt(revoked.at ?? ''), `round ${round}: a request that began after the revocation was let in`)
    answered += last.count ?? 0
  }
  assert.ok(answered > 2 * rounds, `only ${answered} requests were under way: these were no races`)
})
