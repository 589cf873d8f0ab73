/** Proves of every kind of thing that is good once that it is, on one store: what the files of tests share, which run beside each other. */
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import type { StorePlace, TestedStore } from '../flows/stores.ts'
import { artefactsOf } from './artefacts.ts'
import { type Servers, sentOf, startServers } from './servers.ts'

const redemptions = 32
const soak = process.env.PORTCULLIS_SOAK === '1'

/** Declares the tests of a store; each by its name and what proves it. */
export function eachGoodOnce(
  { name: store, reach, place }: TestedStore,
  declare: (name: string, prove: () => Promise<void>) => void,
): void {
  const count = reach === 'one process' ? 1 : 2
  for (const confirms of [false, true]) {
    describe(confirms ? `${store}, addresses confirmed` : store, () => {
      let at: StorePlace
      let servers: Servers

      before(async () => {
        at = await place()
        servers = await startServers(count, { address: at.address, triesPerSource: 1_000_000, ...(confirms && { confirms }) })
      })

      after(async () => {
        await servers.stop()
        await at.remove()
      })

      for (const { name, few = false, late, begin } of artefactsOf(confirms)) {
        const rounds = soak ? 1000 : reach === 'network' ? 50 : few ? 250 : 1000
        declare(`of ${redemptions} that redeem ${name} at once, exactly one succeeds, ${rounds} times`, async () => {
          const next = await begin(servers.browser)
          const winners = new Set<number>()
          for (let round = 0; round < rounds; round++) {
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
          assert.equal(winners.size, count, 'one server has won every round: these were no races')
        })
      }
    })
  }
}

/** The code of a refusal. */
function codeIn(said: string): string {
  return /"code":"(\w+)"/.exec(said)?.[1] ?? 'none'
}
