/** What the users of an application do, a hundred requests a second, whatever becomes of its database; and what came of it. */
import { setTimeout as pause } from 'node:timers/promises'
import type { TestBrowser } from '../../src/testing/browser.ts'
import { phrase } from '../flows/application.ts'
import { type Artefact, newAddress, type Redemption, RefusedError } from './artefact.ts'
import { artefactsOf, LateMailError } from './artefacts.ts'
import { type Servers, sentOf } from './servers.ts'

/** What came of it. */
export interface Outcome {
  /** Addresses whose registration was answered with 200. */
  readonly accounts: readonly string[]
  /** What the requests to redeem one artefact were answered, two at a time and again after a 503. */
  readonly uses: readonly { readonly name: string; readonly statuses: readonly number[] }[]
  /** How often a guard let in a browser that was never logged in, or that had logged out. */
  readonly intrusions: number
  /** How many sessions nobody knew any more though nobody had ended them. */
  readonly lostSessions: number
}

const perSecond = 100
/** From one artefact of a kind to the next. */
const restMs = process.env.PORTCULLIS_SOAK === '1' ? 1500 : 250

/** Traffic that is under way. */
export interface Traffic {
  /** Waits until so many artefacts of a kind have been redeemed. */
  used(name: string, times: number): Promise<void>
  /** Ends it, and waits for every answer. */
  stop(): Promise<Outcome>
}

/** Starts the traffic. */
export async function startTraffic(servers: Servers): Promise<Traffic> {
  const accounts: string[] = []
  const uses: { readonly name: string; readonly statuses: readonly number[] }[] = []
  const members: TestBrowser[] = []
  const leaving: TestBrowser[] = []
  const former: TestBrowser[] = [withMadeUpSession(servers)]
  let [intrusions, lostSessions, visits, isOver] = [0, 0, 0, false]

  async function register(): Promise<void> {
    const [browser, email] = [servers.browser(), newAddress()]
    if ((await browser.post('/auth/register', { email, password: phrase })).status !== 200) return
    accounts.push(email)
    members.push(browser)
  }

  async function logIn(): Promise<void> {
    const [browser, email = ''] = [servers.browser(), oneOf(accounts)]
    if ((await browser.post('/auth/login', { email, password: phrase })).status === 200) leaving.push(browser)
  }

  async function logOut(): Promise<void> {
    const browser = leaving.shift()
    if (!browser) return logIn()
    const kept = browser.copy()
    if ((await browser.post('/auth/logout')).status === 200) former.push(kept)
  }

  async function visitAsMember(): Promise<void> {
    const browser = oneOf(members)
    if (!browser) return register()
    if ((await browser.get('/members')).status !== 401) return
    const at = members.indexOf(browser)
    if (at >= 0) members.splice(at, 1)
    lostSessions += 1
  }

  async function visitAsFormer(): Promise<void> {
    if ((await oneOf(former)?.get('/members'))?.status === 200) intrusions += 1
  }

  /** Makes and redeems one artefact after the other. */
  async function redeemEach({ name, begin }: Artefact): Promise<void> {
    let next: ((round: number) => Promise<Redemption>) | null = null
    for (let round = 0; !isOver; round++) {
      try {
        next ??= await begin(servers.browser)
        const statuses = await redeem(servers, await next(round), () => isOver)
        uses.push({ name, statuses })
        if (statuses.includes(503)) next = null // whether it was done is not known
      } catch (error) {
        if (!(error instanceof RefusedError || error instanceof LateMailError)) throw error
        next = null
      }
      await pause(restMs)
    }
  }

  function oneOf<T>(list: readonly T[]): T | undefined {
    return list[visits % list.length]
  }

  const kinds = [visitAsMember, visitAsFormer, visitAsMember, register, visitAsMember, logIn, visitAsMember, logOut]
  for (let count = 0; count < 10; count++) await register()
  const running = new Set<Promise<void>>(artefactsOf(false).map(redeemEach))
  let due = performance.now()
  const timer = setInterval(() => {
    for (; due <= performance.now(); due += 1000 / perSecond) {
      const visit = kinds[visits++ % kinds.length]?.()
      if (visit) running.add(visit)
      visit?.then(() => running.delete(visit)).catch(() => {}) // what failed stays, to be told at the end
    }
  }, 5)

  return {
    async used(name, times) {
      while (uses.filter((use) => use.name === name).length < times) await pause(restMs)
    },
    async stop() {
      isOver = true
      clearInterval(timer)
      await Promise.all(running)
      return { accounts, uses, intrusions, lostSessions }
    },
  }
}

/** A browser with a session token that no server has given out. */
function withMadeUpSession(servers: Servers): TestBrowser {
  const browser = servers.browser()
  browser.cookies.set('portcullis-session-3000', Buffer.alloc(32, 7).toString('base64url'))
  return browser
}

/** Redeems at both servers at once, again and again while one of them is not sure. */
async function redeem(servers: Servers, { browser, path, body }: Redemption, isOver: () => boolean): Promise<readonly number[]> {
  const sent = sentOf(browser, path, body)
  const statuses: number[] = []
  for (;;) {
    const pair = await Promise.all([servers.send(sent, 0), servers.send(sent, 1)])
    statuses.push(...pair.map(({ status }) => status))
    if (isOver() || pair.every(({ status }) => status !== 503)) return statuses
    await pause(restMs)
  }
}
