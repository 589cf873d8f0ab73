/** What somebody outside sees of a reply, and what it cost inside: the two things that must not tell one account from another. */

import type { TestReply } from '../../src/testing/browser.ts'
import { hashCalls } from './hash-count.ts'

/** One request, from both sides. */
export interface Observed {
  readonly status: number
  readonly headers: readonly string[]
  /** Names and lengths. */
  readonly cookies: readonly string[]
  /** As it is, but for random tokens and the address that was typed. */
  readonly body: string
  readonly calls: readonly string[]
  readonly hashes: readonly string[]
}

/** Makes a request and observes it. `calls` is where the store's recorder writes; `typed` is what the page may show again. */
export async function observe(calls: string[], typed: string, ask: () => Promise<TestReply>): Promise<Observed> {
  calls.length = 0
  hashCalls.length = 0
  const reply = await ask()
  return {
    status: reply.status,
    headers: [...reply.headers].filter(([name]) => name !== 'set-cookie').map(([name, value]) => `${name}: ${value}`),
    cookies: reply.headers.getSetCookie().map(lengthOfValue),
    body: reply.text.replaceAll(typed, '<typed>').replace(/(name="csrf" value=")([\w-]+)/, (_, start, token) => `${start}${token.length}`),
    calls: [...calls],
    hashes: [...hashCalls],
  }
}

function lengthOfValue(line: string): string {
  return line.replace(/=([^;]*)/, (_, value: string) => `=<${value.length}>`)
}
