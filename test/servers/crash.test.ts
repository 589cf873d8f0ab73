/** Killed at any moment of a flow, a server leaves each account wholly before or wholly after it, and loses no mail that it promised. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Members } from '../../src/model/json.ts'
import { createBrowser, type TestBrowser } from '../../src/testing/browser.ts'
import { createDice, seed } from '../attacks/random.ts'
import { otherPhrase, phrase } from '../flows/application.ts'
import type { Beginning, CrashingOptions, Order } from './crashing.ts'

const soak = process.env.PORTCULLIS_SOAK === '1'
/** For each flow. */
const randomMoments = soak ? 100 : 2

/** Longer than a mail is one process's. */
const leaseMs = 6 * 60_000

interface Mail {
  readonly id: string
  readonly to: string
  readonly mail: string
  readonly text: string
}

/** A server that is started again when it has died. */
class Victim {
  readonly options: CrashingOptions
  #child: ChildProcess | null = null
  #next: ChildProcess | null = null
  #port = 0
  #starts = 0

  constructor(options: CrashingOptions) {
    this.options = options
  }

  /** Starts it, and loads the next one meanwhile. */
  async start(): Promise<void> {
    const child = this.#next ?? this.#load()
    child.send({ aheadMs: this.#starts++ * leaseMs } satisfies Beginning)
    const [port]: unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => ['it ended'])])
    assert.ok(typeof port === 'number', `the server did not start: ${String(port)}`)
    this.#child = child
    this.#port = port
    this.#next = this.#load()
  }

  #load(): ChildProcess {
    return fork(join(import.meta.dirname, 'crashing.ts'), [JSON.stringify(this.options)])
  }

  async end(): Promise<void> {
    await this.kill()
    this.#next?.kill('SIGKILL')
  }

  async order(order: Order): Promise<unknown> {
    this.#child?.send(order)
    const [answer]: unknown[] = await once(this.#child as ChildProcess, 'message')
    return answer
  }

  /** Ends it as a loss of power would, if it has not died by itself. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }

  /** Waits until it has died by itself. */
  async death(): Promise<void> {
    const child = this.#child
    if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit', { signal: AbortSignal.timeout(10_000) })
    assert.equal(child?.signalCode, 'SIGKILL')
  }

  browser(): TestBrowser {
    return createBrowser(async (request) => {
      const { pathname, search } = new URL(request.url)
      const body = request.method === 'GET' ? null : await request.text()
      return fetch(`http://127.0.0.1:${this.#port}${pathname}${search}`, {
        method: request.method,
        headers: request.headers,
        body,
        redirect: 'manual',
      })
    }, 'http://localhost:3000')
  }

  mails(to: string): readonly Mail[] {
    if (!existsSync(this.options.mailFile)) return []
    const lines = readFileSync(this.options.mailFile, 'utf8').split('\n').slice(0, -1)
    return lines.map((line): Mail => JSON.parse(line)).filter((mail) => mail.to === to)
  }

  /** The token of the latest mail to an address, when it has come. */
  async tokenFor(to: string): Promise<string> {
    for (let looks = 0; looks < 400; looks++) {
      const token = /token=([\w-]+)/.exec(this.mails(to).at(-1)?.text ?? '')?.[1]
      if (token !== undefined) return token
      await pause(5)
    }
    throw new Error(`No mail has come to ${to}.`)
  }
}

/** A flow that is interrupted: what stands before it, the request that may die, and what must be true then. */
interface Flow {
  readonly name: string
  /** With confirmation of addresses, or without. */
  readonly confirms: boolean
  prepare(victim: Victim): Promise<Interrupted>
}

interface Interrupted {
  readonly browser: TestBrowser
  readonly path: string
  readonly body: Members
  /** To whom a mail goes out, and which. */
  readonly mail?: readonly [to: string, mail: string]
  /** Given the status of the answer, or `null` when none came. */
  check(victim: Victim, status: number | null): Promise<void>
}

