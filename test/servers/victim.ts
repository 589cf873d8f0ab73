/** A server process that dies in the midst of a flow and is started again, and what such flows are written with. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Members } from '../../src/model/json.ts'
import { createBrowser, type TestBrowser } from '../../src/testing/browser.ts'
import { phrase } from '../flows/application.ts'
import { newAddress } from './artefact.ts'
import type { Beginning, CrashingOptions, Order } from './crashing.ts'

/** Longer than a mail is one process's. */
const leaseMs = 6 * 60_000

/** A mail that was sent. */
export interface Mail {
  readonly id: string
  readonly to: string
  readonly mail: string
  readonly text: string
}

/** A server that is started again when it has died. */
export class Victim {
  readonly options: CrashingOptions
  #child: ChildProcess | null = null
  #next: ChildProcess | null = null
  #port = 0
  #starts = 0

  constructor(options: CrashingOptions) {
    this.options = options
  }

  /** Its clock, milliseconds since 1970, UTC: each that is started is ahead of the one before it. */
  get now(): number {
    return Date.now() + (this.#starts - 1) * leaseMs
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
export interface Flow {
  readonly name: string
  /** With confirmation of addresses, or without. */
  readonly confirms: boolean
  prepare(victim: Victim): Promise<Interrupted>
}

/** The request that may die. */
export interface Interrupted {
  readonly browser: TestBrowser
  readonly path: string
  readonly body: Members
  /** To whom a mail goes out, and which. */
  readonly mail?: readonly [to: string, mail: string]
  /** Given the status of the answer, or `null` when none came. */
  check(victim: Victim, status: number | null): Promise<void>
}

/** Waits until a mail of a kind has come to an address. */
export async function isMailed(victim: Victim, to: string, kind: string): Promise<void> {
  for (let looks = 0; looks < 400; looks++) {
    if (victim.mails(to).some(({ mail }) => mail === kind)) return
    await pause(5)
  }
  assert.fail(`the mail "${kind}" to ${to} is lost`)
}

/** Whether a login by password is answered with 200, be it that a second factor is owed. */
export async function logsIn(victim: Victim, email: string, password: string): Promise<boolean> {
  return (await victim.browser().post('/auth/login', { email, password })).status === 200
}

/** Registers an account; its address. */
export async function account(victim: Victim): Promise<string> {
  const email = newAddress()
  assert.equal((await victim.browser().post('/auth/register', { email, password: phrase })).status, 200)
  return email
}
