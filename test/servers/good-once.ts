/** Proves of every kind of thing that is good once that it is, on one store: what the files of tests share, which run beside each other. */
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import type { StorePlace, TestedStore } from '../flows/stores.ts'
import { artefactsOf } from './artefacts.ts'
import { type Servers, sentOf, startServers } from './servers.ts'

const redemptions = 32
const soak = process.env.PORTCULLIS_SOAK === '1'

/** How often each kind is tried; in soak a thousand times on every store. */
const rounds = {
  right: { near: 1000, network: 50 },
  mailed: { near: 100, network: 50 },
  costly: { near: 100, network: 50 },
  'held by one': { near: 100, network: 20 },
} as const

/** Declares the tests of a store; each by its name and what proves it. */
export function eachGoodOnce(
  { name: store, reach, place }: TestedStore,
  declare: (name: string, prove: () => Promise<void>) => void,
): void {
  const processes = reach === 'one process' ? 1 : 2
  for (const confirms of [false, true]) {
    describe(confirms ? `${store}, addresses confirmed` : store, () => {
      let at: StorePlace
      let servers: Servers

      before(async () => {
        at = await place()
        servers = await startServers(processes, { address: at.address, triesPerSource: 1_000_000, ...(confirms && { confirms }) })
      })

      after(async () => {
        await servers.stop()
        await at.remove()
      })

      for (const { name, kind = 'right', late, begin } of artefactsOf(confirms)) {
        const count = soak ? 1000 : rounds[kind][reach === 'network' ? 'network' : 'near']
        declare(`of ${redemptions} that redeem ${name} at once, exactly one succeeds, ${count} times`, async () => {
          const next = await begin(servers.browser)
          const winners = new Set<number>()
          for (let round = 0; round < count; round++) {
            const { rival, ...first } = await next(round)
            const all = rival ? [first, rival] : [first]
            const volleys = all.map(({ browser, path, body }) => servers.volley(sentOf(browser, path, body), redemptions / all.length))
            const answers = (await Promise.all(volleys)).flat()
            assert.equal(answers.length, redemptions)
            const won = answers.filter(({ status }) => status === 200)
            assert.equal(won.length, 1, `round ${round}: ${answers.map(({ status }) => status).join()}`)
            const others = answers.filter(({ status, said }) => status !== 200 && !late.includes(codeIn(said)))
            assert.deepEqual(others, [], `round ${round}`)
            for (const { server } of won) winners.add(server)
          }
          assert.equal(winners.size, processes, 'one server has won every round: these were no races')
        })
      }
    })
  }
}

/** The code of a refusal. */
function codeIn(said: string): string {
  return /"code":"(\w+)"/.exec(said)?.[1] ?? 'none'
}