const flows: readonly Flow[] = [
  {
    name: 'a registration',
    confirms: false,
    async prepare(victim) {
      const email = newAddress()
      return {
        ...{ browser: victim.browser(), path: '/auth/register', body: { email, password: phrase } },
        async check(again, status) {
          const exists = await logsIn(again, email, phrase)
          if (status !== null) assert.ok(exists)
          if (!exists) assert.equal((await again.browser().post('/auth/register', { email, password: phrase })).status, 200)
        },
      }
    },
  },
  {
    name: 'a registration that waits for its mail',
    confirms: true,
    async prepare(victim) {
      const email = newAddress()
      const browser = victim.browser()
      return {
        ...{ browser, path: '/auth/register', body: { email, password: phrase }, mail: [email, 'registration.confirm'] },
        async check(again, status) {
          if (status === null) return assert.equal(await logsIn(again, email, phrase), false)
          const token = await again.tokenFor(email)
          assert.equal((await again.browser().post('/auth/confirm-email', { token, password: phrase })).status, 200)
          assert.ok(await logsIn(again, email, phrase))
        },
      }
    },
  },
  {
    name: 'the confirmation of an address',
    confirms: true,
    async prepare(victim) {
      const email = newAddress()
      await victim.browser().post('/auth/register', { email, password: phrase })
      const token = await victim.tokenFor(email)
      return {
        ...{ browser: victim.browser(), path: '/auth/confirm-email', body: { token, password: phrase } },
        async check(again, status) {
          const exists = await logsIn(again, email, phrase)
          if (status !== null) assert.ok(exists)
          const retried = await again.browser().post('/auth/confirm-email', { token, password: phrase })
          assert.equal(retried.status, exists ? 400 : 200)
        },
      }
    },
  },
  {
    name: 'asking for a new password',
    confirms: false,
    async prepare(victim) {
      const email = await account(victim)
      return {
        ...{ browser: victim.browser(), path: '/auth/forgot-password', body: { email }, mail: [email, 'password.reset'] },
        async check(again, status) {
          assert.ok(await logsIn(again, email, phrase))
          if (status === null) return
          const token = await again.tokenFor(email)
          assert.equal((await again.browser().post('/auth/reset-password', { token, newPassword: otherPhrase })).status, 200)
        },
      }
    },
  },
  {
    name: 'choosing a new password',
    confirms: false,
    async prepare(victim) {
      const email = await account(victim)
      await victim.browser().post('/auth/forgot-password', { email })
      const token = await victim.tokenFor(email)
      return {
        ...{ browser: victim.browser(), path: '/auth/reset-password', body: { token, newPassword: otherPhrase } },
        async check(again, status) {
          const [old, next] = [await logsIn(again, email, phrase), await logsIn(again, email, otherPhrase)]
          assert.notEqual(old, next)
          if (status !== null) assert.ok(next)
          assert.equal((await again.browser().get(`/auth/reset-password?token=${token}`)).status, next ? 400 : 200)
          if (next) await isMailed(again, email, 'password.changed')
        },
      }
    },
  },
  {
    name: 'a change of address',
    confirms: false,
    async prepare(victim) {
      const [email, other] = [await account(victim), newAddress()]
      const browser = victim.browser()
      await browser.post('/auth/login', { email, password: phrase })
      await browser.post('/auth/change-email', { email: other })
      const token = await victim.tokenFor(other)
      return {
        ...{ browser, path: '/auth/change-email/confirm', body: { token } },
        async check(again, status) {
          const [old, next] = [await logsIn(again, email, phrase), await logsIn(again, other, phrase)]
          assert.notEqual(old, next)
          if (status !== null) assert.ok(next)
          if (!next) return
          await isMailed(again, email, 'email.changed')
          const undo = await again.tokenFor(email)
          assert.equal((await again.browser().post('/auth/change-email/undo', { token: undo })).status, 200)
        },
      }
    },
  },
]

