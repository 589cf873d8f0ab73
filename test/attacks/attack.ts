/** Sends hostile requests to an installation and judges every reply. */
import assert from 'node:assert/strict'
import { learnFields } from './fields.ts'
import { casesOf, type Ground, makeRequest } from './generate.ts'
import { describe, type Hostile, headOf, requestOf } from './hostile.ts'
import { origin, type Site } from './site.ts'
import { judge, readReply } from './verdict.ts'

/** How it went. */
export interface Tally {
  readonly requests: number
  /** Replies by status; `0` counts those that were none of the toolkit's. */
  readonly statuses: Readonly<Record<number, number>>
  /** How many of the requests gave each field each value. */
  readonly cases: number
  /** The longest that a reply took, in milliseconds, and for what. */
  readonly slowest: { readonly took: number; readonly request: string }
}

const atOnce = 8

/**
 * Attacks a site so many times.
 *
 * @param reached - Is told after every hundredth of the requests.
 * @throws Error with the seed, the number and the words of the request whose reply is wrong
 */
export async function attack(site: Site, seed: number, count: number, reached: (hundredths: number) => Promise<void>): Promise<Tally> {
  const ground: Ground = { site, fields: await learnFields(site), seed }
  const cases = casesOf(ground)
  const statuses: Record<number, number> = {}
  let slowest = { took: 0, request: '' }
  let hundredths = 0
  for (let first = 0; first < count; first += atOnce) {
    const requests: Hostile[] = []
    for (let number = first; number < Math.min(first + atOnce, count); number++) requests.push(await makeRequest(ground, cases, number))
    const began = performance.now()
    for (const status of await Promise.all(requests.map((request) => send(site, seed, request))))
      statuses[status] = (statuses[status] ?? 0) + 1
    const took = performance.now() - began
    if (took > slowest.took) slowest = { took, request: requests.map(describe).join('\n') }
    site.clock.advance(atOnce * 1000)
    if (Math.floor((100 * (first + atOnce)) / count) <= hundredths) continue
    hundredths = Math.floor((100 * (first + atOnce)) / count)
    await stillServes(site)
    await reached(hundredths)
  }
  return { requests: count, statuses, cases: Math.min(cases.length, count), slowest }
}

async function send(site: Site, seed: number, hostile: Hostile): Promise<number> {
  try {
    const request = hostile.number % 3 === 0 ? requestOf(hostile) : null
    const response = await site.auth.handle(request ?? headOf(hostile))
    assert.deepEqual(site.reported, [], 'something unforeseen was reported')
    if (response === null) {
      assert.ok(!hostile.named, 'a route of the toolkit was not answered')
      return 0
    }
    judge(await readReply(response), { method: request?.method ?? hostile.method, state: hostile.state }, site)
    return response.status
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`PORTCULLIS_SEED=${seed}: ${what}\n${describe(hostile)}`)
  }
}

async function stillServes({ auth }: Site): Promise<void> {
  const response = await auth.handle(new Request(origin + auth.urlFor('login'), { headers: { accept: 'text/html' } }))
  assert.equal(response?.status, 200, 'the login page is there')
}
