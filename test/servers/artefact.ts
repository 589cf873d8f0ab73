/** Something that is good once, and what rows of such things are written with. */
import { randomUUID } from 'node:crypto'
import type { Members } from '../../src/model/json.ts'
import type { TestBrowser, TestReply } from '../../src/testing/browser.ts'
import { memberOf, phrase } from '../flows/application.ts'

/** Something that is good once. */
export interface Artefact {
  readonly name: string
  /** Whether it is of servers where addresses are confirmed before there is an account. */
  readonly confirms?: true
  /**
   * Why fewer rounds will do: it comes by mail and is taken like one that does not, each costs several logins to make, or it is a name or
   * a session and no right that was handed out.
   */
  readonly kind?: 'mailed' | 'costly' | 'held by one'
  /** The codes that those who are late may be refused by. */
  readonly late: readonly string[]
  /** Makes what all rounds share, and gives what makes one artefact after the other. */
  begin(open: () => TestBrowser): Promise<(round: number) => Promise<Redemption>>
}

/** A request that redeems an artefact: sent many times, it is answered with 200 once. */
export interface Redemption {
  /** Whose cookies go with it. */
  readonly browser: TestBrowser
  readonly path: string
  readonly body: Members
  /** Another one that the first excludes: half of the requests are of this one. */
  readonly rival?: Redemption
}

/** An artefact could not be made. */
export class RefusedError extends Error {
  constructor({ status, text }: TestReply) {
    super(`answered with ${status}: ${text}`)
  }
}

/** Registers an account; its address. */
export async function account(open: () => TestBrowser): Promise<string> {
  const email = newAddress()
  await accepted(open().post('/auth/register', { email, password: phrase }))
  return email
}

/** An address that nobody has. */
export function newAddress(): string {
  return `${randomUUID()}@example.com`
}

/** A browser that has logged in, or that holds the login until the second factor. */
export async function loggedIn(open: () => TestBrowser, email: string, password: string = phrase): Promise<TestBrowser> {
  const browser = open()
  await accepted(browser.post('/auth/login', { email, password }))
  return browser
}

/** An answer of 200. @throws RefusedError for any other */
export async function accepted(answer: Promise<TestReply>): Promise<TestReply> {
  const reply = await answer
  if (reply.status !== 200) throw new RefusedError(reply)
  return reply
}

/** A member of a JSON reply as text. */
export function textOf(reply: TestReply, name: string): string {
  return String(memberOf(reply.json, name))
}