for (const confirms of [false, true]) {
  describe(confirms ? 'with confirmation of addresses' : 'without confirmation of addresses', () => {
    const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'portcullis-crash-'))
    const victim = new Victim({ address: `sqlite:${join(folder, 'crash.db')}`, mailFile: join(folder, 'mails'), confirms })
    before(() => victim.start())
    after(async () => {
      await victim.end()
      rmSync(folder, { recursive: true, force: true })
    })

    for (const { name, prepare } of flows.filter((flow) => flow.confirms === confirms)) {
      test(`killed before and after every call of the store, and at ${randomMoments} moments, ${name} is wholly undone or wholly done`, async (t) => {
        const whole = await prepare(victim)
        await victim.order({ arm: null })
        const begin = performance.now()
        await whole.browser.post(whole.path, whole.body)
        const took = performance.now() - begin
        const calls = await victim.order('calls')
        assert.ok(Array.isArray(calls) && calls.length > 2)
        let answered = 0
        for (const [at, method] of calls.entries()) {
          // Nothing lies between the end of a read and the next call but what the process forgets.
          for (const when of isRead(String(method)) && !soak ? (['before'] as const) : (['before', 'after'] as const)) {
            const status = await interrupt(victim, prepare, async () => {
              await victim.order({ arm: { at, when } })
              return () => victim.death()
            })
            if (status !== null) answered += 1
          }
        }
        for (let moment = 0; moment < randomMoments; moment++) {
          const delay = (createDice(seed, moment).below(1000) / 500) * took
          await interrupt(victim, prepare, async () => {
            const timer = setTimeout(() => void victim.kill(), delay)
            return async () => clearTimeout(timer)
          })
        }
        if (whole.mail) assert.ok(answered > 0, 'every request died: what comes after the reply was not tried')
        t.diagnostic(`${calls.length} calls, ${answered} requests were answered before the end`)
      })
    }
  })
}

/** Lets the server die in the request, starts it again, and checks what is left. The status of the answer, if one came. */
async function interrupt(victim: Victim, prepare: Flow['prepare'], arm: () => Promise<() => Promise<void>>): Promise<number | null> {
  const { browser, path, body, mail, check } = await prepare(victim)
  await victim.order({ arm: null }) // nothing of before is under way any more
  const struck = await arm()
  const status = await browser.post(path, body).then(
    (reply) => reply.status,
    () => null,
  )
  if (status !== null) assert.equal(status, 200)
  if (status !== null) await pause(20) // what comes after the reply may be what kills it
  await struck()
  await victim.kill()
  await victim.start()
  await victim.browser().post('/auth/forgot-password', { email: newAddress() }) // whatever asks for a mail sends those that were left
  if (mail && status !== null) await isMailed(victim, ...mail)
  await check(victim, status)
  for (const to of new Set(mail ? [mail[0]] : [])) {
    const ids = victim.mails(to).map(({ id }) => id)
    assert.ok(ids.length - new Set(ids).size <= 1, 'more than the one that was under way was sent again')
  }
  return status
}

async function isMailed(victim: Victim, to: string, kind: string): Promise<void> {
  for (let looks = 0; looks < 400; looks++) {
    if (victim.mails(to).some(({ mail }) => mail === kind)) return
    await pause(5)
  }
  assert.fail(`the mail "${kind}" to ${to} is lost`)
}

function isRead(method: string): boolean {
  return /^reads\.|\.(recognise|find|ask|nextDue|count|listOf|epoch)$/.test(method)
}

async function logsIn(victim: Victim, email: string, password: string): Promise<boolean> {
  return (await victim.browser().post('/auth/login', { email, password })).status === 200
}

async function account(victim: Victim): Promise<string> {
  const email = newAddress()
  assert.equal((await victim.browser().post('/auth/register', { email, password: phrase })).status, 200)
  return email
}

function newAddress(): string {
  return `${randomUUID()}@example.com`
}
