/** Databases that are killed, frozen and restarted under two server processes: these answer 503, let nobody in, lose nothing, and go on by themselves. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { type DatabaseServer, mysqlServer, postgresServer, redisServer } from '../../scripts/database-servers.mjs'
import { type OwnServer, startServer } from '../../scripts/services.mjs'
import { phrase } from '../flows/application.ts'
import { newPrefix, redisAddress } from '../stores/redis-place.ts'
import { artefactsOf } from './artefacts.ts'
import { type Servers, startServers, type Watched } from './servers.ts'
import { startTraffic } from './traffic.ts'

/** A store over database servers of the test's own. */
interface Setting {
  readonly name: string
  readonly servers: readonly DatabaseServer[]
  /** The store's address, given those of the servers. */
  address(urls: readonly string[]): string
}

const soak = process.env.PORTCULLIS_SOAK === '1'

const settings: readonly Setting[] = [
  ...(soak ? [{ name: 'postgres', servers: [postgresServer], address: ([url = '']: readonly string[]) => url }] : []),
  { name: 'mariadb', servers: [mysqlServer], address: ([url = '']) => url },
  {
    name: 'redis and postgres',
    servers: [postgresServer, redisServer],
    address: ([postgres = '', redis = '']) => `${redisAddress(redis, newPrefix())} ${postgres}`,
  },
]

/** What happens to a database. It is back when `heal` resolves. */
interface Fault {
  readonly name: string
  strike(server: OwnServer): Promise<void> | void
  /** How long it lasts. */
  readonly forMs: number
  heal(server: OwnServer): Promise<void> | void
  /** Whether it can only happen to what may be lost: then sessions are. */
  readonly isLossy?: true
}

const faults: readonly Fault[] = [
  { name: 'killed', strike: (server) => server.kill(), forMs: 2000, heal: (server) => server.launch() },
  { name: 'frozen', strike: (server) => server.freeze(), forMs: 7000, heal: (server) => server.thaw() },
  { name: 'restarted', strike: (server) => server.shutDown(), forMs: 0, heal: (server) => server.launch() },
  { name: 'killed and emptied', strike: (server) => server.kill(), forMs: 2000, heal: launchEmpty, isLossy: true },
]

async function launchEmpty(server: OwnServer): Promise<void> {
  await server.launch()
  const client = new Redis(server.url)
  await client.flushall()
  await client.quit()
}

/** Until all is normal again: no refusals, and no longer waits. */
const recoveryMs = soak ? 5000 : 15_000
/** Five seconds, and room for a machine that has other things to do. */
const longestMs = soak ? 5500 : 10_000
const calmMs = soak ? 15_000 : 1500

for (const setting of settings) {
  describe(setting.name, () => {
    let owned: readonly OwnServer[] = []
    let servers: Servers
    let seen: Watched[] = []

    before(async () => {
      owned = await Promise.all(setting.servers.map((server) => startServer(server)))
      const address = setting.address(owned.map(({ url }) => url))
      servers = await startServers(2, { address, triesPerSource: 1_000_000 }, (watched) => seen.push(watched))
    })

    after(async () => {
      await servers.stop()
      await Promise.all(owned.map((server) => server.stop()))
    })

    for (const [at, { name: database }] of setting.servers.entries()) {
      for (const { name, strike, forMs, heal, isLossy } of faults.filter((fault) => !fault.isLossy || database === redisServer.name)) {
        test(`while ${database} is ${name}, requests end in 503 and nothing opens; then all is as before`, async (t) => {
          const server = owned[at]
          assert.ok(server)
          seen = []
          const traffic = await startTraffic(servers)
          t.after(traffic.stop) // also when a check fails before
          await pause(1000)
          assert.deepEqual(seen.filter(isAbnormal).map(told), [])
          await strike(server)
          await pause(forMs)
          await heal(server)
          const healedAt = performance.now()
          const normalAt = await untilNormal(() => seen, healedAt)
          for (const { name: kind } of artefactsOf(false)) await traffic.used(kind, 3)
          const { accounts, uses, intrusions, lostSessions } = await traffic.stop()

          const abnormal = seen.filter(isAbnormal)
          const longest = Math.max(...seen.map(({ took }) => took))
          t.diagnostic(
            `${seen.length} answers, ${abnormal.length} with 503, the longest after ${longest.toFixed()} ms; normal after ${(normalAt - healedAt).toFixed()} ms`,
          )
          // A client of Redis keeps for a while what it cannot send.
          assert.ok(abnormal.length > 0 || longest > forMs, 'nobody noticed')
          assert.deepEqual(seen.filter((answer) => isAbnormal(answer) && !isUnavailable(answer)).map(told), [])
          const refusal = Math.max(0, ...abnormal.map(({ took }) => took))
          assert.ok(refusal < longestMs, `a refusal took ${refusal.toFixed()} ms`)
          assert.ok(longest < longestMs + recoveryMs, `an answer took ${longest.toFixed()} ms`) // all that waited may succeed in the end
          assert.ok(normalAt - healedAt <= recoveryMs, `normal after ${(normalAt - healedAt).toFixed()} ms`)
          const calm = p99(seen.filter(({ began }) => began > healedAt + recoveryMs))
          if (soak) assert.ok(calm <= calmest(database), `afterwards one of a hundred answers takes more than ${calm.toFixed()} ms`)
          assert.deepEqual([intrusions, lostSessions > 0], [0, isLossy ?? false])
          // What was begun before Redis forgot its past is void.
          const mayBeVoid = database === redisServer.name
          for (const { name: kind, statuses } of uses) assert.ok(isSingle(statuses, mayBeVoid), `${kind}: ${statuses.join()}`)
          for (const email of accounts)
            assert.equal((await servers.browser().post('/auth/login', { email, password: phrase })).status, 200, email)
        })
      }
    }
  })
}

/** What 99 of 100 answers take at most when all is normal again. What MariaDB has to write by then, it goes on writing for a while. */
function calmest(database: string): number {
  return database === mysqlServer.name ? 150 : 50
}

/** Waits until nothing has been abnormal for a while, but not for ever; since when. */
async function untilNormal(seen: () => readonly Watched[], healedAt: number): Promise<number> {
  for (;;) {
    const normalAt = Math.max(
      healedAt,
      ...seen()
        .filter(isAbnormal)
        .map(({ began }) => began),
    )
    const now = performance.now()
    if (now - normalAt > calmMs || now - healedAt > recoveryMs + calmMs) return normalAt
    await pause(100)
  }
}

function isAbnormal({ status }: Watched): boolean {
  return status >= 500
}

function told({ status, body, took }: Watched): string {
  return `${status} after ${took.toFixed()} ms: ${body}`
}

/** Once it is known to have happened to both or to neither, it has happened once; while it is not, at most once. */
function isSingle(statuses: readonly number[], mayBeVoid: boolean): boolean {
  const successes = statuses.filter((status) => status === 200).length
  return successes === 1 || (successes === 0 && (mayBeVoid || statuses.includes(503)))
}

function isUnavailable({ status, headers, body }: Watched): boolean {
  return status === 503 && headers['retry-after'] !== undefined && /"code":"(unavailable|overloaded)"/.test(body)
}

function p99(answers: readonly Watched[]): number {
  const sorted = answers.map(({ took }) => took).toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0
}
